"""Deltas: what changed in the core, the policies and the prefixes between releases.

"A header with both content digests, then ascending `[key_gap, policy]`, then changed
policies and intervals; applied to a copy, swapped in only if the digest matches."
(Release)

Each line after the header sets something or removes it. To set what is so already, or
to remove what is not there, does nothing: two deltas in a row can so be made one
without the registry that they start from. Whether the outcome is right is for the
digests to say.
"""

import re
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, islice
from operator import lt, sub
from typing import Final, TypeAlias

from sayso.errors import MalformedError
from sayso.model.isrc import LAST_KEY
from sayso.wire.contents import (
    Contents,
    Range,
    encode_contents,
    line_of,
    range_item,
    read_contents,
)
from sayso.wire.members import Members
from sayso.wire.policies import read_policy
from sayso.wire.profile import Json, decode_item
from sayso.wire.reading import read_isrc
from sayso.wire.text import Digest, shown

FORMAT: Final = "sayso/delta/1"
DELTA_LIMIT: Final = 256 * 2**20
"""A delta is never longer, in unpacked bytes; beyond that the core itself is less."""

REMOVED: Final = -1
"""What stands in place of a policy's number where a recording is no longer listed."""

LARGEST_POLICY: Final = 2**31 - 1
"""The largest number of a policy: the core has four bytes for it."""

