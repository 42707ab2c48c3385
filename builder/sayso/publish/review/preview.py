"""A preview: of which recordings the owner would say something else.

It is what this owner says, before and after: what others say of the same recordings,
whether ownership was reviewed, and what waits in public, is known to the registry.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sayso.columns.codes import Keys
from sayso.model.declaration import (
    CatalogueFile,
    Declaration,
    DeclarationId,
    Level,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import isrc_of, key_of
from sayso.model.owner import OwnerId
from sayso.model.policy import Cells
from sayso.model.resolution import resolve
from sayso.model.statement import Standing, State, Statement
from sayso.model.vocabulary import Use, Verdict
from sayso.publish.accepted import statement_of
from sayso.publish.reading.registry import Documents
from sayso.publish.spans import scope_spans

SHOWN = 10
"""How many recordings are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One recording, or one range of codes, and the uses that would change.

    Attributes:
        name: an ISRC, or a prefix with its years.
    """

    name: str
    title: str | None
    before: Mapping[Use, Verdict]
    after: Mapping[Use, Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would change.

    Attributes:
        rows: the first of it.
        more: how many recordings more.
    """

    rows: tuple[Row, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a folder says at one time.

    Attributes:
        levels: how well each declaration is proved.
    """

    documents: Documents
    levels: Mapping[DeclarationId, Level]


@dataclass(frozen=True, slots=True)
class _Said:
    """One declaration on one side."""

    declaration: Declaration
    statement: Statement
    side: int
    keys: Keys
    spans: tuple[tuple[int, int], ...]

    def covers(self, keys: Keys) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        found = np.isin(keys, self.keys)
        for start, stop in self.spans:
            found |= (keys >= start) & (keys < stop)
        return found

    def is_as(self, other: "_Said") -> bool:
        return (
            self.declaration == other.declaration
            and self.statement == other.statement
            and np.array_equal(self.keys, other.keys)
        )


def preview(before: Side, after: Side, *, now: datetime) -> Preview:
    """Return what of an owner's statements would change."""
    said = [*_said(before, 0), *_said(after, 1)]
    changed = [one for one in said if not _stays(one, said)]
    rows = list(_ranges(changed, said, now))
    keys = np.unique(
        np.concatenate([np.empty(0, np.int64), *(one.keys for one in changed)])
    )
    differing = np.zeros(len(keys), np.bool_)
    answers: dict[int, tuple[Mapping[Use, Verdict], Mapping[Use, Verdict]]] = {}
    for places in _alike(keys, said):
        answer = _difference(keys[places[:1]], said, now)
        if answer is not None:
            differing[places] = True
            answers |= dict.fromkeys(map(int, places[:SHOWN]), answer)
    found = np.flatnonzero(differing)
    for place in map(int, found[: max(SHOWN - len(rows), 0)]):
        old, new = answers[place]
        key = int(keys[place])
        title = _title(key, after.documents) or _title(key, before.documents)
        rows.append(Row(name=str(isrc_of(key)), title=title, before=old, after=new))
    shown = len(rows)
    return Preview(
        rows=tuple(rows), more=len(found) + len(list(_prefixes(changed))) - shown
    )


def _said(side: Side, number: int) -> Iterator[_Said]:
    for name, declaration in sorted(side.documents.declarations.items()):
        yield _Said(
            declaration,
            statement_of(declaration, side.levels.get(name, Level.NONE)),
            number,
            _keys(declaration, side.documents),
            tuple(scope_spans(declaration.scope)),
        )


def _stays(one: _Said, said: Sequence[_Said]) -> bool:
    """Return whether the other side says the same."""
    return any(other.side != one.side and one.is_as(other) for other in said)


def _keys(declaration: Declaration, documents: Documents) -> Keys:
    match declaration.scope:
        case RecordingList(isrcs=isrcs):
            return np.unique(np.array([key_of(isrc) for isrc in isrcs], np.int64))
        case CatalogueFile():
            table = documents.catalogues.get(declaration.id)
            return np.empty(0, np.int64) if table is None else table.keys()
        case PrefixRange():
            return np.empty(0, np.int64)


def _alike(
    keys: Keys, said: Sequence[_Said]
) -> Iterator["np.ndarray[tuple[int], np.dtype[np.int64]]"]:
    """Yield the places of keys that the same declarations cover."""
    labels = np.zeros(len(keys), np.int64)
    for one in said:
        _, labels = np.unique(labels * 2 + one.covers(keys), return_inverse=True)
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    if len(order):
        yield from np.split(order, cuts)


def _difference(
    key: Keys, said: Sequence[_Said], now: datetime
) -> tuple[dict[Use, Verdict], dict[Use, Verdict]] | None:
    """Return the verdicts of a key that differ, before and after; None for none."""
    covering = [one for one in said if bool(one.covers(key)[0])]
    return _differing(covering, now)


def _differing(
    covering: Sequence[_Said], now: datetime
) -> tuple[dict[Use, Verdict], dict[Use, Verdict]] | None:
    old, new = (_cells([o for o in covering if o.side == s], now) for s in (0, 1))
    uses = [use for use in Use if old[use] is not new[use]]
    if not uses:
        return None
    return {use: old[use] for use in uses}, {use: new[use] for use in uses}


def _cells(covering: Sequence[_Said], now: datetime) -> dict[Use, Verdict]:
    standings: dict[OwnerId, list[Statement]] = {}
    for one in covering:
        standings.setdefault(one.declaration.owner, []).append(one.statement)
    if not standings:
        return dict.fromkeys(Use, Verdict.UNDECLARED)
    policy = resolve(
        [
            Standing(
                owner=owner, states=(State(statements=tuple(said)),), reviewed=True
            )
            for owner, said in standings.items()
        ],
        now=now,
        waiting=timedelta(),
    )
    cells: Cells = policy.anywhere
    return {use: cells[use].verdict for use in Use}


def _prefixes(changed: Sequence[_Said]) -> Iterator[_Said]:
    """Yield each changed default once: as it will be, if it will be."""
    seen: set[DeclarationId] = set()
    for one in sorted(changed, key=lambda one: -one.side):
        if isinstance(one.declaration.scope, PrefixRange):
            if one.declaration.id not in seen:
                yield one
            seen.add(one.declaration.id)


def _ranges(
    changed: Sequence[_Said], said: Sequence[_Said], now: datetime
) -> Iterator[Row]:
    """Yield the changed defaults of prefixes, where nobody lists a code."""
    for one in _prefixes(changed):
        scope = one.declaration.scope
        if not isinstance(scope, PrefixRange) or not one.spans:
            continue
        first = np.array([one.spans[0][0]], np.int64)
        covering = [
            other for other in said if other.spans and bool(other.covers(first)[0])
        ]
        answer = _differing(covering, now)
        if answer is not None:
            years = f" {scope.years[0]}-{scope.years[1]}" if scope.years else ""
            old, new = answer
            yield Row(name=f"{scope.prefix}{years}", title=None, before=old, after=new)


def _title(key: int, documents: Documents) -> str | None:
    for name, declaration in sorted(documents.declarations.items()):
        match declaration.scope:
            case RecordingList(isrcs=isrcs, titles=titles):
                for isrc, title in zip(isrcs, titles, strict=True):
                    if title is not None and key_of(isrc) == key:
                        return title
            case CatalogueFile():
                table = documents.catalogues.get(name)
                if table is None:
                    continue
                place = int(np.searchsorted(table.keys(), key))
                if place < table.height and int(table.keys(place, place + 1)[0]) == key:
                    title = table.rows(place, place + 1)["title"][0].as_py()
                    if title is not None:
                        return str(title)
            case PrefixRange():
                pass
    return None
