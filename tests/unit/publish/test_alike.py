"""What differs in names only is resolved once, and is what it would be by itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.model.resolution import resolve
from sayso.model.statement import Standing, State
from sayso.model.territory import COUNTRIES, territories
from sayso.publish.alike import Alike
from tests.claims import NOW, WAITING, standing, statement
from tests.laws.test_resolution_laws import CASES

Case = Sequence[Standing]


def alone(case: Case) -> Policy:
    return resolve(case, now=NOW, waiting=WAITING)


def in_order(case: Case) -> list[Standing]:
    return sorted(case, key=lambda standing: standing.owner)


def renamed(case: Case, suffix: str) -> list[Standing]:
    """Return the same of other owners, who stand in the same order."""

    def state(one: State) -> State:
        statements = tuple(
            replace(said, declaration=DeclarationId(f"{said.declaration}{suffix}"))
            for said in one.statements
        )
        return replace(one, statements=statements)

    return [
        replace(
            standing,
            owner=OwnerId(f"{standing.owner}{suffix}"),
            states=tuple(map(state, standing.states)),
        )
        for standing in case
    ]


@given(CASES.map(in_order), st.lists(CASES.map(in_order), max_size=4))
@settings(max_examples=60)
def test_a_policy_is_what_it_would_be_alone(first: Case, others: list[Case]) -> None:
    alike = Alike(alone)
    for case in (first, *others, renamed(first, "x"), first):
        assert alike.policy(case) == alone(case)


@given(CASES.map(in_order))
@settings(max_examples=60)
def test_other_names_are_not_resolved_again(case: Case) -> None:
    asked: list[Case] = []

    def note(standings: Case) -> Policy:
        asked.append(standings)
        return alone(standings)

    alike = Alike(note)
    for suffix in ("", "x", "", "y"):
        alike.policy(renamed(case, suffix))
    assert len(asked) == 1


@given(CASES.map(in_order).filter(bool), st.data())
@settings(max_examples=60)
def test_whatever_decides_is_looked_at(case: Case, data: st.DataObject) -> None:
    """A group that differs in a finding is another one."""
    finding = data.draw(st.sampled_from(["reviewed", "contested", "settled"]))
    place = data.draw(st.integers(0, len(case) - 1))
    changed: dict[str, Any] = {finding: not getattr(case[place], finding)}
    turned = replace(case[place], **changed)
    other = [*case[:place], turned, *case[place + 1 :]]
    alike = Alike(alone)
    for some in (case, other):
        assert alike.policy(some) == alone(some)


def test_a_policy_of_very_many_countries_is_not_kept() -> None:
    asked: list[Case] = []

    def note(standings: Case) -> Policy:
        asked.append(standings)
        return alone(standings)

    def case(countries: list[str]) -> list[Standing]:
        said = (
            statement(
                {"any-ai": "deny"}, name=code, territories=territories([code], [])
            )
            for code in countries
        )
        return [standing(*said)]

    alike = Alike(note)
    few, many = case(sorted(COUNTRIES)[:30]), case(sorted(COUNTRIES)[:40])
    for some in (few, renamed(few, "x"), many, many):
        assert alike.policy(some) == alone(some)
    assert asked == [few, many, many]
