"""JSON is written with members added, and every other byte stays."""

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from sayso.client.manifest.json_lines import SCHEMA
from sayso.client.outcome.json_text import json_texts, merged
from sayso.client.outcome.sink import sink_of
from tests.manifests import CODES, read

ANSWERS = pa.schema([("sayso_status", pa.string()), ("sayso_disputed", pa.bool_())])
ADDED = '"sayso_status":"deny","sayso_disputed":false'


def lines(*texts: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"line": list(texts)}, schema=SCHEMA)


def answers(rows: int, status: str = "deny") -> pa.RecordBatch:
    values = {"sayso_status": [status] * rows, "sayso_disputed": [False] * rows}
    return pa.RecordBatch.from_pydict(values, schema=ANSWERS)


def written(folder: Path, *texts: str, kind: str = "jsonl") -> str:
    sink = sink_of(kind, folder / "out", SCHEMA, ANSWERS)
    for text in texts:
        sink.write(lines(text), answers(1))
    sink.write(lines(*texts), answers(len(texts)))
    content = sink.close().read_text()
    marks = 2 if kind == "json" else 0
    assert content.count("\n") == 2 * len(texts) + marks
    return content


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"a":1}', f'{{"a":1,{ADDED}}}'),
        (
            '{ "a" : "\\u00e9", "b":[ {} ] }',
            f'{{ "a" : "\\u00e9", "b":[ {{}} ] ,{ADDED}}}',
        ),
        ("{}", f"{{{ADDED}}}"),
        ("{ }", f"{{{ADDED}}}"),
        (' {"a":1} ', f' {{"a":1,{ADDED}}}'),
        ('{"sayso_status":"allow"}', f"{{{ADDED}}}"),
        ('{"a":1,"sayso_status":{"x":[1]}}', f'{{"a":1,{ADDED}}}'),
        ('{"sayso_disputed":1, "a":1}', f'{{"a":1,{ADDED}}}'),
        (
            '{"a":1, "sayso_status" : 1 ,"b": 2,"sayso_disputed":1, "c":3 }',
            f'{{"a":1 ,"b": 2, "c":3,{ADDED} }}',
        ),
        ('{"a":"sayso_status"}', f'{{"a":"sayso_status",{ADDED}}}'),
        ('{"say\\u0073o_status":1,"sayso_status":1}', f"{{{ADDED}}}"),
        ("nope", f'{{"line":"nope",{ADDED}}}'),
        ('{"a":}{', f'{{"line":"{{\\"a\\":}}{{",{ADDED}}}'),
        ("[1]", f'{{"line":"[1]",{ADDED}}}'),
        ('{"sayso_status":1}}', f'{{"line":"{{\\"sayso_status\\":1}}}}",{ADDED}}}'),
    ],
)
def test_members_are_added_and_nothing_else_changes(
    tmp_path: Path, line: str, expected: str
) -> None:
    assert written(tmp_path, line) == f"{expected}\n" * 2
    assert json.loads(expected)["sayso_status"] == "deny"


def test_a_list_has_an_object_on_each_line(tmp_path: Path) -> None:
    content = written(tmp_path, '{"isrc":"XXF012600001"}', "{}", kind="json")
    first, second = f'{{"isrc":"XXF012600001",{ADDED}}}', f"{{{ADDED}}}"
    assert content == f"[\n{first},\n{second},\n{first},\n{second}\n]\n"
    assert read(tmp_path / "out.json").codes == [CODES[1], None] * 2


def test_a_list_without_rows_is_a_list(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path, kind="json")) == []


def test_without_answers_lines_stay_as_they_are(tmp_path: Path) -> None:
    sink = sink_of("jsonl", tmp_path / "out", SCHEMA, pa.schema([]))
    sink.write(lines('{"a":1}'), pa.RecordBatch.from_pylist([{}], pa.schema([])))
    assert sink.close().read_text() == '{"a":1}\n'


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array(["a", None]), ['"a"', "null"]),
        (
            pa.array(['"', "\n\\", None, "é\x7f"]),
            ['"\\""', '"\\n\\\\"', "null", '"é\x7f"'],
        ),
        (pa.array(["a", None, '"']).dictionary_encode(), ['"a"', "null", '"\\""']),
        (pa.array([True, None]), ["true", "null"]),
        (pa.array([-1, None]), ["-1", "null"]),
        (pa.array([date(2026, 1, 2), None]), ['"2026-01-02"', "null"]),
        (
            pa.array([["a", '"'], None, [], [None]]),
            ['["a","\\""]', "null", "[]", "[null]"],
        ),
        (pa.array([[1], [2, 3]]).slice(1), ["[2,3]"]),
        (pa.array([], pa.string()), []),
    ],
    ids=str,
)
def test_values_are_written_as_json(column: pa.Array, expected: list[str]) -> None:
    assert json_texts(column).to_pylist() == expected


def test_a_bomb_of_brackets_is_no_object() -> None:
    line = '{"sayso_status":' + "[" * 100_000
    assert json.loads(merged(line, ADDED, ANSWERS.names))["line"] == line


@pytest.mark.parametrize("kind", ["json", "jsonl"])
@pytest.mark.parametrize("before", [0, 1, 3])
def test_what_was_interrupted_continues(tmp_path: Path, kind: str, before: int) -> None:
    rows = [f'{{"n":{n}}}' for n in range(5)]
    whole = sink_of(kind, tmp_path / "a", SCHEMA, ANSWERS)
    whole.write(lines(*rows), answers(5))
    sink = sink_of(kind, tmp_path / "b", SCHEMA, ANSWERS)
    sink.write(lines(*rows[:before]), answers(before))
    mark = sink.checkpoint()
    sink.write(lines(*rows), answers(5))
    sink.abandon()
    sink = sink_of(kind, tmp_path / "b", SCHEMA, ANSWERS, mark=mark)
    sink.write(lines(*rows[before:]), answers(5 - before))
    assert sink.close().read_bytes() == whole.close().read_bytes()
