"""Numbering: each distinct policy under a number of its own, and what files say of it.

"Policy numbers are carried over from the previous state, new ones take the next
integer, none is reused." (Release)
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sayso.columns.codes import Keys
from sayso.model.policy import Policy
from sayso.publish.entries import policy_entry
from sayso.publish.ranges import Rank, rank_in
from sayso.publish.spill import Sets
from sayso.wire.profile import encode_item
from sayso.wire.text import Digest

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedPolicy:
    """A policy as files name it.

    Attributes:
        digest: SHA-256 of the content.
        content: its JSON without the number.
        item: its JSON with it, as registry.json lists it.
    """

    number: int
    policy: Policy
    digest: Digest
    content: bytes
    item: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """The policies of a release, ascending by number.

    Attributes:
        next_policy: the number that the next new policy takes.
        of_set: the policy's number for each set of facts, 0 for none.
    """

    policies: Mapping[int, NumberedPolicy]
    next_policy: int
    of_set: Numbers

    def numbers(self, sets: Sets) -> Numbers:
        """Return the policy's number for each set."""
        return self.of_set[sets]

    @property
    def carried(self) -> dict[str, int]:
        """The number of each policy by its digest, for the next release."""
        return {one.digest: number for number, one in self.policies.items()}


def number_policies(
    resolved: Mapping[int, Policy], carried: Mapping[str, int], next_policy: int
) -> Numbering:
    """Return the policies of a release, each content once.

    Args:
        resolved: the policy of each set of facts.
        carried: numbers of the previous release by digest.
        next_policy: the number that the next new policy takes.
    """
    contents: dict[str, tuple[bytes, Policy]] = {}
    digests: dict[int, str] = {}
    for place, policy in resolved.items():
        content = encode_item(policy_entry(policy))
        digests[place] = hashlib.sha256(content).hexdigest()
        contents.setdefault(digests[place], (content, policy))
    numbers = {digest: carried[digest] for digest in contents if digest in carried}
    # By digest, so that neither the order of files nor that of keys decides.
    for digest in sorted(contents.keys() - numbers.keys()):
        numbers[digest] = next_policy
        next_policy += 1
    policies = {
        number: NumberedPolicy(
            number=number,
            policy=contents[digest][1],
            digest=Digest(digest),
            content=contents[digest][0],
            item=_item(number, contents[digest][0]),
        )
        for digest, number in sorted(numbers.items(), key=lambda item: item[1])
    }
    of_set = np.zeros(max(resolved, default=0) + 1, np.int32)
    for place, digest in digests.items():
        of_set[place] = numbers[digest]
    return Numbering(policies=policies, next_policy=next_policy, of_set=of_set)


def _item(number: int, content: bytes) -> bytes:
    """Return the item of a policy: its number stands before `until`, the last."""
    before, until, time = content.rpartition(b',"until":')
    return b'%b,"number":%d%b%b' % (before, number, until, time)


@dataclass(frozen=True, kw_only=True)
class Breakpoints:
    """Where the policy of unlisted codes changes, ascending; 0 where nobody speaks."""

    keys: Keys
    numbers: Numbers

    @cached_property
    def rank(self) -> Rank:
        """How many changes are below a key."""
        return rank_in(self.keys)

    def at(self, keys: Keys) -> Numbers:
        """Return the policy of unlisted codes in force at each key, or 0."""
        places = self.keys.searchsorted(keys, side="right")
        return np.append(np.zeros(1, np.int32), self.numbers)[places]

    def before(self, key: int) -> int:
        """Return the policy of unlisted codes in force just below a key, or 0."""
        place = self.rank(key)
        return int(self.numbers[place - 1]) if place else 0
