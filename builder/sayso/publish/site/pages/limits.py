"""Limits: how much of a release becomes pages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much becomes pages; the rest is in the data.

    Attributes:
        recordings: how many have a page of their own.
        rows: recordings on one page of a list.
        pages: pages of one list.
        lists: pages of the lists of all owners and prefixes together.
        spans: ranges of unlisted codes on the page of a prefix.
    """

    recordings: int = 5_000
    rows: int = 200
    pages: int = 50
    lists: int = 3_500
    spans: int = 200

    @property
    def longest(self) -> int:
        """How many recordings a list shows at most."""
        return self.rows * self.pages
