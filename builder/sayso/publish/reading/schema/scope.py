"""What a declaration covers: `recordings`, `catalogue` or `prefix`."""

from dataclasses import dataclass

from sayso.errors import InvalidIsrcError
from sayso.model.declaration import CatalogueFile, PrefixRange, RecordingList
from sayso.model.isrc import Isrc, parse_isrc, prefix_of
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.rules import meaning as meaning_rules
from sayso.publish.reading.document import Items, Node, Scalar
from sayso.publish.reading.schema.codes import ISRC, PREFIX, RANGE, YEARS
from sayso.publish.reading.schema.field import Field, GroupOf, Values, field_set
from sayso.publish.reading.schema.shape import (
    ListOf,
    is_empty,
    report,
    report_empty,
    report_kind,
)
from sayso.publish.reading.schema.texts import (
    COUNT,
    DIGEST,
    FILE_NAME,
    NAME,
    same_title,
)
from sayso.publish.reading.sheet import Sheet, quote
from sayso.wire.profile import Json

LISTED = 500
"""How many recordings a declaration may list itself; more are a catalogue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recording:
    """One item of `recordings`, on its way into columns."""

    isrc: Isrc
    title: str | None
    artist: str | None


_ISRC = Field(name="isrc", shape=ISRC, words="The recording's ISRC", required=True)
_TITLE = Field(name="title", shape=NAME, words="The recording's title")
_ARTIST = Field(name="artist", shape=NAME, words="The recording's main artist")


def _recording(values: Values, _sheet: Sheet) -> _Recording:
    return _Recording(
        isrc=values.need(_ISRC), title=values.get(_TITLE), artist=values.get(_ARTIST)
    )


_ITEM = GroupOf(fields=field_set(_ISRC, _TITLE, _ARTIST), build=_recording)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """The shape of `recordings`: at most 500, each code once."""

    def read(self, node: Node, sheet: Sheet) -> RecordingList | None:
        """Return the recordings that can be read."""
        if is_empty(node):
            report_empty(node, sheet)
            return None
        if not isinstance(node, Items):
            report_kind(node, "a list of recordings", sheet, _as_item(node))
            return None
        if len(node.items) > LISTED:
            message = f"{len(node.items):,} recordings are listed; {LISTED} may be."
            report(sheet, meaning_rules.TOO_MANY_RECORDINGS, node, message)
            return None
        kept: dict[Isrc, tuple[_Recording, int]] = {}
        for item in node.items:
            if fix := _as_item(item):
                report_kind(item, "a group of fields (name: value)", sheet, fix)
                continue
            recording = _ITEM.read(item, sheet)
            if recording is None:
                continue
            first = kept.setdefault(recording.isrc, (recording, item.line))
            if first[0] is not recording:
                _report_twice(recording, *first, item, sheet)
        recordings = [recording for recording, _ in kept.values()]
        return RecordingList(
            isrcs=tuple(recording.isrc for recording in recordings),
            titles=tuple(recording.title for recording in recordings),
            artists=tuple(recording.artist for recording in recordings),
        )

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the list."""
        return ListOf(item=_ITEM, minimum=1, maximum=LISTED).schema()


def _as_item(node: Node) -> str:
    """Return the item that is meant where a mere code stands; "" for anything else."""
    if not isinstance(node, Scalar):
        return ""
    try:
        return f"- isrc: {parse_isrc(node.text)}"
    except InvalidIsrcError:
        return ""


def _report_twice(
    again: _Recording, first: _Recording, line: int, item: Node, sheet: Sheet
) -> None:
    message = f"{again.isrc} already stands on line {line}"
    title = first.title or again.title or ""
    if same_title(title, again.title or title):
        report(sheet, identifier_rules.LISTED_TWICE, item, f"{message}.")
        return
    message += f", with the title {quote(title)}."
    report(sheet, identifier_rules.TWO_TITLES, item, message)


