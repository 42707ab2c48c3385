"""Receipts of codes by the million: what they commit to, computed in parts.

The file of answers is as `wire.answered` describes it. No code is ever an object of its
own: a training set has more codes than memory bears so.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sayso.client.core import Core
from sayso.columns.codes import Bytes, Keys, code_bytes
from sayso.columns.policies import NOBODY
from sayso.columns.rows import Numbers
from sayso.model.answer import answer
from sayso.model.isrc import LENGTH
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.answered import FORMAT, NOBODY_SPEAKS
from sayso.wire.members import Members
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import decode_item, encode_item
from sayso.wire.receipt_kinds import Counts, Screened
from sayso.wire.text import Digest

_HEX: Final = 64
_LINE: Final = LENGTH + 1 + _HEX + 1
_TAB, _END = ord("\t"), ord("\n")
_TOGETHER: Final = 2**16
"""How many codes are written at a time."""

_Policies: TypeAlias = dict[int, tuple[Digest | None, Policy | None]]


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

    Raises:
        ValueError: the codes do not ascend.
    """
    codes, answers = sha256(salt), sha256(salt)
    policies: _Policies = {NOBODY: (None, None)}
    shares: dict[int, int] = {}
    count = listed = 0
    if out is not None:
        out.write(f"{FORMAT}\t{salt.hex()}\n".encode())
    for keys in _pieces(parts):
        numbers, is_listed = core.numbers_of(keys)
        used, rows = np.unique(numbers, return_counts=True)
        for number, share in zip(used.tolist(), rows.tolist(), strict=True):
            shares[number] = shares.get(number, 0) + share
            if number not in policies:
                policies[number] = _policy(core.policies[number])
        count += len(keys)
        listed += int(np.count_nonzero(is_listed))
        spelt = code_bytes(keys)
        codes.update(code_lines(spelt))
        lines = _answer_lines(spelt, numbers, used, policies)
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


def code_lines(spelt: Bytes) -> bytes:
    """Return a line for each code, as the commitment to a list is of."""
    lines = np.full((len(spelt), LENGTH + 1), _END, np.uint8)
    lines[:, :LENGTH] = spelt
    return lines.tobytes()


def not_ascending(keys: Keys, last: int) -> npt.NDArray[np.intp]:
    """Return where keys do not ascend from the last one before: `NO_KEY` never does."""
    return np.flatnonzero(np.diff(keys, prepend=last) <= 0)


def _pieces(parts: Iterable[Keys]) -> Iterator[Keys]:
    last = -1
    for part in parts:
        for start in range(0, len(part), _TOGETHER):
            piece = part[start : start + _TOGETHER]
            if len(not_ascending(piece, last)):
                raise ValueError("the codes do not ascend")
            last = int(piece[-1])
            yield piece


def _answer_lines(
    spelt: Bytes,
    numbers: Numbers,
    used: Numbers,
    policies: _Policies,
) -> bytes:
    """Return a line for each code: the code, a tab, and its policy or `-`.

    Args:
        spelt: the codes.
        numbers: of their policies.
        used: each of these numbers once, ascending.
        policies: by number.
    """
    texts = [policies[number][0] or NOBODY_SPEAKS for number in used.tolist()]
    joined = "".join(text.ljust(_HEX) for text in texts).encode("ascii")
    digests = np.frombuffer(joined, np.uint8).reshape(-1, _HEX)
    lines = np.empty((len(spelt), _LINE), np.uint8)
    lines[:, :LENGTH] = spelt
    lines[:, LENGTH] = _TAB
    lines[:, LENGTH + 1 : -1] = digests[used.searchsorted(numbers)]
    lines[:, -1] = _END
    # The one mark of who speaks not is shorter than a digest: what fills it goes.
    flat = lines.reshape(-1)
    kept: Bytes = flat[flat != ord(" ")]
    return kept.tobytes()


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
