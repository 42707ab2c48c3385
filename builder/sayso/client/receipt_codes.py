"""Receipts of codes by the million: what they commit to, computed in parts.

The same file of answers as `wire.answered` describes, and the same commitments, without
a text for each code in memory: a training set has more codes than that bears.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from sayso.client.core import NOBODY, Core
from sayso.columns.codes import NO_KEY, Bytes, Keys, code_bytes, keys_of
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.answer import answer
from sayso.model.isrc import LENGTH
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.answered import FORMAT, NOBODY_SPEAKS, SALT_BYTES
from sayso.wire.members import Members
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import decode_item, encode_item
from sayso.wire.receipt_kinds import Counts, Screened
from sayso.wire.text import Digest

_HEX: Final = 64
_LINE: Final = LENGTH + 1 + _HEX + 1
_TAB, _END = ord("\t"), ord("\n")
_TOGETHER: Final = 2**19
"""How many codes are written at a time."""
_BLOCK: Final = 2**26
_HEAD_LIMIT: Final = len(FORMAT) + 2 * SALT_BYTES + 2


def screen_codes(
    core: Core,
    parts: Iterable[Keys],
    out: BinaryIO | None,
    *,
    salt: bytes,
    territory: str | None,
    now: datetime,
) -> Screened:
    """Return what a receipt says of codes, and write the answers that it commits to.

    Args:
        core: of a verified release.
        parts: keys of codes, ascending over all parts, each once.
        out: takes the file of answers, which stays with whoever asked; None to write
            nothing.
        salt: as many bytes as `wire.answered.SALT_BYTES` that nobody can guess.
        territory: the country that is asked about, or None.
        now: the moment of asking, in UTC.
    """
    codes, answers = sha256(salt), sha256(salt)
    policies: dict[int, tuple[Digest | None, Policy | None]] = {NOBODY: (None, None)}
    shares: dict[int, int] = {}
    count = listed = 0
    if out is not None:
        out.write(f"{FORMAT}\t{salt.hex()}\n".encode())
    for keys in _pieces(parts):
        numbers, is_listed = core.numbers_of(keys)
        for number, share in zip(*np.unique(numbers, return_counts=True), strict=True):
            shares[int(number)] = shares.get(int(number), 0) + int(share)
            if int(number) not in policies:
                policies[int(number)] = _policy(core.policies[int(number)])
        count += len(keys)
        listed += int(np.count_nonzero(is_listed))
        spelt = code_bytes(keys)
        codes.update(_code_lines(spelt))
        lines = _answer_lines(spelt, numbers, policies)
        answers.update(lines)
        if out is not None:
            out.write(lines)
    by_number = {number: policy for number, (_, policy) in policies.items()}
    return Screened(
        codes=count,
        listed=listed,
        territory=territory,
        list=Digest(codes.hexdigest()),
        answers=Digest(answers.hexdigest()),
        counts=_counts(shares, by_number, territory, now),
    )


class AnswersFile:
    """A file of answers, of any length, read in parts."""

    def __init__(self, path: Path) -> None:
        """Open a file, and read its salt.

        Raises:
            FetchError: it cannot be read.
            MalformedError: it is no file of answers.
        """
        self._path = path
        with self._opened() as file:
            head = file.readline(_HEAD_LIMIT)
        name, _, salt = head.removesuffix(b"\n").partition(b"\t")
        if name != FORMAT.encode() or len(salt) != 2 * SALT_BYTES:
            raise MalformedError(
                f"{path} is not a file of answers, which begins with {FORMAT} and its "
                "salt"
            )
        try:
            self.salt = bytes.fromhex(salt.decode("ascii"))
        except ValueError as error:
            raise MalformedError(f"{path} begins with no salt") from error
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
            codes.update(_code_lines(code_bytes(keys)))
            answers.update(lines)
        found = (count, codes.hexdigest(), answers.hexdigest())
        if found != (said.codes, said.list, said.answers):
            raise UntrustedError(
                "these are not the answers that the receipt commits to: they are of "
                "another receipt, or were changed"
            )

    def _opened(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except OSError as error:
            raise FetchError(
                f"{self._path} cannot be read: {error.strerror}"
            ) from error

    def _parts(self) -> Iterator[tuple[Keys, bytes]]:
        last = -1
        with self._opened() as file:
            file.seek(self._start)
            rest = b""
            while block := file.read(_BLOCK):
                block = rest + block
                end = block.rfind(b"\n") + 1
                lines, rest = block[:end], block[end:]
                if len(rest) > _LINE:
                    break
                keys = _keys_in(lines)
                if len(keys) and (keys[0] <= last or np.any(keys[1:] <= keys[:-1])):
                    raise MalformedError(f"the codes of {self._path} do not ascend")
                last = int(keys[-1]) if len(keys) else last
                yield keys, lines
        if rest:
            raise MalformedError(f"{self._path} breaks off in a line, or is no answers")


def _pieces(parts: Iterable[Keys]) -> Iterator[Keys]:
    for part in parts:
        for start in range(0, len(part), _TOGETHER):
            yield part[start : start + _TOGETHER]


def _code_lines(spelt: Bytes) -> bytes:
    lines = np.full((len(spelt), LENGTH + 1), _END, np.uint8)
    lines[:, :LENGTH] = spelt
    return lines.tobytes()


def _answer_lines(
    spelt: Bytes,
    numbers: npt.NDArray[np.int32],
    policies: Mapping[int, tuple[Digest | None, Policy | None]],
) -> bytes:
    """Return a line for each code: the code, a tab, and its policy or `-`."""
    known = sorted(policies)
    texts = [policies[number][0] or NOBODY_SPEAKS for number in known]
    joined = "".join(text.ljust(_HEX) for text in texts).encode("ascii")
    digests = np.frombuffer(joined, np.uint8).reshape(-1, _HEX)
    lines = np.empty((len(spelt), _LINE), np.uint8)
    lines[:, :LENGTH] = spelt
    lines[:, LENGTH] = _TAB
    lines[:, LENGTH + 1 : -1] = digests[np.searchsorted(known, numbers)]
    lines[:, -1] = _END
    # The one mark of who speaks not is shorter than a digest: what fills it goes.
    flat = lines.reshape(-1)
    return flat[flat != ord(" ")].tobytes()


def _keys_in(lines: bytes) -> Keys:
    """Return the keys at the beginnings of lines."""
    data = np.frombuffer(lines, np.uint8)
    ends = np.flatnonzero(data == _END)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])
    lengths = ends - starts
    if not len(ends):
        return np.empty(0, np.int64)
    if not np.isin(lengths, (LENGTH + 2, _LINE - 1)).all():
        raise MalformedError("a line is not one of a file of answers")
    keys = keys_of(np.ascontiguousarray(data[starts[:, None] + np.arange(LENGTH)]))
    if np.any(keys == NO_KEY) or np.any(data[starts + LENGTH] != _TAB):
        raise MalformedError("a line of a file of answers does not begin with a code")
    return keys


def _policy(item: bytes) -> tuple[Digest, Policy]:
    """Return the digest and the content of an item of registry.json."""
    value = decode_item(item, limit=len(item))
    members = Members(value, "a policy")
    members.number("number", least=1)
    content = {name: members.take(name) for name in members.names()}
    digest = Digest(sha256(encode_item(content)).hexdigest())
    return digest, read_policy_content(content)


def _counts(
    shares: Mapping[int, int],
    policies: Mapping[int, Policy | None],
    territory: str | None,
    now: datetime,
) -> Counts:
    counts = {use: dict.fromkeys(Verdict, 0) for use in Use}
    for number, share in shares.items():
        for use in Use:
            cell = answer(policies[number], use, territory, now=now)
            counts[use][cell.verdict] += share
    return counts
