"""Policies: which of several true reasons is given."""

from itertools import permutations

import pytest

from sayso.model.declaration import Level
from sayso.model.owner import OwnerId
from sayso.model.policy import (
    FEW,
    REASON_ORDER,
    REASONS,
    Reason,
    first_reason,
    shortened,
    without_silent,
)
from sayso.model.territory import territories
from sayso.model.vocabulary import Use, Verdict
from tests.claims import cell, policy, standing, statement


def test_every_reason_has_its_place_and_its_sentence() -> None:
    assert sorted(REASON_ORDER) == sorted(Reason)
    assert set(REASONS) == set(Reason)


def test_words_said_go_before_what_a_rule_made_of_them() -> None:
    three = (Reason.CONTESTED_ASK, Reason.NAMED, Reason.ANY_AI)
    assert {first_reason(some) for some in permutations(three)} == {Reason.NAMED}
    assert first_reason([Reason.UNPROVED_ASK, Reason.ANY_AI]) is Reason.ANY_AI


def test_of_no_reason_there_is_no_first() -> None:
    with pytest.raises(ValueError, match="empty"):
        first_reason([])


def test_a_no_said_outright_explains_a_no_that_an_ask_became() -> None:
    asks = statement({"prompt": "ask"}, name="asks", level=Level.KEY)
    denies = statement({"prompt": "deny"}, name="denies", level=Level.KEY)
    for statements in permutations((asks, denies)):
        answer = cell(standing(*statements), use="prompt")
        assert (answer.verdict, answer.reason) == (Verdict.DENY, Reason.NAMED)
        assert len(answer.by) == 2
    contested = standing(asks, denies, contested=True)
    assert cell(contested, use="prompt").reason is Reason.NAMED


def test_a_shortened_policy_is_as_strict_as_without_a_country() -> None:
    words = (["US"], "allow"), (["DE"], "deny"), (["FR"], "ask")
    says = (
        statement(
            {"search": word}, name=f"d{n}{word}", territories=territories(codes, [])
        )
        for codes, word in words
        for n in range(5)
    )
    silent = statement({"search": "allow"}, name="silent", level=Level.NONE)
    others = [
        standing(
            statement({"search": "allow"}, owner=OwnerId(f"domain:{name}.example")),
            owner=OwnerId(f"domain:{name}.example"),
        )
        for name in "abcd"
    ]
    whole = policy(standing(*says, silent), *others)
    assert silent.declaration in whole.declarations
    assert silent.declaration not in without_silent(whole).declarations
    assert without_silent(whole).groups == whole.groups

    short = shortened(whole)
    assert (short.groups, short.until) == ((), whole.until)
    assert short.anywhere == short.elsewhere
    for use, full in whole.anywhere.items():
        answer = short.anywhere[use]
        assert (answer.verdict, answer.reason) == (full.verdict, full.reason)
        assert (answer.disputed, answer.reviewed) == (full.disputed, full.reviewed)
        assert answer.by == full.by[:FEW]
        assert [side.owner for side in answer.sides] == [
            side.owner for side in full.sides[:FEW]
        ]
        assert all(len(side.by) == 1 for side in answer.sides)
    asked = short.anywhere[Use.SEARCH]
    assert (asked.verdict, len(asked.by), len(asked.sides)) == (Verdict.DENY, 3, 3)
    named = {*asked.by, *(name for side in asked.sides for name in side.by)}
    assert short.declarations == tuple(sorted(named))
