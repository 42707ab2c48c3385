"""Atom: a feed as RFC 4287 spells it, the same bytes for the same news."""

from collections.abc import Iterator
from html import escape

from sayso.model.visible import printable
from sayso.publish.hosting.serving import FEED_FILE
from sayso.publish.site.pages.news import Entry, Feed
from sayso.wire.text import format_time


def atom(feed: Feed, home: str) -> bytes:
    """Return a feed in Atom.

    Args:
        feed: what it tells.
        home: the address of the site, with a slash at the end.
    """
    return "".join(f"{line}\n" for line in _lines(feed, home)).encode()


def _lines(feed: Feed, home: str) -> Iterator[str]:
    page = home + feed.page
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
    yield _element("id", feed.id)
    yield _element("title", feed.title)
    yield _element("updated", format_time(feed.updated))
    yield f"<author>{_element('name', feed.author)}</author>"
    yield _link("self", "application/atom+xml", page + FEED_FILE)
    yield _link("alternate", "text/html", page)
    yield _element("rights", "CC0 1.0: public domain")
    for entry in feed.entries:
        yield from _entry(entry, home)
    yield "</feed>"


def _entry(entry: Entry, home: str) -> Iterator[str]:
    yield "<entry>"
    yield _element("id", entry.id)
    yield _element("title", entry.title)
    yield _element("updated", format_time(entry.updated))
    yield _link("alternate", "text/html", home + entry.href)
    yield _element("summary", entry.summary)
    yield "</entry>"


def _element(name: str, text: str) -> str:
    # A reader may take a control character for the end of the document.
    return f"<{name}>{escape(printable(text))}</{name}>"


def _link(rel: str, kind: str, href: str) -> str:
    return f'<link rel="{rel}" type="{kind}" href="{escape(href)}"/>'
