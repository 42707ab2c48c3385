"""Long lists, cut into pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from sayso.publish.site.pages.words import spell_count


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """One page of a list, with the first and last thing on it."""

    number: int
    href: str
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Which page of a list this is."""

    number: int
    pages: tuple[PageLink, ...]
    left_out: int
    left_out_words: str


def pagers(
    total: int, names: Sequence[str], *, rows: int, limit: int
) -> tuple[Pager, ...]:
    """Return a pager for each page of a list; there is one even of nothing.

    Args:
        total: the length of the list.
        names: of the things in it.
        rows: things on a page.
        limit: pages; what does not fit is counted as left out.
    """
    count = min(max(1, -(-total // rows)), limit)
    left_out = max(0, total - count * rows)

    def link(number: int, page: int) -> PageLink:
        start = (number - 1) * rows
        return PageLink(
            number=number,
            href=page_step(page, number),
            first=names[start] if names else "",
            last=names[min(start + rows, total) - 1] if names else "",
        )

    return tuple(
        Pager(
            number=page,
            pages=tuple(link(number, page) for number in range(1, count + 1)),
            left_out=left_out,
            left_out_words=spell_count(left_out),
        )
        for page in range(1, count + 1)
    )


def page_step(page: int, number: int) -> str:
    """Return the way from one page of a list to another: `2/`, `../`, `../3/`."""
    up = "" if page == 1 else "../"
    return f"{up}{number}/" if number > 1 else up or "./"
