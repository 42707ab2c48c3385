"""What people type at `sayso new`: taken as meant, or explained."""

import pytest

from sayso.model.vocabulary import Preference, Use
from sayso.publish.drafting.answers import (
    AnswerError,
    parse_condition,
    parse_contact,
    parse_file_name,
    parse_login,
    parse_owner,
    parse_preference,
    parse_text,
    parse_uses,
    parse_years,
)


@pytest.mark.parametrize(
    ("typed", "owner"),
    [
        ("583231", "github:583231"),
        (" github:583231 ", "github:583231"),
        ("fernwood.example", "domain:fernwood.example"),
        ("https://Fernwood.example/", "domain:fernwood.example"),
        ("domain:fernwood.example", "domain:fernwood.example"),
        ("github.company.example", "domain:github.company.example"),
        ("github.com.example", "domain:github.com.example"),
    ],
)
def test_an_owner_is_a_number_or_a_domain(typed: str, owner: str) -> None:
    assert parse_owner(typed) == owner


@pytest.mark.parametrize(
    "typed",
    ["mara", "@mara", "github.com/mara", "https://github.com/mara", "github:mara"],
)
def test_a_login_is_answered_with_where_its_number_is(typed: str) -> None:
    with pytest.raises(AnswerError, match=r"https://api\.github\.com/users/mara$"):
        parse_owner(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "00583231",
        "mara lindqvist",
        "mara@fernwood.example",
        "ü.example",
        "github.com",
    ],
)
def test_what_proves_nothing_is_no_owner(typed: str) -> None:
    with pytest.raises(AnswerError, match="nor a web domain"):
        parse_owner(typed)


def test_a_domain_that_windows_cannot_store_is_for_the_operators() -> None:
    with pytest.raises(AnswerError, match=r"Windows .* write to the operators"):
        parse_owner("con.example")


@pytest.mark.parametrize(("typed", "login"), [("@Mara-1", "mara-1"), (" ", "")])
def test_a_login_names_the_folder(typed: str, login: str) -> None:
    assert parse_login(typed) == login


@pytest.mark.parametrize("typed", ["mara/..", "-mara", "mära"])
def test_a_login_that_no_folder_has_is_refused(typed: str) -> None:
    with pytest.raises(AnswerError, match="letters a-z"):
        parse_login(typed)


def test_a_text_is_trimmed_and_composed() -> None:
    assert parse_text("  Bjo\u0308rk ") == "Björk"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("  ", "type something"),
        ("x" * 201, "at most 200"),
        ("Slow\nRiver", "more than one line"),
        ("https://fernwood.example", "web address"),
        ("Slow\u200bRiver", r"U\+200B"),
        ("Slow\x07River", r"U\+0007"),
        ("Slow\udcffRiver", "UTF-8"),
    ],
)
def test_a_text_that_cannot_be_stored_is_explained(typed: str, reason: str) -> None:
    with pytest.raises(AnswerError, match=f"(?i){reason}"):
        parse_text(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "https://fernwood.example",
        "https://fernwood.example/licensing?ai=1",
        "licensing@fernwood.example",
    ],
)
def test_a_contact_is_a_page_or_a_role(typed: str) -> None:
    assert parse_contact(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "http://fernwood.example",
        "fernwood.example",
        "https://localhost",
        "https://me:secret@fernwood.example/",
        'https://fernwood.example/"',
        "call me",
        "mara@home",
        "mara.lindqvist@fernwood.example",
    ],
)
def test_another_contact_is_refused(typed: str) -> None:
    with pytest.raises(AnswerError):
        parse_contact(typed)


def test_a_condition_is_words_joined_by_hyphens() -> None:
    assert parse_condition(" per-model-version ") == "per-model-version"
    with pytest.raises(AnswerError, match="no-voice-imitation"):
        parse_condition("Cash, please")


@pytest.mark.parametrize("typed", ["slow-river", "slow-river.yaml", "2026"])
def test_a_file_name_is_taken_without_its_ending(typed: str) -> None:
    assert parse_file_name(typed) == typed.removesuffix(".yaml")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "Slow River",
        "../owner",
        "-x",
        "x" * 65,
        "owner",
        "manifest.yaml",
        "con",
        "nul.yaml",
    ],
)
def test_a_file_name_that_no_declaration_has_is_refused(typed: str) -> None:
    with pytest.raises(AnswerError):
        parse_file_name(typed)


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("2015-2026", (2015, 2026)),
        ("2015 – 2026", (2015, 2026)),
        ("1999", (1999, 1999)),
        ("all", None),
        ("", None),
    ],
)
def test_years_are_a_range(typed: str, years: tuple[int, int] | None) -> None:
    assert parse_years(typed) == years


@pytest.mark.parametrize("typed", ["2026-2015", "1985-2000", "2000-2086", "15-26"])
def test_years_that_no_code_has_are_refused(typed: str) -> None:
    with pytest.raises(AnswerError, match="such as 2015-2026"):
        parse_years(typed)


def test_uses_are_named_with_what_is_said_of_them() -> None:
    assert parse_uses(["any-ai=deny", "search = Allow"]) == {
        Use.ANY_AI: Preference.DENY,
        Use.SEARCH: Preference.ALLOW,
    }


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        (["serch=allow"], "did you mean search"),
        (["everything=deny"], "there are train-generative"),
        (["search=allow", "search=deny"], "named twice"),
        (["search"], "not allow, ask or deny"),
        (["search=no"], "for no type deny"),
        (["any-ai=allow"], "name each use that you allow"),
    ],
)
def test_a_wrong_use_is_explained(entries: list[str], reason: str) -> None:
    with pytest.raises(AnswerError, match=reason):
        parse_uses(entries)


def test_an_unknown_preference_is_no_reason_to_guess() -> None:
    with pytest.raises(AnswerError, match=r"'maybe' is not allow, ask or deny$"):
        parse_preference(Use.SEARCH, "maybe")
