"""Laws of manifests: nothing that is read changes, and nothing vanishes."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sayso.client.manifest import delimited, lines
from sayso.client.manifest.quoting import regular
from sayso.client.manifest.records import Records
from sayso.client.outcome.sink import sink_of
from tests.manifests import CODES, Read, put, read

ANSWERS = pa.schema([("sayso_status", pa.string())])

_CHARACTERS = st.sampled_from('ab,;\t|"\n\r =é\0\ufeff🎵')
_CELLS = st.text(_CHARACTERS, max_size=6)
_TEXTS = st.text(st.sampled_from('ab,"\n\r'), max_size=60)


def tables(
    cells: st.SearchStrategy[str] = _CELLS,
) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(cells, min_size=width, max_size=width), max_size=8
        )
    )


def read_text(
    data: bytes, *, block: int = 2**20, least: int = 2**16, name: str = "t.csv"
) -> Read:
    with (
        TemporaryDirectory() as folder,
        patch.object(lines, "BLOCK", block),
        patch.object(delimited, "_LEAST", least),
    ):
        return read(put(Path(folder), name, data))


def peer(text: str, delimiter: str = ",") -> list[list[str]]:
    """What Python's own module reads."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in rows if row]


def with_codes(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = len(rows[0]) if rows else 0
    header = ["isrc", *(f"c{place}" for place in range(width))]
    return [header, *([CODES[n], *row] for n, row in enumerate(rows))]


@given(
    tables(),
    st.sampled_from(list(",;\t|")),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["all", "minimal"]),
    st.sampled_from([20, 64, 2**20]),
)
def test_a_table_that_was_written_well_is_read_as_the_csv_module_does(
    rows: list[list[str]], delimiter: str, end: str, quoting: str, block: int
) -> None:
    if quoting == "minimal":
        # It does not quote a lone carriage return, which then ends the row.
        rows = [[cell.replace("\r", "") for cell in row] for row in rows]
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=delimiter,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if quoting == "all" else csv.QUOTE_MINIMAL,
    )
    writer.writerows(with_codes(rows))
    manifest = read_text(stream.getvalue().encode(), block=block)
    assert manifest.cells == with_codes(rows)[1:]
    assert manifest.codes == CODES[: len(rows)]
    assert manifest.remarks == []
    assert manifest.cells == peer(stream.getvalue(), delimiter)[1:]


@given(text=_TEXTS, final=st.booleans())
@example(text='"a\n",b\n', final=True)
@example(text='a"b,"c"\n', final=False)
@example(text='"a"",b\n","c"\n', final=True)
def test_what_is_taken_for_regular_is_what_the_csv_module_reads(
    *, text: str, final: bool
) -> None:
    if not final and not text.endswith("\n"):
        text += "\n"
    data = text.encode()
    extent = regular(data, b",", final=final)
    if extent is None:
        return
    rows = peer(data[: extent.end].decode())
    assert len(rows) == extent.rows
    assert extent.lines == len(data[: extent.end].splitlines())
    if final:
        assert extent.end == len(data)
    # What is left begins with a row as well.
    assert rows + peer(data[extent.end :].decode()) == peer(text)


@given(_TEXTS)
@example('"a\nb\n"c\n')
@example('a,"b\r\nc')
@example('""a,"\r')
def test_every_line_is_in_some_record(text: str) -> None:
    records = Records(text, ",", final=True)
    taken = list(records)
    assert records.taken == text
    assert [record.line for record in taken] == sorted({r.line for r in taken})
    filled = [record for record in taken if record.cells]
    if not any(record.is_broken for record in taken):
        assert [record.cells for record in filled] == peer(text)
    broken = [record.line for record in taken if record.is_broken]
    for line in broken:
        # It has one line, and the record that follows begins with the next.
        assert line + 1 in {*(record.line for record in taken), records.line}


@given(_TEXTS, st.integers(1, 60), st.integers(1, 30))
def test_no_row_depends_on_where_blocks_end(text: str, block: int, least: int) -> None:
    data = f"isrc,c\n{CODES[0]},x\n{text}".encode()
    whole, parts = read_text(data), read_text(data, block=block, least=least)
    assert parts.cells == whole.cells
    assert parts.codes == whole.codes
    assert parts.remarks == whole.remarks


