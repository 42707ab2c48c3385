"""Attacks that are more than one pull request; each is a test of its own name."""

from typing import NamedTuple


class Row(NamedTuple):
    """A row of the page.

    Attributes:
        name: what is tried; the test is called so, with `test_` before it.
        who: who tries it.
        answer: what the review says.
        merged: what publication makes of it.
    """

    name: str
    who: str
    answer: str
    merged: str
