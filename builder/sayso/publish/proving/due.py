"""Which domains are due to be looked at again.

"A domain proof is rechecked every 30 days with 14 days' grace." (Authority) It is
looked at some days earlier, so that a day without the job makes no proof look old; and
every day from then on, until the domain names a key again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sayso.model.owner import Fingerprint, OwnerId
from sayso.wire.verification import VerificationFile

EARLIER: Final = timedelta(days=2)
"""So long before a proof is ageing its domain is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Claim:
    """A domain that is said to name an owner's key."""

    owner: OwnerId
    domain: str


def own_domain(owner: OwnerId) -> str | None:
    """Return the domain that is an owner's name; None where an account is."""
    namespace, _, name = owner.partition(":")
    return name if namespace == "domain" else None


def due(
    keys: Mapping[OwnerId, Collection[Fingerprint]],
    verifications: Iterable[VerificationFile],
    *,
    recheck: timedelta,
    now: datetime,
) -> list[Claim]:
    """Return the claims to look at, in order.

    An owner named by a domain claims it, and an account what was proved for it before.
    It is enough that one of the owner's keys was named lately: a second key may be one
    that is kept in a drawer.

    Args:
        keys: those of each owner, as accepted.
        verifications: those that intake signed for this registry.
        recheck: how long a proof is fresh.
        now: the time.
    """
    latest: dict[Claim, datetime | None] = {
        Claim(owner=owner, domain=domain): None
        for owner, own in keys.items()
        if own and (domain := own_domain(owner)) is not None
    }
    for said in verifications:
        claim = Claim(owner=said.owner, domain=said.domain)
        if not keys.get(said.owner) or own_domain(said.owner) not in {
            None,
            said.domain,
        }:
            continue
        known = latest.setdefault(claim, None)
        if said.key in keys[said.owner] and said.checked <= now:
            latest[claim] = max(known or said.checked, said.checked)
    least = now - max(recheck - EARLIER, recheck / 2)
    return sorted(
        claim
        for claim, checked in latest.items()
        if checked is None or checked <= least
    )
