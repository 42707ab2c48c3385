"""Attesting: what an operator saw of a domain, as the files that it signs."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sayso.model.owner import Fingerprint
from sayso.publish.proving.due import Claim
from sayso.publish.proving.look import Look, Outcome, keys_of, outcome_of
from sayso.wire.verification import VerificationFile


def attested(
    claim: Claim,
    keys: Collection[Fingerprint],
    looks: Iterable[Look],
    *,
    registry: str,
    checked: datetime,
) -> list[VerificationFile]:
    """Return a verification for each of an owner's keys that the domain names.

    Args:
        claim: whose domain was asked.
        keys: those of the owner.
        looks: what was seen, in each way; the first that names a key counts for it.
        registry: the registry's name.
        checked: when it was asked, to the second.
    """
    found: dict[Fingerprint, VerificationFile] = {}
    for look in looks:
        for key in sorted(keys_of(look, registry) & frozenset(keys)):
            found.setdefault(
                key,
                VerificationFile(
                    origin=registry,
                    owner=claim.owner,
                    domain=claim.domain,
                    key=key,
                    method=look.method,
                    checked=checked,
                    answers=look.answers,
                    body=None if look.served is None else look.served.body,
                    certificate=(
                        None if look.served is None else look.served.certificate
                    ),
                ),
            )
    return [found[key] for key in sorted(found)]


def outcome_of_all(
    looks: Iterable[Look], registry: str, keys: Collection[Fingerprint]
) -> Outcome:
    """Return what the looks show together, the first of them where none names a key.

    A domain of which the DNS says no and that has no web server has no proof, and one
    of which the DNS cannot be asked may have one.
    """
    outcomes = [outcome_of(look, registry, keys) for look in looks]
    return Outcome.NAMED if Outcome.NAMED in outcomes else outcomes[0]
