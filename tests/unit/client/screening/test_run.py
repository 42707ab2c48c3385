"""A run: in order, counted, and taken over where another one was interrupted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from sayso.client.manifest.opened import open_manifest
from sayso.client.screening import run as running
from sayso.client.screening import seen as gathering
from sayso.client.screening.journal import Journal, Progress
from sayso.client.screening.kernel import Kernel
from sayso.client.screening.lane import ANNOTATED, LISTS
from sayso.client.screening.question import Question
from sayso.client.screening.run import Plan, Ran, run
from sayso.client.screening.seen import Seen
from sayso.client.screening.siblings import Titled
from sayso.client.screening.tally import Tally
from sayso.columns.titles import marks_of
from sayso.errors import MalformedError, ManifestError
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.model.screening import Action, Status
from sayso.model.vocabulary import Use
from tests import cores

NOW = datetime(2026, 11, 28, tzinfo=UTC)
FIRST = key_of(Isrc("XXF010000000"))
ROWS = {FIRST + 10 * n: n % 7 + 1 for n in range(100)}
CORE = cores.core(1, ROWS, {})
QUESTION = Question(use=Use.SEARCH, now=NOW)
CODES = [isrc_of(FIRST + n) for n in range(400)]


class StopError(Exception):
    """Stands for a power cut."""


def manifest_of(folder: Path, codes: Sequence[str]) -> Path:
    path = folder / "tracks.csv"
    path.write_text("\n".join(["n,isrc", *(f"{n},{c}" for n, c in enumerate(codes))]))
    return path


def plan_of(folder: Path) -> Plan:
    (folder / "work").mkdir(parents=True, exist_ok=True)
    return Plan(
        folder=folder,
        work=folder / "work",
        kind="csv",
        roles=(ANNOTATED, *LISTS),
        asked="the same",
        moment=NOW,
        threads=2,
    )


def ran(path: Path, folder: Path, *, stop: int | None = None) -> Ran:
    """Run, or stop when so many parts were written; take over what is there."""
    count = 0

    def told(step: str, done: int, total: int) -> None:
        nonlocal count
        assert step == "Screening"
        assert 0 <= done <= total
        count += 1
        if count == stop:
            raise StopError

    plan = plan_of(folder)
    return run(
        open_manifest(path),
        Kernel(CORE, QUESTION),
        plan,
        before=Journal(plan.work).read(),
        told=told,
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read, gather and bring to the disk a few rows at a time."""
    monkeypatch.setattr(running, "_PART", 60)
    monkeypatch.setattr(gathering, "_GATHERED", 100)
    monkeypatch.setattr(gathering, "_TOGETHER", 50)
    monkeypatch.setattr("sayso.client.manifest.lines.BLOCK", 512)


def written(ran: Ran) -> dict[str, bytes]:
    return {role: path.read_bytes() for role, path in ran.files.items()}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("stop", [1, 2, 3])
def test_what_was_interrupted_goes_on_and_gives_the_same(
    tmp_path: Path, stop: int
) -> None:
    path = manifest_of(tmp_path, [*CODES, "bad", "", *CODES])
    whole = ran(path, tmp_path / "whole")
    with pytest.raises(StopError):
        ran(path, tmp_path / "parts", stop=stop)
    parts = ran(path, tmp_path / "parts")
    assert written(parts) == written(whole)
    assert parts.tally.by_status == whole.tally.by_status
    assert parts.tally.policies == whole.tally.policies
    assert [*np.concatenate([*parts.seen.ascending()])] == [
        *np.concatenate([*whole.seen.ascending()])
    ]


@pytest.mark.usefixtures("small")
def test_a_manifest_that_became_shorter_is_not_taken_over(tmp_path: Path) -> None:
    path = manifest_of(tmp_path, CODES * 3)
    plan = plan_of(tmp_path / "out")
    with pytest.raises(StopError):
        ran(path, plan.folder, stop=5)
    if Journal(plan.work).read() is None:
        pytest.fail("nothing was brought to the disk")
    with pytest.raises(ManifestError, match="rows before where an earlier run came"):
        ran(manifest_of(tmp_path, CODES[:3]), plan.folder)


def test_everything_is_counted(tmp_path: Path) -> None:
    path = manifest_of(tmp_path, [*CODES, "bad", "nan", f"{CODES[0]};{CODES[1]}"])
    result = ran(path, tmp_path / "out")
    tally = result.tally
    assert (tally.rows, tally.several) == (len(CODES) + 3, 1)
    assert tally.by_status == {
        **dict.fromkeys(Status, 0),
        Status.DENY: 41,
        Status.UNDECLARED: 360,
        Status.INVALID_IDENTIFIER: 1,
        Status.NO_IDENTIFIER: 1,
    }
    assert tally.by_action == {Action.KEEP: 0, Action.EXCLUDE: 401, Action.APART: 2}
    numbers = Counter(ROWS.get(key_of(Isrc(code)), 0) for code in CODES)
    numbers[ROWS[FIRST]] += 1
    assert tally.policies == dict(numbers)
    codes = np.concatenate([*result.seen.ascending()])
    assert [isrc_of(int(key)) for key in codes] == CODES