@given(st.binary(max_size=60), st.integers(1, 60), st.integers(1, 30))
def test_any_bytes_are_rows(data: bytes, block: int, least: int) -> None:
    data = b"isrc,c\n%b,x\n" % CODES[0].encode() + data
    whole, parts = read_text(data), read_text(data, block=block, least=least)
    assert parts.cells == whole.cells
    assert whole.codes[0] == CODES[0]
    breaks = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    filled = [line for line in breaks.split(b"\n") if line]
    if b'"' not in data:
        assert len(whole.codes) == len(filled) - 1


@settings(max_examples=50)
@given(tables(), st.sampled_from(["csv", "tsv", "parquet", "xlsx"]), st.data())
def test_what_was_written_is_read_again(
    rows: list[list[str]], kind: str, data: st.DataObject
) -> None:
    if kind == "xlsx":
        # XML has neither of these, and a workbook no row without anything.
        rows = [[cell.translate({0: "?", 13: "?"}) for cell in row] for row in rows]
    table = with_codes(rows)
    cut = data.draw(st.integers(0, len(rows)))
    statuses = data.draw(
        st.lists(st.text("ab,\n", max_size=3), min_size=len(rows), max_size=len(rows))
    )
    columns = [pa.array(column, pa.string()) for column in zip(*table[1:], strict=True)]
    schema = pa.schema([(name, pa.string()) for name in table[0]])
    if not rows:
        columns = [pa.array([], pa.string()) for _ in table[0]]
    batch = pa.RecordBatch.from_arrays(columns, schema=schema)
    answers = pa.RecordBatch.from_arrays(
        [pa.array(statuses, pa.string())], schema=ANSWERS
    )
    with TemporaryDirectory() as folder:
        sink = sink_of(kind, Path(folder) / "out", schema, ANSWERS)
        sink.write(batch.slice(0, cut), answers.slice(0, cut))
        sink.write(batch.slice(cut), answers.slice(cut))
        manifest = read(sink.close())
    assert manifest.manifest.schema.names == [*table[0], "sayso_status"]
    expected = [[*row, status] for row, status in zip(table[1:], statuses, strict=True)]
    assert manifest.cells == expected


_NAMES = st.sampled_from(["a", "b", "sayso_status", "é", 'q"', "isrc"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    objects=st.lists(
        st.dictionaries(_NAMES, _VALUES, max_size=4), min_size=1, max_size=6
    ),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,\t", " : ")]),
    escapes=st.booleans(),
    kind=st.sampled_from(["json", "jsonl"]),
)
def test_other_members_stay_byte_for_byte(
    *,
    objects: list[dict[str, Any]],
    separators: tuple[str, str],
    escapes: bool,
    kind: str,
) -> None:
    def text(value: object) -> str:
        return json.dumps(value, separators=separators, ensure_ascii=escapes)

    objects = [{"isrc": CODES[0], "a": {"isrc": 1}}, *objects]
    rows = [text(value) for value in objects]
    data = "\n".join(rows) if kind == "jsonl" else f"[{','.join(rows)}]"
    manifest = read_text(data.encode(errors="surrogatepass"), name=f"t.{kind}")
    assert [cells[0] for cells in manifest.cells] == rows
    with TemporaryDirectory() as folder:
        first = screened(manifest, kind, Path(folder))
        again = read(first)
        content = first.read_text()
        # Screening what was screened before changes nothing.
        assert screened(again, kind, Path(folder)).read_text() == content
    assert listed(again.codes) == listed(manifest.codes)
    for value, (line,) in zip(objects, again.cells, strict=True):
        kept = {name: inner for name, inner in value.items() if name != "sayso_status"}
        head = text(kept).removesuffix("}")
        assert line == f'{head}{"," if kept else ""}"sayso_status":"deny"}}'


def listed(codes: list[Any]) -> list[Any]:
    """Return codes as lists: they are so where any in a batch is one."""
    return [[code] if isinstance(code, str) else code for code in codes]


def screened(manifest: Read, kind: str, folder: Path) -> Path:
    sink = sink_of(kind, folder / "out", manifest.manifest.schema, ANSWERS)
    for rows in manifest.batches:
        statuses = pa.array(["deny"] * len(rows.codes))
        sink.write(rows.table, pa.RecordBatch.from_arrays([statuses], schema=ANSWERS))
    return sink.close()
