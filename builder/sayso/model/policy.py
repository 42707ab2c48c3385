"""Policies: the resolved verdicts that many recordings share."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use, Verdict

FEW: Final = 3
"""How many declarations and sides a shortened policy names in a cell."""


@unique
class Reason(StrEnum):
    """The rule that gave a verdict (Resolution)."""

    NAMED = "named"
    ANY_AI = "any-ai"
    UNPROVED_ASK = "unproved-ask"
    CONTESTED_ASK = "contested-ask"
    WAITING = "waiting"
    STRICTEST_OWNER = "strictest-owner"
    FOLLOWS_TRAINING = "follows-training"
    STRICTEST_TERRITORY = "strictest-territory"
    NOTHING_DECLARED = "nothing-declared"
    OUT_OF_DATE = "out-of-date"


REASONS: dict[Reason, str] = {
    Reason.NAMED: "The owner's most specific statement names this use.",
    Reason.ANY_AI: "The owner's most specific statement covers every use by AI.",
    Reason.UNPROVED_ASK: (
        "The owner asks for a licence, but has not proved a domain for its contact; "
        "until then this counts as a no."
    ),
    Reason.CONTESTED_ASK: (
        "The owner asks for a licence, but ownership is disputed; until that is "
        "settled this counts as a no."
    ),
    Reason.WAITING: (
        "The owner changed this lately. A change that loosens waits in public first; "
        "until then the strictest statement of the waiting period holds."
    ),
    Reason.STRICTEST_OWNER: (
        "Owners contradict each other; the strictest statement holds."
    ),
    Reason.FOLLOWS_TRAINING: (
        "Fine-tuning is never permitted more widely than training."
    ),
    Reason.STRICTEST_TERRITORY: (
        "The answer differs between countries and none was asked about; the "
        "strictest holds."
    ),
    Reason.NOTHING_DECLARED: (
        "No declaration that counts says anything about this use."
    ),
    Reason.OUT_OF_DATE: (
        "The permission in this release has run its time; fetch a newer release."
    ),
}


REASON_ORDER: tuple[Reason, ...] = (
    Reason.NAMED,
    Reason.ANY_AI,
    Reason.UNPROVED_ASK,
    Reason.CONTESTED_ASK,
    Reason.FOLLOWS_TRAINING,
    Reason.STRICTEST_OWNER,
    Reason.STRICTEST_TERRITORY,
    Reason.WAITING,
    Reason.OUT_OF_DATE,
    Reason.NOTHING_DECLARED,
)
"""Which reason is given where several are true: what an owner said in so many words
before what a rule made of it."""


def first_reason(reasons: Iterable[Reason]) -> Reason:
    """Return the reason to give of several that are true, by `REASON_ORDER`.

    Raises:
        ValueError: there are none.
    """
    return min(reasons, key=REASON_ORDER.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one owner says of a use that is disputed.

    Attributes:
        by: the declarations in which it says so, in order of their ids.
    """

    owner: OwnerId
    verdict: Verdict
    by: tuple[DeclarationId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The verdict for one use in one group of countries.

    Attributes:
        by: the declarations that decide, in order of their ids.
        reviewed: whether ownership was reviewed for every deciding owner; None
            when nothing is declared.
        disputed: owners contradict each other, or an open dispute names it.
        sides: what each owner says where it is disputed, in order of their ids.
    """

    verdict: Verdict
    reason: Reason
    by: tuple[DeclarationId, ...] = ()
    reviewed: bool | None = None
    disputed: bool = False
    sides: tuple[Side, ...] = ()


Cells = Mapping[Use, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Verdicts for all uses and territories.

    Attributes:
        anywhere: answers when no territory is asked about: the strictest.
        groups: countries with equal answers, each with them; empty where the
            territory does not matter.
        elsewhere: answers for every other country; `anywhere` where it does not.
        until: the next moment at which a cell changes by itself, or None.
        declarations: all that cover these recordings, in order of their ids, whether
            they decide anything or not: the sides of a conflict are among them.
    """

    anywhere: Cells
    groups: tuple[tuple[tuple[str, ...], Cells], ...] = ()
    elsewhere: Cells
    until: datetime | None = None
    declarations: tuple[DeclarationId, ...] = ()

    @property
    def is_disputed(self) -> bool:
        """Whether any use is disputed in any territory."""
        return any(cell.disputed for cell in self.anywhere.values())


def without_silent(policy: Policy) -> Policy:
    """Return a policy that names only those declarations that its cells name."""
    places = (policy.anywhere, *(cells for _, cells in policy.groups), policy.elsewhere)
    named = {
        name for cells in places for cell in cells.values() for name in _names(cell)
    }
    declarations = tuple(name for name in policy.declarations if name in named)
    return replace(policy, declarations=declarations)


def shortened(policy: Policy) -> Policy:
    """Return what a policy says anywhere, for every country, with few names.

    No verdict is laxer, as the answer without a territory is the strictest (rule 6).
    """
    cells = {use: _shortened(cell) for use, cell in policy.anywhere.items()}
    return without_silent(replace(policy, anywhere=cells, groups=(), elsewhere=cells))


def _shortened(cell: Cell) -> Cell:
    sides = tuple(replace(side, by=side.by[:1]) for side in cell.sides[:FEW])
    return replace(cell, by=cell.by[:FEW], sides=sides)


def _names(cell: Cell) -> Iterator[DeclarationId]:
    yield from cell.by
    for side in cell.sides:
        yield from side.by
