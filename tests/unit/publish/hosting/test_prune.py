"""What old releases needed goes, and nothing that anybody needs."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher
from sayso.client.refresh import MemoryFetcher
from sayso.errors import PublishError
from sayso.publish.hosting import prune, tidying
from sayso.publish.hosting.complete import files_of_release
from sayso.publish.hosting.folder import FolderDestination
from sayso.publish.hosting.outgoing import outgoing_files
from sayso.publish.hosting.prune import KEPT_FOR, outdated, releases_of
from sayso.publish.hosting.serving import Stage, serving
from sayso.publish.hosting.tidying import left_pages
from sayso.publish.hosting.tree import tree_paths
from sayso.wire.lookup import lookup_path
from sayso.wire.release import Release
from tests.hosted import Registry, open_whole, put, put_folder, registry
from tests.registries import ISSUED

DAY = timedelta(days=1)


def over(*days: int) -> Registry:
    """Return a registry with a release on each of these days."""
    made = Registry()
    for day in days:
        made.next(title=f"Day {day}", now=ISSUED + day * DAY)
    return made


def gone(made: Registry, now: datetime) -> list[str]:
    reader = MemoryFetcher(made.files)
    return outdated(reader, releases(made), made.files, now=now)


def releases(made: Registry) -> tuple[Release, ...]:
    return releases_of(MemoryFetcher(made.files), made.log.log.size)


def needed(made: Registry, number: int, *, bulk_only: bool = False) -> set[str]:
    """Return what a release needs, from 1."""
    reader, release = MemoryFetcher(made.files), releases(made)[number - 1]
    files = {file.path for file in files_of_release(reader, release)}
    if bulk_only:
        return {path for path in files if path.startswith(("bulk/", "registry/"))}
    return files | set(tree_paths(reader, release.lookup, set()))


def test_a_tree_is_listed_from_below() -> None:
    made = registry()
    (release,) = releases(made)
    root = release.lookup.root
    assert root is not None
    listed = [*tree_paths(MemoryFetcher(made.files), release.lookup, set())]
    assert listed[-1] == lookup_path(root)
    assert len(listed) == len(set(listed)) > 3
    assert set(listed) == {path for path in made.files if path.startswith("lookup/")}


def test_the_releases_of_a_log_are_read_in_their_order() -> None:
    made = Registry()
    for number in range(3):
        made.next(now=ISSUED + number * DAY)
    assert [release.header.number for release in releases(made)] == [1, 2, 3]


def test_nothing_is_old_within_ninety_days() -> None:
    made = over(0, 1, 2, 3)
    replaced = releases(made)[1].header.issued
    assert gone(made, replaced + KEPT_FOR - timedelta(seconds=1)) == []
    assert gone(made, replaced + KEPT_FOR) != []


def test_what_only_an_old_release_needs_is_old() -> None:
    # The first of a month keeps its bulk files, so the second is the one to look at.
    made = over(0, 1, 2, 3, 4)
    now = made.now + KEPT_FOR - 2 * DAY + timedelta(hours=2)
    old = set(gone(made, now))
    alive = needed(made, 3) | needed(made, 4) | needed(made, 5)
    assert not old & alive
    monthly = needed(made, 1, bulk_only=True)
    assert not old & monthly
    expected = ((needed(made, 1) - monthly) | needed(made, 2)) - alive - monthly
    kept_for_ever = ("index/", "source/", "delta/", "release.json", "registry.json")
    assert old == {p for p in expected if not p.startswith(kept_for_ever)}
    tops = {path.partition("/")[0] for path in old}
    assert tops == {"bulk", "lookup", "registry", "state"}


def test_the_newest_two_keep_all_however_old_they_are() -> None:
    made = over(0, 1, 2)
    later = made.now + 10 * KEPT_FOR
    old = set(gone(made, later))
    assert old
    assert not old & (needed(made, 2) | needed(made, 3))
    assert gone(over(0, 1), later) == []


def test_each_month_keeps_its_bulk_files() -> None:
    made = over(0, 3, 12, 20, 40, 41)  # 22 November, 12 and 22 December, 1 January
    later = made.now + 10 * KEPT_FOR
    old = set(gone(made, later))
    for first in (1, 3):
        assert not old & needed(made, first, bulk_only=True)
    assert {path for path in old if path.startswith("bulk/")}


def test_what_no_old_release_names_is_never_touched() -> None:
    made = over(0, 1, 2, 3)
    strangers = {
        f"lookup/ab/{'ab' * 32}.json.gz": b"",
        f"bulk/{'cd' * 32}.core.parquet": b"",
        f"state/{'cd' * 32}.json.gz": b"",
    }
    made.files |= strangers
    old = set(gone(made, made.now + 10 * KEPT_FOR))
    assert not old & strangers.keys()
    assert all(serving(path).stage is Stage.CONTENT for path in old)


def test_a_file_that_came_back_is_kept() -> None:
    made = over(0, 1, 2)
    made.next(title="Day 1", now=ISSUED + 3 * DAY)
    old = set(gone(made, made.now + 10 * KEPT_FOR))
    assert not old & needed(made, 4)
    # The title is the same, and so is all that does not say when.
    assert {p for p in needed(made, 4) & needed(made, 2) if p.startswith("state/")}


def test_killed_at_any_point_the_next_run_takes_the_rest() -> None:
    made = over(0, 1, 2, 3)
    later = made.now + 10 * KEPT_FOR
    order = gone(made, later)
    whole = dict(made.files)
    for count in range(len(order) + 1):
        made.files = {p: d for p, d in whole.items() if p not in order[:count]}
        assert gone(made, later) == order[count:]
    assert gone(made, later) == []


def test_no_run_takes_more_than_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    made = over(0, 1, 2, 3)
    later = made.now + 10 * KEPT_FOR
    order = gone(made, later)
    monkeypatch.setattr(prune, "MOST", 3)
    assert gone(made, later) == order[:3]


@pytest.mark.parametrize("start", ["registry/", "index/", "lookup/"])
def test_nothing_goes_where_what_is_needed_cannot_be_found_out(start: str) -> None:
    made = over(0, 1, 2, 3)
    before = needed(made, 1) | needed(made, 2) | needed(made, 3)
    root = releases(made)[3].lookup.root
    assert root is not None
    if start == "lookup/":
        lost = lookup_path(root)
    else:
        (lost,) = {p for p in needed(made, 4) - before if p.startswith(start)}
    del made.files[lost]
    with pytest.raises(PublishError, match="nothing was taken away"):
        gone(made, made.now + 10 * KEPT_FOR)


def test_a_registry_is_pruned_and_goes_on(tmp_path: Path) -> None:
    made, target = Registry(), tmp_path / "www"
    for day in (0, 1, 2, 3):
        made.next(title=f"Day {day}", now=ISSUED + day * DAY)
        put_folder(made.write(tmp_path / f"out-{day}"), target, made.check)
    before = outgoing_files(target)
    later = made.now + 10 * KEPT_FOR
    done = put_folder(
        made.write(tmp_path / "ledger", made.heartbeat()),
        target,
        made.check,
        prune_at=later,
    )
    assert done.removed == len(before) - len(outgoing_files(target)) > 0
    assert open_whole(FolderFetcher(target), made.check).index == 3
    assert (target / "log").is_dir()
    made.next(title="Day 9", now=ISSUED + 9 * DAY)
    put_folder(made.write(tmp_path / "out"), target, made.check)
    assert open_whole(FolderFetcher(target), made.check).index == 4


def test_what_goes_wrong_in_pruning_is_told_and_the_release_is_live(
    tmp_path: Path,
) -> None:
    made, target = over(0, 1, 2, 3), tmp_path / "www"
    put_folder(made.write(tmp_path / "out"), target, made.check)
    made.next(title="Day 9", now=ISSUED + 9 * DAY)
    source = made.write(tmp_path / "new")
    third = releases(made)[2].index.path
    for folder in (source, target):
        (folder / third).unlink()
    later = made.now + timedelta(days=88)
    done = put_folder(source, target, made.check, prune_at=later)
    assert done.removed == 0
    assert "nothing was taken away" in done.notes[0]
    assert made.check(FolderFetcher(target)).index == 4


def test_a_full_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "MOST", 2)
    monkeypatch.setattr(tidying, "MOST", 2)
    made, target = over(0, 1, 2, 3), tmp_path / "www"
    source = made.write(tmp_path / "out")
    put_folder(source, target, made.check)
    later = made.now + 10 * KEPT_FOR
    done = put_folder(source, target, made.check, prune_at=later)
    assert done.removed == 2
    assert "prune again" in done.notes[0]


def test_pages_that_the_site_has_no_more_are_told_and_taken_away(
    tmp_path: Path,
) -> None:
    made, target = registry(), tmp_path / "www"
    source = made.write(tmp_path / "out")
    put_folder(source, target, made.check)
    for path in ("isrc/XXF012600001/index.html", "isrc/XXF012600001/index.json"):
        (source / path).unlink()
    for path in ("robots.txt", "isrc/mine.txt", "mine/index.html"):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(b"mine")
    done = put_folder(source, target, made.check)
    assert "has 2 pages that the site has no more" in done.notes[0]
    assert (target / "isrc/XXF012600001/index.html").exists()
    done = put_folder(source, target, made.check, prune_at=made.now)
    assert (done.removed, done.notes) == (2, ())
    assert not (target / "isrc/XXF012600001").exists()
    for path in ("robots.txt", "isrc/mine.txt", "mine/index.html"):
        assert (target / path).exists()


def test_a_heartbeat_says_nothing_of_pages() -> None:
    assert left_pages({"release.json"}, {"isrc/XXF012600001/index.html"}) == []


def test_what_goes_out_is_looked_at_before_it_is_there(tmp_path: Path) -> None:
    # A branch shows nothing of what was put before all is there.
    made = over(0, 1, 2, 3)
    target = tmp_path / "www"
    target.mkdir()
    destination = FolderDestination(target, lambda: None)
    files = outgoing_files(made.write(tmp_path / "out"))
    done = put(files, destination, made.check, prune_at=made.now + 10 * KEPT_FOR)
    assert done.removed == 0
