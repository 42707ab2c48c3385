"""Proof: what shows who an owner is, and how anybody checks it."""

from dataclasses import dataclass

from sayso.model.declaration import Level
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.signers import Signers
from sayso.publish.site.pages.words import Day, spell_day
from sayso.wire.entries import OwnerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofView:
    """What proves who speaks, and how anybody checks it.

    Attributes:
        signers: None where nothing is signed.
        domain: what names the key, in words; None where nothing does.
        checked: when it named it last; None where it was asked again in time.
        until: how long that counts, where it was not.
        command: what checks it on anybody's own computer.
    """

    signers: Signers | None
    domain: str | None
    checked: Day | None
    until: Day | None
    command: str


def proof_view(shelf: Shelf, owner: OwnerEntry) -> ProofView:
    """Return what proves who an owner is."""
    ageing = shelf.waiting.of(owner.id).ageing
    namespace, _, name = owner.id.partition(":")
    domain = name if namespace == "domain" else "A domain"
    return ProofView(
        signers=shelf.signers.get(owner.id),
        domain=domain if owner.level is Level.DOMAIN else None,
        checked=spell_day(ageing.checked) if ageing else None,
        until=spell_day(ageing.until) if ageing else None,
        command=(
            f"sayso owner {owner.id} --registry {shelf.site.address} --root 1.root.json"
        ),
    )
