"""Where two values first differ, in words."""

import pytest

from sayso.publish.rebuilding.difference import Difference, first_difference
from sayso.wire.profile import Json

ONE: dict[str, Json] = {"isrc": "XXF012600001", "policy": 1}
TWO: Json = {"isrc": "XXF012600002", "policy": 1}


def said(theirs: Json, ours: Json) -> str | None:
    found = first_difference("x", theirs, ours)
    return None if found is None else f"{found.place}: {found.says}"


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        (1, 1, None),
        ([ONE, TWO], [ONE, TWO], None),
        (1, 2, "x: 1, where the rebuild has 2"),
        (True, 1, "x: true, where the rebuild has 1"),
        ("a", None, "x: 'a', where the rebuild has null"),
        ({"a": 1}, {"a": {}}, "x: a: 1, where the rebuild has '{}'"),
        ({"a": 1, "b": 2}, {"a": 1}, "x: b: 2, where the rebuild has nothing"),
        ({"a": 1}, {"a": 1, "b": 2}, "x: b: nothing, where the rebuild has 2"),
        ([ONE], [ONE, TWO], "x: an end, where the rebuild has 'XXF012600002'"),
        ([ONE, TWO], [ONE], "x: 'XXF012600002', where the rebuild has an end"),
        ([TWO], [ONE], "x: 'XXF012600002', where the rebuild has 'XXF012600001'"),
        (
            [{**ONE, "policy": 2}],
            [ONE],
            "x: 'XXF012600001': policy: 2, where the rebuild has 1",
        ),
        (
            [{"a": True}],
            [{"a": 1}],
            "x: '{\"a\":true}', where the rebuild has '{\"a\":1}'",
        ),
    ],
)
def test_the_first_difference_is_said(
    theirs: Json, ours: Json, expected: str | None
) -> None:
    assert said(theirs, ours) == expected


def test_what_is_long_or_strange_is_shortened() -> None:
    found = first_difference("x", "\x1b[2J" * 100, "a")
    assert isinstance(found, Difference)
    assert "\x1b" not in found.says
    assert len(found.says) < 300
