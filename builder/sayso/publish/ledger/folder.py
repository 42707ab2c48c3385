"""Where a ledger is kept: a folder, or the work tree of a Git branch.

A folder is written by one process at a time. The root of a Git work tree is committed
and pushed as well, never by force: a push is refused where somebody else was faster,
and then nothing that was signed here has left this machine.
"""

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sayso.errors import PublishError
from sayso.publish.git_remote import git_environment, git_said

_PUBLISHED: Final = ("log", "trust", "tuf")
_GIT: Final = (
    "git",
    # What was signed is kept byte by byte: nothing of the operator's own settings may
    # alter it on the way.
    "-c",
    "core.attributesFile=/dev/null",
    "-c",
    "core.autocrlf=false",
    "-c",
    "commit.gpgsign=false",
)
_SECONDS: Final = 300
"""How long one command of Git may take."""


class LedgerFolder:
    """Reads and writes a ledger; made by `open_ledger`."""

    def __init__(self, folder: Path) -> None:
        """Wrap a folder that is there and locked."""
        self._folder = folder

    @property
    def is_shared(self) -> bool:
        """Whether it is the work tree of a Git branch."""
        return (self._folder / ".git").exists()

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a file, or None where there is none; a link is none."""
        place = self._place(path)
        try:
            return None if place.is_symlink() else place.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise PublishError(f"{place} cannot be read: {error.strerror}") from error

    def published(self) -> dict[str, bytes]:
        """Return what of it is published, by path."""
        paths = (
            path
            for above in _PUBLISHED
            for path in sorted(self._place(f"{above}/").rglob("*"))
            if path.is_file() and not path.is_symlink()
        )
        return {
            path.relative_to(self._folder).as_posix(): path.read_bytes()
            for path in paths
        }

    def commit(self, files: Mapping[str, bytes], message: str) -> None:
        """Keep files before anybody else sees them, in the order in which they are.

        Raises:
            PublishError: they cannot be written; or somebody else was faster, and
                nothing was shown to anybody.
        """
        self.keep(files)
        if self.is_shared:
            # Nothing else: a key that lies here by mistake is nobody else's.
            self._git("add", "--force", "--", *files)
            if self._git("diff", "--cached", "--name-only"):
                # No hook alters what is kept; one before the push may look at it.
                self._git("commit", "--quiet", "--no-verify", f"--message={message}")
            self._push()

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Write files that are not there so, in the order in which they are.

        Raises:
            PublishError: one cannot be written.
        """
        for path, data in files.items():
            if self.read(path) != data:
                self._write(path, data)

    def _place(self, path: str) -> Path:
        """Return where a file is, which is within: what others pushed may be a link.

        Raises:
            PublishError: one leads elsewhere.
        """
        place = self._folder
        *above, name = path.split("/")
        for part in above:
            place /= part
            if place.is_symlink():
                raise PublishError(
                    f"{place} is a link, and a ledger has none: take it away"
                )
        return place / name

    def _write(self, path: str, data: bytes) -> None:
        place = self._place(path)
        draft = place.with_name(f".{place.name}.new")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            draft.unlink(missing_ok=True)
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(place)
            self._settle(place.parent)
        except OSError as error:
            raise PublishError(
                f"{place} cannot be written: {error.strerror}"
            ) from error

    def _settle(self, folder: Path) -> None:
        """Let names survive a loss of power: what was signed is then never forgotten.

        Else the log might sign another release of a number that was published.
        """
        while True:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if folder == self._folder:
                return
            folder = folder.parent

    def _push(self) -> None:
        try:
            self._git("push", "--quiet")
        except PublishError as error:
            raise PublishError(
                f"{error}. Nothing that was signed has left this machine. If somebody "
                f"else was faster: git -C {self._folder} fetch, then reset --hard "
                "@{upstream}, and begin again; otherwise run the same command again"
            ) from error

    def catch_up(self) -> None:
        """Check that what is here is what all others see.

        Raises:
            PublishError: there are changes that were not committed, or others that are
                not here.
        """
        if not self.is_shared:
            return
        if self._git("status", "--porcelain"):
            raise PublishError(
                f"{self._folder} has changes that were not committed, of a run "
                "that was stopped and published nothing. These take them away: "
                f"git -C {self._folder} reset --hard and "
                f"git -C {self._folder} clean -d --force"
            )
        seen = self._git("rev-parse", "@{upstream}").strip()
        try:
            self._git("pull", "--quiet", "--ff-only")
        except PublishError as error:
            raise PublishError(f"{error}. {self._parted(seen)}") from error
        if self._git("rev-list", "@{upstream}..HEAD"):
            self._push()

    def _parted(self, seen: str) -> str:
        """Return what to do where this branch and that of all others part."""
        if self._git("rev-list", f"@{{upstream}}..{seen}"):
            return (
                f"What all others see no longer holds {seen[:12]}, which was there: "
                "somebody rewrote it by force. Sign nothing until you know why: "
                f"{self._folder} has what was signed"
            )
        return (
            "If somebody else was faster, what was signed here was shown to nobody: "
            f"git -C {self._folder} reset --hard @{{upstream}}, and begin again"
        )

    def _git(self, *arguments: str) -> str:
        command = [*_GIT, "-C", str(self._folder), *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments
                command,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                env=git_environment(),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PublishError(f"git {arguments[0]} did not end: {error}") from error
        if done.returncode:
            said = git_said(done.stderr or done.stdout)
            raise PublishError(f"git {arguments[0]} failed in {self._folder}: {said}")
        return done.stdout


@contextmanager
def open_ledger(folder: Path) -> Iterator[LedgerFolder]:
    """Give a ledger for one process alone; a folder is made where there is none.

    Raises:
        PublishError: another process has it, it cannot be written, or it is not as
            others see it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Beside it: what lies in the folder is committed.
        path = folder.resolve().with_name(f".{folder.resolve().name}.lock")
        lock = os.open(path, os.O_CREAT | os.O_RDWR, mode=0o644)
    except OSError as error:
        raise PublishError(f"{folder} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        ledger = LedgerFolder(folder)
        ledger.catch_up()
        yield ledger
    except BlockingIOError as error:
        raise PublishError(
            f"another command is writing {folder}; wait until it has ended"
        ) from error
    finally:
        os.close(lock)
