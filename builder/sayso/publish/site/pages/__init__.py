"""Pages: what the site shows of a release, before any HTML.

Everything here is a function from a decoded release to plain values that templates
read, so that what a page says is tested without making the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sayso.publish.site.pages.data import data_page
from sayso.publish.site.pages.disputes import disputes_page
from sayso.publish.site.pages.extract import Extracts
from sayso.publish.site.pages.lists import Pager
from sayso.publish.site.pages.news import STATUS, Feed, owner_feed, status_feed
from sayso.publish.site.pages.overview import check_page, owners_pages
from sayso.publish.site.pages.owner import owner_pages
from sayso.publish.site.pages.prefix import prefix_pages
from sayso.publish.site.pages.recording import recording_page
from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.speakers import owner_address
from sayso.publish.site.pages.status import status_page
from sayso.publish.site.pages.withdrawals import withdrawals_page


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the site.

    Attributes:
        address: from the site's root, ending in a slash: `owner/fernwood.example/`.
        template: the file in `site/theme` that draws it.
        content: what the template shows, as `it`.
        twin: the same for programs, as `index.json` beside it.
        feed: what is new of it, as `feed.xml` beside it.
    """

    address: str
    template: str
    content: object
    twin: bytes | None = None
    feed: Feed | None = None


def count_pages(shelf: Shelf) -> int:
    """Return how many pages `registry_pages` yields, for showing progress."""
    lists = [*shelf.of_owner.values(), *shelf.of_prefix.values()]
    rows, pages = shelf.limits.rows, shelf.limits.pages
    of_owners = min(max(1, -(-len(shelf.registry.owners) // rows)), pages)
    return len(shelf.own) + sum(found.pages for found in lists) + of_owners + 5


def registry_pages(shelf: Shelf, *, release_size: int) -> Iterator[Page]:
    """Yield every page that is made from a release.

    Args:
        shelf: the release, arranged for pages.
        release_size: of release.json, in bytes.
    """
    extracts = Extracts(shelf)
    data = data_page(shelf, release_size)
    yield Page(address="data/", template="data.html", content=data)
    yield Page(address="check/", template="check.html", content=check_page(shelf))
    yield Page(
        address="disputes/",
        template="disputes.html",
        content=disputes_page(shelf),
        twin=extracts.twin(
            "disputes",
            recordings=shelf.take(shelf.contested.places),
            disputes=shelf.raw["disputes"],
            left_out=shelf.contested.total - len(shelf.contested.places),
        ),
    )
    yield _withdrawals(shelf, extracts)
    yield Page(
        address=STATUS,
        template="status.html",
        content=status_page(shelf),
        feed=status_feed(shelf),
    )
    for owners in owners_pages(shelf):
        address = _numbered("owners/", owners.pager)
        yield Page(address=address, template="owners.html", content=owners)
    yield from _owner_pages(shelf, extracts)
    yield from _prefix_pages(shelf, extracts)
    yield from _recording_pages(shelf, extracts)


def _withdrawals(shelf: Shelf, extracts: Extracts) -> Page:
    page = withdrawals_page(shelf)
    return Page(
        address="withdrawals/",
        template="withdrawals.html",
        content=page,
        twin=extracts.twin("withdrawals", declarations=page.names),
    )


def _owner_pages(shelf: Shelf, extracts: Extracts) -> Iterator[Page]:
    for owner in shelf.registry.owners.values():
        recordings = shelf.of_owner[owner.id]
        own = [*shelf.declared_for[owner.id], *shelf.claimed_for[owner.id]]
        for page in owner_pages(shelf, owner):
            yield Page(
                address=_numbered(owner_address(owner.id), page.pager),
                template="owner.html",
                content=page,
                twin=extracts.twin(
                    "owner",
                    declarations=[entry.id for entry in own],
                    recordings=shelf.on_page(page.pager, recordings),
                    owner=owner.id,
                    page=page.pager.number,
                    pages=len(page.pager.pages),
                    left_out=page.pager.left_out,
                ),
                feed=owner_feed(shelf, owner.id) if page.feed else None,
            )


def _prefix_pages(shelf: Shelf, extracts: Extracts) -> Iterator[Page]:
    for prefix, recordings in shelf.of_prefix.items():
        for page in prefix_pages(shelf, prefix):
            yield Page(
                address=_numbered(f"prefix/{prefix}/", page.pager),
                template="prefix.html",
                content=page,
                twin=extracts.twin(
                    "prefix",
                    recordings=shelf.on_page(page.pager, recordings),
                    policies=page.numbers,
                    prefix=prefix,
                    prefixes=[
                        {"first": span.first, "last": span.last, "policy": span.policy}
                        for span in page.spans
                    ],
                    page=page.pager.number,
                    pages=len(page.pager.pages),
                    left_out=page.pager.left_out,
                ),
            )


def _recording_pages(shelf: Shelf, extracts: Extracts) -> Iterator[Page]:
    for recording in shelf.take(shelf.own):
        disputes = shelf.disputes.get(recording.isrc, ())
        yield Page(
            address=f"isrc/{recording.isrc}/",
            template="recording.html",
            content=recording_page(shelf, recording),
            twin=extracts.twin(
                "recording",
                recordings=[recording],
                disputes=[dispute.id for dispute in disputes],
                isrc=recording.isrc,
            ),
        )


def _numbered(address: str, pager: Pager) -> str:
    return address if pager.number == 1 else f"{address}{pager.number}/"
