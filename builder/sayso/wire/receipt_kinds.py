"""The three kinds of receipts: what each says, and how it is written.

Of some codes, with all that leads to the answers; of a long list, of which a receipt
shows no code; and of one file of declarations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Final, TypeAlias, assert_never

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc, is_isrc
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.members import Members
from sayso.wire.merkle import HASH_BYTES, Hash
from sayso.wire.profile import Json
from sayso.wire.sources import SourceProof
from sayso.wire.text import Digest, from_utf8

CODES_LIMIT: Final = 200
"""A receipt of codes never has more; one of a list has any number."""

_PROOF_HASHES = 63

Counts: TypeAlias = Mapping[Use, Mapping[Verdict, int]]
"""How many codes of a list have which verdict, for each use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A receipt of recordings.

    Attributes:
        isrcs: the codes, ascending.
        territory: the country that was asked about, or None.
        answers: one for each code, as by `wire.said`; not yet compared.
        objects: the unpacked files of the look-up tree that lead to the answers,
            ascending by their SHA-256.
    """

    isrcs: tuple[Isrc, ...]
    territory: str | None
    answers: tuple[Json, ...]
    objects: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """A receipt of a list: it commits to codes and answers, and shows none.

    Attributes:
        codes: how many there are in the list.
        listed: how many of them have a row of their own.
        list: SHA-256 of a salt and the list, as `wire.answered` has both.
        answers: likewise of the answers.
        counts: of the answers, for each use.
    """

    codes: int
    listed: int
    territory: str | None
    list: Digest
    answers: Digest
    counts: Counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A receipt of a file of declarations, which an owner has of the own words.

    Attributes:
        path: of the file, relative to `declarations/`.
        sha256: of its bytes.
        proof: that the release was made from it.
    """

    path: str
    sha256: Digest
    proof: SourceProof


Said: TypeAlias = Asked | Screened | Filed


def encode_kind(said: Said) -> dict[str, Json]:
    """Return the members of a receipt that say what it is of.

    Raises:
        MalformedError: a file is not a text.
    """
    match said:
        case Asked():
            return {
                "answers": said.answers,
                "isrcs": said.isrcs,
                "kind": "recordings",
                "objects": [from_utf8(each, limit=len(each)) for each in said.objects],
                "territory": said.territory,
            }
        case Screened():
            return {
                "answers_sha256": said.answers,
                "codes": said.codes,
                "counts": {use.value: _encode_count(said.counts[use]) for use in Use},
                "kind": "list",
                "list_sha256": said.list,
                "listed": said.listed,
                "territory": said.territory,
            }
        case Filed():
            return {
                "files": said.proof.size,
                "hashes": [each.hex() for each in said.proof.hashes],
                "index": said.proof.index,
                "kind": "declaration",
                "path": said.path,
                "sha256": said.sha256,
            }
        case _:
            assert_never(said)


def read_kind(members: Members) -> Said:
    """Take out of an object what `encode_kind` made.

    Raises:
        MalformedError: a member is missing or not what it should be.
    """
    match members.text("kind"):
        case "recordings":
            return _read_asked(members)
        case "list":
            return _read_screened(members)
        case "declaration":
            return _read_filed(members)
        case _:
            raise members.wrong("kind", "recordings, list or declaration")


def _read_asked(members: Members) -> Asked:
    said = Asked(
        isrcs=tuple(map(Isrc, members.texts("isrcs"))),
        territory=_read_territory(members),
        answers=tuple(members.items("answers")),
        objects=tuple(text.encode() for text in members.texts("objects")),
    )
    if not all(map(is_isrc, said.isrcs)) or not _ascend(said.isrcs):
        raise members.wrong("isrcs", "a list of ISRCs in ascending order")
    if not 1 <= len(said.isrcs) <= CODES_LIMIT:
        raise members.wrong("isrcs", f"a list of 1 to {CODES_LIMIT} codes")
    if len(said.answers) != len(said.isrcs):
        raise members.wrong("answers", "a list with one answer for each code")
    if not _ascend([sha256(each).hexdigest() for each in said.objects]):
        raise members.wrong("objects", "in ascending order of their SHA-256")
    return said


def _read_screened(members: Members) -> Screened:
    counts = members.object("counts")
    said = Screened(
        codes=members.number("codes", least=1),
        listed=members.number("listed"),
        territory=_read_territory(members),
        list=members.digest("list_sha256"),
        answers=members.digest("answers_sha256"),
        counts={use: _read_count(counts.object(use)) for use in Use},
    )
    counts.end()
    sums = {sum(count.values()) for count in said.counts.values()}
    if sums != {said.codes} or said.listed > said.codes:
        raise members.wrong("counts", "counts of as many codes as the list has")
    return said


def _encode_count(count: Mapping[Verdict, int]) -> dict[str, Json]:
    return {verdict.value: count[verdict] for verdict in Verdict}


def _read_count(members: Members) -> dict[Verdict, int]:
    count = {verdict: members.number(verdict) for verdict in Verdict}
    members.end()
    return count


def _read_filed(members: Members) -> Filed:
    said = Filed(
        path=members.text("path"),
        sha256=members.digest("sha256"),
        proof=SourceProof(
            index=members.number("index"),
            size=members.number("files", least=1),
            hashes=tuple(map(_hash, members.texts("hashes"))),
        ),
    )
    if "\0" in said.path or len(said.proof.hashes) > _PROOF_HASHES:
        raise members.wrong("path", "the path of a file, with a proof")
    return said


def _hash(text: str) -> Hash:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != HASH_BYTES or data.hex() != text:
        raise MalformedError("a hash of a receipt is not 64 hexadecimal digits")
    return Hash(data)


def _read_territory(members: Members) -> str | None:
    territory = members.nullable_text("territory")
    if territory is not None and territory not in COUNTRIES:
        raise members.wrong("territory", "a country's code, such as DE, or null")
    return territory


def _ascend(items: Sequence[str]) -> bool:
    return all(one < other for one, other in pairwise(items))
