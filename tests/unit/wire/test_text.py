"""Strict text primitives: one spelling of each value, and no other."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sayso.errors import MalformedError
from sayso.wire.text import (
    format_day,
    format_time,
    from_base64,
    from_decimal,
    from_utf8,
    parse_day,
    parse_digest,
    parse_time,
    shown,
    to_base64,
)


def test_base64_has_padding() -> None:
    assert to_base64(b"A") == "QQ=="
    assert from_base64("QQ==") == b"A"
    assert from_base64("") == b""


@pytest.mark.parametrize(
    "text", ["QR==", "Q\nQ==", "QQ==\n", "QQ==QQ==", "QQ=", "QQ", "QQ-_", "é", "\ud800"]
)
def test_another_spelling_of_base64_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="base64"):
        from_base64(text)


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("12", 12), ("9" * 19, 10**19 - 1)]
)
def test_decimal_numbers(text: str, number: int) -> None:
    assert from_decimal(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "+5", "-0", "1_0", " 1", "01", "1\n", "\uff11", "1e3", "1" * 20],
)
def test_another_spelling_of_a_number_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="decimal"):
        from_decimal(text)


@pytest.mark.parametrize(
    "text", ["", "a" * 63, "a" * 65, "A" * 64, "g" * 64, "a" * 64 + "\n"]
)
def test_another_spelling_of_a_digest_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="SHA-256"):
        parse_digest(text)


def test_a_digest_is_lower_case_hexadecimal() -> None:
    assert parse_digest("0f" * 32) == "0f" * 32


def test_days_are_read_as_written() -> None:
    assert parse_day("2028-02-29") == date(2028, 2, 29)
    assert format_day(date(33, 4, 3)) == "0033-04-03"


@pytest.mark.parametrize(
    "text",
    [
        "20261122",
        "2026-W01-1",
        "2026-1-1",
        "2026-02-30",
        "2027-02-29",
        "0000-01-01",
        "2026-13-01",
        "2026-11-22\n",
        "2026-11-22T00:00:00Z",
        "\uff12026-11-22",
    ],
)
def test_another_spelling_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="day"):
        parse_day(text)


def test_times_are_whole_seconds_in_utc() -> None:
    moment = datetime(2026, 11, 22, 11, 0, 0, tzinfo=UTC)
    assert parse_time("2026-11-22T11:00:00Z") == moment
    assert format_time(moment) == "2026-11-22T11:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22",
        "2026-11-22 11:00:00Z",
        "2026-11-22T11:00:00",
        "2026-11-22T11:00:00+00:00",
        "2026-11-22T11:00:00.0Z",
        "2026-11-22T11:00:00z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T11:00:60Z",
        "2026-11-31T11:00:00Z",
        "2026-11-22T11:00:00Z\n",
    ],
)
def test_another_spelling_of_a_time_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="time"):
        parse_time(text)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 22, 11),  # noqa: DTZ001 - the mistake that is shown
        datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 22, 11, 0, 0, 1, tzinfo=UTC),
    ],
)
def test_a_time_that_has_no_spelling_is_not_written(moment: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        format_time(moment)


def test_text_is_utf8_within_its_limit() -> None:
    assert from_utf8("é".encode(), limit=2) == "é"
    with pytest.raises(MalformedError, match="at most 1"):
        from_utf8("é".encode(), limit=1)
    with pytest.raises(MalformedError, match="not UTF-8 at byte 1"):
        from_utf8(b"a\xff", limit=9)


def test_hostile_text_is_shown_short_and_in_ascii() -> None:
    assert shown("\u202e" + "x" * 99) == "'\\u202e" + "x" * 39 + "'…"
    assert shown("plain") == "'plain'"
