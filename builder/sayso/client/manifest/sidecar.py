"""What a JSON document beside a recording says of it: its codes, title and artist."""

from collections import deque
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any, Final

from sayso.client.manifest.finding import ARTISTS, CODES, TITLES, is_named
from sayso.client.manifest.tags.naming import Field, Naming
from sayso.errors import MalformedError
from sayso.wire.text import from_utf8

MOST_JSON: Final = 2**20

_BOM: Final = b"\xef\xbb\xbf"
_NAMES: Final[dict[Field, tuple[str, ...]]] = {"title": TITLES, "artist": ARTISTS}


class _Members(list[tuple[str, Any]]):
    """An object: also what stands twice in it is seen."""


_DECODER: Final = JSONDecoder(object_pairs_hook=_Members)


def read_sidecar(data: bytes) -> Naming:
    """Return what a document says, in its object or in those within it.

    Objects in lists are passed over: they are other recordings.

    Raises:
        MalformedError: it is too long, not JSON, or no object.
    """
    text = from_utf8(data.removeprefix(_BOM), limit=MOST_JSON)
    try:
        document = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise MalformedError("it is not JSON, or too deep") from error
    if not isinstance(document, _Members):
        raise MalformedError("it is not a JSON object")
    naming = Naming()
    for members in _objects(document):
        for name, value in members:
            if is_named(name, CODES):
                for code in _values(value):
                    naming.add("isrc", code)
        for field, names in _NAMES.items():
            _add_name(field, names, members, naming)
    return naming


def _objects(document: _Members) -> Iterator[_Members]:
    """Yield an object and those within it, the outer ones first."""
    waiting = deque([document])
    while waiting:
        members = waiting.popleft()
        yield members
        waiting.extend(value for _, value in members if isinstance(value, _Members))


def _add_name(
    field: Field, names: tuple[str, ...], members: _Members, naming: Naming
) -> None:
    """Take the member with the likeliest name."""
    known = [(name, value) for name, value in members if is_named(name, names)]
    for likely in names:
        for name, value in known:
            if is_named(name, (likely,)):
                for text in _values(value):
                    naming.add(field, text)


def _values(value: object) -> Iterator[str]:
    """Yield texts and numbers, also those of a list."""
    if isinstance(value, list) and not isinstance(value, _Members):
        for item in value:
            if not isinstance(item, list):
                yield from _values(item)
    elif isinstance(value, (str, int, float)):
        yield str(value)
