"""The operators' settings: how a registry is run, and what they say of its releases."""

from dataclasses import dataclass
from typing import Final

from sayso.model.isrc import Prefix

REVOCATIONS: Final = 64
"""How many releases a registry may revoke."""

REASON_LENGTH: Final = 200
"""How many characters the reason of a revocation has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """How much one release may loosen before offline holders have to approve it.

    Attributes:
        recordings: listed recordings of which a verdict became looser.
        ranges: ranges of unlisted codes of which one did.
    """

    recordings: int = 10_000
    ranges: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A release that operators revoke: it was bad, and the log keeps it all the same.

    Attributes:
        release: its number.
        reason: why, in one line of at most `REASON_LENGTH` characters.
    """

    release: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryPolicy:
    """`declarations/registry/policy.yaml`: the operators' settings.

    Attributes:
        waiting_days: how long loosening waits in public (rule 4).
        account_recordings: listed recordings that an account alone may deny.
        recheck_days: after how many days a domain's proof is checked again.
        grace_days: how many days more it counts where that fails.
        example_prefixes: never-allocated prefixes that examples use.
        leaf_items: how many items a leaf of the look-up tree holds at most.
        node_entries: how many ranges a node of it holds at most.
        prefix_ranges: into how many ranges of codes the prefixes, years and
            exceptions in one owner's folder may fall apart.
        brake: how much a release may loosen unapproved, from the next one on.
        revoked: releases that are revoked, ascending.
    """

    origin: str
    waiting_days: int = 7
    account_recordings: int = 500
    recheck_days: int = 30
    grace_days: int = 14
    example_prefixes: tuple[Prefix, ...] = ()
    leaf_items: int = 256
    node_entries: int = 64
    prefix_ranges: int = 10_000
    brake: Brake = Brake()
    revoked: tuple[Revocation, ...] = ()
