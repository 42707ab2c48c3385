"""Where policies stand: found by a table or by searching, and never another one."""

import numpy as np
import pytest

from sayso.columns.policies import _DIRECT, NOBODY, PolicyPlaces
from sayso.errors import MalformedError

KNOWN = [7, 3, 90]
FEW, LARGE = PolicyPlaces(KNOWN), PolicyPlaces([*KNOWN, _DIRECT])
"""Policies that are found without searching, and with it."""

BOTH = pytest.mark.parametrize("places", [FEW, LARGE], ids=["direct", "searched"])


@BOTH
def test_each_policy_has_its_place_and_nobody_the_first(places: PolicyPlaces) -> None:
    found = places.of(np.array([90, NOBODY, 3, 7, 90], np.int32))
    assert found.tolist() == [3, 0, 1, 2, 3]
    assert places.numbers[found].tolist() == [90, NOBODY, 3, 7, 90]
    assert found.dtype == np.int32


@BOTH
@pytest.mark.parametrize("number", [-1, 1, 8, 89, 91, _DIRECT + 1, 2**31 - 1, -(2**31)])
def test_a_policy_that_is_not_there_is_said(places: PolicyPlaces, number: int) -> None:
    with pytest.raises(MalformedError, match="run sayso sync again"):
        places.of(np.array([3, number, 7], np.int32))


@pytest.mark.parametrize("places", [FEW, LARGE, PolicyPlaces([])])
def test_of_no_recordings_nothing_is_asked(places: PolicyPlaces) -> None:
    assert not len(places.of(np.empty(0, np.int32)))


def test_where_nobody_speaks_there_is_one_place() -> None:
    nothing = PolicyPlaces([])
    assert len(nothing) == 1
    assert nothing.of(np.zeros(2, np.int32)).tolist() == [0, 0]
    with pytest.raises(MalformedError):
        nothing.of(np.ones(1, np.int32))
