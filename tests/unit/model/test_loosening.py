"""Whether one policy is looser than another."""

from itertools import product

import pytest

from sayso.model.loosening import loosens
from sayso.model.policy import Cell, Policy, Reason
from sayso.model.territory import territories
from sayso.model.vocabulary import Use, Verdict, is_looser, stricter
from tests.claims import policy, standing, statement

ORDER = (Verdict.DENY, Verdict.ASK, Verdict.UNDECLARED, Verdict.ALLOW)


def cells(**named: Verdict) -> dict[Use, Cell]:
    return {
        use: Cell(
            verdict=named.get(use.name.lower(), Verdict.DENY), reason=Reason.NAMED
        )
        for use in Use
    }


def everywhere(**named: Verdict) -> Policy:
    return Policy(anywhere=cells(**named), elsewhere=cells(**named))


@pytest.mark.parametrize(("old", "new"), [*product(ORDER, ORDER)])
def test_verdicts_are_ordered_as_rules_order_them(old: Verdict, new: Verdict) -> None:
    looser = ORDER.index(new) > ORDER.index(old)
    assert is_looser(new, than=old) is looser
    assert (stricter(old, new) is not new) is looser
    assert loosens(everywhere(search=old), everywhere(search=new)) is looser


def test_one_use_is_enough_whatever_becomes_of_others() -> None:
    before = everywhere(search=Verdict.ASK, prompt=Verdict.ALLOW)
    assert loosens(before, everywhere(search=Verdict.ALLOW))
    assert not loosens(before, everywhere(search=Verdict.ASK))


@pytest.mark.parametrize("verdict", ORDER)
def test_where_nobody_speaks_nothing_is_declared(verdict: Verdict) -> None:
    all_alike = dict.fromkeys([use.name.lower() for use in Use], verdict)
    some = everywhere(**all_alike)
    assert loosens(None, some) is (verdict is Verdict.ALLOW)
    assert loosens(some, None) is (verdict in {Verdict.DENY, Verdict.ASK})
    assert not loosens(None, None)


DENY = statement({"any-ai": "deny"})
OPEN = statement({"search": "allow"}, name="open")


def only(*codes: str) -> Policy:
    there = statement(
        {"search": "allow"}, name="open", territories=territories([*codes], [])
    )
    return policy(standing(there))


def test_a_country_is_enough() -> None:
    """Where no country is named the strictest holds, which stays as it is."""
    assert loosens(only("DE"), only("DE", "FR"))
    assert not loosens(only("DE", "FR"), only("DE"))
    assert loosens(only("DE"), only("FR"))
    assert not loosens(only("DE", "FR"), only("DE", "FR"))


def test_a_country_is_compared_with_elsewhere() -> None:
    opened = policy(standing(OPEN))
    assert loosens(only("DE"), opened)
    assert not loosens(opened, only("DE"))
    assert loosens(None, only("DE"))
    assert not loosens(only("DE"), None)


def test_what_is_said_otherwise_is_no_looser() -> None:
    again = statement({"any-ai": "deny"}, name="again")
    assert not loosens(policy(standing(DENY)), policy(standing(again)))


def test_the_answer_without_a_country_is_compared_too() -> None:
    """Nothing forces a release to give the strictest there, so it is looked at."""
    allows = cells(search=Verdict.ALLOW)
    before = Policy(anywhere=cells(), elsewhere=cells())
    assert loosens(before, Policy(anywhere=allows, elsewhere=cells()))