Column: TypeAlias = "array[int]"
_CHUNK = 2**16
_CHANGES = re.compile(
    rb"(?:\[(?:0|[1-9][0-9]{0,14}),(?:-1|[1-9][0-9]{0,9})\]\n){1,%d}+" % _CHUNK
)
_NUMBER = re.compile(rb"-?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """What turns the core, policies and prefixes of one release into a later one's.

    Attributes:
        before: what it is applied to.
        after: what comes of it.
        keys: of the recordings that change, ascending; an array of type `q`.
        numbers: of the policy that each of them has from now on, or `REMOVED`; an
            array of type `i`.
        policies: items of registry.json by number, as they are written; None for one
            no longer used.
        prefixes: the policy of each range that changes; None for one that is gone.
    """

    before: Contents
    after: Contents
    keys: Column
    numbers: Column
    policies: Mapping[int, bytes | None]
    prefixes: Mapping[Range, int | None]


def delta_path(content: Digest, before: int, after: int) -> str:
    """Return where a release has the delta from another one to itself."""
    return f"delta/{content}.{before}-{after}.jsonl.gz"


def encode_delta(delta: Delta) -> bytes:
    """Return the delta's only spelling, not packed.

    Raises:
        MalformedError: the delta breaks a rule of the format.
    """
    _check(delta)
    policies = (
        b"%b\n" % (_removed(number) if item is None else item)
        for number, item in sorted(delta.policies.items())
    )
    # Of two lines that begin at one code, what is gone comes first.
    ranges = sorted(
        delta.prefixes,
        key=lambda span: (span[0], delta.prefixes[span] is not None, span[1]),
    )
    prefixes = (range_item(span, delta.prefixes[span]) for span in ranges)
    data = b"".join(
        (
            line_of(_header_item(delta)),
            *_change_lines(delta.keys, delta.numbers),
            *policies,
            *map(line_of, prefixes),
        )
    )
    if len(data) > DELTA_LIMIT:
        raise MalformedError(
            f"the delta has {len(data)} bytes, and {DELTA_LIMIT} are the most"
        )
    return data


def decode_delta(data: bytes) -> Delta:
    """Return the delta that `encode_delta` wrote.

    Raises:
        MalformedError: `encode_delta` never makes these bytes.
    """
    if len(data) > DELTA_LIMIT or not data.endswith(b"\n"):
        raise MalformedError(
            f"not a delta: {len(data)} bytes, where whole lines of {DELTA_LIMIT} bytes "
            "at most are expected"
        )
    end = data.index(b"\n")
    before, after, counts = _read_header(decode_item(data[:end], limit=DELTA_LIMIT))
    recordings, policies, prefixes = counts
    keys, numbers, end = _read_changes(data, end + 1)
    lines = data[end:].split(b"\n")[:-1]
    if (recordings, policies + prefixes) != (len(keys), len(lines)):
        raise MalformedError(
            f"the delta counts {recordings} recordings, {policies} policies and "
            f"{prefixes} prefixes, and has {len(keys)} and {len(lines)} lines"
        )
    delta = Delta(
        before=before,
        after=after,
        keys=keys,
        numbers=numbers,
        policies=dict(map(_read_named, lines[:policies])),
        prefixes=dict(map(_read_range, lines[policies:])),
    )
    if encode_delta(delta) != data:
        raise MalformedError("the delta is not in the order in which it is written")
    return delta


def _header_item(delta: Delta) -> Json:
    return {
        "counts": {
            "policies": len(delta.policies),
            "prefixes": len(delta.prefixes),
            "recordings": len(delta.keys),
        },
        "format": FORMAT,
        "from": encode_contents(delta.before),
        "to": encode_contents(delta.after),
    }


def _read_header(item: Json) -> tuple[Contents, Contents, tuple[int, int, int]]:
    """Return both ends, and how many recordings, policies and prefixes change."""
    members = Members(item, "the header of the delta")
    members.constant("format", FORMAT)
    before = read_contents(members.object("from"))
    after = read_contents(members.object("to"))
    counts = members.object("counts")
    sizes = (
        counts.number("recordings"),
        counts.number("policies"),
        counts.number("prefixes"),
    )
    counts.end()
    members.end()
    return before, after, sizes


def _check(delta: Delta) -> None:
    keys, numbers = delta.keys, delta.numbers
    if not 1 <= delta.before.number < delta.after.number:
        raise MalformedError(
            f"a delta never leads from release {delta.before.number} to release "
            f"{delta.after.number}"
        )
    if len(keys) != len(numbers):
        raise MalformedError("the columns of a delta are not of one length")
    if not all(map(lt, keys, islice(keys, 1, None))):
        raise MalformedError("the keys of a delta do not ascend")
    if keys and not 0 <= keys[0] <= keys[-1] <= LAST_KEY:
        raise MalformedError("the delta has a key that no ISRC has")
    ranged = (policy for policy in delta.prefixes.values() if policy is not None)
    named = chain(delta.policies, ranged)
    if not all(1 <= number <= LARGEST_POLICY for number in named) or (
        numbers and (min(numbers) < REMOVED or 0 in numbers)
    ):
        raise MalformedError("the delta has a number that no policy has")


def _change_lines(keys: Column, numbers: Column) -> Iterator[bytes]:
    gaps = chain(keys[:1], map(sub, islice(keys, 1, None), keys))
    values = chain.from_iterable(zip(gaps, numbers, strict=True))
    for start in range(0, len(keys), _CHUNK):
        size = min(_CHUNK, len(keys) - start)
        # One call formats a chunk: a line costs no Python of its own.
        yield b"[%d,%d]\n" * size % tuple(islice(values, 2 * size))


def _read_changes(data: bytes, end: int) -> tuple[Column, Column, int]:
    """Return the changed keys and their policies, and where their lines end."""
    keys, numbers = array("q"), array("i")
    while chunk := _CHANGES.match(data, end):
        values = list(map(int, _NUMBER.findall(chunk[0])))
        before = keys[-1] if keys else 0
        try:
            keys.extend(islice(accumulate(values[::2], initial=before), 1, None))
            numbers.extend(values[1::2])
        except OverflowError:
            raise MalformedError("a number in a delta is too large") from None
        end = chunk.end()
    if data.startswith(b"[", end):
        line = data[end : data.index(b"\n", end)].decode(errors="replace")
        raise MalformedError(f"not a change of a recording: {shown(line)}")
    return keys, numbers, end


def _removed(number: int) -> bytes:
    return b'{"number":%d}' % number


def _read_named(line: bytes) -> tuple[int, bytes | None]:
    number, is_removed = _read_policy(line)
    return number, None if is_removed else line


# The same lines stand in each of thirty deltas: each is parsed once. The bound is above
# the policies of most registries; beyond it lines are parsed again, and memory is safe.
@lru_cache(maxsize=2**14)
def _read_policy(line: bytes) -> tuple[int, bool]:
    """Return the number of a policy, and whether it is no longer used."""
    item = decode_item(line, limit=DELTA_LIMIT)
    if isinstance(item, dict) and len(item) == 1:
        return Members(item, "a policy no longer used").number("number", least=1), True
    number, _ = read_policy(item)
    return number, False


def _read_range(line: bytes) -> tuple[Range, int | None]:
    item = decode_item(line, limit=DELTA_LIMIT)
    members = Members(item, "a range of codes")
    span = read_isrc(members.text("first")), read_isrc(members.text("last"))
    policy = members.number("policy", least=1) if "policy" in members else None
    members.end()
    if span[0] > span[1]:
        raise MalformedError(f"a range of codes ends before {span[0]}, its first")
    return span, policy
