"""Staging: a folder is replaced whole, or not at all.

Everything is written beside the target first. Killed at any point, the old folder
stays whole, or is put back by the next build.
"""

import ctypes
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayso.errors import PublishError
from sayso.wire.release import RELEASE_FILE

NEW = "new"
DATA = "data"

_EXCHANGE = 2
_HERE = -100


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a workspace; its folder `NEW` takes the target's place in the end.

    Raises:
        PublishError: another build is running, the folder cannot be written, or it
            holds something else than a release.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(_beside(target, "lock"), os.O_CREAT | os.O_RDWR, mode=0o644)
    except OSError as error:
        raise PublishError(
            f"{target.parent} cannot be written: {error.strerror}"
        ) from error
    try:
        _take(lock, target)
        _restore(target)
        check_target(target)
        with _temporary(target) as staging:
            yield staging
            _swap(staging / NEW, target)
    except OSError as error:
        raise PublishError(f"{target} cannot be written: {error}") from error
    finally:
        os.close(lock)


def join(data: Path, site: Path) -> None:
    """Move the files of a release into the folder of its site.

    A folder of both holds what each has in it, such as the status and its page.
    """
    for entry in sorted(data.iterdir()):
        place = site / entry.name
        if entry.is_dir() and place.is_dir():
            join(entry, place)
            entry.rmdir()
        else:
            entry.rename(place)


def _take(lock: int, target: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise PublishError(
            f"another build is writing {target}; wait until it has ended"
        ) from error


def check_target(target: Path) -> None:
    """Refuse to replace what no build has made.

    Raises:
        PublishError: there is something at the target that is no release.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise PublishError(f"{target} is not a folder; name another with --out")
    is_release = (target / RELEASE_FILE).is_file()
    if target.is_dir() and any(target.iterdir()) and not is_release:
        raise PublishError(
            f"{target} holds something else than a release, and a build replaces the "
            "whole folder; name an empty or new one with --out"
        )


@contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    for left in target.parent.glob(f".{target.name}.staging-*"):
        shutil.rmtree(left)
    staging = Path(
        tempfile.mkdtemp(prefix=f".{target.name}.staging-", dir=target.parent)
    )
    try:
        yield staging
    finally:
        shutil.rmtree(staging)


def _swap(new: Path, target: Path) -> None:
    if _exchange(new, target):
        return
    retired = _beside(target, "retired")
    if target.exists():
        target.rename(retired)
    try:
        new.rename(target)
    except OSError:
        _restore(target)
        raise
    shutil.rmtree(retired, ignore_errors=True)


def _exchange(new: Path, target: Path) -> bool:
    """Let two folders take each other's place at once, where the system can.

    Otherwise there is an instant at which the target is missing.
    """
    try:
        exchange = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError):
        return False
    paths = os.fsencode(new), os.fsencode(target)
    code: int = exchange(_HERE, paths[0], _HERE, paths[1], _EXCHANGE)
    return code == 0


def _restore(target: Path) -> None:
    """Put back what a build killed between its two renames left behind."""
    retired = _beside(target, "retired")
    if retired.exists():
        if target.exists():
            shutil.rmtree(retired)
        else:
            retired.rename(target)


def _beside(target: Path, name: str) -> Path:
    return target.parent / f".{target.name}.{name}"
