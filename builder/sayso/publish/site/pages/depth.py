"""Depth: how many pages the lists of owners and of prefixes have.

There is room for so many pages in all. Where the lists would have more, all of one
kind are cut at the same page; where that leaves not even one for each, some lists
have none.
"""

import numpy as np

from sayso.publish.site.pages.listed import Places


def share_pages(
    owners: Places, prefixes: Places, *, limit: int
) -> tuple[Places, Places]:
    """Return how many pages each list has, of those that it would have.

    Each kind has half of the room, and what the other one leaves of its half.

    Args:
        owners: pages that the lists of owners would have, those first that keep a
            page when others have none.
        prefixes: the same of prefixes.
        limit: pages of all lists.
    """
    room = max(limit // 2, limit - int(prefixes.sum()))
    of_owners = _cut(owners, room)
    return of_owners, _cut(prefixes, limit - int(of_owners.sum()))


def _cut(pages: Places, room: int) -> Places:
    """Return the pages cut at the same depth, so that they have room."""
    if pages.sum() <= room:
        return pages
    depth = 1
    while np.minimum(pages, depth + 1).sum() <= room:
        depth += 1
    cut = np.minimum(pages, depth)
    cut[room:] = 0
    return cut
