"""Feeds, as a browser reads them: another reader of XML than the one of Python."""

from typing import Any

import pytest

from tests.browser.conftest import Visitor
from tests.shown import IMAGE

READ = """async (href) => {
  const answer = await fetch(href);
  const text = await answer.text();
  const feed = new DOMParser().parseFromString(text, "application/xml");
  return {
    broken: feed.querySelectorAll("parsererror").length,
    root: [feed.documentElement.namespaceURI, feed.documentElement.localName],
    names: [...new Set([...feed.querySelectorAll("*")].map((e) => e.localName))],
    titles: [...feed.querySelectorAll("entry > title")].map((e) => e.textContent),
    self: feed.querySelector("link[rel=self]").getAttribute("href"),
  };
}"""
NAMES = {
    "author",
    "entry",
    "feed",
    "id",
    "link",
    "name",
    "rights",
    "summary",
    "title",
    "updated",
}


@pytest.mark.parametrize(
    ("page", "count"),
    [("status/", 5), ("owner/github-900004417/", 1), ("owner/fernwood.example/", 1)],
    ids=["status", "hostile-name", "owner"],
)
def test_the_feed_that_a_page_names_is_one(
    visit: Visitor, address: str, page: str, count: int
) -> None:
    seen = visit(address + page)
    link = seen.page.locator("link[type='application/atom+xml']")
    read: dict[str, Any] = seen.page.evaluate(READ, link.get_attribute("href"))
    assert read["broken"] == 0
    assert read["root"] == ["http://www.w3.org/2005/Atom", "feed"]
    assert set(read["names"]) == NAMES
    assert len(read["titles"]) == count
    assert read["self"] == f"https://sayso.example/{page}feed.xml"
    assert seen.said == []


def test_a_hostile_name_is_text_in_a_feed(visit: Visitor, address: str) -> None:
    seen = visit(f"{address}owner/github-900004417/")
    read = seen.page.evaluate(READ, "feed.xml")
    assert read["titles"] == [f"New keys of Ilse {IMAGE} wait"]
