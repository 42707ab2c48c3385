"""States: what policies say, as tables, so that recordings are compared by numbers.

A state is a verdict and whether it is disputed. The verdict of a policy is that of
`sayso.model.answer` at the moment when its release was issued: an `allow` that ran out
since is no difference, and one that was renewed is none either (`model.loosening`).

Policies that say the same of every use asked about are of one kind, in whichever
release they are. So a recording changed where its kind did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sayso.columns.policies import Places, PolicyPlaces
from sayso.columns.rows import Numbers
from sayso.errors import MalformedError
from sayso.model.answer import answer
from sayso.model.policy import Policy
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.policies import read_policy
from sayso.wire.profile import decode_item

Bytes: TypeAlias = npt.NDArray[np.uint8]
Texts: TypeAlias = "pa.Array[Any]"


@dataclass(frozen=True, slots=True)
class State:
    """What a policy says of a use."""

    verdict: Verdict
    disputed: bool


STATES: Final = tuple(
    State(verdict, disputed) for verdict in Verdict for disputed in (False, True)
)
"""A column of states holds their places here."""

_PLACE_OF: Final = {state: place for place, state in enumerate(STATES)}


class Kinds:
    """What the policies of both releases say of the uses asked about."""

    def __init__(self, uses: Sequence[Use], territory: str | None) -> None:
        """Begin without any.

        Args:
            uses: that are asked about.
            territory: an ISO 3166-1 alpha-2 code, or None for every country.
        """
        self.uses = tuple(uses)
        self._territory = territory
        self._kinds: dict[tuple[int, ...], int] = {}
        self._words: dict[str, int] = {"": 0}

    def policies(self, items: Mapping[int, bytes], *, now: datetime) -> "Policies":
        """Return tables of all policies of a release, each of which is read once.

        Args:
            items: of registry.json by number.
            now: the moment of asking, in UTC.

        Raises:
            MalformedError: an item is not the policy of its number.
        """
        places = PolicyPlaces(items)
        kinds, words = [self._kind(None, now)], [[0] * len(self.uses)]
        for number in places.numbers[1:].tolist():
            policy = _read(number, items[number])
            kinds.append(self._kind(policy, now))
            words.append(self._by(policy, now))
        return Policies(places, kinds, words)

    def states(self) -> Bytes:
        """Return the state of each use in each kind: a row for each use."""
        return np.ascontiguousarray(np.array(list(self._kinds), np.uint8).T)

    def words(self, places: Places) -> Texts:
        """Return deciding declarations by their places, separated by blanks."""
        words = pa.array(list(self._words), pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(places), words)

    def _kind(self, policy: Policy | None, now: datetime) -> int:
        cells = [answer(policy, use, self._territory, now=now) for use in self.uses]
        said = tuple(_PLACE_OF[State(cell.verdict, cell.disputed)] for cell in cells)
        return self._kinds.setdefault(said, len(self._kinds))

    def _by(self, policy: Policy, now: datetime) -> list[int]:
        cells = [answer(policy, use, self._territory, now=now) for use in self.uses]
        texts = [" ".join(cell.by) for cell in cells]
        return [self._words.setdefault(text, len(self._words)) for text in texts]


class Policies:
    """The policies of a release, `NOBODY` among them, as columns.

    Attributes:
        kinds: of each.
        by: where the words are that name what decides: a column for each use.
    """

    def __init__(
        self, places: PolicyPlaces, kinds: list[int], by: list[list[int]]
    ) -> None:
        self.kinds: Places = np.array(kinds, np.int32)
        self.by: Places = np.array(by, np.int32)
        self._places = places

    def places(self, numbers: Numbers) -> Places:
        """Return where the policy of each number stands in the columns.

        Raises:
            MalformedError: there is no such policy.
        """
        return self._places.of(numbers)


def _read(number: int, item: bytes) -> Policy:
    found, policy = read_policy(decode_item(item, limit=len(item)))
    if found != number:
        raise MalformedError(
            f"where policy {number} belongs is policy {found}; run sayso sync again"
        )
    return policy
