"""The tally: what is counted while a manifest is screened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from sayso.client.screening.kernel import Answered
from sayso.columns.cells import INVALID, NOTHING
from sayso.model.screening import ACTIONS, STATUSES, Action, Status
from sayso.wire.members import Members
from sayso.wire.profile import Json

_FEW: Final = 2**22
"""Policy numbers below this are counted without sorting."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts of rows; parts of a manifest add up.

    Attributes:
        rows: how many there were.
        policies: of rows that name a code, by the number of the policy that decided.
    """

    rows: int = 0
    statuses: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(len(STATUSES), np.int64)
    )
    actions: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(len(ACTIONS), np.int64)
    )
    disputed: int = 0
    siblings: int = 0
    several: int = 0
    policies: dict[int, int] = field(default_factory=dict)

    def add(self, answered: Answered) -> None:
        """Count rows."""
        statuses = answered.statuses
        self.rows += len(statuses)
        self.statuses += np.bincount(statuses, minlength=len(STATUSES))
        self.actions += np.bincount(answered.actions, minlength=len(ACTIONS))
        self.disputed += int(np.count_nonzero(answered.disputed))
        self.siblings += int(np.count_nonzero(answered.siblings))
        self.several += answered.several
        numbers = answered.numbers
        if self.statuses[INVALID] or self.statuses[NOTHING]:
            numbers = numbers[(statuses != INVALID) & (statuses != NOTHING)]
        for number, rows in _counted(numbers):
            self.policies[number] = self.policies.get(number, 0) + rows

    @property
    def by_status(self) -> Mapping[Status, int]:
        """Rows of each status."""
        return dict(zip(STATUSES, self.statuses.tolist(), strict=True))

    @property
    def by_action(self) -> Mapping[Action, int]:
        """Rows of each action."""
        return dict(zip(ACTIONS, self.actions.tolist(), strict=True))


def encode_tally(tally: Tally) -> dict[str, Json]:
    """Return the members that `read_tally` reads."""
    return {
        "actions": tally.actions.tolist(),
        "disputed": tally.disputed,
        "policies": [list(pair) for pair in sorted(tally.policies.items())],
        "rows": tally.rows,
        "several": tally.several,
        "siblings": tally.siblings,
        "statuses": tally.statuses.tolist(),
    }


def read_tally(members: Members) -> Tally:
    """Return what `encode_tally` wrote.

    Raises:
        MalformedError: it is something else.
    """
    tally = Tally(
        rows=members.number("rows"),
        statuses=_counts(members, "statuses", len(STATUSES)),
        actions=_counts(members, "actions", len(ACTIONS)),
        disputed=members.number("disputed"),
        siblings=members.number("siblings"),
        several=members.number("several"),
        policies=_pairs(members, "policies"),
    )
    members.end()
    return tally


def _counts(members: Members, name: str, length: int) -> npt.NDArray[np.int64]:
    numbers = _numbers(members.items(name))
    if numbers is None or len(numbers) != length:
        raise members.wrong(name, f"a list of {length} counts")
    return np.array(numbers, np.int64)


def _pairs(members: Members, name: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for item in members.items(name):
        pair = _numbers(item) if isinstance(item, list) else None
        if pair is None or len(pair) != 2:  # noqa: PLR2004 - a number and its count
            raise members.wrong(name, "a list of numbers with their counts")
        found[pair[0]] = pair[1]
    return found


def _numbers(items: list[Json]) -> list[int] | None:
    """Return what counts may be, or None where anything else is among it."""
    numbers = [
        item
        for item in items
        if isinstance(item, int) and not isinstance(item, bool) and item >= 0
    ]
    return numbers if len(numbers) == len(items) else None


def _counted(numbers: npt.NDArray[np.int32]) -> list[tuple[int, int]]:
    if int(numbers.max(initial=0)) < _FEW:
        counts = np.bincount(numbers)
        found = np.flatnonzero(counts)
        return list(zip(found.tolist(), counts[found].tolist(), strict=True))
    found, counts = np.unique(numbers, return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))
