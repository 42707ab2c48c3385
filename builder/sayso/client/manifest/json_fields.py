"""Which members of JSON objects hold the codes, the titles and the artists."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.manifest.finding import find
from sayso.client.manifest.rows import Column, Rows
from sayso.client.manifest.texts import text_column, values_column

Path: TypeAlias = tuple[str, ...]
Object: TypeAlias = Mapping[str, Any]

_DEEPEST: Final = 4
_MOST: Final = 10_000
"""So many members are looked at; nobody's objects have more."""


@dataclass(frozen=True, slots=True)
class Field:
    """A member, perhaps within others.

    Attributes:
        path: the names that lead to it.
        kind: what it holds in the first rows: a text, or a list of texts.
    """

    path: Path
    kind: pa.DataType


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The members that matter.

    Attributes:
        words: which was taken for the codes, and why.
    """

    codes: Field
    titles: Field | None
    artists: Field | None
    words: str

    @property
    def schema(self) -> pa.Schema:
        """What Arrow has to read of each object."""
        tree: dict[str, Any] = {}
        for field in (self.codes, self.titles, self.artists):
            if field is None:
                continue
            branch = tree
            for name in field.path[:-1]:
                branch = branch.setdefault(name, {})
            branch[field.path[-1]] = field.kind
        return pa.schema(_grown(tree))

    def of_columns(self, table: pa.RecordBatch, columns: pa.RecordBatch) -> Rows:
        """Return rows of which Arrow has read the members."""

        def taken(field: Field) -> Column:
            column = columns.column(field.path[0])
            for name in field.path[1:]:
                column = pc.struct_field(column, name)
            return column

        return self._rows(table, taken)

    def of_objects(
        self, table: pa.RecordBatch, objects: Sequence[Object | None]
    ) -> Rows:
        """Return rows of which the objects are at hand, or None where there is none."""
        return self._rows(
            table,
            lambda field: values_column([_at(value, field.path) for value in objects]),
        )

    def _rows(self, table: pa.RecordBatch, taken: Callable[[Field], Column]) -> Rows:
        return Rows(
            table=table,
            codes=taken(self.codes),
            titles=None if self.titles is None else text_column(taken(self.titles)),
            artists=None if self.artists is None else text_column(taken(self.artists)),
        )


def find_fields(
    manifest: str, objects: Sequence[Object], *, wanted: str | None
) -> Fields:
    """Return which members hold what.

    Args:
        manifest: its name, for messages.
        objects: the first ones.
        wanted: the name of the member with the codes, if the user gave one; with dots
            where it is within another.

    Raises:
        ManifestError: no member holds codes, or none is called so.
    """
    paths: dict[Path, None] = {}
    for value in objects:
        if len(paths) < _MOST:
            paths.update(dict.fromkeys(_paths(value, ())))
    fields: list[Field] = []
    sample: dict[int, Column] = {}
    for place, path in enumerate(paths):
        values = [_at(value, path) for value in objects]
        column = values_column(values)
        if all(map(_is_text, values)):
            sample[place] = column
        fields.append(Field(path, column.type))
    names = [".".join(path) for path in paths]
    found = find(manifest, names, sample, wanted=wanted)
    codes = fields[found.codes]
    return Fields(
        codes=codes,
        titles=_apart(fields, found.titles, codes),
        artists=_apart(fields, found.artists, codes),
        words=found.words,
    )


def _apart(fields: Sequence[Field], place: int | None, codes: Field) -> Field | None:
    """Return a field, unless it holds the codes in some rows, or they hold it."""
    if place is None:
        return None
    path = fields[place].path
    shared = min(len(path), len(codes.path))
    return None if path[:shared] == codes.path[:shared] else fields[place]


def _paths(value: Object, before: Path) -> Iterator[Path]:
    for name, inner in value.items():
        path = (*before, name)
        if isinstance(inner, dict) and len(path) < _DEEPEST:
            yield from _paths(inner, path)
        else:
            yield path


def _at(value: object, path: Path) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _is_text(value: object) -> bool:
    if isinstance(value, list):
        return all(item is None or isinstance(item, str) for item in value)
    return value is None or isinstance(value, (str, float))


def _grown(tree: Mapping[str, Any]) -> list[pa.Field]:
    return [
        pa.field(name, pa.struct(_grown(kind)) if isinstance(kind, dict) else kind)
        for name, kind in tree.items()
    ]