_FILE = Field(
    name="file",
    shape=FILE_NAME,
    words="The CSV beside this file: columns isrc, title, artist",
    required=True,
)
_ROWS = Field(
    name="rows", shape=COUNT, words="How many recordings it has; shows a cut-off file"
)
_SHA256 = Field(name="sha256", shape=DIGEST, words="The SHA-256 of the CSV's bytes")


def _catalogue(values: Values, _sheet: Sheet) -> CatalogueFile:
    return CatalogueFile(
        file=values.need(_FILE), rows=values.get(_ROWS), sha256=values.get(_SHA256)
    )


_RANGES = Field(
    name="ranges",
    shape=ListOf(item=RANGE),
    words="From one code to another: XXF012600001-XXF012600250",
)
_ISRCS = Field(name="isrcs", shape=ListOf(item=ISRC), words="Single codes")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Except:
    """What a prefix does not cover."""

    ranges: tuple[tuple[Isrc, Isrc], ...]
    isrcs: tuple[Isrc, ...]


def _except(values: Values, _sheet: Sheet) -> _Except:
    return _Except(ranges=values.get(_RANGES) or (), isrcs=values.get(_ISRCS) or ())


RECORDINGS = Field(
    name="recordings",
    shape=Recordings(),
    words=f"The recordings, up to {LISTED} of them",
)
CATALOGUE = Field(
    name="catalogue",
    shape=GroupOf(fields=field_set(_FILE, _ROWS, _SHA256), build=_catalogue),
    words="A CSV of recordings beside this file",
)
PREFIX_CODE = Field(
    name="prefix",
    shape=PREFIX,
    words="Everything under an ISRC prefix that nobody lists, such as XXF01",
)
PREFIX_YEARS = Field(
    name="years",
    shape=YEARS,
    words="Only with prefix: years of reference, such as 2015-2026",
)
PREFIX_EXCEPT = Field(
    name="except",
    shape=GroupOf(fields=field_set(_RANGES, _ISRCS), build=_except),
    words="Only with prefix: what it does not cover",
)
SCOPES = (RECORDINGS, CATALOGUE, PREFIX_CODE)


def read_scope(
    values: Values, sheet: Sheet
) -> RecordingList | CatalogueFile | PrefixRange | None:
    """Return the one scope of a declaration; None after reporting why not."""
    scopes = [scope for scope in SCOPES if values.has(scope)]
    named = [scope.name for scope in scopes]
    if not named:
        message = "Recordings, catalogue or prefix: one of the three is needed."
        fix = "Add recordings, catalogue or prefix."
        report(sheet, meaning_rules.ONE_SCOPE, values.group, message, fix)
        return None
    if len(named) > 1:
        message = f"Only one scope may be named, and here are {' and '.join(named)}."
        node = values.node(scopes[1])
        report(sheet, meaning_rules.ONE_SCOPE, node, message)
        return None
    for narrower in (PREFIX_YEARS, PREFIX_EXCEPT):
        if values.has(narrower) and not values.has(PREFIX_CODE):
            message = f"{narrower.name} goes with prefix, not with {named[0]}."
            report(sheet, meaning_rules.ONE_SCOPE, values.node(narrower), message)
    if values.has(PREFIX_CODE):
        return _read_prefix(values, sheet)
    return values.get(RECORDINGS) or values.get(CATALOGUE)


def _read_prefix(values: Values, sheet: Sheet) -> PrefixRange | None:
    prefix = values.get(PREFIX_CODE)
    if prefix is None:
        return None
    excepted = values.get(PREFIX_EXCEPT) or _Except(ranges=(), isrcs=())
    outside = [
        code
        for code in (*(first for first, _ in excepted.ranges), *excepted.isrcs)
        if prefix_of(code) != prefix
    ]
    if outside:
        message = f"{outside[0]} is not under the prefix {prefix}."
        node = values.node(PREFIX_EXCEPT)
        fix = f"Leave out what is not under {prefix}; it is not covered anyway."
        report(sheet, identifier_rules.RANGE, node, message, fix)
    return PrefixRange(
        prefix=prefix,
        years=values.get(PREFIX_YEARS),
        except_ranges=excepted.ranges,
        except_isrcs=excepted.isrcs,
    )
