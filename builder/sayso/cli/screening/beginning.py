"""Beginning a screening, or taking over where the same one was interrupted."""

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from sayso.client.screening.journal import Journal, Progress
from sayso.errors import ManifestError


def state_of(path: Path | None) -> str:
    """Return what changes when a manifest does: no two streams are the same."""
    if path is None:
        return secrets.token_hex(16)
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        # A link changes with what it leads to, if it leads to anything.
        stat = file.stat() if file.exists() else file.lstat()
        said = f"{file.relative_to(path)}\0{stat.st_size}\0{stat.st_mtime_ns}\0"
        digest.update(said.encode(errors="surrogateescape"))
    return digest.hexdigest()


def begin(
    folder: Path, work: Path, asked: str, *, last: str, names: Sequence[str]
) -> Progress | None:
    """Return how far an earlier run of the same screening came; begin otherwise.

    Args:
        folder: for the files.
        work: the folder within it for what is needed meanwhile; it is made.
        asked: what tells this screening from another one.
        last: the name of the file that is written last.
        names: of all others, with `*` for any end.

    Raises:
        ManifestError: something else is there, or a folder cannot be made.
        RegistryError: what is there is damaged.
    """
    if (folder / last).exists():
        raise ManifestError(
            f"{folder} holds a finished screening, and nothing is overwritten: give "
            "another folder with --out"
        )
    if not work.exists() and (taken := _taken(folder, names)):
        raise ManifestError(
            f"{taken} is there, and nothing is overwritten: give another folder with "
            "--out"
        )
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ManifestError(f"{work} cannot be made: {error.strerror}") from error
    progress = Journal(work).read()
    if progress is not None and progress.asked != asked:
        raise ManifestError(
            f"{folder} holds the beginning of another screening (of another manifest, "
            "question or release, or of a stream): remove it, or give another folder "
            "with --out"
        )
    return progress


def _taken(folder: Path, names: Sequence[str]) -> Path | None:
    """Return a file of a folder that stands where one of ours belongs."""
    return next((path for name in names for path in folder.glob(name)), None)
