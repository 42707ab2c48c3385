"""Extracts: the JSON twin beside a page, cut from the registry as it stands there.

A twin is for convenience and carries no signature; it says so, and names the registry
whose signed file holds the same. Of the release it says nothing, so that it stays as
it is from one to the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sayso.model.declaration import DeclarationId
from sayso.publish.site.pages.selection import Recording
from sayso.publish.site.pages.shelf import Shelf
from sayso.wire.profile import Json, encode_item, encode_lines

TWINNED: Final = ("declarations", "disputes", "owners", "policies")
"""What twins are cut from, but recordings: members of registry.json."""

FORMAT: Final = "sayso/extract/1"
UNSIGNED: Final = "An extract of registry.json, which is signed; this file is not."
UNSIGNED_PARTS: Final = (
    "An extract of registry.json, which is signed, and of the parts that it names; "
    "this file is not."
)


class Extracts:
    """Cuts twins out of a registry; what many of them hold is encoded once."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._declarations = _by_key(shelf.raw["declarations"], "id")
        self._owners = _by_key(shelf.raw["owners"], "id")
        self._policies = _by_key(shelf.raw["policies"], "number")
        self._head: dict[str, Json] = {
            "format": FORMAT,
            "note": UNSIGNED if shelf.registry.is_whole else UNSIGNED_PARTS,
            "notice": shelf.registry.notice,
            "origin": shelf.registry.release.origin,
            "profile": shelf.registry.release.profile,
        }

    def twin(
        self,
        kind: str,
        *,
        declarations: Iterable[DeclarationId] = (),
        recordings: Sequence[Recording] = (),
        policies: Iterable[int] = (),
        left_out: int = 0,
        **more: Json,
    ) -> bytes:
        """Return an extract with all that its declarations and recordings refer to.

        Args:
            kind: what the page beside it shows.
            declarations: ids of those that the page shows.
            recordings: those that the page shows.
            policies: numbers of further policies that the page shows.
            left_out: how many further recordings of its list no page shows.
            more: members of this kind alone.
        """
        registry = self._shelf.registry
        numbers = {*policies, *(recording.policy for recording in recordings)}
        names = set(declarations).union(
            *(registry.policies[number].declarations for number in numbers)
        )
        known = sorted(names & registry.declarations.keys())
        owners = sorted({registry.declarations[name].owner for name in known})
        head: dict[str, Json] = {**self._head, **more, "kind": kind}
        if left_out:
            head["left_out"] = left_out
        lists = {
            "declarations": [self._declarations[name] for name in known],
            "owners": [self._owners[owner] for owner in owners],
            "policies": [self._policies[number] for number in sorted(numbers)],
            "recordings": [encode_item(r._asdict()) for r in recordings],
        }
        return b"".join(encode_lines(head, lists))


def _by_key(items: Json, key: str) -> dict[Json, bytes]:
    found: dict[Json, bytes] = {}
    if isinstance(items, list):
        for item in items:
            if isinstance(item, Mapping):
                found[item[key]] = encode_item(item)
    return found
