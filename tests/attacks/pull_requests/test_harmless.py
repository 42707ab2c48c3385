"""Pull requests that may be merged, by people who mean no good, and what comes of it.

Nobody can tell a false claim from a true one by looking at Git. What such a claim can
do is what the registry lets a claim do that nobody has reviewed: say no.
"""

import pytest

from tests.attacks.pull_requests.case import Case
from tests.attacks.pull_requests.cases import ATTACKS, all_of
from tests.attacks.pull_requests.play import Stage

HARMLESS = [case for case in all_of(ATTACKS) if not case.codes]


@pytest.mark.parametrize("case", HARMLESS, ids=[case.id for case in HARMLESS])
def test_it_makes_nothing_looser(registry: Stage, case: Case) -> None:
    played = registry.play(case)
    assert played.reviewed.exit_code == 0
    assert played.reviewed.verdict == ("code" if case.is_code else "accept")
    assert played.merged is case.merged, played.outcome
    played.check_answers(case)
    changes = {*played.now.values(), *played.later.values()}
    assert all(change.endswith("-> deny") for change in changes)
