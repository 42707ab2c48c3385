"""A JSON document: its list of objects is the table."""

import json
from pathlib import Path

import pytest

from sayso.client.manifest import json_document
from sayso.errors import ManifestError
from tests.manifests import CODES, put, read

TRACKS = [{"isrc": code, "title": f"é\n{code}"} for code in CODES[:50]]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("document", "place"),
    [
        (TRACKS, ""),
        ({"name": "mine", "moods": ["a"], "none": [], "tracks": TRACKS}, "tracks"),
        ({"data": {"page": {"items": TRACKS}, "n": 1}}, "data.page.items"),
    ],
)
def test_the_list_of_objects_is_found(
    tmp_path: Path, document: object, place: str, indent: int | None
) -> None:
    text = json.dumps(document, indent=indent)
    manifest = read(put(tmp_path, "t.json", text))
    assert manifest.manifest.kind == "json"
    assert manifest.manifest.column == (
        f"isrc, by its name, in the list {place}" if place else "isrc, by its name"
    )
    assert manifest.manifest.rows == 50
    assert manifest.manifest.done == 1.0
    assert manifest.codes == CODES[:50]
    assert manifest.titles == [track["title"] for track in TRACKS]
    assert [json.loads(cells[0]) for cells in manifest.cells] == TRACKS
    assert not any("\n" in cells[0] for cells in manifest.cells)


def test_items_that_are_no_objects_are_kept(tmp_path: Path) -> None:
    text = f'[{{"isrc":"{CODES[1]}"}}, "a\\nb",\n[\n1], {{"isrc":"{CODES[2]}"}}]'
    manifest = read(put(tmp_path, "t.json", text))
    assert manifest.codes == [CODES[1], None, None, CODES[2]]
    assert manifest.cells[1:3] == [['{"line": "\\"a\\\\nb\\""}'], ['{"line": "[ 1]"}']]
    assert manifest.remarks == [
        f"t.json: item {n}: this is no JSON object; it was kept as a row without a code"
        for n in (2, 3)
    ]


def test_large_documents_are_read_in_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_document, "_BLOCK", 100)
    manifest = read(put(tmp_path, "t.json", json.dumps(TRACKS)))
    assert manifest.codes == CODES[:50]
    assert len(manifest.batches) > 10


def test_of_several_lists_the_one_with_codes_is_taken(tmp_path: Path) -> None:
    document = {"artists": [{"id": 1}], "songs": TRACKS}
    assert read(put(tmp_path, "t.json", json.dumps(document))).codes == CODES[:50]
    two = json.dumps({"kept": TRACKS, "removed": TRACKS})
    with pytest.raises(
        ManifestError, match="several lists of recordings: kept, remove"
    ):
        read(put(tmp_path, "t.json", two))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "no column with ISRCs.* its columns are none"),
        ('["a"]', "no column with ISRCs"),
        ('[{"a":1}]', "no column with ISRCs.* its columns are a"),
        ("{}", r"JSON without a list of objects"),
        ('{"dataset": {"a": "b"},\n"x": [1]}', r"JSON without a list of objects"),
        ("3", "JSON without a list of objects"),
        ("", "not JSON: expecting value at line 1, column 1"),
        ('[{"isrc":1},]', "not JSON: nothing follows at line 1, column 13"),
        ('[{"isrc":1}', "not JSON: ',' is missing at line 1, column 12"),
        ('[{"isrc":1}]\n x', "not JSON: more than one value at line 2, column 2"),
        ('{"a":[{"isrc":1}],\n 1:2}', "not JSON: a name is no text at line 2"),
        ('{"a" [{"isrc":1}]}', "not JSON: ':' is missing at line 1, column 6"),
        ('{"a":{"b":1,}}', "not JSON: .* at line 1"),
        ("[" * 100_000, "nested too deeply at line 1"),
        ('{"a":' * 100_000, "nested too deeply at line 1"),
    ],
)
def test_what_is_no_list_of_recordings_is_refused(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(ManifestError, match=words):
        read(put(tmp_path, "t.json", text), kind="json")


@pytest.mark.parametrize("name", ["t.json", "t.json.gz"])
def test_a_document_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(json_document, "DOCUMENT", 2**20)
    with pytest.raises(
        ManifestError, match="is longer than 1 MiB, and a JSON document"
    ):
        read(put(tmp_path, name, "[" + " " * 2**20))
