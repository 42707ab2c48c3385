"""`sayso diff`: what changed from one release to another, wherever each is from."""

import csv
import json
import shutil
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.client.synced.standing import decode_standing, encode_standing
from sayso.model.settings import Revocation
from sayso.model.vocabulary import NOTICE, Use
from sayso.wire.release import decode_release
from tests.answers import documented
from tests.receipts import World
from tests.registries import (
    ALLOWED,
    CATALOGUE,
    CONTESTED,
    DENY,
    LISTED,
    UNTITLED,
    Document,
    cells,
    policy,
    recording,
    registry_document,
    with_counts,
)
from tests.roles import DEV
from tests.webserver import files, serve

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(hours=5)
AGED = datetime(2026, 1, 2, tzinfo=UTC)
NEW = "XXF012600009"
SECTION = "sayso diff"


def changed() -> Document:
    """Return a registry in which much is another than in `registry_document`."""
    document = deepcopy(registry_document(START))
    document["policies"] = [
        *(item for item in document["policies"] if item["number"] != 4),
        policy(5, ("anywhere", cells(DENY))),
    ]
    document["prefixes"] = [
        {"first": "XXF011500000", "last": "XXF012599999", "policy": 1}
    ]
    document["recordings"] = [
        recording(LISTED, 1),
        recording(CONTESTED, 1),
        recording(ALLOWED, 5),
        recording(NEW, 1),
    ]
    return with_counts(document)


def two(now: datetime = START) -> World:
    """Return a registry with two releases, an hour between them."""
    return World(now=now).release(registry_document(now)).release(changed())


def write(world: World, folder: Path) -> Path:
    for path, data in world.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / "release.json").write_bytes(world.log.log.entries[-1])
    return folder


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["diff", *map(str, arguments)])
    assert "fault in sayso" not in result.output, result.output
    assert "Traceback" not in result.output
    return result


def words(result: Result, code: int = 1) -> str:
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


def refused(result: Result, code: int = 40) -> str:
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


@dataclass(frozen=True)
class Place:
    """A folder with a registry of two releases, its root, and what is kept."""

    folder: Path

    @property
    def root(self) -> tuple[object, ...]:
        return "--root", self.folder / "root.json"

    @property
    def registry(self) -> Path:
        return self.folder / "registry"

    def diff(self, *arguments: object) -> Result:
        return run(*arguments, "--registry", self.registry, *self.root)

    def document(self, *arguments: object, code: int = 1) -> dict[str, Any]:
        result = self.diff(*arguments, "--json")
        assert result.exit_code == code, result.output
        value: dict[str, Any] = json.loads(result.stdout)
        return value

    def copy(self, world: World, name: str) -> Path:
        """Sync a registry as it is now, with a memory of its own."""
        source, to = write(world, self.folder / f"{name} source"), self.folder / name
        command = ["sync", "--registry", source, *self.root, "--to", to]
        command += ["--store", self.folder / f"{name} store"]
        result = CliRunner().invoke(main, [*map(str, command)])
        assert result.exit_code == 0, result.output
        shutil.rmtree(source)
        return to

    def age(self, copy: Path) -> None:
        """Make a copy too old to answer."""
        path = copy / "synced.json"
        standing = decode_standing(path.read_bytes())
        aged = replace(standing, fresh_until=AGED)
        path.write_bytes(encode_standing(aged))


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_STORE", str(tmp_path / "store"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    write(two(), tmp_path / "registry")
    (tmp_path / "root.json").write_bytes(two().roots[0].data)
    return Place(tmp_path)


def test_the_answers_about_a_use_are_compared(place: Place) -> None:
    result = place.diff(1, 2, "--use", "search", "--in", "DE")
    said = words(result)
    assert "Release 1 → 2 of sayso.example" in said
    assert f"proved by the log of {place.registry}" in said
    assert "asked Search and recommend, in DE" in said
    assert "permitted → not permitted 1 stricter" in said
    assert "not permitted → permitted 1 looser" in said
    assert "newly listed 1 gone 1 changed 3" in said
    assert "recordings 4 → 4" in said
    assert "XX-F01-26-00000 to XX-F01-26-99999 permitted → no declaration" in said
    assert "This says what was said; what holds today" in said
    assert NOTICE in said
    assert "\x1b" not in result.output


def test_every_use_is_a_line_of_a_table(place: Place) -> None:
    result = place.diff(1, 2)
    lines = result.output.splitlines()
    (heads,) = (n for n, line in enumerate(lines) if "stricter  looser" in line)
    table = lines[heads + 1 : heads + 1 + len(Use)]
    assert len({len(line) for line in table}) == 1
    (search,) = (line.split() for line in table if "Search" in line)
    assert search[-4:] == ["2", "1", "0", "0"]
    said = words(result)
    assert "asked every use, in any country" in said
    assert "not permitted → no declaration: Train generative AI; Fine-tune" in said


