"""The digests in a release follow from the bytes and from the rows, by hand."""

import hashlib
import subprocess
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.conftest import NeedsTool
from tests.readers.built import (
    COLUMNS,
    KINDS,
    LINES,
    Built,
    Row,
    core_content,
    lines_content,
)
from tests.readers.engines import PARQUET


def rows(path: Path) -> list[Row]:
    return PARQUET["pyarrow"]([path]).rows


def items(built: Built, name: str) -> bytes:
    """Return a list of registry.json as it stands there, without the commas."""
    text = (built.folder / "registry.json").read_text("utf-8")
    listed = text.partition(f'\n"{name}":[\n')[2].partition("\n]")[0]
    return b"".join(line.rstrip(",").encode() + b"\n" for line in listed.split("\n"))


def test_length_and_digest_are_those_of_the_bytes(built: Built) -> None:
    for entry in built.listed():
        data = (built.folder / entry["path"]).read_bytes()
        assert len(data) == entry["bytes"]
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        name = Path(entry["path"]).name
        assert name.partition(".")[0] == entry["content_sha256"]


def test_the_content_of_the_core_follows_from_its_rows(built: Built) -> None:
    (path,) = built.paths("core")
    assert core_content(rows(path)) == path.name.partition(".")[0]


def test_the_content_of_the_prefixes_follows_from_their_rows(built: Built) -> None:
    (path,) = built.paths("prefixes")
    spans = [
        {name: row[name] for name in ("first", "last", "policy")} for row in rows(path)
    ]
    assert lines_content(spans) == path.name.partition(".")[0]


@pytest.mark.parametrize("kind", ["policies", "prefixes"])
def test_the_content_is_what_stands_in_registry_json(built: Built, kind: str) -> None:
    (path,) = built.paths(kind)
    content = hashlib.sha256(items(built, kind)).hexdigest()
    assert content == path.name.partition(".")[0]


def test_the_content_of_the_one_part_is_what_stands_in_registry_json(
    whole: Built,
) -> None:
    (path,) = whole.paths("registry")
    content = hashlib.sha256(items(whole, "recordings")).hexdigest()
    assert content == path.name.partition(".")[0]


def test_the_content_of_a_part_follows_from_the_rows_of_its_parquet(
    built: Built,
) -> None:
    for path in built.paths("registry"):
        recordings = [{name: row[name] for name in LINES} for row in rows(path)]
        assert lines_content(recordings) == path.name.partition(".")[0]


def test_the_content_of_a_part_is_what_zstd_unpacks(
    built: Built, needs_tool: NeedsTool
) -> None:
    zstd = needs_tool("zstd")
    for path in built.lines():
        command = [str(zstd), "-dcq", str(path)]
        done = subprocess.run(command, check=True, capture_output=True)
        content = hashlib.sha256(done.stdout).hexdigest()
        assert content == path.name.partition(".")[0]


def test_the_keys_of_the_core_are_packed_as_differences(built: Built) -> None:
    (path,) = built.paths("core")
    metadata = pq.ParquetFile(path).metadata
    assert metadata.num_rows == len(built.rows)
    for group in range(metadata.num_row_groups):
        key = metadata.row_group(group).column(0)
        assert key.path_in_schema == "key"
        assert "DELTA_BINARY_PACKED" in key.encodings
        assert not {"PLAIN", "RLE_DICTIONARY"} & {*key.encodings}
    query = "select distinct encodings from parquet_metadata($1) where column_id = 0"
    with duckdb.connect() as connection:
        ((encodings,),) = connection.execute(query, [str(path)]).fetchall()
    assert "DELTA_BINARY_PACKED" in str(encodings)


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_packed_with_zstandard_and_says_its_own_type(
    built: Built, kind: str
) -> None:
    for path in built.paths(kind):
        metadata = pq.ParquetFile(path).metadata
        assert metadata.num_columns == len(COLUMNS[kind])
        # What a writer adds about itself would be another way to say the types.
        assert metadata.metadata is None
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(column)
                assert chunk.compression == "ZSTD"
