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
        statuses=np.array(members.items("statuses"), np.int64),
        actions=np.array(members.items("actions"), np.int64),
        disputed=members.number("disputed"),
        siblings=members.number("siblings"),
        several=members.number("several"),
        policies=dict(members.items("policies")),  # type: ignore[arg-type] # pairs
    )
    members.end()
    return tally


def _counted(numbers: npt.NDArray[np.int32]) -> list[tuple[int, int]]:
    if int(numbers.max(initial=0)) < _FEW:
        counts = np.bincount(numbers)
        found = np.flatnonzero(counts)
        return list(zip(found.tolist(), counts[found].tolist(), strict=True))
    found, counts = np.unique(numbers, return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))
