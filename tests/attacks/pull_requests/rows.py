"""Attacks that are more than one pull request; each is a test of its own name."""

from collections.abc import Mapping
from typing import Final, NamedTuple


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


_BASE = "It is judged by what it changes against the base."

ROWS: Final[Mapping[str, tuple[Row, ...]]] = {
    "With Git itself": (
        Row(
            "a push after the review",
            "the author, or somebody who may push there",
            "The report names its commit, and is no answer for another.",
            "Only what was merged counts, by its bytes.",
        ),
        Row(
            "a merge that changes more than it merges",
            "a stranger",
            "Refused: `SAY703`.",
            _BASE,
        ),
        Row(
            "a merge of the base that takes it back",
            "a stranger",
            "Refused: `SAY703`.",
            _BASE,
        ),
        Row(
            "a merge that crosses with the base",
            "a stranger",
            "Not reviewed until the base is merged into it (exit code 40), for a merge "
            "would bring back old files unseen.",
            "Old files without a word on them are left out.",
        ),
        Row(
            "a history of its own",
            "a stranger",
            "Not reviewed: it has no commit in common with the base (exit code 40).",
            "Nothing, for it cannot be merged.",
        ),
        Row(
            "a folder with one name twice",
            "a stranger, at a host that lets such a folder in",
            "Not reviewed (exit code 40).",
            "Whichever of the files a checkout has is judged by its bytes.",
        ),
        Row(
            "objects that are replaced",
            "whoever may write to the repository of the review",
            "Refused: `SAY701`; replacements are ignored.",
            "They are ignored there as well.",
        ),
        Row(
            "programs that git would run on files",
            "a stranger, where a careless operator has set such programs up",
            "Refused: `SAY703`, `SAY706`; none of them runs.",
            "None of them runs.",
        ),
        Row(
            "commands for the runner in what is quoted",
            "a stranger",
            "Refused, and each problem is one command, whatever it quotes.",
            "Nothing is published until it is taken out.",
        ),
    ),
    "One after another": (
        Row(
            "two manifests that go on from the same one",
            "the owner, twice",
            "The second is refused when the first is in: `SAY708`, `SAY712`.",
            "The first counts, the second is left out.",
        ),
        Row(
            "one catalogue in two pull requests",
            "the owner, twice",
            "The second is refused when the first is in: `SAY708`, `SAY712`.",
            "The first counts, the second is left out.",
        ),
        Row(
            "manifests out of order",
            "the owner, or whoever has the signed files",
            "The later one is refused before the earlier: `SAY709`; the earlier one "
            "after the later: `SAY708`.",
            "The later one counts, the earlier is left out.",
        ),
        Row(
            "a second pull request after a mistake",
            "a stranger whose account was merged into the owner's list",
            "May be merged: the review believes its base.",
            "It is left out, and so is the mistake, in every release.",
        ),
        Row(
            "an owner of whom nothing is left",
            "the owner's only account, or a thief of it",
            "Refused: `SAY704`.",
            "What it loosens waits in public; the owner's dispute stays on record.",
        ),
        Row(
            "new keys that the old one forbids",
            "a thief of the account; then the owner, with the key",
            "The thief's may be merged, and waits. The owner's is refused, because the "
            "base holds the new key: operators merge it by hand.",
            "The owner's counts at once, and the thief's never.",
        ),
    ),
}
"""The rows of attacks, by their headings."""

HONEST_ROWS: Final[Mapping[str, tuple[Row, ...]]] = {
    "Over time": (
        Row(
            "new keys of the owner in due form",
            "the artist, who lost the key",
            "May be merged, with the warning `SAY717`.",
            "It waits in public for 30 days, and counts then.",
        ),
        Row(
            "new keys of a lapsed domain that operators decided on",
            "the label, and two operators",
            "Refused: `SAY702`, `SAY712`; operators merge by hand what they decided.",
            "It waits in public for 30 days, and counts then.",
        ),
        Row(
            "a branch into which the base was merged",
            "the artist",
            "May be merged.",
            "It counts.",
        ),
    ),
}
"""The rows of honest changes, by their headings."""
