"""The benchmark's registries: the same every time, and without an error.

And what measures: it calls what is there, and does what it says that it measures.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature

from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import read_tree
from sayso.trust.folder import read_trust_folder
from sayso.trust.profiles import Profile
from sayso.wire.places import FIRST_ROOT
from tests.bench.agreement import agreement
from tests.bench.asking import ask
from tests.bench.bare import signatures_in, verify_alone, verify_signed
from tests.bench.changes import change
from tests.bench.contributed import FIRST, write_contributed
from tests.bench.copy_limits import limit
from tests.bench.copying import copy
from tests.bench.follows import append, follow, releases, write
from tests.bench.frames import LIBRARIES, compare
from tests.bench.limits import changed_limits
from tests.bench.lookups import Counting, trusted_of
from tests.bench.made import make
from tests.bench.manifests import write_manifest
from tests.bench.measure import measure, module, number_of
from tests.bench.operator import KEYS, TRUST, establish
from tests.bench.peers import upload
from tests.bench.refreshes import CASES, PROFILES, publish
from tests.bench.refreshes import measure as measure_refresh
from tests.bench.registries import Plan, Summary, known_registry, write_registry
from tests.bench.report import Row, as_markdown, as_text
from tests.bench.repository import git
from tests.bench.screeners import PEERS, USE, WAYS
from tests.bench.served import get_all, served
from tests.bench.setting import Setting
from tests.bench.shares import PIECES, STEPS
from tests.bench.small import write_owner_files
from tests.receipts import World

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


NOW = datetime.now(UTC).replace(microsecond=0)


def test_stages_are_told_with_what_they_do() -> None:
    said = measure(module("tests.bench", "--help")).output
    for stage in ("refresh", "lookup", "receipt", "publish", "monitor", "screen"):
        assert f"  {stage} " in said


@pytest.mark.parametrize(("name", "home", "attribute"), [*STEPS, *PIECES])
def test_a_share_is_that_of_a_function_that_there_is(
    name: str, home: object, attribute: str
) -> None:
    assert callable(getattr(home, attribute, None)), name


def test_an_operator_is_established_once_and_again_when_that_is_long_ago(
    tmp_path: Path,
) -> None:
    establish(tmp_path)
    holders = read_trust_folder(tmp_path / TRUST)
    assert all(map(holders.is_complete, holders.files))
    assert holders.names_policy
    assert len([*(tmp_path / KEYS).glob("*.pem")]) == 4
    establish(tmp_path)
    assert read_trust_folder(tmp_path / TRUST).policy == holders.policy
    (tmp_path / TRUST / "1.root.json").touch()
    long_ago = (NOW - timedelta(days=101)).timestamp()
    os.utime(tmp_path / TRUST / "1.root.json", (long_ago, long_ago))
    establish(tmp_path)
    assert read_trust_folder(tmp_path / TRUST).policy != holders.policy


def test_a_release_of_the_benchmark_is_believed(
    written: tuple[Path, Summary], tmp_path: Path
) -> None:
    setting = Setting(work=tmp_path, recordings=2000)
    out = tmp_path / "stage" / "registry"
    setting.build(written[0], out, *setting.operated(out))
    setting.seal(out)
    trusted = trusted_of(out, Counting(out))
    assert trusted.release.header.number == 1
    setting.build(written[0], out, *setting.operated(out, follows=True), hour=1)
    setting.seal(out, follows=True)
    trusted = trusted_of(out, Counting(out))
    assert trusted.release.header.number == 2


def test_bare_requests_bring_what_is_served(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    with served(tmp_path) as address:
        for one_connection in (True, False):
            paths = ["one", "two", "one"]
            _, found = get_all(address, paths, one_connection=one_connection)
            assert found == [b"1", b"absent", b"1"]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_each_profile_is_refreshed_in_each_case(
    profile: Profile, tmp_path: Path
) -> None:
    registry = publish(profile, tmp_path / "registry", NOW)
    spent = measure_refresh(registry, tmp_path, 1, 0)
    asked = dict(zip(CASES, (one.report() for one in spent), strict=True))
    assert asked["first"]["requests"] == asked["first"]["tuf_requests"] == 8
    assert asked["again"]["requests"] == asked["again"]["tuf_requests"] == 2
    # The log is asked whether it only grew.
    assert asked["next"]["requests"] > asked["next"]["tuf_requests"]
    assert asked["within max-age"]["requests"] == 0
    assert "times_tuf" not in asked["within max-age"]


def test_a_log_that_is_made_up_is_followed_and_goes_on(tmp_path: Path) -> None:
    entries = [*releases(300, NOW, timedelta(hours=1))]
    before = write(tmp_path / "log", entries[:298])
    with served(tmp_path / "log") as address:
        assert follow(address, None)[3] == 298
        assert follow(address, before)[3] == 1
    append(tmp_path / "log", entries[298:], tmp_path / "appended")
    with served(tmp_path / "log") as address:
        assert follow(address, before)[3] == 3


def test_signatures_alone_are_those_that_are_verified_and_are_verified() -> None:
    world = World(now=NOW).release()
    signatures = signatures_in(world.trusted)
    signed = b"".join(message for _, message, _ in signatures)
    for said in (b'"timestamp"', b'"snapshot"', b'"targets"', b"sayso.example/log"):
        assert said in signed
    verify_alone(signatures, b"")
    verify_signed(signatures[0], b"{}")
    key, message, signature = signatures[-1]
    false = (key, message + b" ", signature)
    with pytest.raises(InvalidSignature):
        verify_alone([*signatures, false], b"")
    with pytest.raises(InvalidSignature):
        verify_signed(false, b"{}")


def test_what_has_changed_is_written_and_what_is_uploaded_is_there(
    tmp_path: Path,
) -> None:
    for folder, texts in {
        "old": {"same": "1", "other": "1", "gone": "1"},
        "new": {"same": "1", "other": "2", "more": "22"},
    }.items():
        (tmp_path / folder).mkdir()
        for name, text in texts.items():
            (tmp_path / folder / name).write_text(text, encoding="ascii")
    new, old = tmp_path / "new", tmp_path / "old"
    found = changed_limits(new, old, tmp_path / "scratch")
    assert (found["files"], found["bytes"]) == (2, 3)
    assert (tmp_path / "scratch" / "more").read_bytes() == b"22"
    assert upload(new, old)["bytes"] == 4
    assert (old / "other").read_bytes() == b"2"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with releases that were made, a copy, and manifests."""
    folder = tmp_path_factory.mktemp("made")
    assert make(folder, 3_000)["ranges"] == 2_000
    release = folder / "first"
    options = ("--registry", str(release), "--root", str(release / FIRST_ROOT))
    places = ("--store", str(folder / "store"), "--to", str(folder / "copy"))
    measure(module("sayso", "sync", *options, *places))
    write_manifest(release, folder / "manifest", 4_000, as_csv=True)
    return folder


