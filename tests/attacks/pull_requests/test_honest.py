"""Pull requests of honest people, which pass and count."""

import pytest

from tests.attacks.pull_requests.case import Case, Merged
from tests.attacks.pull_requests.cases import HONEST, all_of
from tests.attacks.pull_requests.play import Stage

CASES = all_of(HONEST)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_it_passes_and_counts(registry: Stage, case: Case) -> None:
    played = registry.play(case)
    assert played.reviewed.exit_code == 0, played.reviewed.output
    assert played.reviewed.verdict == ("code" if case.is_code else "accept")
    assert not played.outcome.left_out
    assert played.merged is case.merged
    assert case.merged in {Merged.COUNTS, Merged.NOTHING}
    played.check_answers(case)
