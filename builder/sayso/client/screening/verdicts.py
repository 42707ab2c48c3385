"""Verdicts as tables: what each policy says, once for all recordings that share it.

The verdict of a policy is that of `sayso.model.answer`, as in a look-up: a screening
adds nothing to it and knows no rule of its own.
"""

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sayso.client.screening.question import Question
from sayso.columns.policies import NOBODY, Places, PolicyPlaces
from sayso.model.answer import answer
from sayso.model.declaration import DeclarationId
from sayso.model.policy import Cell, Reason
from sayso.model.screening import STATUS_OF, STATUSES
from sayso.model.vocabulary import Verdict
from sayso.wire.policies import CLAIMED, REVIEWED, read_policy
from sayso.wire.profile import decode_item

Bytes: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = "pa.Array[Any]"

CLAIMED_ONLY: Final = "claimed-only"
"""The rule where a verdict was not believed, as its ownership is only claimed."""

_UNSEEN: Final = -1


class Verdicts:
    """What policies say to one question; each policy is read when it first occurs."""

    def __init__(self, policies: Mapping[int, bytes], question: Question) -> None:
        """Begin tables.

        Args:
            policies: items of registry.json by number.
            question: what is asked.
        """
        self._policies = policies
        self._question = question
        self._known = PolicyPlaces(policies)
        self._places = np.full(len(self._known), _UNSEEN, np.int32)
        self._statuses: list[int] = []
        self._disputed: list[bool] = []
        self._rules = _Words()
        self._ownerships = _Words()
        self._by = _Words()
        self._adding = Lock()
        self._add(0)

    def places(self, numbers: npt.NDArray[np.int32]) -> Places:
        """Return where in the tables the policy of each number stands.

        The tables below are those of after this call: they only grow, and several
        threads may ask.

        Raises:
            MalformedError: there is no such policy.
        """
        known = self._known.of(numbers)
        with self._adding:
            unseen = known[self._places[known] == _UNSEEN]
            for place in np.unique(unseen).tolist():
                self._add(place)
        places: Places = self._places[known]
        return places

    @property
    def statuses(self) -> Bytes:
        """The status of each policy, as a place in `STATUSES`."""
        return np.array(self._statuses, np.uint8)

    @property
    def disputed(self) -> Mask:
        """Whether each is disputed."""
        return np.array(self._disputed, np.bool_)

    def rules(self, places: Places, missing: Mask) -> Texts:
        """Return the rule that gave each verdict; null where it is missing."""
        return self._rules.column(places, missing)

    def ownerships(self, places: Places, missing: Mask) -> Texts:
        """Return `claimed` or `reviewed`; null too where nothing is declared."""
        return self._ownerships.column(places, missing)

    def by(self, places: Places, missing: Mask) -> Texts:
        """Return the deciding declarations, separated by blanks; null too for none."""
        return self._by.column(places, missing)

    def deciding(self, number: int) -> tuple[DeclarationId, ...]:
        """Return the declarations that decide in a policy that occurred."""
        return self._cell(number)[0].by

    def _add(self, place: int) -> None:
        cell, rule = self._cell(int(self._known.numbers[place]))
        self._places[place] = len(self._statuses)
        self._statuses.append(STATUSES.index(STATUS_OF[cell.verdict]))
        self._disputed.append(cell.disputed)
        self._rules.add(rule)
        ownership = {None: None, True: REVIEWED, False: CLAIMED}[cell.reviewed]
        self._ownerships.add(ownership)
        self._by.add(" ".join(cell.by) or None)

    def _cell(self, number: int) -> tuple[Cell, str]:
        question, policy = self._question, None
        if number != NOBODY:
            item = self._policies[number]
            _, policy = read_policy(decode_item(item, limit=len(item)))
        cell = answer(policy, question.use, question.territory, now=question.now)
        if question.reviewed_only and cell.reviewed is False:
            return replace(cell, verdict=Verdict.UNDECLARED), CLAIMED_ONLY
        return cell, cell.reason


class _Words:
    """A word for each policy, of which many have the same."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._places: list[int] = []

    def add(self, word: str | None) -> None:
        """Add the word of the next policy."""
        place = _UNSEEN
        if word is not None:
            place = self._words.setdefault(word, len(self._words))
        self._places.append(place)

    def column(self, policies: Places, missing: Mask) -> Texts:
        """Return the words of policies, by their places; none where it is missing."""
        places = np.array(self._places, np.int32)[policies]
        absent = (places == _UNSEEN) | missing
        indices = pa.array(places, mask=absent if absent.any() else None)
        words = pa.array(list(self._words), pa.string())
        return pa.DictionaryArray.from_arrays(indices, words)


RULES: Final = (*Reason, CLAIMED_ONLY)
"""Every word that the column of rules may hold."""