def test_what_changed_of_every_use_is_said_so(place: Place) -> None:
    document = changed()
    document["prefixes"] = []
    world = World(now=START).release(changed())
    shutil.rmtree(place.registry)
    write(world.release(with_counts(document)), place.registry)
    document["policies"] = [policy(5, ("anywhere", cells(DENY)))]
    document["recordings"] = [recording(ALLOWED, 5)]
    document["prefixes"] = [
        {"first": "XXF010000000", "last": "XXF019999999", "policy": 5}
    ]
    write(world.release(with_counts(document)), place.registry)
    said = words(place.diff(2, 3))
    assert "XX-F01-99-99999 no declaration → not permitted: every use" in said
    assert "gone 3" in said


def test_a_dispute_that_ended_is_told(place: Place) -> None:
    said = words(place.diff(1, 2, "--use", "clone-voice"))
    assert "disputed now: 0; no longer: 1" in said


def test_where_no_verdict_changed_it_is_said(place: Place) -> None:
    world = World(now=START).release(registry_document(START))
    document = deepcopy(registry_document(START))
    document["recordings"].append(recording(NEW, 1))
    write(world.release(with_counts(document)), place.registry)
    said = words(place.diff(1, 2, "--use", "index"))
    assert "no verdict changed of a recording that is listed" in said
    assert "newly listed 1" in said
    assert "disputed" not in said


def test_nothing_changed_is_0(place: Place) -> None:
    assert "Nothing changed." in words(place.diff(2, 2), 0)


def test_a_release_that_says_the_same_is_0(place: Place) -> None:
    world = World(now=START).release(changed()).release(changed())
    shutil.rmtree(place.registry)
    write(world, place.registry)
    assert "Nothing changed." in words(place.diff(1, 2, "--in", "FR"), 0)


def test_it_goes_backwards_too(place: Place) -> None:
    there, back = place.document(1, 2), place.document(2, 1)
    assert there["recordings"]["listed"] == back["recordings"]["gone"]
    for one, other in zip(there["uses"], back["uses"], strict=True):
        assert one["stricter"] == other["looser"]


def test_two_copies_need_neither_root_nor_registry(place: Place) -> None:
    old = place.copy(World(now=START).release(registry_document(START)), "old")
    new = place.copy(two(), "new")
    shutil.rmtree(place.registry)
    said = words(run(old, new, "--use", "search"))
    assert f"from the copy in {old}" in said
    assert "too old" not in said
    same = place.document(old, new)
    assert [each["from"] for each in (same["before"], same["after"])] == ["copy"] * 2
    assert "Nothing changed." in words(run(old, old), 0)


def test_a_copy_may_be_too_old_to_answer(place: Place) -> None:
    old = place.copy(World(now=START).release(registry_document(START)), "old")
    new = place.copy(two(), "new")
    place.age(old)
    said = words(run(old, new))
    assert "too old to answer: it was good until 2026-01-02T00:00:00Z" in said
    assert place.document(old, new)["before"]["fresh_until"] == "2026-01-02T00:00:00Z"


def test_every_way_to_a_release_shows_the_same(place: Place) -> None:
    first = World(now=START).release(registry_document(START))
    folder = write(first, place.folder / "week 1")
    copy = place.copy(first, "old")
    expected = place.document(1, 2)
    for name in (folder, copy):
        found = place.document(name, 2)
        assert found["before"]["location"] == str(name)
        for part in ("uses", "ranges", "recordings", "after"):
            assert found[part] == expected[part]
        assert found["before"]["sha256"] == expected["before"]["sha256"]
    with serve(files(two().files)) as site:
        found = place.document(folder, site.address)
        assert (found["before"]["from"], found["after"]["from"]) == (
            "folder",
            "address",
        )
        assert found["uses"] == expected["uses"]
        result = run(1, 2, "--registry", site.address, *place.root, "--json")
        assert json.loads(result.stdout)["uses"] == expected["uses"]


def test_a_release_that_is_synced_already_is_not_fetched_again(place: Place) -> None:
    with serve(files(two().files)) as site:
        where = ["--registry", site.address, *map(str, place.root)]
        assert CliRunner().invoke(main, ["sync", *where]).exit_code == 0
        site.asked.clear()
        words(run(2, 1, *where))
        assert sum("core" in path for path in site.asked) == 1


