"""The box takes an ISRC in any form to its page, and says what is wrong with others."""

import pytest

from tests.browser.conftest import Visit, Visitor
from tests.shown import ALLOWED, DENIED, LOCAL, UNDER_PREFIX, UNKNOWN


def ask(visit: Visitor, address: str, text: str) -> Visit:
    seen = visit(address)
    seen.page.fill("#isrc", text)
    seen.page.press("#isrc", "Enter")
    return seen


@pytest.mark.parametrize(
    "text",
    [
        "XXF012600001",
        "xxf012600001",
        "XX-F01-26-00001",
        "xx f01 26 00001",
        "ISRC XX-F01-26-00001",
        "isrc: xx-f01-26-00001",
        "ISRCXXF012600001",
        "  XXF012600001 \t",
        "XX\u2011F01\u201126\u201100001",
        "XX\u2013F01\u201326\u201300001",
        "XX\u2212F01\u221226\u221200001",
        "\u00a0XX\u00a0F01\u202f26\u300000001",
        "\u200bXXF012600001\ufeff",
        "\uff38\uff38\uff26\uff10\uff11\uff12\uff16\uff10\uff10\uff10\uff10\uff11",
    ],
)
def test_any_form_of_an_isrc_leads_to_its_page(
    visit: Visitor, address: str, text: str
) -> None:
    seen = ask(visit, address, text)
    seen.page.wait_for_url(f"{address}isrc/{DENIED}/")
    assert seen.page.locator("h1").inner_text() == "Slow River"
    assert seen.said == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type or paste an ISRC first."),
        ("  ", "Type or paste an ISRC first."),
        ("XXF01260000", "This has 11 letters and digits."),
        ("XXF01260000O", "Is a letter O or I meant to be a 0 or 1?"),
        ("12F012600001", "An ISRC has two letters"),
        ("Slow River", "This has 9 letters and digits."),
    ],
)
def test_what_is_no_isrc_is_explained_beside_the_box(
    visit: Visitor, address: str, text: str, words: str
) -> None:
    seen = ask(visit, address, text)
    problem = seen.page.locator("[data-problem]")
    problem.wait_for(state="visible")
    assert words in problem.inner_text()
    assert seen.page.url == address
    assert seen.page.evaluate("document.activeElement.id") == "isrc"
    assert seen.page.get_attribute("#isrc", "aria-invalid") == "true"


def test_a_code_under_a_default_leads_to_its_prefix_which_answers(
    visit: Visitor, address: str
) -> None:
    seen = ask(visit, address, str(UNDER_PREFIX))
    seen.page.wait_for_url(f"{address}prefix/XXF01/#{UNDER_PREFIX}")
    box = seen.page.locator("[data-unlisted]")
    box.wait_for(state="visible")
    assert "XX-F01-20-99999 has no page of its own" in box.inner_text()
    assert box.locator(".chip").inner_text() == "Not permitted"


def test_an_unlisted_code_outside_the_default_has_no_declaration(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}prefix/XXF01/#XXF010100001")
    words = seen.page.locator("[data-unlisted]").inner_text()
    assert "no declaration" in words
    assert "This is not permission." in words


def test_a_listed_code_on_another_page_of_the_prefix_is_pointed_at(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}prefix/XXF01/#XXF012610210")
    seen.page.click("[data-if=page] a")
    seen.page.wait_for_url(f"{address}prefix/XXF01/2/#XXF012610210")
    assert seen.page.locator("#XXF012610210").is_visible()
    assert not seen.page.locator("[data-unlisted]").is_visible()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (LOCAL, "listed, but not on the pages"),
        ("XXF019999999", "behind the last recording shown"),
        ("XXF011700000", "behind the last range shown"),
        ("XXH010000000", "of another prefix"),
    ],
)
def test_a_page_that_leaves_out_rows_does_not_answer_beyond_them(
    visit: Visitor, short_address: str, code: str, why: str
) -> None:
    seen = visit(f"{short_address}prefix/XXF01/#{code}")
    words = seen.page.locator("[data-unlisted]").inner_text()
    assert "This page cannot tell" in words, why
    assert "This is not permission." in words
    assert f"sayso lookup {code} --registry" in words
    assert seen.page.locator("[data-unlisted] [data-if]:visible").count() == 1


def test_a_page_that_leaves_out_rows_still_answers_what_it_can(
    visit: Visitor, short_address: str
) -> None:
    box = visit(f"{short_address}prefix/XXF01/#XXF011500007").page
    assert box.locator("[data-verdict] .chip").inner_text() == "Not permitted"
    other = visit(f"{short_address}prefix/XXF01/#{ALLOWED}").page
    assert other.locator("[data-if=page] a").is_visible()


def test_a_code_that_nobody_knows_is_explained(visit: Visitor, address: str) -> None:
    seen = ask(visit, address, str(UNKNOWN))
    seen.page.wait_for_url(f"{address}isrc/{UNKNOWN}/")
    panel = seen.page.locator("[data-if=unknown]")
    panel.wait_for(state="visible")
    assert "This is not permission." in panel.inner_text()


def test_a_missing_page_of_a_known_prefix_points_at_the_prefix(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}isrc/{UNDER_PREFIX}/")
    seen.page.click("[data-prefix]")
    seen.page.wait_for_url(f"{address}prefix/XXF01/#{UNDER_PREFIX}")


def test_an_address_with_the_code_in_another_form_leads_to_the_page(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}isrc/xx-f01-26-00001/")
    seen.page.wait_for_url(f"{address}isrc/{DENIED}/")


def test_the_box_of_a_missing_page_works_at_any_depth(
    visit: Visitor, address: str
) -> None:
    seen = ask(visit, f"{address}no/such/page/", str(DENIED))
    seen.page.wait_for_url(f"{address}isrc/{DENIED}/")
