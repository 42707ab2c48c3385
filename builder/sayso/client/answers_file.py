"""The file of answers to a list, read again and held against its receipt.

It is of any length and of any content, so it is read in blocks, as columns of bytes.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from sayso.client.receipt_codes import code_lines, not_ascending
from sayso.columns.codes import NO_KEY, Keys, code_bytes, keys_of
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.isrc import LENGTH
from sayso.wire.answered import FORMAT, NOBODY_SPEAKS, SALT_BYTES
from sayso.wire.receipt_kinds import Screened

_HEX: Final = 64
_LINE: Final = LENGTH + 1 + _HEX + 1
_SHORT_LINE: Final = LENGTH + 1 + len(NOBODY_SPEAKS) + 1
_TAB, _END = ord("\t"), ord("\n")
_IS_HEX: Final = np.isin(np.arange(256), list(b"0123456789abcdef"))
_BLOCK: Final = 2**20
"""How many bytes are read at a time: memory bears even one of nothing but line ends."""
_HEAD: Final = re.compile(rf"{FORMAT}\t([0-9a-f]{{{2 * SALT_BYTES}}})\n".encode())
_HEAD_LIMIT: Final = len(FORMAT) + 2 * SALT_BYTES + 2


class AnswersFile:
    """A file of answers, read in parts.

    Attributes:
        salt: what the commitments of its receipt begin with.
    """

    def __init__(self, path: Path) -> None:
        """Open a file, and read its salt.

        Raises:
            FetchError: it cannot be read.
            MalformedError: it is no file of answers.
        """
        self._path = path
        with self._opened() as file:
            head = file.readline(_HEAD_LIMIT)
        match = _HEAD.fullmatch(head)
        if match is None:
            raise MalformedError(
                f"{path} is not a file of answers, which begins with {FORMAT} and its "
                "salt"
            )
        self.salt = bytes.fromhex(match[1].decode("ascii"))
        self._start = len(head)

    def keys(self) -> Iterator[Keys]:
        """Yield the keys of the codes, in parts.

        Raises:
            FetchError: it cannot be read.
            MalformedError: a line is none of a file of answers, or they do not ascend.
        """
        return (keys for keys, _ in self._parts())

    def check(self, said: Screened) -> None:
        """Check that these are the answers that a receipt commits to.

        Raises:
            FetchError: the file cannot be read.
            MalformedError: it is damaged.
            UntrustedError: they are others.
        """
        codes, answers = sha256(self.salt), sha256(self.salt)
        count = 0
        for keys, lines in self._parts():
            count += len(keys)
            codes.update(code_lines(code_bytes(keys)))
            answers.update(lines)
        found = (count, codes.hexdigest(), answers.hexdigest())
        if found != (said.codes, said.list, said.answers):
            raise UntrustedError(
                "these are not the answers that the receipt commits to: they are of "
                "another receipt, or were changed"
            )

    @contextmanager
    def _opened(self) -> Iterator[BinaryIO]:
        # A named pipe would wait for ever, so what it is comes first.
        if not self._path.is_file():
            raise FetchError(f"{self._path} is not there, or is not a file")
        try:
            with self._path.open("rb") as file:
                yield file
        except OSError as error:
            raise FetchError(f"{self._path} cannot be read: {error}") from error

    def _parts(self) -> Iterator[tuple[Keys, bytes]]:
        last, line, rest = -1, 2, b""
        with self._opened() as file:
            file.seek(self._start)
            while block := file.read(_BLOCK):
                lines, end, rest = (rest + block).rpartition(b"\n")
                if end:
                    keys = _keys_in(lines + end)
                    bad = not_ascending(keys, last)
                    if len(bad):
                        raise self._astray(line + int(bad[0]), int(keys[bad[0]]))
                    last, line = int(keys[-1]), line + len(keys)
                    yield keys, lines + end
                if len(rest) >= _LINE:
                    raise self._astray(line, NO_KEY)
        if rest:
            raise MalformedError(f"{self._path}:{line}: the file breaks off here")

    def _astray(self, line: int, key: int) -> MalformedError:
        why = "not a line of a file of answers"
        if key != NO_KEY:
            why = "its code is not greater than the one before"
        return MalformedError(f"{self._path}:{line}: {why}")


def _keys_in(lines: bytes) -> Keys:
    """Return the key of each line, `NO_KEY` for what is no line of a file of answers.

    Args:
        lines: one at least, whole.
    """
    data = np.frombuffer(lines, np.uint8)
    ends = np.flatnonzero(data == _END)
    starts = np.concatenate([np.zeros(1, np.intp), ends[:-1] + 1])
    lengths = ends + 1 - starts
    keys = np.full(len(ends), NO_KEY, np.int64)
    fit = np.flatnonzero((lengths == _LINE) | (lengths == _SHORT_LINE))
    if not len(fit):
        return keys
    starts, ends = starts[fit], ends[fit]
    tabs = starts + LENGTH
    # How many digits there are from behind each tab to the end of its line.
    marks = np.stack([tabs + 1, ends], axis=1).reshape(-1)
    digits = np.add.reduceat(_IS_HEX[data], marks, dtype=np.intp)[::2]
    speaks_not = (lengths[fit] == _SHORT_LINE) & (data[ends - 1] == ord(NOBODY_SPEAKS))
    is_line = (data[tabs] == _TAB) & ((digits == _HEX) | speaks_not)
    codes = sliding_window_view(data, LENGTH)[starts]
    keys[fit] = np.where(is_line, keys_of(np.ascontiguousarray(codes)), NO_KEY)
    return keys