def test_a_release_that_was_made_is_made_once_and_followed_by_a_delta(
    made: Path,
) -> None:
    before = (made / "first" / "release.json").read_bytes()
    make(made, 3_000)
    assert (made / "first" / "release.json").read_bytes() == before
    where = ("--to", str(made / "other"), "--store", str(made / "store"))
    root = ("--root", str(made / "first" / FIRST_ROOT), "--json")
    found = []
    for release in ("first", "next"):
        registry = ("--registry", str(made / release))
        done = measure(module("sayso", "sync", *registry, *root, *where))
        found.append(json.loads(done.output))
    assert [one["by_delta"] for one in found] == [False, True]
    assert found[1]["changed"] == 1_000


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_every_way_to_screen_says_the_same_of_every_row(
    suffix: str, made: Path, tmp_path: Path
) -> None:
    manifest = made / f"manifest.{suffix}"
    options = ("--use", USE, "--registry", str(made / "copy"))
    command = ("sayso", "screen", str(manifest), "--out", str(tmp_path / "ours"))
    assert measure(module(*command, *options), check=False).code == 1
    ours = tmp_path / "ours" / f"annotated.{suffix}"
    said = agreement(ours)
    counts = said["counts"]
    assert isinstance(counts, dict)
    assert sum(counts.values()) == 4_000
    assert set(counts) == {"allow", "ask", "deny", "undeclared"}
    for name in PEERS:
        theirs = tmp_path / f"{name}.{suffix}"
        WAYS[name](made / "first", manifest, theirs)
        assert agreement(theirs) == said, name
    spent = copy(ours, manifest, tmp_path / f"again.{suffix}")
    assert agreement(tmp_path / f"again.{suffix}") == said
    assert 0 < spent["reading"] < spent["wall"]


@pytest.mark.parametrize("library", LIBRARIES)
def test_frames_are_screened_as_by_hand(library: str, made: Path) -> None:
    found = compare(library, made / "copy", made / "manifest.parquet", 1)
    assert found["rows"] == 4_000
    assert found["times"] > 0


def test_a_copy_is_asked_and_agrees_with_the_core(made: Path) -> None:
    assert "to find a code" in ask(made / "copy", made / "first")


def test_the_limit_of_a_sync_brings_the_columns_to_the_disk(
    made: Path, tmp_path: Path
) -> None:
    with served(made.parent) as address:
        assert limit(address, made / "first", tmp_path)["bytes"] > 0
    assert (tmp_path / "key").stat().st_size == 3_000 * 8


def test_proposed_changes_may_be_merged(tmp_path: Path) -> None:
    found = write_contributed(tmp_path / "r", owners=30, recordings=50_300)

    assert found.recordings == 50_300
    assert errors_of_commit(tmp_path / "r") == []
    for branch, who in (("artist", FIRST), ("signed", 700_123)):
        names = ("--base=main", f"--head={branch}", f"--author=github:{who}")
        place = f"--repository={tmp_path / 'r'}"
        said = measure(module("sayso", "review", *names, place, "--format=json"))
        assert json.loads(said.output)["problems"] == []


def errors_of_commit(folder: Path) -> list[str]:
    git(folder, "checkout", "--quiet", "main")
    return errors_of(folder)
