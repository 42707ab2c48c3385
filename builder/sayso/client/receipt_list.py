"""Receipts of long lists: answered from the core, so that nobody learns the codes.

The receipt commits to codes and answers, and proves the release whose core was asked.
That the answers are those of this core anybody can compute again who is given them and
has the core: the release names it by its content.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import cast

import numpy as np

from sayso.client.core import Core, read_core
from sayso.client.fetch import Fetcher
from sayso.client.registry import fetch_index, fetch_listed
from sayso.columns.rows import Keys, Numbers
from sayso.errors import FetchError, UntrustedError
from sayso.model.answer import answer
from sayso.model.isrc import Isrc, key_of
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.answered import Answered
from sayso.wire.contents import Contents
from sayso.wire.members import Members
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import Json, decode, decode_item, encode_item
from sayso.wire.receipt_kinds import Counts, Screened
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import REGISTRY_FILE, Release, registry_path
from sayso.wire.release_file import file_named
from sayso.wire.text import Digest

_NOBODY = 0
"""No policy has this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A list that was asked about.

    Attributes:
        said: what the receipt says.
        answered: what stays with whoever asked.
    """

    said: Screened
    answered: Answered


def open_core(fetcher: Fetcher, release: Release) -> Core:
    """Return the core of a verified release.

    Args:
        fetcher: brings the files; it learns that the release is asked, and not for
            what.
        release: verified.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that the release names.
        MalformedError: a file is not in its format.
    """
    entry = release.file(REGISTRY_FILE)
    if entry.bytes > REGISTRY_LIMIT:
        raise FetchError(
            f"{REGISTRY_FILE} has {entry.bytes} bytes, more than this version of sayso "
            "reads"
        )
    named = replace(entry, path=registry_path(entry.sha256))
    registry = decode(fetch_listed(fetcher, named), limit=REGISTRY_LIMIT)
    index = fetch_index(fetcher, release)
    policies, prefixes = (
        file_named(index, "bulk/", f".{kind}.parquet", place="the index")
        for kind in ("policies", "prefixes")
    )
    contents = Contents(
        number=release.header.number,
        core=release.core.content_sha256,
        policies=policies.content_sha256,
        prefixes=prefixes.content_sha256,
    )
    return read_core(
        fetch_listed(fetcher, release.core),
        cast("Sequence[Json]", registry["policies"]),
        cast("Sequence[Json]", registry["prefixes"]),
        contents=contents,
    )


def screen_list(
    core: Core,
    isrcs: Sequence[Isrc],
    *,
    salt: bytes,
    territory: str | None,
    now: datetime,
) -> Screening:
    """Return what a core says of a list.

    Args:
        core: of a verified release.
        isrcs: ascending, each once.
        salt: as many bytes as `wire.answered.SALT_BYTES` that nobody can guess.
        territory: the country that is asked about, or None.
        now: the moment of asking, in UTC.
    """
    keys = np.fromiter(map(key_of, isrcs), np.int64, len(isrcs))
    numbers, listed = _numbers(core, keys)
    used, counts = np.unique(numbers, return_counts=True)
    digests: dict[int, Digest | None] = {_NOBODY: None}
    policies: dict[int, Policy | None] = {_NOBODY: None}
    for number in used.tolist():
        if number != _NOBODY:
            digests[number], policies[number] = _policy(core.policies[number])
    answered = Answered(
        salt=salt,
        isrcs=isrcs,
        policies=[digests[number] for number in numbers.tolist()],
    )
    shares = dict(zip(used.tolist(), counts.tolist(), strict=True))
    said = Screened(
        codes=len(isrcs),
        listed=listed,
        territory=territory,
        list=answered.list_digest,
        answers=answered.answers_digest,
        counts=_counts(shares, policies, territory, now),
    )
    return Screening(said=said, answered=answered)


def check_screening(
    core: Core, said: Screened, answered: Answered, *, asked: datetime
) -> None:
    """Check that a core gives the answers that a receipt commits to.

    Args:
        core: of the release that the receipt proves.
        said: what the receipt says.
        answered: what it commits to, as `check_answers` found.
        asked: when, as the receipt says.

    Raises:
        UntrustedError: it gives others.
    """
    again = screen_list(
        core,
        answered.isrcs,
        salt=answered.salt,
        territory=said.territory,
        now=asked,
    )
    if again.said != said:
        raise UntrustedError(
            "the receipt commits to other answers than those of its release"
        )


def _numbers(core: Core, keys: Keys) -> tuple[Numbers, int]:
    """Return the policy of each key, and how many are listed by themselves."""
    numbers = np.zeros(len(keys), np.int32)
    spans = core.intervals
    if len(spans.firsts):
        place = np.maximum(spans.firsts.searchsorted(keys, side="right") - 1, 0)
        within = (spans.firsts[place] <= keys) & (keys <= spans.lasts[place])
        numbers[within] = spans.numbers[place[within]]
    if not len(core.keys):
        return numbers, 0
    row = np.minimum(core.keys.searchsorted(keys), len(core.keys) - 1)
    listed = core.keys[row] == keys
    numbers[listed] = core.numbers[row[listed]]
    return numbers, int(np.count_nonzero(listed))


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
