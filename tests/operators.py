"""An operator for tests: a ceremony that is done, online keys, and declarations."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.model.owner import OwnerId
from tests.declared import FACTS, FERNWOOD, PROOFS, declaration, recordings
from tests.vouched import vouch_on_disk

HOLDERS = ("mara", "noor", "ines")
MACHINES = ("log", "minisign", "online", "releases")
ORIGIN = "registry.example/log"
ONE, TWO = "XXF012600001", "XXF012600002"
OWNERS = {OwnerId(owner): proof for owner, proof in PROOFS.items()}
CATALOGUE = f"declarations/{FERNWOOD}/catalogue.yaml"
DENY = declaration("{any-ai: deny}", recordings(ONE))
DENY_BOTH = declaration("{any-ai: deny}", recordings(ONE, TWO))
NAMES = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
AUTHOR = {f"GIT_{name}": "operator@registry.example" for name in NAMES}


def sayso(*arguments: object, env: dict[str, str] | None = None) -> Result:
    """Run a command in the folder that is current."""
    result = CliRunner().invoke(main, [*map(str, arguments)], env=env)
    assert "fault in sayso" not in result.output, result.output
    assert "PRIVATE" not in result.output
    return result


def done(*arguments: object, env: dict[str, str] | None = None) -> str:
    """Run a command that has to succeed, and return what it says in one line."""
    result = sayso(*arguments, env=env)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder."""
    ran = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**os.environ, **AUTHOR, "GIT_CONFIG_GLOBAL": os.devnull},
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.strip()


def commit(folder: Path, texts: Mapping[str, str], message: str = "change") -> None:
    """Write files into a repository, and commit what is in it."""
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    vouch_on_disk(folder / "declarations", OWNERS)
    git(folder, "add", "declarations", "trust")
    git(folder, "commit", "--quiet", f"--message={message}")


def establish(folder: Path) -> None:
    """Make the keys, hold the ceremony of a team, and commit declarations.

    The folder must be the current one. The keys of the holders and of the machines lie
    in it and in `keys`.
    """
    for name in HOLDERS:
        done("trust", "key", name)
    (folder / "keys").mkdir()
    for name in MACHINES:
        done("trust", "key", f"keys/{name}")
    holders = [
        f"--{role}={name}.pub" for role in ("root", "targets") for name in HOLDERS
    ]
    machines = [f"--{name}=keys/{name}.pub" for name in MACHINES]
    done(
        "trust", "init", "--profile=team", f"--origin={ORIGIN}", *holders, *machines
    )  # fmt: skip
    sign("1.root.json", "1.targets.json")
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / ".git/info/exclude").write_text(
        "/*\n!/declarations\n!/trust\n", encoding="utf-8"
    )
    facts = {f"declarations/{path}": text for path, text in FACTS.items()}
    commit(folder, {**facts, CATALOGUE: DENY}, "begin")


def sign(*names: str, holders: tuple[str, ...] = ("mara", "noor")) -> None:
    """Let holders sign files of the ceremony."""
    for name in names:
        for holder in holders:
            done("trust", "sign", f"trust/{name}", "--key", f"{holder}.pem", "--yes")
