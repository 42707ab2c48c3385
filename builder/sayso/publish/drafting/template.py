"""Templates: the files of a first declaration, with comments in plain words.

Every text that a person typed stands in double quotes, so that `No`, `4:44` and
`*Asterism` stay what was typed in whatever program reads the file.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import assert_never

from sayso.model.declaration import (
    Capacity,
    CatalogueFile,
    Declaration,
    Offer,
    PrefixRange,
    RecordingList,
    Scope,
)
from sayso.model.owner import Owner, OwnerId, shard_of
from sayso.model.rules import SITE
from sayso.model.visible import is_visible
from sayso.model.vocabulary import Preference, Use, Words
from sayso.publish.reading.forms import FORMULA

_CAPACITIES: dict[Capacity, str] = {
    Capacity.OWNER: "who owns the recordings",
    Capacity.EXCLUSIVE_LICENSEE: "whom alone the owner has licensed",
    Capacity.ADMINISTRATOR: "who looks after them for the owner",
    Capacity.PERFORMER: "who performs on them; can say no, never yes",
}
_FORMULA = re.compile(FORMULA)
_ESCAPES = {"\\": "\\\\", '"': '\\"'}


def folder_of(owner: OwnerId, login: str = "") -> str:
    """Return an owner's folder under `declarations/`.

    Args:
        owner: the owner's id.
        login: the account's name, which only helps people to find the folder.
    """
    namespace, _, name = owner.partition(":")
    return f"{namespace}/{shard_of(owner)}/{name}{login and '-' + login}"


def quoted(text: str) -> str:
    r"""Return a text as a double-quoted YAML scalar on one line.

    >>> print(quoted('The "Quiet" One'))
    "The \"Quiet\" One"
    """
    return '"' + "".join(_escaped(text, index) for index in range(len(text))) + '"'


def owner_text(owner: Owner) -> str:
    """Return the `owner.yaml` of an owner."""
    lines = [
        modeline("owner"),
        "# Who speaks. Everybody can read this file.",
        "schema: sayso/owner/1",
        f"name: {quoted(owner.name)}",
        f"role: {owner.role}  # artist, label, distributor, estate or society",
    ]
    if owner.accounts:
        lines.append(
            f"accounts: [{', '.join(owner.accounts)}]  # may change these files"
        )
    for field in ("contact", "website", "language"):
        value = getattr(owner, field)
        if value is not None:
            lines.append(f"{field}: {quoted(value)}")
    return _joined(lines)


def declaration_text(declaration: Declaration) -> str:
    """Return the YAML of a declaration, with a comment for each part."""
    return _joined(
        [
            modeline("declaration"),
            "# What AI may do with the recordings named at the end.",
            "schema: sayso/declaration/1",
            f"capacity: {declaration.capacity}  # {_CAPACITIES[declaration.capacity]}",
            "",
            *_uses(declaration.uses),
            *_offer(declaration.offer),
            "",
            "# This holds in every country, from now on, until this file changes.",
            "# To narrow it, take away the # in front of a line.",
            "#territories: [DE, FR]   # countries by their two letters, EU or EEA",
            "#effective: 2027-01-01   # the first day",
            "#expires: 2032-01-01     # the first day on which it no longer holds",
            "",
            *_scope(declaration.scope),
        ]
    )


def recordings_text(recordings: RecordingList) -> str:
    """Return a catalogue CSV of recordings: `isrc,title,artist`.

    A title that a spreadsheet would run as a formula is left out.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("isrc", "title", "artist"))
    rows = zip(recordings.isrcs, recordings.titles, recordings.artists, strict=True)
    writer.writerows(
        (isrc, _cell(title), _cell(artist)) for isrc, title, artist in rows
    )
    return out.getvalue()


def modeline(kind: str) -> str:
    """Return the comment by which an editor finds the schema of a kind of file."""
    return f"# yaml-language-server: $schema={SITE}schema/{kind}.json"


def _uses(uses: Mapping[Use, Preference]) -> Iterator[str]:
    yield "# deny = no, ask = only with a licence, allow = yes."
    if Use.ANY_AI not in uses:
        yield "# Nothing is said about a use that is not named, and that is not a yes."
    yield "uses:"
    width = max(len(f"{use}: {preference}") for use, preference in uses.items())
    for use in Use:
        if use in uses:
            words = Words.USES[use]
            if len(uses) == 1:
                words = words.replace("everything else", "everything")
            yield f"  {f'{use}: {uses[use]}'.ljust(width)}  # {words}"


def _offer(offer: Offer | None) -> Iterator[str]:
    if offer is None:
        return
    yield ""
    yield "# Where a licence can be had."
    yield "offer:"
    yield f"  contact: {quoted(offer.contact)}"
    if offer.conditions:
        yield f"  conditions: [{', '.join(offer.conditions)}]"


def _scope(scope: Scope) -> Iterator[str]:
    match scope:
        case RecordingList():
            yield "# The recordings. Titles and artists help to find a wrong code."
            yield "recordings:"
            yield from _recordings(scope)
        case CatalogueFile():
            yield "# The recordings are in the table beside this file."
            rows = "" if scope.rows is None else f", rows: {scope.rows}"
            yield f"catalogue: {{file: {scope.file}{rows}}}"
        case PrefixRange():
            yield "# Every code that begins like this, unless another file lists it."
            yield f"prefix: {scope.prefix}"
            if scope.years is not None:
                yield f"years: {scope.years[0]}-{scope.years[1]}"
            yield "# To leave out others' codes, take away the # in front."
            yield "#except:"
            yield f"#  ranges: [{scope.prefix}1900001-{scope.prefix}1900250]"
            yield f"#  isrcs: [{scope.prefix}2100017]"
        case _:
            assert_never(scope)


def _recordings(scope: RecordingList) -> Iterator[str]:
    for isrc, title, artist in zip(
        scope.isrcs, scope.titles, scope.artists, strict=True
    ):
        parts = [f"isrc: {isrc}"]
        parts += [f"title: {quoted(title)}"] if title else []
        parts += [f"artist: {quoted(artist)}"] if artist else []
        yield f"  - {{{', '.join(parts)}}}"


def _cell(text: str | None) -> str:
    return "" if text is None or _FORMULA.match(text) else text


def _escaped(text: str, index: int) -> str:
    character = text[index]
    if character in _ESCAPES:
        return _ESCAPES[character]
    if is_visible(text, index):
        return character
    return f"\\U{ord(character):08X}"


def _joined(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
