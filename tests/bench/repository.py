"""The Git repository of a generated registry."""

import os
import subprocess
from pathlib import Path

_WHO = "bench <bench@sayso.example>"
_WHEN = "2026-06-01T00:00:00+00:00"


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder and return what it says."""
    name, _, mail = _WHO.rstrip(">").partition(" <")
    who = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", name), ("EMAIL", mail), ("DATE", _WHEN))
    }
    kept = {key: value for key, value in os.environ.items() if key[:4] != "GIT_"}
    done = subprocess.run(
        ["git", "-c", "gc.auto=0", "-C", str(folder), *arguments],
        env={**kept, **who},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit_all(folder: Path, message: str) -> str:
    """Commit everything under `declarations/`; make the repository where none is."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all", "declarations")
    git(folder, "commit", "--quiet", "--allow-empty", f"--message={message}")
    return head(folder)


def head(folder: Path) -> str:
    """Return the commit that is checked out."""
    return git(folder, "rev-parse", "HEAD")


def restore(folder: Path, commit: str) -> None:
    """Go back to an earlier commit, whatever was changed since."""
    git(folder, "reset", "--quiet", "--hard", commit)
