"""Whether one policy is looser than another."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.model.loosening import loosens
from sayso.model.policy import Cell, Cells, Policy, Reason
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


COUNTRIES = ("DE", "FR", "IT", "JP")
SOME = st.fixed_dictionaries(
    {"search": st.sampled_from(ORDER), "prompt": st.sampled_from(ORDER)}
).map(lambda named: cells(**named))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """Return any policy that a release may state, though no owner could."""
    left, groups = draw(st.permutations(COUNTRIES)), []
    for size in draw(st.lists(st.integers(1, 2), max_size=2)):
        groups.append((tuple(left[:size]), draw(SOME)))
        left = left[size:]
    return Policy(anywhere=draw(SOME), elsewhere=draw(SOME), groups=tuple(groups))


@given(before=policies(), after=policies())
def test_what_is_looser_is_what_a_look_at_each_country_finds(
    before: Policy, after: Policy
) -> None:
    def said(policy: Policy, place: str) -> Cells:
        if place == "anywhere":
            return policy.anywhere
        found = [cells for codes, cells in policy.groups if place in codes]
        return found[0] if found else policy.elsewhere

    looser = any(
        ORDER.index(said(after, place)[use].verdict)
        > ORDER.index(said(before, place)[use].verdict)
        for place in ("anywhere", "elsewhere", *COUNTRIES)
        for use in Use
    )
    assert loosens(before, after) is looser


def test_a_country_that_is_named_no_longer_is_as_elsewhere() -> None:
    """Where no country is named the answer stays the same."""
    deny, allow = cells(), cells(search=Verdict.ALLOW)

    def denied_in(*codes: str) -> Policy:
        groups = ((codes, deny),) if codes else ()
        return Policy(anywhere=deny, elsewhere=allow, groups=groups)

    assert loosens(denied_in("DE"), denied_in("FR"))
    assert loosens(denied_in("DE"), denied_in())
    assert not loosens(denied_in("DE"), denied_in("DE", "FR"))
    nowhere = Policy(anywhere=deny, elsewhere=deny)
    assert loosens(nowhere, denied_in("DE"))
    ask = cells(search=Verdict.ASK)
    asked = Policy(
        anywhere=deny, elsewhere=allow, groups=((("FR",), deny), (("DE",), ask))
    )
    assert not loosens(denied_in("FR"), asked)


@pytest.mark.parametrize("opened", ["DE", "FR"])
def test_each_country_is_looked_at_that_had_the_same_answer(opened: str) -> None:
    deny, ask, allow = cells(), cells(search=Verdict.ASK), cells(search=Verdict.ALLOW)
    before = Policy(anywhere=ask, elsewhere=ask)
    groups = tuple(
        ((code,), allow if code == opened else deny) for code in ("DE", "FR")
    )
    assert loosens(before, Policy(anywhere=deny, elsewhere=ask, groups=groups))
