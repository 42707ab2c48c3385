"""Where policies stand: from the numbers of policies to places in tables of them."""

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from sayso.columns.rows import Numbers
from sayso.errors import MalformedError

Places: TypeAlias = npt.NDArray[np.int32]

NOBODY: Final = 0
"""Stands for a policy where nobody speaks; none has this number."""

_ABSENT: Final = -1
_DIRECT: Final = 2**24
"""Policies with smaller numbers than this are found without searching."""


class PolicyPlaces:
    """The policies of a release in ascending order, `NOBODY` before all others."""

    def __init__(self, numbers: Iterable[int]) -> None:
        """Take the numbers of the policies, in any order."""
        self.numbers = np.array([NOBODY, *sorted(numbers)], np.int64)
        self._direct: Places | None = None
        if (largest := int(self.numbers[-1])) < _DIRECT:
            self._direct = np.full(largest + 1, _ABSENT, np.int32)
            self._direct[self.numbers] = np.arange(len(self.numbers))

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, numbers: Numbers) -> Places:
        """Return where the policy of each number stands.

        Raises:
            MalformedError: there is no such policy.
        """
        least, most = int(numbers.min(initial=0)), int(numbers.max(initial=0))
        if least >= NOBODY and most <= self.numbers[-1]:
            places = self._found(numbers)
            if places.min(initial=0) != _ABSENT:
                return places
        raise MalformedError(
            "recordings have a policy that is not there; run sayso sync again"
        )

    def _found(self, numbers: Numbers) -> Places:
        if self._direct is not None:
            return self._direct[numbers]
        places = self.numbers.searchsorted(numbers).astype(np.int32)
        places[self.numbers[places] != numbers] = _ABSENT
        return places
