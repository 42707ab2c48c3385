"""Answering: the place, the moment and the use that are asked about."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from sayso.model.answer import answer
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell, Cells, Policy, Reason, Side
from sayso.model.vocabulary import Use, Verdict

ENDS: Final = datetime(2027, 1, 1, tzinfo=UTC)
BEFORE: Final = ENDS - timedelta(seconds=1)
SAID: Final = DeclarationId("domain:fernwood.example/catalogue")
SIDE: Final = Side(
    owner=OwnerId("domain:fernwood.example"), verdict=Verdict.ALLOW, by=(SAID,)
)


def cells(verdict: Verdict) -> Cells:
    rest = Cell(verdict=Verdict.DENY, reason=Reason.ANY_AI, by=(SAID,), reviewed=False)
    named = Cell(
        verdict=verdict,
        reason=Reason.NAMED,
        by=(SAID,),
        reviewed=True,
        disputed=True,
        sides=(SIDE,),
    )
    return {**dict.fromkeys(Use, rest), Use.SEARCH: named}


POLICY: Final = Policy(
    anywhere=cells(Verdict.DENY),
    groups=((("DE", "FR"), cells(Verdict.ALLOW)), (("US",), cells(Verdict.ASK))),
    elsewhere=cells(Verdict.UNDECLARED),
    until=ENDS,
)


@pytest.mark.parametrize(
    ("territory", "verdict"),
    [
        (None, Verdict.DENY),
        ("DE", Verdict.ALLOW),
        ("US", Verdict.ASK),
        ("GB", Verdict.UNDECLARED),
    ],
)
def test_the_place_chooses_the_cells(territory: str | None, verdict: Verdict) -> None:
    assert answer(POLICY, "search", territory, now=BEFORE).verdict is verdict


def test_a_permission_past_its_time_is_none_and_keeps_its_sides() -> None:
    late = answer(POLICY, "search", "DE", now=ENDS)
    assert (late.verdict, late.reason) == (Verdict.UNDECLARED, Reason.OUT_OF_DATE)
    assert late.reviewed is None
    assert (late.by, late.disputed, late.sides) == ((SAID,), True, (SIDE,))
    assert answer(POLICY, "search", "US", now=ENDS).verdict is Verdict.ASK


def test_a_policy_without_an_end_does_not_run_out() -> None:
    lasting = Policy(anywhere=cells(Verdict.ALLOW), elsewhere=cells(Verdict.ALLOW))
    assert answer(lasting, "search", "DE", now=ENDS).verdict is Verdict.ALLOW


def test_where_nobody_speaks_nothing_is_declared() -> None:
    nothing = answer(None, "search", "DE", now=BEFORE)
    assert (nothing.verdict, nothing.by) == (Verdict.UNDECLARED, ())
    assert nothing.reason is Reason.NOTHING_DECLARED


def test_another_use_is_answered_as_the_rest() -> None:
    assert answer(POLICY, "dream-about", None, now=BEFORE).reason is Reason.ANY_AI


@pytest.mark.parametrize("policy", [POLICY, None])
def test_what_is_no_country_is_refused(policy: Policy | None) -> None:
    with pytest.raises(ValueError, match="not a country"):
        answer(policy, "search", "EU", now=BEFORE)
