"""Every bulk file says to other people's readers what registry.json says."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import NeedsTool
from tests.readers.built import COLUMNS, KINDS, LINES, Built, isrc_of, key_of
from tests.readers.conftest import AWKWARD
from tests.readers.engines import LINED, PARQUET


def test_every_bulk_file_that_is_there_is_listed(built: Built) -> None:
    there = {path.relative_to(built.folder) for path in built.folder.glob("bulk/*")}
    assert there == {Path(entry["path"]) for entry in built.listed()}
    assert all(built.paths(kind) for kind in KINDS)
    assert len(built.lines()) == len(built.paths("registry"))


@pytest.mark.parametrize("engine", PARQUET)
@pytest.mark.parametrize("kind", KINDS)
def test_a_parquet_file_has_the_columns_and_values_of_registry_json(
    built: Built, kind: str, engine: str
) -> None:
    table = PARQUET[engine](built.paths(kind))
    assert [*table.types.items()] == [*COLUMNS[kind].items()]
    assert table.rows == built.expected(kind)


@pytest.mark.parametrize("engine", LINED)
def test_the_lines_have_the_values_of_registry_json(built: Built, engine: str) -> None:
    table = LINED[engine](built.lines())
    assert table.types.keys() == set(LINES)
    assert table.types.pop("policy") in {"int32", "int64"}
    assert set(table.types.values()) == {"string"}
    assert table.rows == built.rows


def test_zstd_and_jq_read_the_lines(built: Built, needs_tool: NeedsTool) -> None:
    zstd, jq = needs_tool("zstd"), needs_tool("jq")
    unpacked = subprocess.run(
        [str(zstd), "-dcq", *map(str, built.lines())], check=True, capture_output=True
    ).stdout
    asked = [str(jq), "--compact-output", "{isrc, policy, title}"]
    done = subprocess.run(asked, input=unpacked, check=True, capture_output=True)
    assert [json.loads(line) for line in unpacked.splitlines()] == built.rows
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {name: row[name] for name in ("isrc", "policy", "title")} for row in built.rows
    ]


def test_names_that_look_like_something_else_stay_as_they_are(parted: Built) -> None:
    rows = {row["isrc"]: row for row in parted.rows}
    for isrc, names in AWKWARD.items():
        for name in ("title", "artist"):
            assert rows[isrc][name] == names.get(name)


def test_a_part_holds_the_range_that_registry_json_says(built: Built) -> None:
    last = ""
    for part in built.registry["parts"]:
        for form, read in (("jsonl", LINED["polars"]), ("parquet", PARQUET["polars"])):
            codes = [r["isrc"] for r in read([built.folder / part[form]["path"]]).rows]
            assert codes == sorted(set(codes))
            assert (codes[0], codes[-1]) == (part["first"], part["last"])
            assert len(codes) == part["recordings"]
        assert last < part["first"]
        last = part["last"]


def test_keys_ascend_and_turn_back_into_the_codes(built: Built) -> None:
    keys = [row["key"] for row in PARQUET["pyarrow"](built.paths("core")).rows]
    assert keys == sorted(set(keys))
    assert [isrc_of(key) for key in keys] == [row["isrc"] for row in built.rows]
    assert key_of("GBAYE6800011") == 73391906800011
    assert key_of("ZZZZZ9999999") == 315394559999999
