"""Regular catalogues: those without a single fault or doubt, read as columns.

Nearly every catalogue is regular, and nearly all recordings stand in one. Here the
bytes are only ever *accepted*: whatever might be a fault makes the whole file one for
`sayso.publish.reading.catalogue`, which looks closely and says what is wrong. So both
give the same rows, and messages are made in one place.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
from pyarrow import csv

from sayso.columns.codes import NO_KEY, Bytes, Keys, bytes_of, keys_of
from sayso.model.isrc import LENGTH
from sayso.model.visible import unseen
from sayso.publish.reading.forms import FORMULA, KEY, LOOSE, SPELT
from sayso.publish.reading.header import NAMES, read_header
from sayso.publish.reading.schema.texts import LONGEST_NAME, MIXED, UNFIT
from sayso.publish.reading.sheet import Sheet

REGULAR: dict[str, type[pl.DataType]] = {
    "key": pl.Int64,
    "title": pl.String,
    "artist": pl.String,
}
"""The columns of a regular catalogue, ascending by key."""

_MARK = b"\xef\xbb\xbf"
_CHUNK = 8 * 2**20
_PRINTED = bytes(set(range(256)) - set(range(32)) - {127} | set(b"\r\n"))
_QUOTE, _COMMA, _LINE, _SPACE = 34, 44, 10, 32
_DOUBTFUL = np.zeros(256, np.bool_)
_DOUBTFUL[list(b"@<;[]/")] = True  # what each pattern of `UNFIT` but one holds
_DOUBTFUL[192:] = True  # where another script begins, a mark, or what nobody sees
_DOUBTFUL[[195, 196, 197]] = False  # U+00C0 to U+017F: letters, each of one spelling
_FIRST = np.zeros(256, np.bool_)
_FIRST[list(b"=+-@")] = True
_WEB = b"www."


def read_regular(path: str, data: bytes) -> pl.DataFrame | None:
    """Return the recordings of a regular catalogue; None where it may not be one.

    Args:
        path: the file's path.
        data: its bytes.
    """
    body = data.removeprefix(_MARK)
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n")
    start = body.find(b"\n") + 1
    if start in {0, len(body)} or data.translate(None, _PRINTED) or b"\r" in body:
        return None
    columns = _columns(path, body[: start - 1])
    if columns is None:
        return None
    frames: list[pl.DataFrame] = []
    for chunk in _chunks(memoryview(body)[start:]):
        frame = _read_chunk(chunk, columns)
        if frame is None:
            return None
        frames.append(frame)
    frame = pl.concat(frames).sort("key")
    keys = frame["key"].to_numpy()
    return None if (keys[1:] == keys[:-1]).any() else frame


def _columns(path: str, line: bytes) -> list[str] | None:
    try:
        sheet = Sheet(path, line.decode("ascii"))
    except UnicodeDecodeError:
        return None
    columns = read_header(sheet)
    return None if sheet.problems else columns


def _chunks(body: memoryview) -> Iterator[bytes]:
    """Yield whole lines, some megabytes at a time."""
    start = 0
    while start < len(body):
        piece = bytes(body[start : start + _CHUNK])
        end = len(piece) if start + _CHUNK >= len(body) else piece.rfind(b"\n") + 1
        if not end:
            piece, end = bytes(body[start:]), len(body) - start
        yield piece[:end]
        start += end


def _read_chunk(chunk: bytes, columns: Sequence[str]) -> pl.DataFrame | None:
    if chunk.startswith(_MARK):  # which the reader of cells would pass over
        return None
    if not chunk.endswith(b"\n"):
        chunk += b"\n"
    data = np.frombuffer(chunk, np.uint8)
    lines = np.flatnonzero(data == _LINE)
    if b'"' in chunk and not _quotes_are_right(data, lines):
        return None
    table = _cells(chunk, columns)
    # A blank line is none to the reader, and a row to whoever counts lines.
    if table is None or len(table) != len(lines):
        return None
    keys = _keys(table["isrc"])
    if keys is None:
        return None
    names = {name: _trimmed(table[name]) for name in NAMES[1:] if name in columns}
    if not _names_are_right(names.values(), chunk):
        return None
    absent = pl.Series([None], dtype=pl.String).new_from_index(0, len(keys))
    title, artist = (names.get(name, absent) for name in NAMES[1:])
    return pl.DataFrame({"key": keys, "title": title, "artist": artist}, schema=REGULAR)


def _quotes_are_right(data: Bytes, lines: npt.NDArray[np.intp]) -> bool:
    """Return whether every cell with a double quote begins and ends with one.

    Within a line they open and close in turn. Outside of a cell one opens behind a
    comma or a line end, or it doubles the one that closed just before it.
    """
    quotes = np.flatnonzero(data == _QUOTE)
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    rows = np.searchsorted(lines, quotes)
    if (rows[::2] != rows[1::2]).any():
        return False
    before = data[opening - 1]
    begins = (opening == 0) | (before == _COMMA) | (before == _LINE)
    after = data[closing + 1]
    ends = (after == _COMMA) | (after == _LINE)
    doubles = opening[1:] == closing[:-1] + 1
    begins[1:] |= doubles
    ends[:-1] |= doubles
    return bool(begins.all() and ends.all())


def _cells(chunk: bytes, columns: Sequence[str]) -> pa.Table | None:
    try:
        return csv.read_csv(
            BytesIO(chunk),
            read_options=csv.ReadOptions(column_names=columns, block_size=_CHUNK * 2),
            parse_options=csv.ParseOptions(newlines_in_values=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                strings_can_be_null=False,
            ),
        ).combine_chunks()
    except pa.ArrowInvalid:
        return None


def _text(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int32], Bytes]:
    """Return where each text of a column begins and ends, and the bytes of all."""
    return bytes_of(column.chunk(0) if column.num_chunks else pa.array([], pa.string()))


def _keys(column: pa.ChunkedArray) -> Keys | None:
    """Return the key of each cell; None where one is no ISRC."""
    offsets, data = _text(column)
    keys = np.full(len(column), NO_KEY)
    fits = np.diff(offsets) == LENGTH
    if fits.all():
        keys = keys_of(data[offsets[0] : offsets[-1]])
    elif fits.any():
        places = offsets[:-1][fits][:, None] + np.arange(LENGTH, dtype=np.int32)
        keys[fits] = keys_of(np.ascontiguousarray(data[places]))
    left = np.flatnonzero(keys == NO_KEY)
    if not len(left):
        return keys
    cells = pl.from_arrow(column.take(pa.array(left)))
    spelt = (
        pl.DataFrame({"isrc": cells})
        .select(pl.col("isrc").str.strip_chars(" "))
        .select(pl.when(pl.col("isrc").str.contains(LOOSE)).then(SPELT).alias("isrc"))
    )
    if spelt["isrc"].null_count():
        return None
    keys[left] = spelt.select(KEY)["isrc"].to_numpy()
    return keys


def _trimmed(column: pa.ChunkedArray) -> pl.Series:
    """Return cells without spaces around them, and blank ones as null."""
    offsets, data = _text(column)
    filled = offsets[:-1] < offsets[1:]
    cells = pl.Series(column.chunk(0) if column.num_chunks else [], dtype=pl.String)
    edges = np.concatenate([offsets[:-1][filled], offsets[1:][filled] - 1])
    if (data[edges] == _SPACE).any():
        cells = cells.str.strip_chars(" ")
    elif filled.all():
        return cells
    return cells.replace([""], [None])


def _names_are_right(columns: Iterable[pl.Series], chunk: bytes) -> bool:
    """Return whether no title or artist breaks a rule, or might."""
    web = _WEB in chunk.lower()
    for cells in columns:
        doubtful = cells if web else cells.filter(_doubts(cells))
        if len(doubtful) and _is_wrong(doubtful.unique()):
            return False
    return True


def _doubts(cells: pl.Series) -> pl.Series:
    """Return which texts need a closer look."""
    column = cells.to_arrow()
    offsets, data = _text(pa.chunked_array([column.cast(pa.string())]))
    doubts = np.diff(offsets) > LONGEST_NAME
    filled = offsets[:-1] < offsets[1:]
    doubts[filled] |= _FIRST[data[offsets[:-1][filled]]]
    places = np.flatnonzero(_DOUBTFUL[data])
    doubts[np.searchsorted(offsets, places, side="right") - 1] = True
    return pl.Series(doubts)


def _is_wrong(cells: pl.Series) -> bool:
    faults = [
        cells.str.len_chars() > LONGEST_NAME,
        cells.str.contains(FORMULA),
        cells.str.contains(MIXED),
        cells.str.normalize("NFC") != cells,
        *(cells.str.contains(pattern) for pattern, _ in UNFIT),
    ]
    if any(fault.any() for fault in faults):
        return True
    text = cells.drop_nulls().str.join("\n").item()
    return next(unseen(text), None) is not None