def test_an_old_folder_is_read_as_of_its_time(place: Place) -> None:
    then = NOW - timedelta(days=60)
    world = two(then)
    (place.folder / "root.json").write_bytes(world.roots[0].data)
    first = World(now=then).release(registry_document(then))
    old = write(first, place.folder / "old")
    new = write(world, place.folder / "new")
    said = words(run(old, new, *place.root))
    assert said.count("too old to answer") == 2
    (old / "release.json").unlink()
    assert "expired" in refused(run(old, new, *place.root))


def test_a_folder_of_the_future_is_refused(place: Place) -> None:
    world = World(now=NOW + timedelta(days=2)).release()
    (place.folder / "root.json").write_bytes(world.roots[0].data)
    folder = write(world, place.folder / "later")
    assert "in the future" in refused(run(folder, folder, *place.root))


def test_folders_whose_logs_contradict_each_other_are_refused(place: Place) -> None:
    other = World(now=START).release(changed())
    folder = write(other, place.folder / "other")
    assert "contradicts itself" in refused(place.diff(folder, 2))


def test_what_the_host_has_not_any_more_is_said(place: Place) -> None:
    first = decode_release(two().log.log.entries[0])
    (place.registry / first.core.path).unlink()
    said = refused(place.diff(1, 2))
    assert "The log proves release 1, and this host has not the whole of it" in said
    assert "sayso sync --to" in said


@pytest.mark.parametrize("number", [0, 3, 9_999_999_999])
def test_a_number_that_the_log_has_not_is_40(place: Place, number: int) -> None:
    assert f"has no release {number}: they go from 1 to the newest, 2" in refused(
        place.diff(number, 2)
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["1"], "Missing argument 'B'"),
        (["1", "absent"], "'absent' is none of these"),
        (["1", "10000000000"], "is none of these"),
        (["1", "-2"], "No such option"),
        (["1", "2", "--use", "serch"], "Did you mean search?"),
        (["1", "2", "--in", "Narnia"], "not a country's two-letter code"),
        (["1", "2", "--out", "root.json"], "exists already"),
        (["1", "2", "--out", "root.json/x.csv"], "cannot be written"),
    ],
)
def test_a_mistake_in_the_question_is_2(
    place: Place, arguments: list[str], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    assert why in refused(place.diff(*arguments), 2)


def test_a_number_without_a_registry_is_2(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.folder)
    said = refused(run(1, 2, *place.root), 2)
    assert "say which registry" in said
    assert "./1" in said
    shutil.move(place.registry, place.folder / "out" / "registry")
    words(run(1, 2, *place.root))


def test_no_root_or_another_one_is_40(place: Place) -> None:
    assert "no root was given" in refused(run(1, 2, "--registry", place.registry))
    assert "no root was given" in refused(run(place.registry, place.registry))
    other = place.folder / "other.json"
    other.write_bytes(World(first=901).roots[0].data)
    refused(run(1, 2, "--registry", place.registry, "--root", other))
    refused(run(place.registry, place.registry, "--root", other))
    copy = place.copy(two(), "copy")
    assert "believed by another root" in refused(run(copy, copy, "--root", other))


def test_a_damaged_release_is_40(place: Place) -> None:
    core = place.registry / decode_release(two().log.log.entries[1]).core.path
    core.write_bytes(core.read_bytes()[:-1] + b"x")
    assert "not the one that the release names" in refused(place.diff(1, 2))
    shutil.rmtree(place.registry / "log")
    assert "Without it the log cannot be checked" in refused(place.diff(1, 2))


def test_a_damaged_copy_is_40(place: Place) -> None:
    copy = place.copy(two(), "copy")
    (keys,) = copy.glob("*/keys.i64")
    data = keys.read_bytes()
    keys.write_bytes(data[8:16] + data[:8] + data[16:])
    assert "do not ascend" in refused(run(copy, copy))
    keys.write_bytes(data[:-3])
    assert "is cut off" in refused(run(copy, copy))


def test_two_registries_are_not_compared(place: Place) -> None:
    copy, other = place.copy(two(), "copy"), place.copy(two(), "other")
    path = other / "synced.json"
    path.write_bytes(path.read_bytes().replace(b"sayso.example", b"other.example"))
    assert "of one registry only" in refused(run(copy, other), 2)


def test_a_release_that_was_revoked_since_is_shown_and_40(place: Place) -> None:
    world = two().release(changed(), revoked=[Revocation(release=1, reason="Bad keys")])
    copy = place.copy(World(now=START).release(registry_document(START)), "old")
    write(world, place.registry)
    for before in (1, copy):
        said = words(place.diff(before, 3), 40)
        assert "REVOKED: release 1: Bad keys. Do not rely on it." in said
        assert "gone 1" in said
    document = place.document(2, 1, code=40)
    assert document["after"]["revoked"] == "Bad keys"
    assert document["before"]["revoked"] is None


def test_a_development_release_proves_nothing(place: Place) -> None:
    world = World(now=START, profile=DEV).release().release(changed())
    (place.folder / "root.json").write_bytes(world.roots[0].data)
    folder = write(world, place.folder / "trying")
    assert "DEVELOPMENT" in words(run(1, 2, "--registry", folder, *place.root))


def test_every_changed_recording_is_in_the_table(place: Place) -> None:
    out = place.folder / "changed.csv"
    said = words(place.diff(1, 2, "--use", "search", "--in", "DE", "--out", out))
    assert f"Every recording that changed is in {out}." in said
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["isrc"], row["before"], row["after"]) for row in rows] == [
        (CONTESTED, "deny", "allow"),
        (ALLOWED, "allow", "deny"),
        (UNTITLED, "allow", "undeclared"),
    ]
    assert {row["use"] for row in rows} == {"search"}
    assert rows[0]["by_before"] == rows[0]["by_after"] == CATALOGUE
    assert (rows[2]["by_before"], rows[2]["by_after"]) == (CATALOGUE, "")
    assert {row["disputed_before"] for row in rows} == {"false"}
    assert "exists already" in refused(place.diff(1, 2, "--out", out), 2)


