"""Recordings in registry.json, in parts and in the core: everywhere the same rows."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.model.isrc import Isrc, key_of
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use
from sayso.publish import bulk, dataset, parts
from sayso.publish.output import Folder
from sayso.wire.parts import Part
from tests.declared import (
    FERNWOOD,
    HARROW,
    HeldOutput,
    Published,
    core_of,
    declaration,
    digest_of,
    files_of,
    owner,
    publish,
    recordings,
)

CODES = [f"XXF01{year}{n:05}" for year in (19, 26) for n in range(40)]
ROWS = "".join(f'{code},"Say ""{code}"", ä",\n' for code in CODES)
TEXTS = {
    f"{FERNWOOD}/catalogue.yaml": declaration(
        "{any-ai: deny}", "catalogue: {file: catalogue.csv}"
    ),
    f"{FERNWOOD}/catalogue.csv": f"isrc,title,artist\n{ROWS}",
    f"{FERNWOOD}/open.yaml": declaration(
        "{search: allow}", recordings(*CODES[10:20]), "expires: 2027-01-01"
    ),
    f"{HARROW}/ask.yaml": declaration(
        "{search: ask}",
        recordings(*CODES[15:25]),
        'offer: {contact: "https://harrow.example/l", conditions: []}',
        "territories: [US, CA]",
    ),
    f"{FERNWOOD}/prefix.yaml": declaration("{benchmark: deny}", "prefix: XXF02"),
}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PART_RECORDINGS", 256)
    monkeypatch.setattr(parts, "PART_BYTES", 3000)


def limit_inline(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    for module in (bulk, dataset):
        monkeypatch.setattr(module, "INLINE_LIMIT", limit)


def parsed(published: Published) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(published.files["registry.json"])
    return document


def lines_of(published: Published, part: Part) -> bytes:
    data = published.files[part.jsonl.path]
    lines: bytes = pa.input_stream(BytesIO(data), compression="zstd").read()
    return lines


def columns_of(published: Published, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(
        BytesIO(published.files[path])
    ).to_pylist()
    return found


def check_parts(published: Published) -> list[dict[str, Any]]:
    """Check all that a release says of its parts, and return their rows."""
    rows: list[dict[str, Any]] = []
    for part in published.registry.parts:
        lines = lines_of(published, part)
        held = [json.loads(line) for line in lines.splitlines()]
        assert digest_of(lines) == part.jsonl.content_sha256
        assert part.jsonl.content_sha256 == part.parquet.content_sha256
        assert (len(held), held[0]["isrc"], held[-1]["isrc"]) == (
            part.recordings,
            part.first,
            part.last,
        )
        for file in part.files:
            assert digest_of(published.files[file.path]) == file.sha256
            assert len(published.files[file.path]) == file.bytes
        rows += held
    codes = [row["isrc"] for row in rows]
    assert codes == sorted(set(codes))
    assert published.release.counts["recordings"] == len(rows)
    assert core_of(published).keys.tolist() == [key_of(Isrc(code)) for code in codes]
    return rows


def test_a_small_registry_is_whole_and_has_a_part() -> None:
    published = publish(TEXTS)
    assert published.registry.is_whole
    assert check_parts(published) == parsed(published)["recordings"]
    assert len(published.registry.parts) == 1


@pytest.mark.usefixtures("small_parts")
def test_parts_are_of_few_rows_and_bytes() -> None:
    whole = parsed(publish(TEXTS))["recordings"]
    published = publish(TEXTS)
    assert check_parts(published) == whole
    assert len(published.registry.parts) > 3
    assert all(len(lines_of(published, p)) <= 3000 for p in published.registry.parts)


def test_a_code_alone_may_be_longer_than_a_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts, "PART_BYTES", 1)
    published = publish(TEXTS)
    assert len(check_parts(published)) == len(published.registry.parts) == len(CODES)


def test_recordings_leave_a_registry_that_would_be_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = publish(TEXTS)
    size = len(whole.files["registry.json"])
    limit_inline(monkeypatch, size)
    assert publish(TEXTS).files == whole.files
    for limit in (size - 1, 5000, 100):
        limit_inline(monkeypatch, limit)
        published = publish(TEXTS)
        document = parsed(published)
        assert document["recordings"] == []
        assert document["counts"] == parsed(whole)["counts"]
        assert check_parts(published) == parsed(whole)["recordings"]
        assert not published.registry.is_whole
        schema = json.loads(published.files["schema/registry.json"])
        jsonschema.validate(document, schema)
        others = ("registry.json", "registry/", "release.json")
        same = [
            {p: d for p, d in some.files.items() if not p.startswith(others)}
            for some in (published, whole)
        ]
        assert same[0] == same[1]


def test_a_registry_without_a_recording_has_no_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for limit in (2**20, 1):
        limit_inline(monkeypatch, limit)
        published = publish({})
        assert parsed(published)["parts"] == parsed(published)["recordings"] == []
        assert core_of(published).keys.tolist() == []


def test_rows_have_one_spelling_everywhere() -> None:
    published = publish(TEXTS)
    (part,) = published.registry.parts
    lines = lines_of(published, part)
    encoded = "".join(
        json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        + "\n"
        for row in parsed(published)["recordings"]
    )
    assert lines == encoded.encode()
    assert lines[:-1].replace(b"\n", b",\n") in published.files["registry.json"]


def answers(policy: Policy) -> dict[str, str]:
    return {use.replace("-", "_"): str(policy.anywhere[use].verdict) for use in Use}


@pytest.mark.usefixtures("small_parts")
def test_the_columns_of_a_part_are_the_rows_with_what_their_policies_say() -> None:
    published = publish(TEXTS)
    policies = published.registry.policies
    assert {policy.is_disputed for policy in policies.values()} == {True, False}
    assert any(policy.until for policy in policies.values())
    disputed = 0
    for part in published.registry.parts:
        rows = [json.loads(line) for line in lines_of(published, part).splitlines()]
        expected = [
            {
                **row,
                "disputed": policies[row["policy"]].is_disputed,
                "until": policies[row["policy"]].until,
                **answers(policies[row["policy"]]),
            }
            for row in rows
        ]
        assert columns_of(published, part.parquet.path) == expected
        disputed += sum(row["disputed"] for row in expected)
    assert published.release.counts["disputed"] == disputed > 0


def test_the_policies_are_a_table_of_every_answer() -> None:
    published = publish(TEXTS)
    (path,) = (path for path in published.files if path.endswith("policies.parquet"))
    rows = columns_of(published, path)
    expected = [
        {
            "policy": item["number"],
            "territory": place,
            "use": use,
            "verdict": cell["verdict"],
            "disputed": cell["disputed"],
            "ownership": cell.get("ownership"),
            "rule": cell["rule"],
            "until": published.registry.policies[item["number"]].until,
            "by": cell["by"],
        }
        for item in parsed(published)["policies"]
        for answer in item["answers"]
        for place in ([answer["in"]] if isinstance(answer["in"], str) else answer["in"])
        for use, cell in answer["uses"].items()
    ]

    def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return row["policy"], row["territory"], row["use"]

    assert sorted(rows, key=order) == sorted(expected, key=order)
    assert {"anywhere", "US", "CA", "elsewhere"} == {row["territory"] for row in rows}


def test_the_prefixes_are_a_table_with_both_ends_as_codes_and_keys() -> None:
    published = publish(TEXTS)
    (path,) = (path for path in published.files if path.endswith("prefixes.parquet"))
    assert columns_of(published, path) == [
        {
            **item,
            "first_key": key_of(Isrc(item["first"])),
            "last_key": key_of(Isrc(item["last"])),
        }
        for item in parsed(published)["prefixes"]
    ]
    assert len(columns_of(published, path)) == 1


def changed() -> dict[str, str]:
    """Return the declarations with another title of the last recording."""
    text = TEXTS[f"{FERNWOOD}/catalogue.csv"]
    new = f"{CODES[-1]},Another title,\n"
    return {
        **TEXTS,
        f"{FERNWOOD}/catalogue.csv": text.replace(ROWS.splitlines()[-1] + "\n", new),
    }


@pytest.mark.usefixtures("small_parts")
def test_a_part_with_the_same_rows_keeps_its_files() -> None:
    first = publish(TEXTS)
    output = HeldOutput(old=first.files)
    second = publish(changed(), after=first, days=1, output=output)
    assert second.files == publish(changed(), after=first, days=1).files
    before = {part.jsonl.content_sha256: part for part in first.registry.parts}
    after = {part.jsonl.content_sha256: part for part in second.registry.parts}
    shared = before.keys() & after.keys()
    assert len(shared) == len(before) - 1 == len(after) - 1
    assert all(before[name] == after[name] for name in shared)
    assert sorted(output.kept) == sorted(f.path for n in shared for f in after[n].files)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("kind", ["jsonl.zst", "parquet"])
@pytest.mark.parametrize("harm", ["broken", "missing"])
def test_a_part_that_is_broken_in_the_old_folder_is_made_anew(
    tmp_path: Path, kind: str, harm: str
) -> None:
    first = publish(TEXTS, output=Folder(tmp_path / "old"))
    broken = [path for path in files_of(tmp_path / "old") if path.endswith(kind)]
    for path in broken:
        (tmp_path / "old" / path).unlink()
        if harm == "broken":
            (tmp_path / "old" / path).write_bytes(b"broken")
    output = Folder(tmp_path / "new", tmp_path / "old")
    second = publish(changed(), after=first, days=1, output=output)
    assert second.files == publish(changed(), after=first, days=1).files
    check_parts(second)


def test_a_row_is_named_by_who_proved_it_best() -> None:
    texts = {
        f"{FERNWOOD}/owner.yaml": owner("Fernwood"),
        f"{FERNWOOD}/a.yaml": declaration("{search: deny}", recordings(CODES[0])),
        f"{HARROW}/b.yaml": declaration("{search: deny}", recordings(CODES[1])),
    }
    owners = [row["owner"] for row in check_parts(publish(texts))]
    assert owners == ["domain:fernwood.example", "domain:harrow.example"]


def test_the_file_of_a_part_is_read_by_others_for_what_it_says() -> None:
    published = publish(TEXTS)
    (part,) = published.registry.parts
    schema = pq.ParquetFile(BytesIO(published.files[part.parquet.path])).schema_arrow
    uses = [use.replace("-", "_") for use in Use]
    assert schema.names == [
        "isrc",
        "title",
        "artist",
        "owner",
        "policy",
        "disputed",
        "until",
        *uses,
    ]
    types = {name: str(schema.field(name).type) for name in schema.names}
    assert types["isrc"] == types["title"] == types[uses[0]] == "string"
    assert types["policy"] == "int32"
    assert types["disputed"] == "bool"
    assert types["until"] == "timestamp[us, tz=UTC]"
