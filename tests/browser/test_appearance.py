"""Every kind of page, as different people meet it, in a real browser."""

import gzip
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visitor
from tests.shown import (
    ALLOWED,
    ARABIC,
    ASKED,
    CONTESTED,
    DENIED,
    DISPUTED,
    HOSTILE,
    JAPANESE,
    LOCAL,
    LONG,
    UNKNOWN,
    UNTITLED,
    WITHDRAWN,
)

TEMPLATES = (
    "",
    "check/",
    "owners/",
    "owner/fernwood.example/",
    "owner/github-583231/",
    "prefix/XXF01/",
    "prefix/XXM01/",
    "disputes/",
    "withdrawals/",
    "status/",
    "owner/harrow-vale.example/",
    "data/",
    "404.html",
    f"isrc/{DENIED}/",
    f"isrc/{ASKED}/",
    f"isrc/{ALLOWED}/",
    f"isrc/{DISPUTED}/",
    f"isrc/{LOCAL}/",
    f"isrc/{WITHDRAWN}/",
    "declare/",
    "declare/speaking-for-others/",
    "spec/authority/",
    "use/",
    "about/",
    "spec/vocabulary/",
    "spec/release/",
    "rules/",
    "rules/yaml/",
    "decisions/",
)
ODD = tuple(
    f"isrc/{isrc}/" for isrc in (HOSTILE, LONG, ARABIC, JAPANESE, UNTITLED, CONTESTED)
)
SMALLEST = 320
FULL_PAGE = 15_000
STYLE = SCRIPT = 6_000


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_page_is_accessible_quiet_and_asks_nobody_else(
    visit: Visitor, address: str, path: str
) -> None:
    seen = visit(address + path, color_scheme="light")
    found = Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()
    seen.page.emulate_media(color_scheme="dark")
    found = Axe().run(seen.page, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()
    assert seen.said == []
    assert [url for url in seen.requested if not url.startswith(address)] == []
    assert seen.page.context.cookies() == []


@pytest.mark.parametrize("path", [*TEMPLATES, *ODD])
def test_a_page_fits_the_smallest_screen(
    visit: Visitor, address: str, path: str
) -> None:
    assert visit(address + path, width=SMALLEST).overflow <= 0


@pytest.mark.parametrize("path", [*TEMPLATES, *ODD])
def test_a_page_reads_without_script(visit: Visitor, address: str, path: str) -> None:
    seen = visit(address + path, java_script_enabled=False)
    assert seen.page.locator("h1:visible").count() == 1
    hidden = seen.page.locator("[data-unlisted]:visible, [data-missing]:visible")
    assert hidden.count() == 0
    assert not seen.said


def test_without_script_a_recording_shows_its_verdict(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}isrc/{DENIED}/", java_script_enabled=False)
    panel = seen.page.locator(".verdict").first.inner_text()
    assert "Training generative AI: not permitted" in panel


def test_without_script_the_box_leads_to_the_list_of_prefixes(
    visit: Visitor, address: str
) -> None:
    seen = visit(address, java_script_enabled=False)
    seen.page.fill("#isrc", str(DENIED))
    seen.page.click("button")
    assert seen.page.url.startswith(f"{address}check/")
    seen.page.click("text=XX-F01 >> nth=-1")
    seen.page.click(f"a[href='../../isrc/{DENIED}/']")
    assert seen.page.locator("h1").inner_text() == "Slow River"


@pytest.mark.parametrize("path", ["", f"isrc/{DISPUTED}/", "owner/fernwood.example/"])
def test_forced_colours_keep_icons_and_borders(
    visit: Visitor, address: str, path: str
) -> None:
    seen = visit(address + path, forced_colors="active")
    assert Axe().run(seen.page).violations_count == 0
    look = seen.page.evaluate(
        """() => {
          const chip = document.querySelector(".chip, .verdict");
          const icon = document.querySelector(".icon");
          return [
            getComputedStyle(chip).borderTopWidth,
            getComputedStyle(icon).fill,
            getComputedStyle(document.body).color,
          ];
        }"""
    )
    assert look[0] != "0px"
    assert look[1] == look[2]


def test_on_paper_the_verdict_stays_and_the_navigation_goes(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}isrc/{DENIED}/")
    seen.page.emulate_media(media="print")
    assert seen.page.locator(".verdict").first.is_visible()
    assert seen.page.locator(".foot").is_visible()
    assert not seen.page.locator(".top nav").is_visible()


@pytest.mark.parametrize("verdict", ["deny", "ask", "allow", "undeclared"])
def test_a_verdict_is_a_word_a_shape_and_a_border(
    visit: Visitor, address: str, verdict: str
) -> None:
    paths = {"deny": DENIED, "ask": ASKED, "allow": ALLOWED, "undeclared": WITHDRAWN}
    seen = visit(f"{address}isrc/{paths[verdict]}/")
    panel = seen.page.locator(f".verdict.{verdict}")
    assert panel.locator("svg use").get_attribute("href") == f"#icon-{verdict}"
    style = panel.evaluate("element => getComputedStyle(element).borderTopStyle")
    assert style == ("dashed" if verdict == "undeclared" else "solid")
    assert panel.locator("h2").inner_text().startswith("Training generative AI: ")


def test_the_keyboard_skips_to_the_content_and_shows_where_it_is(
    visit: Visitor, address: str
) -> None:
    seen = visit(address)
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.className") == "skip"
    assert seen.page.locator(".skip").is_visible()
    seen.page.keyboard.press("Enter")
    assert seen.page.url.endswith("#main")
    for _ in range(12):
        seen.page.keyboard.press("Tab")
        width = seen.page.evaluate(
            "getComputedStyle(document.activeElement).outlineWidth"
        )
        assert width == "3px"


def test_hostile_titles_stay_text(visit: Visitor, address: str) -> None:
    seen = visit(f"{address}isrc/{HOSTILE}/")
    title = seen.page.locator("h1").inner_text()
    assert title == "</script><script>alert(1)</script>"
    assert seen.page.locator("script:not([src])").count() == 1
    data = seen.page.locator("script[type='application/ld+json']").inner_text()
    assert "<" not in data
    assert seen.said == []
    owner = visit(f"{address}owner/github-900004417/")
    assert owner.page.locator("main img").count() == 0


def test_script_in_a_contact_leads_nowhere(visit: Visitor, address: str) -> None:
    seen = visit(f"{address}owner/github-583231/")
    assert "javascript:alert(1)" in seen.page.locator("main").inner_text()
    assert seen.page.locator("a[href^='javascript']").count() == 0


def test_titles_in_any_script_keep_their_direction(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}isrc/{ARABIC}/")
    title = seen.page.locator("h1 bdi")
    assert title.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"


def test_the_home_page_is_light(visit: Visitor, address: str, site: Path) -> None:
    seen = visit(address)
    assert len(seen.requested) <= 4, seen.requested
    sizes = {}
    for url in seen.requested:
        path = url.removeprefix(address) or "index.html"
        sizes[path] = len(gzip.compress((site / path).read_bytes(), 9))
    assert sum(sizes.values()) <= FULL_PAGE, sizes
    assert sizes["static/site.css"] <= STYLE
    assert sizes["static/site.js"] <= SCRIPT


def test_every_page_has_the_policy_that_forbids_foreign_and_inline_code(
    site: Path,
) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in text
        assert re.search(
            r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text
        ) is None or ("583231" in path.as_posix())


def test_a_missing_page_is_explained_at_any_depth(visit: Visitor, address: str) -> None:
    seen = visit(f"{address}no/such/page/")
    assert "no page at this address" in seen.page.locator("h1:visible").inner_text()
    assert seen.page.locator("link[rel=stylesheet]").get_attribute("href") == (
        "/static/site.css"
    )


def test_a_recording_that_nobody_knows_is_explained(
    visit: Visitor, address: str
) -> None:
    seen = visit(f"{address}isrc/{UNKNOWN}/")
    panel = seen.page.locator("[data-missing]")
    panel.wait_for(state="visible")
    words = panel.inner_text()
    assert "XX-Z99-26-00001" in words
    assert "This is not permission." in words
    assert f"sayso lookup {UNKNOWN}" in words