def test_the_table_has_a_row_for_each_use(place: Place) -> None:
    out = place.folder / "changed.csv"
    document = place.document(1, 2, "--out", out)
    assert document["file"] == str(out)
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["isrc"] for row in rows}) == document["recordings"]["changed"]
    for each in document["uses"]:
        mine = [row for row in rows if row["use"] == each["use"]]
        moved = sum(pair["recordings"] for pair in each["pairs"])
        assert sum(row["before"] != row["after"] for row in mine) == moved
    assert [row["isrc"] for row in rows] == sorted(row["isrc"] for row in rows)


def test_a_table_of_nothing_has_a_header(place: Place) -> None:
    out = place.folder / "changed.csv"
    words(place.diff(2, 2, "--out", out), 0)
    assert out.read_text("utf-8").splitlines() == [
        "isrc,use,before,after,disputed_before,disputed_after,by_before,by_after"
    ]


def test_a_comparison_that_fails_leaves_no_table(place: Place) -> None:
    copy = place.copy(two(), "copy")
    (numbers,) = copy.glob("*/policies.i32")
    numbers.write_bytes(b"\x07\0\0\0" * 4)
    out = place.folder / "tables" / "changed.csv"
    refused(run(copy, copy, "--out", out))
    assert list(out.parent.iterdir()) == []


def test_what_a_program_reads_is_as_documented(place: Place) -> None:
    document = place.document(1, 2, "--in", "de")
    assert document["format"] == "sayso/diff/1"
    assert document["territory"] == "DE"
    assert document["file"] is None
    assert set(document) == documented(SECTION, 0)
    assert set(document["before"]) == documented(SECTION, 1)
    assert set(document["recordings"]) == documented(SECTION, 2)
    assert set(document["uses"][0]) == documented(SECTION, 3)
    (search,) = (each for each in document["uses"] if each["use"] == "search")
    assert {"after": "undeclared", "before": "allow", "recordings": 1} in search[
        "pairs"
    ]
    assert set(search["pairs"][0]) == documented(SECTION, 4)
    assert set(document["ranges"][0]) == documented(SECTION, 5)
    assert set(document["ranges"][0]["changes"][0]) == documented(SECTION, 6)
    assert [each["first"] for each in document["ranges"]] == [
        "XXF012600000",
        "XXH010000000",
    ]


def test_many_ranges_are_shown_in_part(place: Place) -> None:
    document = changed()
    document["prefixes"] = [
        {"first": f"XXF0120{n:02}000", "last": f"XXF0120{n:02}999", "policy": 1}
        for n in range(0, 40, 2)
    ]
    world = World(now=START).release(changed())
    write(world.release(with_counts(document)), place.registry)
    found = place.document(1, 2)["ranges"]
    said = words(place.diff(1, 2))
    assert f"and {len(found) - 10} ranges more: --json has all of them" in said


def test_a_name_that_steers_the_terminal_is_shown_escaped(place: Place) -> None:
    folder = write(two(), place.folder / "a\x1b[2Jb")
    result = run(folder, folder, *place.root)
    assert "\x1b[2J" not in result.output
    assert result.exit_code == 0
