"""JSON of any spelling, and reports of any content: read, or refused in words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import MalformedError
from sayso.publish.github.answer import Place
from sayso.publish.github.comment import LIMIT, MARKER, comment
from sayso.publish.github.event import read_event
from sayso.publish.github.foreign import member, optional_text, parse
from sayso.publish.github.reviewed import read_report
from sayso.wire.profile import encode
from tests.reviews import problem, report, row

EVENTS = ("pull_request_target", "merge_group", "issues", "push")
PLACE = Place(
    server="https://github.example",
    source="mara/registry",
    branch="main",
    run="https://github.example/run",
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.binary(max_size=200), st.sampled_from(EVENTS))
def test_any_bytes_are_an_event_or_refused(data: bytes, name: str) -> None:
    with pytest.raises(MalformedError):
        read_event(name, data)


@given(json_values, st.sampled_from(EVENTS))
def test_any_json_is_an_event_or_refused(value: object, name: str) -> None:
    with pytest.raises(MalformedError):
        read_event(name, json.dumps(value).encode())


@given(json_values)
def test_what_json_says_is_what_is_read(value: object) -> None:
    try:
        found = parse(json.dumps(value).encode(), limit=2**20, what="it")
    except MalformedError as error:
        assert "too large" in str(error)  # noqa: PT017 - it may be one of the two
    else:
        assert found == value


@pytest.mark.parametrize("text", ["a", "\N{MUSICAL NOTE}", "\ud800", "a\udc00\ud800"])
def test_a_text_can_be_written_whatever_it_is(text: str) -> None:
    said = parse(json.dumps({"a": {"b": text}}).encode(), limit=100, what="it")
    found = optional_text(said, "a", "b")
    assert found is not None
    assert found.encode()
    assert (found == text) is (text.isprintable() or text == "a")


def test_what_is_not_there_is_nothing() -> None:
    assert member({"a": [1]}, "a", "b") is None
    assert optional_text({"a": 1}, "a") is None


PLACES = st.sampled_from(
    [
        *((name,) for name in report()),
        *(("problems", 0, name) for name in problem()),
        *(("preview", "rows", 0, name) for name in row()),
        ("preview", "more"),
        ("preview", "rows"),
    ]
)
profile_values = st.recursive(
    st.none() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(PLACES, profile_values)
def test_any_report_is_answered_or_refused(
    place: tuple[str | int, ...], value: object
) -> None:
    said: Any = report(problems=[problem()])
    *above, last = place
    inner = said
    for step in above:
        inner = inner[step]
    inner[last] = value
    try:
        data = encode(said)
    except ValueError:
        return
    try:
        found = read_report(data)
    except MalformedError:
        return
    text = comment(found, PLACE)
    assert text.startswith(MARKER)
    assert len(text) <= LIMIT
