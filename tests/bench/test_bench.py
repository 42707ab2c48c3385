"""The benchmark's registries: the same every time, and without an error."""

from pathlib import Path

import pytest

from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import read_tree
from tests.bench.changes import change
from tests.bench.measure import measure, module, number_of
from tests.bench.registries import Plan, Summary, known_registry, write_registry
from tests.bench.report import Row, as_markdown, as_text
from tests.bench.small import write_owner_files

PLAN = Plan(recordings=2000, labels=12, artists=4, hyphens=0.3, overlap=0.1)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    folder = tmp_path_factory.mktemp("registry")
    return folder, write_registry(folder, PLAN)


def errors_of(folder: Path) -> list[str]:
    tree = read_tree(folder / "declarations")
    assert tree.clean
    assert not tree.problems
    _, problems = read_documents(tree.files)
    return [problem.message for problem in problems if problem.is_error]


def test_a_plan_gives_the_same_commit_every_time(
    written: tuple[Path, Summary], tmp_path: Path
) -> None:
    folder, summary = written
    assert write_registry(tmp_path, PLAN) == summary
    assert known_registry(folder, PLAN) == summary
    assert known_registry(folder, Plan(recordings=2001)) is None


def test_a_registry_and_its_changes_have_no_error(
    written: tuple[Path, Summary],
) -> None:
    folder, summary = written
    assert summary.recordings == 2000
    assert summary.rows > summary.recordings
    assert errors_of(folder) == []
    changed = change(folder, 30, catalogues=5)
    assert (changed.edited, changed.added, changed.removed) == (10, 10, 10)
    assert errors_of(folder) == []


def test_a_large_catalogue_is_split(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.labels.BATCH", 50)
    monkeypatch.setattr("tests.bench.labels.LIMIT", 10_000)
    summary = write_registry(tmp_path, Plan(recordings=1500, labels=3, artists=0))
    assert summary.catalogues > 3
    files = list(tmp_path.rglob("catalogue-*.csv"))
    assert len(files) == summary.catalogues
    assert max(file.stat().st_size for file in files) <= 20_000
    assert errors_of(tmp_path) == []


def test_small_owner_files_have_no_error(tmp_path: Path) -> None:
    write_owner_files(tmp_path, 20)
    assert len(list(tmp_path.glob("declarations/github/*/*/*.yaml"))) == 20
    assert errors_of(tmp_path) == []


def test_a_child_is_measured() -> None:
    done = measure(module("timeit", "--number=1", "--repeat=1", "bytearray(2**26)"))
    assert done.wall > 0
    assert done.peak > 2**20
    assert "loop" in done.output


@pytest.mark.parametrize(
    ("text", "number"), [("300k", 300_000), ("1M", 1_000_000), ("12", 12)]
)
def test_sizes_are_written_as_people_do(text: str, number: int) -> None:
    assert number_of(text) == number


def test_a_row_says_what_is_missing() -> None:
    row = Row(stage="tree", seconds=2.0, recordings=10, missing="no tree was made")
    for shown in (as_text([row]), as_markdown([row])):
        assert "no tree was made" in shown
        assert " 5 " in shown
