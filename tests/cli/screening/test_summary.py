"""The summary of a screening: lines for the terminal, and a document."""

import dataclasses
from typing import Any

import click
import pytest

from sayso.cli.screening.summary import FORMAT, document, lines
from sayso.client.account import Account
from sayso.model.screening import RESERVATIONS, Action, Status
from sayso.model.vocabulary import NOTICE
from sayso.wire.profile import decode, encode
from tests import accounts
from tests.answers import documented

NAME = "sayso screen"
KINDS = {
    "plain": accounts.account(),
    "empty": accounts.empty(),
    "development": accounts.development(),
    "hostile": accounts.hostile(),
}


def written(kind: str) -> dict[str, Any]:
    return dict(decode(encode(document(KINDS[kind])), limit=2**20))


def said(account: Account, columns: int = 80) -> str:
    return click.unstyle("\n".join(lines(account, columns)))


def test_the_document_is_as_documented() -> None:
    made = written("plain")
    parts = ("manifest", "asked", "statuses", "release")
    assert made["format"] == FORMAT
    assert made["notice"] == NOTICE
    assert set(made) == documented(NAME, 0)
    for table, part in enumerate(parts, start=1):
        assert set(made[part]) == documented(NAME, table), part
    for table, part in ((5, "speakers"), (7, "files")):
        assert set(made[part][0]) == documented(NAME, table), part
    assert set(made["remarks"]) == documented(NAME, 6)


def test_the_document_has_everything_of_the_account() -> None:
    names = {field.name for field in dataclasses.fields(Account)}
    made = set(document(KINDS["plain"]))
    assert names - {"believed"} == made - {"format", "notice", "release"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_account_can_be_written(kind: str) -> None:
    data = encode(document(KINDS[kind]))
    assert encode(decode(data, limit=2**20)) == data


def test_bytes_of_a_name_that_are_no_text_are_shown() -> None:
    made = written("hostile")
    assert made["manifest"]["name"].startswith("tracks\\udcff ")


def test_statuses_and_actions_are_counted_with_their_shares() -> None:
    words = said(KINDS["plain"])
    assert "  not permitted         1,030,001     8.3 %" in words
    assert "  not an ISRC                 811   < 0.1 %" in words
    assert "  kept                  3,309,551    26.5 %" in words
    for count in (*accounts.STATUSES.values(), 9_153_571, 18_991):
        assert f" {count:,} " in words


def test_numbers_stand_beneath_each_other() -> None:
    ends = {
        line.index("%")
        for line in said(KINDS["hostile"]).splitlines()
        if line.endswith("%")
    }
    assert len(ends) == 1


def test_verdicts_have_their_colours() -> None:
    (line,) = [t for t in lines(KINDS["plain"], 80) if "not permitted" in t]
    assert line.startswith("  " + click.style("", fg="red", reset=False))


def test_it_says_where_files_lie_and_by_which_release() -> None:
    words = said(KINDS["plain"])
    assert "kept.parquet         Rows that are kept" in words
    assert "Release 41 of sayso.example, issued 2026-11-27T06:00:00Z" in words
    assert NOTICE in " ".join(words.split())


def test_what_is_odd_is_named() -> None:
    words = said(KINDS["plain"])
    assert "2,204 rows are disputed" in words
    assert "451 rows have a sibling" in words
    assert "90,121 rows have several codes" in words
    assert "4 remarks from reading; see the report." in words
    asked = dataclasses.replace(
        accounts.ASKED,
        handling=RESERVATIONS,
        territory="DE",
        reviewed_only=True,
        as_of=accounts.ISSUED,
    )
    words = said(accounts.account(asked=asked))
    assert "“No declaration” is kept. It is not permission" in words
    assert "Train generative AI, in DE" in words
    assert "only reviewed ownership" in words
    assert "2026-11-27T06:00:00Z" in words


def test_a_screening_of_nothing_is_short() -> None:
    words = said(KINDS["empty"])
    assert "0         –" in words
    assert "disputed" not in words
    assert "remark" not in words


def test_a_release_of_development_is_named_first() -> None:
    assert said(KINDS["development"]).startswith("DEVELOPMENT: ")


def test_names_cannot_steer_the_terminal() -> None:
    words = said(KINDS["hostile"])
    assert "\u202e" not in words
    assert "annotated\\u202evsc.exe" in words
    assert "\udcff" not in words


def test_every_status_and_action_is_counted() -> None:
    made = written("plain")
    assert set(made["statuses"]) == set(Status)
    assert set(made["actions"]) == set(Action)
