"""Columns as JSON, and members put into objects that are written as text already."""

import re
from collections.abc import Sequence
from json import dumps
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from sayso.client.manifest.json_lines import LINE
from sayso.client.manifest.json_values import Member, Scanner
from sayso.client.manifest.rows import Column
from sayso.client.outcome.cells import text_bytes
from sayso.errors import MalformedError

_SPECIAL: Final = re.compile(rb'["\\\x00-\x1f]')


def json_texts(column: Column) -> Column:
    """Return each value of a column as JSON: texts, numbers, truth, lists, null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        values = json_texts(column.dictionary)
        return pc.fill_null(values.take(column.indices), "null")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _lists(column)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return pc.fill_null(column.cast(pa.string()), "null")
    return pc.fill_null(_texts(column.cast(pa.string())), "null")


def added_members(answers: pa.RecordBatch) -> Column:
    """Return for each row the members that are added, with commas between."""
    pieces: list[Any] = []
    for name, column in zip(answers.schema.names, answers.columns, strict=True):
        before = "," if pieces else ""
        pieces += [f"{before}{dumps(name)}:", json_texts(column)]
    return pc.binary_join_element_wise(*pieces, "")


def with_members(lines: Column, added: Column, names: Sequence[str]) -> Column:
    """Return objects with members added at their end.

    Members that have those names already are taken out, and nothing else changes; what
    is no object becomes a member of one.

    Args:
        lines: objects as text.
        added: for each the members, as text.
        names: of the members that are added.
    """
    bodies = pc.binary_slice(lines.cast(pa.binary()), 0, -1).cast(pa.string())
    joined = pc.binary_join_element_wise(bodies, ",", added, "}", "")
    doubtful = pc.invert(_is_regular(lines, names))
    if not pc.any(doubtful).as_py():
        return joined
    careful = [
        merged(line, members, names)
        for line, members in zip(
            lines.filter(doubtful).to_pylist(),
            added.filter(doubtful).to_pylist(),
            strict=True,
        )
    ]
    return pc.replace_with_mask(joined, doubtful, pa.array(careful, pa.string()))


def merged(line: str, added: str, names: Sequence[str]) -> str:
    """Return one object with members added; the others stay byte for byte."""
    scanner = Scanner(line)
    start = scanner.place
    end = start
    try:
        members = list(scanner.members()) if scanner.stands_at("{") else None
        end = scanner.place
        scanner.finish()
    except MalformedError:
        members = None
    if members is None:
        return f"{{{dumps(LINE)}:{dumps(line, ensure_ascii=False)},{added}}}"
    kept = _kept(line, members, names)
    blanks = line[members[-1].end : end - 1] if members else ""
    return f"{line[: start + 1]}{kept}{',' if kept else ''}{added}{blanks}}}"


def _kept(line: str, members: Sequence[Member], names: Sequence[str]) -> str:
    """Return the members with other names, each with what stands before it."""
    text, end = "", 0
    for member in members:
        if member.name not in names:
            # The first one has no comma, whichever it was.
            text += line[end if text else member.start : member.end]
        end = member.end
    return text


def _is_regular(lines: Column, names: Sequence[str]) -> Column:
    """Return which lines are objects with members, none of which has our names."""
    is_object = pc.and_(pc.starts_with(lines, "{"), pc.ends_with(lines, "}"))
    is_regular = pc.and_(is_object, pc.match_substring(lines, '"'))
    data = text_bytes(lines)
    for name in names:
        if name.encode() in data:
            has_name = pc.match_substring(lines, name)
            is_regular = pc.and_not(is_regular, has_name)
    return is_regular


def _texts(texts: Column) -> Column:
    if not _SPECIAL.search(text_bytes(texts)):
        return pc.binary_join_element_wise('"', texts, '"', "")
    coded = texts.dictionary_encode()
    values = [dumps(text, ensure_ascii=False) for text in coded.dictionary.to_pylist()]
    return pa.array(values, pa.string()).take(coded.indices)


def _lists(column: Column) -> Column:
    """Return lists as JSON: the texts of their items, joined again."""
    column = column.cast(pa.list_(column.type.value_type))
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy()
    ends = pa.array([0, *lengths.cumsum().tolist()], pa.int32())
    items = pa.ListArray.from_arrays(ends, json_texts(column.flatten()))
    texts = pc.binary_join_element_wise("[", pc.binary_join(items, ","), "]", "")
    return pc.if_else(column.is_valid(), texts, "null")
