"""Pull requests that are refused, and change no answer where somebody merges them."""

import pytest

from tests.attacks.pull_requests.case import Case, Merged
from tests.attacks.pull_requests.cases import ATTACKS, all_of
from tests.attacks.pull_requests.play import Stage

REFUSED = [case for case in all_of(ATTACKS) if case.codes]


@pytest.mark.parametrize("case", REFUSED, ids=[case.id for case in REFUSED])
def test_it_is_refused_and_does_nothing_once_merged(
    registry: Stage, case: Case
) -> None:
    played = registry.play(case)
    assert played.reviewed.verdict == "refuse"
    assert played.reviewed.exit_code == 1
    assert played.reviewed.codes == case.codes
    assert played.merged is case.merged, played.outcome
    assert case.merged is not Merged.COUNTS or case.answers
    played.check_answers(case)


def test_no_refused_change_makes_an_answer_looser() -> None:
    assert all(
        change.endswith("-> deny")
        for case in REFUSED
        for change in case.answers.values()
    )
