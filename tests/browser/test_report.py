"""The report of a screening, opened from a file as a lawyer does."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from sayso.cli.screening.report import report_html
from tests import accounts
from tests.browser.conftest import Visitor

KINDS = {
    "plain": accounts.account,
    "empty": accounts.empty,
    "development": accounts.development,
    "hostile": accounts.hostile,
}
SMALLEST = 320

Report = Callable[[str], str]


@pytest.fixture
def report(tmp_path: Path) -> Report:
    """Return a function that writes a report, and returns its address."""

    def write(kind: str) -> str:
        page = tmp_path / f"{kind}.html"
        page.write_text(report_html(KINDS[kind]()), encoding="utf-8")
        return page.as_uri()

    return write


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_accessible_quiet_and_asks_nobody(
    visit: Visitor, report: Report, kind: str
) -> None:
    address = report(kind)
    # The policy of the page forbids all script, also that of the checker.
    seen = visit(address, color_scheme="light", bypass_csp=True)
    found = Axe().run(seen.page)
    assert found.violations_count == 0, found.generate_report()
    seen.page.emulate_media(color_scheme="dark")
    found = Axe().run(seen.page, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()
    plain = visit(address)
    assert plain.said == []
    assert plain.requested == [address]


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_fits_the_smallest_screen(
    visit: Visitor, report: Report, kind: str
) -> None:
    assert visit(report(kind), width=SMALLEST).overflow <= 0


def test_the_policy_lets_the_style_of_the_report_through(
    visit: Visitor, report: Report
) -> None:
    seen = visit(report("hostile"), color_scheme="light")
    assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(251, 250, 247)"
    )
    assert seen.page.locator("script").count() == 0


def test_on_paper_a_report_is_black_on_white_also_in_the_dark(
    visit: Visitor, report: Report
) -> None:
    seen = visit(report("development"), color_scheme="dark")
    seen.page.emulate_media(media="print", color_scheme="dark")
    colours = seen.page.evaluate(
        """() => [...document.querySelectorAll("body, .trial, .chip, h1, .copy")].map(
          element => {
            const style = getComputedStyle(element);
            return [style.color, style.backgroundColor];
          })"""
    )
    assert {ink for ink, _ in colours} == {"rgb(0, 0, 0)"}
    assert {ground for _, ground in colours} <= {
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    }
    assert seen.page.locator(".trial").is_visible()
    assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
