"""Extracts: the JSON twin beside a page, cut from registry.json as it stands there.

A twin is for convenience and carries no signature; it says so, and names the release
whose signed file holds the same.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sayso.model.declaration import DeclarationId
from sayso.publish.pages.shelf import Shelf
from sayso.wire.profile import Json

FORMAT: Final = "sayso/extract/1"
UNSIGNED: Final = "An extract of registry.json, which is signed; this file is not."


class Extracts:
    """Cuts twins out of a registry."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._declarations = _by_key(shelf.raw["declarations"], "id")
        self._owners = _by_key(shelf.raw["owners"], "id")
        self._policies = _by_key(shelf.raw["policies"], "number")

    def twin(
        self,
        kind: str,
        *,
        declarations: Iterable[DeclarationId] = (),
        rows: Iterable[int] = (),
        policies: Iterable[int] = (),
        **more: Json,
    ) -> dict[str, Json]:
        """Return an extract with all that its declarations and recordings refer to.

        Args:
            kind: what the page beside it shows.
            declarations: ids of those that the page shows.
            rows: the recordings that the page shows.
            policies: numbers of further policies that the page shows.
            more: members of this kind alone.
        """
        recordings = self._shelf.registry.recordings
        rows = list(rows)
        numbers = {*policies, *(recordings.policies[row] for row in rows)}
        names = {
            *declarations,
            *(
                name
                for number in numbers
                for name in self._shelf.registry.policies[number].declarations
            ),
        }
        entries = self._shelf.registry.declarations
        known = sorted(name for name in names if name in entries)
        owners = sorted({entries[name].owner for name in known})
        return {
            **more,
            "declarations": [self._declarations[name] for name in known],
            "format": FORMAT,
            "kind": kind,
            "note": UNSIGNED,
            "notice": self._shelf.registry.notice,
            "owners": [self._owners[owner] for owner in owners],
            "policies": [self._policies[number] for number in sorted(numbers)],
            "recordings": [
                {
                    "artist": recordings.artists[row],
                    "isrc": recordings.isrcs[row],
                    "policy": recordings.policies[row],
                    "title": recordings.titles[row],
                }
                for row in rows
            ],
            "release": self._shelf.raw["release"],
        }


def _by_key(items: Json, key: str) -> dict[Json, Json]:
    found: dict[Json, Json] = {}
    if isinstance(items, list):
        for item in items:
            if isinstance(item, Mapping):
                found[item[key]] = item
    return found
