"""Extracts: the JSON twin beside a page, cut from registry.json as it stands there.

A twin is for convenience and carries no signature; it says so, and names the release
whose signed file holds the same.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from sayso.model.declaration import DeclarationId
from sayso.publish.site.pages.shelf import Shelf
from sayso.wire.profile import Json, encode_item, encode_lines

FORMAT: Final = "sayso/extract/1"
UNSIGNED: Final = "An extract of registry.json, which is signed; this file is not."


class Extracts:
    """Cuts twins out of a registry; what many of them hold is encoded once."""

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
    ) -> bytes:
        """Return an extract with all that its declarations and recordings refer to.

        Args:
            kind: what the page beside it shows.
            declarations: ids of those that the page shows.
            rows: the recordings that the page shows.
            policies: numbers of further policies that the page shows.
            more: members of this kind alone.
        """
        registry = self._shelf.registry
        rows = list(rows)
        numbers = {*policies, *(registry.recordings.policies[row] for row in rows)}
        names = set(declarations).union(
            *(registry.policies[number].declarations for number in numbers)
        )
        known = sorted(names & registry.declarations.keys())
        owners = sorted({registry.declarations[name].owner for name in known})
        head: dict[str, Json] = {
            **more,
            "format": FORMAT,
            "kind": kind,
            "note": UNSIGNED,
            "notice": registry.notice,
            "release": self._shelf.raw["release"],
        }
        lists = {
            "declarations": [self._declarations[name] for name in known],
            "owners": [self._owners[owner] for owner in owners],
            "policies": [self._policies[number] for number in sorted(numbers)],
            "recordings": [encode_item(self._recording(row)) for row in rows],
        }
        return b"".join(encode_lines(head, lists))

    def _recording(self, row: int) -> dict[str, Json]:
        recordings = self._shelf.registry.recordings
        return {
            "artist": recordings.artists[row],
            "isrc": recordings.isrcs[row],
            "policy": recordings.policies[row],
            "title": recordings.titles[row],
        }


def _by_key(items: Json, key: str) -> dict[Json, bytes]:
    found: dict[Json, bytes] = {}
    if isinstance(items, list):
        for item in items:
            if isinstance(item, Mapping):
                found[item[key]] = encode_item(item)
    return found
