"""The foot of a page says which release the site is, and never a wrong one."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Visit, Visitor
from tests.shown import DENIED

UNNAMED = "Which release this is, and its files"
NAMED = "Release 1 of 22 November 2026"
RECORDING = f"isrc/{DENIED}/"
RELEASE = {
    "format": "sayso/release/1",
    "issued": "2027-01-02T23:59:59Z",
    "number": 12,
}


def foot(seen: Visit) -> str:
    return seen.page.locator(".foot a").first.inner_text()


def answered(visit: Visitor, address: str, body: str, status: int = 200) -> str:
    """Return what the foot says where release.json is another."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, body=body)

    seen = visit("about:blank")
    seen.page.route("**/release.json", answer)
    with seen.page.expect_response("**/release.json"):
        seen.open(address + RECORDING)
    seen.page.wait_for_timeout(100)
    return foot(seen)


@pytest.mark.parametrize("path", [RECORDING, "owners/", "use/", "404.html", "no/page"])
def test_the_foot_names_the_release(visit: Visitor, address: str, path: str) -> None:
    seen = visit(address + path)
    seen.page.locator(f".foot a:text-is('{NAMED}')").wait_for()
    seen.page.click(f"text={NAMED}")
    assert seen.page.url == f"{address}data/"


@pytest.mark.parametrize("path", ["", "data/"])
def test_a_page_about_the_release_names_it_by_itself(
    visit: Visitor, address: str, path: str
) -> None:
    assert foot(visit(address + path, java_script_enabled=False)) == NAMED
    seen = visit(address + path)
    assert foot(seen) == NAMED
    assert not [url for url in seen.requested if url.endswith("release.json")]


def test_without_script_the_foot_leads_to_where_it_is_said(
    visit: Visitor, address: str
) -> None:
    seen = visit(address + RECORDING, java_script_enabled=False)
    assert foot(seen) == UNNAMED
    seen.page.click(f"text={UNNAMED}")
    assert seen.page.url == f"{address}data/"


def test_the_day_is_that_of_the_release_in_utc(visit: Visitor, address: str) -> None:
    assert answered(visit, address, json.dumps(RELEASE)) == (
        "Release 12 of 2 January 2027"
    )


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, json.dumps(RELEASE)),
        (200, "<!doctype html>"),
        (200, "null"),
        (200, json.dumps({**RELEASE, "format": "sayso/release/2"})),
        (200, json.dumps({**RELEASE, "number": "12"})),
        (200, json.dumps({**RELEASE, "number": 0})),
        (200, json.dumps({**RELEASE, "number": 1.5})),
        (200, json.dumps({**RELEASE, "issued": "2027-01-02"})),
        (200, json.dumps({**RELEASE, "issued": "2027-02-30T00:00:00Z"})),
        (200, json.dumps({**RELEASE, "issued": 1_800_000_000_000})),
        (200, json.dumps({**RELEASE, "issued": None})),
    ],
)
def test_what_is_no_release_is_not_named(
    visit: Visitor, address: str, status: int, body: str
) -> None:
    assert answered(visit, address, body, status) == UNNAMED


def test_a_release_that_cannot_be_reached_is_not_named(
    visit: Visitor, address: str
) -> None:
    seen = visit("about:blank")
    seen.page.route("**/release.json", lambda route: route.abort())
    with seen.page.expect_event("requestfailed"):
        seen.open(address + RECORDING)
    seen.page.wait_for_timeout(100)
    assert foot(seen) == UNNAMED


def test_a_release_in_the_browser_s_cache_is_asked_for_anew(
    visit: Visitor, address: str, site: Path
) -> None:
    """Of a file that is so old, a browser takes its copy unless it is told."""
    file = site / "release.json"
    data = file.read_bytes()
    os.utime(file, (0, 0))
    seen = visit(address + RECORDING)
    seen.page.locator(f".foot a:text-is('{NAMED}')").wait_for()
    try:
        file.write_text(json.dumps(RELEASE), encoding="utf-8")
        seen.open(address + "owners/")
        seen.page.locator(".foot a:text-is('Release 12 of 2 January 2027')").wait_for()
    finally:
        file.write_bytes(data)
