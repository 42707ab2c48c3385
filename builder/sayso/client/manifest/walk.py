"""Walking a folder: the files in it and in its folders, in the order of their paths."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from sayso.client.manifest.rows import Remarks
from sayso.errors import MalformedError
from sayso.model.visible import escaped

AUDIO: Final = frozenset(
    {
        *("aac", "ac3", "aif", "aifc", "aiff", "amr", "ape", "asf", "au", "bwf", "caf"),
        *("dff", "dsf", "eac3", "flac", "m4a", "m4b", "m4p", "m4r", "mka", "mp1"),
        *("mp2", "mp3", "mp4", "mpc", "mpga", "oga", "ogg", "opus", "rf64", "snd"),
        *("spx", "tta", "w64", "wav", "wave", "weba", "webm", "wma", "wv"),
    }
)
"""How names of audio files end; the tags of some are not known, but they are rows."""

# Neither a link nor a pipe that took a file's place meanwhile is opened.
_AS_IT_IS: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(slots=True, kw_only=True)
class Walk:
    """Walks a folder once or more; hidden files and folders are passed over.

    Attributes:
        folder: where it begins.
        hidden: how many files and folders were passed over in the last walk.
    """

    folder: Path
    hidden: int = 0

    def files(self, remarks: Remarks) -> Iterator[str]:
        """Yield the paths of all files, relative and with `/`, links included."""
        self.hidden = 0
        waiting = self._entries("", remarks)
        while waiting:
            path = waiting.pop()
            if path.endswith("/"):
                waiting += self._entries(path, remarks)
            else:
                yield path

    def open(self, path: str) -> BinaryIO:
        """Return a file to be read; a link is followed to a file in the folder.

        Raises:
            MalformedError: it is no regular file, or it is a link out of the folder.
            OSError: it cannot be read.
        """
        file = self.folder / path
        if file.is_symlink():
            file = Path(os.path.realpath(file, strict=True))
            if not file.is_relative_to(self.folder.resolve()):
                raise MalformedError("it is a link out of the folder")
        if not stat.S_ISREG(file.stat().st_mode):
            raise MalformedError("it is no regular file")
        stream = open(file, "rb", opener=_opened)  # noqa: SIM115 - the caller's to close
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise MalformedError("it is no regular file")
        return stream

    def _entries(self, path: str, remarks: Remarks) -> list[str]:
        """Return what is in a folder, in descending order; folders end in `/`."""
        found = []
        try:
            with os.scandir(self.folder / path) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        self.hidden += 1
                    elif entry.is_symlink() and _is_folder(entry):
                        remarks.add(
                            "links to folders",
                            f"{escaped(path + entry.name)}: this link to a folder is "
                            "not followed; what is behind it is not among the rows",
                        )
                    else:
                        found.append(path + entry.name + "/" * _is_folder(entry))
        except OSError as error:
            remarks.add(
                "folders that cannot be read",
                f"{escaped(path) or self.folder}: this folder cannot be read "
                f"({error.strerror}); what is in it is not among the rows",
            )
        return sorted(found, reverse=True)


def suffix_of(path: str) -> str:
    """Return how a name ends, in lower case and without the dot."""
    stem, _, suffix = path.rpartition("/")[2].rpartition(".")
    return suffix.lower() if stem else ""


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that goes round in a circle
        return False


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | _AS_IT_IS)
