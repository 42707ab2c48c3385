"""Parts: the recordings of a range of codes, in files of their own."""

from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.wire.parts import PART_RECORDINGS, read_parts
from tests.registries import Document, part, recording

ROWS = [recording("XXF012600001", 1), recording("XXF012600002", 1)]
PART = part(ROWS, "XXF010000000", "XXF019999999")
NEXT = part(ROWS[:1], "XXF020000000", "XXF020000000")


def with_file(name: str, **fields: object) -> Document:
    return {**PART, name: {**PART[name], **fields}}


def test_parts_ascend_apart() -> None:
    parts = read_parts([PART, NEXT])
    assert [one.recordings for one in parts] == [2, 1]
    assert read_parts([]) == ()


def test_a_part_is_never_long() -> None:
    (one,) = read_parts([{**PART, "recordings": PART_RECORDINGS}])
    assert one.recordings == PART_RECORDINGS


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (["x"], "a part is not an object"),
        ([{**PART, "more": 1}], "not part of the format"),
        ([{**PART, "first": "XXF01"}], "not an ISRC"),
        ([{**PART, "last": 1}], "'last' is not a text"),
        ([{**PART, "last": "XXF00"}], "not an ISRC"),
        ([{**PART, "last": "XXF009999999"}], "ends before XXF010000000, its first"),
        ([{**PART, "recordings": 0}], "'recordings' is not a number from 1"),
        ([{**PART, "recordings": PART_RECORDINGS + 1}], "not at most 131072"),
        ([{**PART, "jsonl": None}], "not an object"),
        ([with_file("jsonl", path="../x")], "not a path"),
        ([with_file("jsonl", mode=1)], "'mode', which is not part"),
        ([with_file("parquet", sha256="x")], "SHA-256"),
        ([with_file("parquet", bytes=-1)], "'bytes' is not a number"),
        ([with_file("parquet", content_sha256="ab" * 32)], "differ in content"),
        ([NEXT, PART], "parts overlap at XXF010000000"),
        ([PART, PART], "parts overlap at XXF010000000"),
        ([PART, {**NEXT, "first": "XXF019999999"}], "overlap at XXF019999999"),
    ],
)
def test_other_parts_are_refused(parts: list[Any], why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        read_parts(parts)


@pytest.mark.parametrize("name", sorted(PART))
def test_every_member_is_needed(name: str) -> None:
    rest = {key: value for key, value in PART.items() if key != name}
    with pytest.raises(MalformedError, match=f"has no '{name}'"):
        read_parts([rest])
