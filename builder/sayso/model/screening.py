"""Screening: what is said of each row of a manifest, and what is then done with it.

A status is a fact; what to do with it is the choice of whoever screens, in a
`Handling`. Only what may be kept can be chosen: a row without a usable code is never
kept, since nobody knows what it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final

from sayso.errors import MalformedError
from sayso.model.vocabulary import Verdict


@unique
class Status(StrEnum):
    """What is said of a row, in ascending order of strictness."""

    ALLOW = "allow"
    UNDECLARED = "undeclared"
    INVALID_IDENTIFIER = "invalid-identifier"
    ASK = "ask"
    DENY = "deny"
    NO_IDENTIFIER = "no-identifier"


STATUSES: Final = tuple(Status)
"""A column of statuses holds their places here; of several, the highest holds."""

STATUS_OF: Final[Mapping[Verdict, Status]] = {
    verdict: Status(verdict.value) for verdict in Verdict
}

UNIDENTIFIED: Final = frozenset({Status.NO_IDENTIFIER, Status.INVALID_IDENTIFIER})
"""Statuses of rows of which nobody knows which recording they are."""

STATUS_WORDS: Final[Mapping[Status, str]] = {
    Status.ALLOW: "The owner permits this use, and ownership was reviewed.",
    Status.UNDECLARED: "No declaration counts here. This is not permission.",
    Status.INVALID_IDENTIFIER: "What stands where the ISRC belongs is none.",
    Status.ASK: "A licence is needed.",
    Status.DENY: "The owner says no.",
    Status.NO_IDENTIFIER: "There is no ISRC, so nobody can say which recording it is.",
}


@unique
class Action(StrEnum):
    """What is done with a row."""

    KEEP = "keep"
    EXCLUDE = "exclude"
    APART = "apart"


ACTIONS: Final = tuple(Action)
"""A column of actions holds their places here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What to do with each row.

    Attributes:
        name: a word for it, or the pairs that it was made from.
        kept: the statuses that are kept, at most `allow`, `ask`, `undeclared` and
            `deny`.
        disputed: whether a row is kept although it is disputed.
        sibling: whether a row is kept although another recording of the same title
            and artist has a `deny` or an `ask`.
    """

    name: str
    kept: frozenset[Status]
    disputed: bool = False
    sibling: bool = False

    def action(self, status: Status, *, disputed: bool, sibling: bool) -> Action:
        """Return what is done with a row.

        Args:
            status: of the row.
            disputed: whether owners contradict each other about it.
            sibling: whether another recording of this title and artist has a `deny` or
                an `ask`.
        """
        if status in UNIDENTIFIED:
            return Action.APART
        wanted = status in self.kept
        if wanted and (self.disputed or not disputed) and (self.sibling or not sibling):
            return Action.KEEP
        return Action.EXCLUDE


STRICT: Final = Handling(name="strict", kept=frozenset({Status.ALLOW}))
RESERVATIONS: Final = Handling(
    name="reservations", kept=frozenset({Status.ALLOW, Status.UNDECLARED})
)
HANDLINGS: Final[Mapping[str, str]] = {
    "strict": "keeps only what is allowed and not disputed (the default)",
    "reservations": (
        "keeps what nobody reserved: allowed or undeclared, and not disputed; "
        "undeclared is not permission"
    ),
}
_NAMED: Final = {handling.name: handling for handling in (STRICT, RESERVATIONS)}


def read_handling(text: str) -> Handling:
    """Return the handling that a text names, such as `strict` or `undeclared=keep`.

    Pairs of a status, `disputed` or `sibling` with `keep` or `exclude`, separated by
    commas, change `strict`; a name may stand before them.

    Raises:
        MalformedError: it is none, or would keep what has no usable code.
    """
    handling = STRICT
    for place, word in enumerate(text.replace(" ", "").split(",")):
        if place == 0 and word in _NAMED:
            handling = _NAMED[word]
            continue
        handling = _changed(handling, word)
    if handling in _NAMED.values():
        return handling
    return replace(handling, name=text.replace(" ", ""))


def _changed(handling: Handling, word: str) -> Handling:
    name, _, action = word.partition("=")
    if action not in {Action.KEEP, Action.EXCLUDE}:
        raise MalformedError(
            f"{word!r} says nothing: write strict, reservations, or pairs such as "
            "undeclared=keep or disputed=keep"
        )
    keep = action == Action.KEEP
    if name == "disputed":
        return replace(handling, disputed=keep)
    if name == "sibling":
        return replace(handling, sibling=keep)
    if name not in set(Status):
        known = ", ".join([*Status, "disputed", "sibling"])
        raise MalformedError(f"there is no status {name!r}; there are {known}")
    status = Status(name)
    if status in UNIDENTIFIED:
        raise MalformedError(
            f"rows of the status {status} are always set apart: nobody knows which "
            "recordings they are"
        )
    kept = handling.kept | {status} if keep else handling.kept - {status}
    return replace(handling, kept=kept)
