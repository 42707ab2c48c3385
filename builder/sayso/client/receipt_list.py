"""Receipts of long lists: answered from the core, so that nobody learns the codes.

The receipt commits to codes and answers, and proves the release whose core was asked.
That the answers are those of this core anybody can compute again who is given them and
has the core: the release names it by its content.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import numpy as np

from sayso.client.core import NOBODY, Core
from sayso.errors import UntrustedError
from sayso.model.answer import answer
from sayso.model.isrc import Isrc, key_of
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.answered import Answered
from sayso.wire.members import Members
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import decode_item, encode_item
from sayso.wire.receipt_kinds import Counts, Screened
from sayso.wire.text import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A list that was asked about.

    Attributes:
        said: what the receipt says.
        answered: what stays with whoever asked.
    """

    said: Screened
    answered: Answered


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
    numbers, listed = core.numbers_of(keys)
    used, counts = np.unique(numbers, return_counts=True)
    digests: dict[int, Digest | None] = {NOBODY: None}
    policies: dict[int, Policy | None] = {NOBODY: None}
    for number in used.tolist():
        if number != NOBODY:
            digests[number], policies[number] = _policy(core.policies[number])
    answered = Answered(
        salt=salt,
        isrcs=isrcs,
        policies=[digests[number] for number in numbers.tolist()],
    )
    shares = dict(zip(used.tolist(), counts.tolist(), strict=True))
    said = Screened(
        codes=len(isrcs),
        listed=int(np.count_nonzero(listed)),
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
