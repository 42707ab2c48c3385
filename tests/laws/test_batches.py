"""How a table is cut into batches changes nothing of what is said of its rows."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.api.registry import Registry
from sayso.api.screening import cells
from tests.copies import opened
from tests.edges import LISTS, TEXTS

TITLES = ["Slow River", "slow river", "Open", "", None]
ARTISTS = ["Mara Lindqvist", "Mara feat. Others", None]
ROW = st.tuples(
    st.sampled_from([cell for cell, _ in TEXTS]),
    st.sampled_from([cell for cell, _ in LISTS]),
    st.sampled_from(TITLES),
    st.sampled_from(ARTISTS),
)
TYPES = (pa.string(), pa.list_(pa.string()), pa.string(), pa.string())


@pytest.fixture(scope="module")
def registry() -> Iterator[Registry]:
    with TemporaryDirectory() as folder:
        yield opened(Path(folder) / "copy")


@given(
    rows=st.lists(ROW, max_size=40),
    cuts=st.lists(st.integers(0, 40), max_size=8),
    at_once=st.integers(1, 50),
    column=st.sampled_from(["isrc", "isrcs"]),
)
def test_the_answers_to_a_table_are_those_to_its_batches(
    registry: Registry,
    rows: list[tuple[str | None, list[str | None] | None, str | None, str | None]],
    cuts: list[int],
    at_once: int,
    column: str,
) -> None:
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    arrays = [pa.array([*c], t) for c, t in zip(columns, TYPES, strict=True)]
    table = pa.table(arrays, names=["isrc", "isrcs", "title", "artist"])

    def screened(part: pa.Table) -> pa.Table:
        return registry.screen(
            part, use="train-generative", column=column, siblings=True
        )

    whole = screened(table).to_pylist()
    places = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    parts = [table.slice(start, end - start) for start, end in pairwise(places)]
    assert [row for part in parts for row in screened(part).to_pylist()] == whole
    assert screened(pa.concat_tables([table.slice(0, 0), *parts])).to_pylist() == whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cells, "ROWS", at_once)
        assert screened(table).to_pylist() == whole
    stream = pa.Table.from_batches(
        table.to_batches(max_chunksize=at_once), table.schema
    )
    assert screened(stream.to_reader()).read_all().to_pylist() == whole
