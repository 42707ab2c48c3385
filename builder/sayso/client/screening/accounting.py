"""Accounting: who decided the rows of a manifest, and where licences are asked for."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from sayso.client.account import Speaker
from sayso.client.screening.tally import Tally
from sayso.client.screening.verdicts import Verdicts
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.wire.entries import DeclarationEntry, OwnerEntry

MOST_SPEAKERS: Final = 50
"""Of how many owners the account tells."""


def speakers_of(
    tally: Tally,
    verdicts: Verdicts,
    owners: Mapping[OwnerId, OwnerEntry],
    declarations: Mapping[DeclarationId, DeclarationEntry],
) -> tuple[tuple[Speaker, ...], int]:
    """Return the owners that decided most rows, and how many more there are."""
    rows: Counter[OwnerId] = Counter()
    contacts: dict[OwnerId, dict[str, None]] = {}
    for number, share in tally.policies.items():
        entries = [declarations[name] for name in verdicts.deciding(number)]
        rows.update(dict.fromkeys({entry.owner for entry in entries}, share))
        for entry in entries:
            if entry.offer is not None:
                contacts.setdefault(entry.owner, {})[entry.offer.contact] = None
    ranked = sorted(rows.items(), key=lambda pair: (-pair[1], pair[0]))
    speakers = tuple(
        Speaker(
            owner=owner,
            name=owners[owner].name,
            contacts=tuple(contacts.get(owner, ())),
            rows=share,
        )
        for owner, share in ranked[:MOST_SPEAKERS]
    )
    return speakers, len(ranked) - len(speakers)
