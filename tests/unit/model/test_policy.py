"""Policies: which of several true reasons is given."""

from itertools import permutations

import pytest

from sayso.model.declaration import Level
from sayso.model.policy import REASON_ORDER, REASONS, Reason, first_reason
from sayso.model.vocabulary import Verdict
from tests.claims import cell, standing, statement


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