def test_large_numbers_of_policies_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = Kernel(CORE, QUESTION).answer(pa.array(CODES))
    few, many = Tally(), Tally()
    few.add(answered)
    monkeypatch.setattr("sayso.client.screening.tally._FEW", 1)
    many.add(answered)
    assert few.policies == many.policies


def test_codes_are_gathered_from_where_another_run_came_to(tmp_path: Path) -> None:
    seen = Seen(tmp_path)
    assert [*seen.ascending()] == []
    seen.add(np.array([5, 3, 3], np.int64))
    assert seen.checkpoint() == 1
    seen.add(np.array([9], np.int64))
    assert seen.checkpoint() == 2
    again = Seen(tmp_path, files=1)
    again.add(np.array([4], np.int64))
    assert [*np.concatenate([*again.ascending()])] == [3, 4, 5]


def test_codes_are_not_gathered_unless_somebody_wants_them(tmp_path: Path) -> None:
    plan = replace(plan_of(tmp_path / "out"), codes=False)
    path = manifest_of(tmp_path, CODES)
    done = run(open_manifest(path), Kernel(CORE, QUESTION), plan)
    assert [*done.seen.ascending()] == []
    assert done.tally.rows == len(CODES)


def test_codes_are_written_when_there_are_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "_GATHERED", 300)
    monkeypatch.setattr(gathering, "_TOGETHER", 500)
    seen = Seen(tmp_path)
    keys = np.arange(5000, dtype=np.int64) * 7 % 2503
    for start in range(0, len(keys), 70):
        seen.add(keys[start : start + 70])
    assert len([*tmp_path.glob("*.codes")]) == 14
    parts = [*seen.ascending()]
    assert len(parts) > 3
    assert [*np.concatenate(parts)] == [*range(2503)]


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.read() is None
    tally = Tally()
    tally.add(Kernel(CORE, QUESTION).answer(pa.array(CODES)))
    progress = Progress(
        asked="x", moment=NOW, tally=tally, codes=2, marks={"kept": 7, "apart": 0}
    )
    journal.write(progress)
    found = journal.read()
    assert found is not None
    assert replace(found, tally=tally) == progress
    assert found.tally.by_status == tally.by_status
    assert found.tally.policies == tally.policies
    (tmp_path / "journal.json").write_bytes(b"{}")
    with pytest.raises(MalformedError):
        journal.read()


# The kernel.


def test_a_sibling_is_another_recording_with_the_same_title() -> None:
    titles = pa.array(["Slow River", "Slow River", None])
    artists = pa.array(["Mara", "Mara feat. Otto", "Mara"])
    keys = np.array([FIRST, FIRST + 1], np.int64)
    marks = marks_of(titles, artists)[:2]
    order = np.lexsort((keys, marks))
    titled = Titled(marks=marks[order], keys=keys[order])
    question = replace(QUESTION, siblings=True)
    kernel = Kernel(CORE, question, titled)
    codes = pa.array([isrc_of(FIRST), isrc_of(FIRST + 1), isrc_of(FIRST + 2)])
    rows = kernel.answer(codes, titles, artists).columns.to_pylist()
    # The second is not listed, so that its sibling is the first, which is denied.
    assert [row["sibling"] for row in rows] == ["undeclared", "deny", None]
    alone = kernel.answer(codes).columns.to_pylist()
    assert [row["sibling"] for row in alone] == [None] * 3
    answered = kernel.answer(codes, titles, artists)
    assert answered.siblings.tolist() == [False, True, False]
    with pytest.raises(ValueError, match="synced registry"):
        Kernel(CORE, question)


def test_of_several_codes_the_strictest_decides_and_a_fault_is_no_yes() -> None:
    denied, nobody = isrc_of(FIRST), isrc_of(FIRST + 1)
    codes = [f"{nobody};{denied}", f"{nobody};bad", f"{denied},bad", f"{nobody}/nan"]
    rows = Kernel(CORE, QUESTION).answer(pa.array(codes)).columns.to_pylist()
    assert [row["status"] for row in rows] == [
        "deny",
        "invalid-identifier",
        "deny",
        "undeclared",
    ]
    assert [row["isrc"] for row in rows] == [denied, nobody, denied, nobody]


def test_a_core_without_its_policies_is_refused() -> None:
    broken = replace(CORE, policies={1: cores.ITEMS[1]})
    with pytest.raises(MalformedError, match="run sayso sync again"):
        Kernel(broken, QUESTION).answer(pa.array(CODES))


def test_policies_with_large_numbers_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.columns.policies._DIRECT", 1)
    sparse = Kernel(CORE, QUESTION).answer(pa.array(CODES)).columns
    monkeypatch.undo()
    assert sparse.equals(Kernel(CORE, QUESTION).answer(pa.array(CODES)).columns)
    monkeypatch.setattr("sayso.columns.policies._DIRECT", 1)
    broken = replace(CORE, policies={n: cores.ITEMS[n] for n in (1, 7)})
    with pytest.raises(MalformedError, match="run sayso sync again"):
        Kernel(broken, QUESTION).answer(pa.array(CODES))


def test_a_country_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a country"):
        replace(QUESTION, territory="XX")
