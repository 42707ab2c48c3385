"""The SQL on the page about the data answers as the registry does."""

import re
from datetime import datetime, timedelta
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pytest

import sayso
from sayso.wire.registry import decode_registry
from tests.readers.built import (
    EXPIRY,
    ISSUED,
    USES,
    Built,
    Row,
    isrc_of,
    key_of,
)
from tests.readers.conftest import AWKWARD, DECISION
from tests.readers.page import SQL_CLOCK, blocks

SECOND = timedelta(seconds=1)
MOMENTS = [ISSUED, EXPIRY - SECOND, EXPIRY, EXPIRY + SECOND, ISSUED + timedelta(6)]
COUNTRIES = [None, "DE", "FR", "GB", "JP", "NO", "US"]

Question: TypeAlias = tuple[str, str, str | None]
"""A code, a use, and a country or None."""


def answers(built: Built, now: datetime, questions: list[Question]) -> list[Row]:
    """Return what the page's SQL answers, by `order`; without questions, to its own."""
    loading, asking, answering, _ = blocks("sql", "## Answer with SQL")
    assert SQL_CLOCK in loading
    loading = loading.replace(SQL_CLOCK, f"timestamptz '{now.isoformat()}'")
    for name in re.findall(r"'((?:release|registry)\.json)'", loading):
        loading = loading.replace(f"'{name}'", f"'{built.folder / name}'")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute(f"set file_search_path = '{built.folder}'")
        connection.execute(loading)
        connection.execute(asking)
        if questions:
            columns = map(list, zip(*questions, strict=True))
            names = ["isrc", "use", "country"]
            connection.register("asked_here", pa.table([*columns], names=names))
            connection.execute("delete from questions")
            connection.execute("insert into questions from asked_here")
        rows: list[Row] = connection.sql(answering).to_arrow_table().to_pylist()
    return sorted(rows, key=order)


def order(row: Row) -> tuple[str, str, str]:
    return row["isrc"], row["use"], row["country"] or ""


def asked_codes(built: Built) -> list[str]:
    """Return codes of every kind: listed, in ranges, at their ends and beyond."""
    listed = {row["policy"]: row["isrc"] for row in built.rows}
    spans = built.registry["prefixes"]
    ends = [
        key_of(span[end]) + step
        for span in spans
        for end in ("first", "last")
        for step in (-1, 0, 1)
    ]
    keys = [key_of(row["isrc"]) + 1 for row in built.rows[::100]]
    other = ["AA0000000000", "ZZZZZ9999999", "XXF012600001", "XXF012655555"]
    return sorted({*listed.values(), *map(isrc_of, [*ends, *keys]), *other})


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_the_sql_answers_as_the_registry_does(
    whole: Built, built: Built, now: datetime
) -> None:
    added = {*AWKWARD, *DECISION["isrcs"]}
    codes = [code for code in asked_codes(whole) if code not in added]
    questions: list[Question] = [
        (isrc, use, country)
        for isrc in codes
        for use in [*USES, "dream"]
        for country in COUNTRIES
    ]
    expected = registry_answers(whole, now, questions)
    assert answers(built, now, questions) == sorted(expected, key=order)
    verdicts = {row["verdict"] for row in expected}
    assert verdicts == {"allow", "ask", "deny", "undeclared"}
    assert {row["disputed"] for row in expected} == {False, True}


def registry_answers(
    built: Built, now: datetime, questions: list[Question]
) -> list[Row]:
    registry = decode_registry((built.folder / "registry.json").read_bytes())
    rows = []
    for isrc, use, country in questions:
        answer = registry.answer(sayso.parse_isrc(isrc), use, country, now=now)
        rows.append(
            {
                "isrc": isrc,
                "use": use,
                "country": country,
                "verdict": str(answer.verdict),
                "rule": str(answer.reason),
                "disputed": answer.disputed,
                "by": list(answer.by),
            }
        )
    return rows


def test_the_questions_on_the_page_have_the_answers_it_speaks_of(whole: Built) -> None:
    before = {order(r): r["verdict"] for r in answers(whole, ISSUED, [])}
    after = {order(r): r["verdict"] for r in answers(whole, EXPIRY, [])}
    assert before == {
        ("XXF010100001", "train-generative", ""): "undeclared",
        ("XXF012600001", "train-generative", ""): "ask",
        ("XXF012655555", "train-generative", ""): "deny",
        ("XXT092200001", "train-generative", ""): "ask",
        ("XXT092200001", "train-generative", "DE"): "ask",
        ("XXT092200001", "train-generative", "US"): "allow",
        ("XXV011700001", "search", ""): "allow",
    }
    assert after == {**before, ("XXV011700001", "search", ""): "undeclared"}


def test_the_parts_join_to_the_answers(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.folder)
    script = "".join(blocks("sql", "## Answer with SQL"))
    script = script.replace(SQL_CLOCK, f"timestamptz '{ISSUED.isoformat()}'")
    with duckdb.connect() as connection:
        rows = connection.sql(script).to_arrow_table().to_pylist()
    titles = {row["isrc"]: row["title"] for row in built.rows}
    assert len(rows) == 7
    for row in rows:
        assert row["title"] == titles.get(row["isrc"])


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (("xxf012600001", "search", None), "not an ISRC"),
        (("XX-F01-26-00001", "search", None), "not an ISRC"),
        (("", "search", None), "not an ISRC"),
        (("XXF012600001", "search", "de"), "not a country"),
        (("AA0000000000", "search", "elsewhere"), "not a country"),
    ],
)
def test_the_sql_answers_nothing_to_what_is_no_code(
    whole: Built, question: Question, message: str
) -> None:
    with pytest.raises(duckdb.InvalidInputException, match=message):
        answers(whole, ISSUED, [question])


def test_the_sql_refuses_an_old_release(whole: Built) -> None:
    late = ISSUED + timedelta(days=7) + SECOND
    with pytest.raises(duckdb.InvalidInputException, match="this release is old"):
        answers(whole, late, [])
