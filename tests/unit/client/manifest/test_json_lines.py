"""JSON Lines: each line is a row, whatever stands on it."""

import json
from pathlib import Path
from typing import Any

import pytest

from sayso.client.manifest import json_lines, lines
from sayso.client.manifest.json_fields import find_fields
from sayso.errors import ManifestError
from tests.manifests import CODES, Read, put, read


def jsonl(folder: Path, *rows: object, name: str = "t.jsonl") -> Read:
    """Read lines: texts as they are, and values as JSON."""
    texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    return read(put(folder, name, "\n".join(texts) + "\n"))


def is_fast(manifest: Read, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Return whether Arrow alone can read it."""
    monkeypatch.setattr(json_lines.LineParser, "_careful", lambda *_: iter([]))
    again = read(Path(manifest.manifest.name))
    return again.cells == manifest.cells and again.codes == manifest.codes


def test_each_line_is_a_row_and_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        '{"isrc":"XXF012600001", "title":"Caf\\u00e9", "n":[1,{"a":null}]}',
        '{ "title":"ü", "artist":"Ann","isrc":null}',
        "{}",
    ]
    manifest = jsonl(tmp_path, *rows)
    assert manifest.manifest.kind == "jsonl"
    assert manifest.manifest.column == "isrc, by its name"
    assert manifest.manifest.schema == json_lines.SCHEMA
    assert manifest.cells == [[row] for row in rows]
    assert manifest.codes == [CODES[1], None, None]
    assert manifest.titles == ["Café", "ü", None]
    assert manifest.artists == [None, "Ann", None]
    assert manifest.manifest.done == 1.0
    assert is_fast(manifest, monkeypatch)


def test_codes_may_be_deep_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {
        "name": "a playlist",
        "track": {
            "external_ids": {"isrc": CODES[1]},
            "name": "a",
            "artists": ["b", "c"],
        },
    }
    manifest = jsonl(tmp_path, row, {"track": None}, {"track": {"external_ids": {}}})
    assert manifest.manifest.column == "track.external_ids.isrc, by its name"
    assert manifest.codes == [CODES[1], None, None]
    assert manifest.titles == ["a", None, None]
    assert manifest.artists == ["b, c", None, None]
    assert is_fast(manifest, monkeypatch)


def test_codes_may_be_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"isrcs": CODES[1:3]}, {"isrcs": []}, {"isrcs": None}, {"isrcs": [None]}]
    manifest = jsonl(tmp_path, *rows)
    assert manifest.codes == [CODES[1:3], [], None, [None]]
    assert is_fast(manifest, monkeypatch)


def test_codes_may_be_anything(tmp_path: Path) -> None:
    values = [CODES[1], [CODES[2], 3], 12, 1.5, True, {"a": 1}, None, float("nan")]
    manifest = jsonl(tmp_path, *({"isrc": value} for value in values))
    assert manifest.codes == [
        *([CODES[1]], [CODES[2], "3"], ["12"], ["1.5"], ["True"], ["{'a': '1'}"]),
        *(None, None),
    ]
    assert manifest.remarks == []


def test_numbers_are_not_computed(tmp_path: Path) -> None:
    manifest = jsonl(tmp_path, f'{{"isrc":{"9" * 5000}}}', f'{{"isrc":"{CODES[1]}"}}')
    assert manifest.codes == ["9" * 5000, CODES[1]]


def test_half_a_surrogate_pair_is_no_code(tmp_path: Path) -> None:
    manifest = jsonl(tmp_path, {"isrc": CODES[1]}, '{"isrc":"XXF01260000\\ud800"}')
    assert manifest.codes == [CODES[1], "XXF01260000?"]


@pytest.mark.parametrize(
    "line",
    [
        *("[1]", '"a"', "1", "nope", '{"isrc":}', '{"isrc":"a"}}', '{"isrc":"a",}'),
        *('{"isrc":"XXF012600002"}{"isrc":"XXF012600003"}', '{"isrc":"a\tb"}'),
        *("\ufeff{}", '{"a":' * 100_000, "[" * 100_000, '{"isrc":"XXF012600002"'),
    ],
    ids=lambda line: line[:20],
)
def test_a_line_that_is_no_object_is_kept(tmp_path: Path, line: str) -> None:
    manifest = jsonl(tmp_path, {"isrc": CODES[1]}, line, {"isrc": CODES[4]})
    assert manifest.codes == [CODES[1], None, CODES[4]]
    assert json.loads(manifest.cells[1][0]) == {"line": line}
    assert manifest.remarks == [
        "t.jsonl:2: this is no JSON object; it was kept as a row without a code",
    ]


def test_an_object_across_lines_takes_no_place_of_another(tmp_path: Path) -> None:
    two = '{"isrc":"XXF012600002"}{"isrc":"XXF012600003"}'
    manifest = jsonl(tmp_path, {"isrc": CODES[1]}, two, '{"isrc":', '"XXF012600004"}')
    assert manifest.codes == [CODES[1], None, None, None]


def test_a_bomb_of_brackets_is_read(tmp_path: Path) -> None:
    deep = "[" * 1_000_000 + "]" * 1_000_000
    manifest = jsonl(
        tmp_path, {"isrc": CODES[1]}, f'{{"isrc":"{CODES[2]}","a":{deep}}}'
    )
    assert len(manifest.codes) == 2
    assert manifest.codes[0] == CODES[1]


def test_of_members_with_one_name_the_last_counts(tmp_path: Path) -> None:
    manifest = jsonl(tmp_path, f'{{"isrc":"{CODES[1]}","isrc":"{CODES[2]}"}}')
    assert manifest.codes == [CODES[2]]


def test_empty_lines_are_no_rows_and_are_said(tmp_path: Path) -> None:
    manifest = jsonl(tmp_path, {"isrc": CODES[1]}, "", " \t", {"isrc": CODES[2]})
    assert manifest.codes == CODES[1:3]
    assert manifest.remarks == [
        f"t.jsonl:{line}: the line is empty and is no row" for line in (2, 3)
    ]


def test_a_block_may_be_empty_lines_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK", 8)
    manifest = jsonl(tmp_path, {"isrc": CODES[1]}, *[""] * 30, {"isrc": CODES[2]})
    assert manifest.codes == CODES[1:3]
    assert manifest.manifest.remarks.counts == {"empty-line": 30}


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_lines_end_as_on_any_system(tmp_path: Path, end: str) -> None:
    row = json.dumps({"isrc": CODES[1]})
    text = row + (end or "\n") + row + end
    manifest = read(put(tmp_path, "t.jsonl", text))
    assert manifest.cells == [[row], [row]]
    assert manifest.codes == [CODES[1]] * 2


def test_some_lines_may_end_otherwise(tmp_path: Path) -> None:
    row = json.dumps({"isrc": CODES[1]})
    manifest = read(put(tmp_path, "t.jsonl", f"{row}\r\n{row}\n{row} \n"))
    assert manifest.cells == [[row], [row], [row + " "]]


def test_blocks_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[Any] = [
        {"isrc": code, "title": "é" * n} for n, code in enumerate(CODES[:99])
    ]
    rows[33] = "nothing"
    whole = jsonl(tmp_path, *rows)
    assert len(whole.batches) == 1
    monkeypatch.setattr(lines, "BLOCK", 64)
    parts = jsonl(tmp_path, *rows)
    assert len(parts.batches) > 50
    assert parts.cells == whole.cells
    assert parts.codes == whole.codes
    assert parts.remarks == whole.remarks


def test_text_in_another_encoding_is_mended(tmp_path: Path) -> None:
    row = b'{"isrc":"XXF012600001","title":"caf\xe9"}\n'
    manifest = read(put(tmp_path, "t.jsonl", row))
    assert manifest.titles == ["café"]
    assert manifest.remarks[0].startswith("t.jsonl:1: the line is not UTF-8")


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    manifest = jsonl(tmp_path, {"isrc": CODES[1]}, name="t.jsonl.gz")
    assert manifest.codes == [CODES[1]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "t.jsonl is empty"),
        ("\n \n", "t.jsonl is empty"),
        ("nope\n", "has no JSON object on its first lines"),
        ('{"path":"a.mp3","duration":1.0}\n', "no column with ISRCs.*path, duration"),
    ],
)
def test_what_has_no_codes_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ManifestError, match=words):
        read(put(tmp_path, "t.jsonl", text))


def test_a_title_that_holds_the_codes_is_none() -> None:
    objects: list[dict[str, Any]] = [
        {"isrc": CODES[1], "title": "a"},
        {"title": {"isrc": CODES[2]}},
    ]
    fields = find_fields("t", objects, wanted="title.isrc")
    assert fields.titles is None


def test_objects_with_very_many_members_are_read() -> None:
    many: dict[str, Any] = {f"m{n}": n for n in range(10_001)}
    first: dict[str, Any] = {"isrc": CODES[1], **many}
    fields = find_fields("t", [first], wanted=None)
    assert fields.codes.path == ("isrc",)
    rows: list[dict[str, Any]] = [many, {"late": 1}]
    with pytest.raises(ManifestError, match="no column 'late'"):
        find_fields("t", rows, wanted="late")
