"""The journal: what is damaged is refused, and nothing is counted from it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sayso.client.screening.journal import JOURNAL_FILE, Journal, Progress
from sayso.client.screening.tally import Tally
from sayso.errors import MalformedError
from sayso.model.screening import ACTIONS, STATUSES

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def written(folder: Path, tally: Tally) -> Path:
    progress = Progress(asked="x", moment=NOW, tally=tally, codes=1, marks={"kept": 3})
    Journal(folder).write(progress)
    return folder / JOURNAL_FILE


@pytest.mark.parametrize("policies", [{}, {0: 3}, {0: 3, 7: 2**40}])
def test_counts_are_read_as_they_were_written(
    tmp_path: Path, policies: dict[int, int]
) -> None:
    tally = Tally(rows=5, disputed=1, siblings=2, several=3, policies=policies)
    tally.statuses += range(len(STATUSES))
    tally.actions += range(len(ACTIONS))
    written(tmp_path, tally)
    found = Journal(tmp_path).read()
    assert found is not None
    assert (found.asked, found.moment, found.codes) == ("x", NOW, 1)
    assert found.marks == {"kept": 3}
    assert found.tally.policies == policies
    assert found.tally.by_status == tally.by_status
    assert found.tally.by_action == tally.by_action


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"statuses":[0,0,0,0,0,0]', '"statuses":[0,0,0,0,0]'),
        ('"statuses":[0,0,0,0,0,0]', '"statuses":[0,0,0,0,0,-1]'),
        ('"statuses":[0,0,0,0,0,0]', '"statuses":[0,0,0,0,0,"1"]'),
        ('"statuses":[0,0,0,0,0,0]', '"statuses":[0,0,0,0,0,true]'),
        ('"actions":[0,0,0]', '"actions":[[0],[0],[0]]'),
        ('"actions":[0,0,0]', '"actions":[true,true,true]'),
        ('"actions":[0,0,0]', '"actions":[0,0,[0]]'),
        ('"policies":[[1,2]]', '"policies":[[1,2,3]]'),
        ('"policies":[[1,2]]', '"policies":[["1","2"]]'),
        ('"policies":[[1,2]]', '"policies":{"1":2}'),
        ('"rows":4', '"rows":-4'),
        ('"rows":4', '"rows":4,"more":1'),
        ('"marks":{"kept":3}', '"marks":{"kept":"3"}'),
        ("sayso/journal/1", "sayso/journal/2"),
        ("2026-11-28", "yesterday"),
        ("}", ""),
    ],
)
def test_a_damaged_journal_is_refused(tmp_path: Path, old: str, new: str) -> None:
    path = written(tmp_path, Tally(rows=4, policies={1: 2}))
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(MalformedError):
        Journal(tmp_path).read()
