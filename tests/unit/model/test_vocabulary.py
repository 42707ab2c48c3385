import pytest

from sayso.model.vocabulary import (
    PROFILES,
    Preference,
    Use,
    Verdict,
    Words,
    stricter,
    use_or_rest,
)


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_not_a_truth_value(verdict: Verdict) -> None:
    with pytest.raises(TypeError, match="not a yes or a no"):
        bool(verdict)


def test_every_word_is_explained() -> None:
    assert set(Words.USES) == set(Words.BOUNDARIES) == set(Words.TITLES) == set(Use)
    assert set(Words.VERDICTS) == set(Words.MEANINGS) == set(Verdict)


def test_a_use_that_is_not_known_is_everything_else() -> None:
    assert use_or_rest("clone-voice") is Use.CLONE_VOICE
    assert use_or_rest("dream") is Use.ANY_AI


def test_strictness_runs_from_deny_to_allow() -> None:
    order = [Verdict.DENY, Verdict.ASK, Verdict.UNDECLARED, Verdict.ALLOW]

    for place, strict in enumerate(order):
        for lax in order[place:]:
            assert stricter(strict, lax) is strict
            assert stricter(lax, strict) is strict


def test_no_profile_allows_what_is_not_invented_yet() -> None:
    for uses in PROFILES.values():
        assert uses.get(Use.ANY_AI) is not Preference.ALLOW


def test_the_open_profile_names_every_use() -> None:
    assert set(PROFILES["open"]) == set(Use) - {Use.ANY_AI}
