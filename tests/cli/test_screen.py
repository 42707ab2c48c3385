"""`sayso screen` and `sayso sync`: rows in, answers and evidence out."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.screening.doing import EU, RECEIPT, REPORT, SUMMARY, WORK
from sayso.client.synced.standing import STANDING_FILE
from tests.answers import documented
from tests.receipts import World
from tests.registries import (
    ALLOWED,
    CONTESTED,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
)
from tests.roles import DEV
from tests.webserver import files, serve

NOW = datetime.now(UTC).replace(microsecond=0)
WORLD = World(now=NOW - timedelta(hours=5)).release()
WORLD_2 = World(now=NOW - timedelta(hours=5)).release().release()
USE = "search"
"""A use that the registry allows for some recordings and denies for others."""

CODES = [LISTED, CONTESTED, ALLOWED, UNDECLARED, "", "nan", "bad", UNDER_PREFIX]
"""`ALLOWED` is allowed in one country only."""

STATUSES = [
    *("allow", "deny", "undeclared", "undeclared"),
    *("no-identifier", "no-identifier", "invalid-identifier", "allow"),
]


def run(*arguments: object, **extra: Any) -> Result:  # noqa: ANN401 - of the runner
    result = CliRunner().invoke(main, [*map(str, arguments)], **extra)
    assert "fault in sayso" not in result.output
    assert "Traceback" not in result.output
    return result


def refused(result: Result, code: int) -> str:
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


def write(by_path: Mapping[str, bytes], folder: Path) -> Path:
    for path, data in by_path.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@dataclass(frozen=True)
class Desk:
    """A folder with a registry, its root, and a manifest."""

    folder: Path

    @property
    def root(self) -> list[object]:
        return ["--root", self.folder / "root.json", "--store", self.folder / "store"]

    @property
    def registry(self) -> list[object]:
        return ["--registry", self.folder / "registry", *self.root]

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def manifest(self, codes: list[str], name: str = "tracks.csv") -> Path:
        path = self.folder / name
        lines = ["id,isrc", *(f"{n},{code}" for n, code in enumerate(codes))]
        path.write_text("\n".join([*lines, ""]))
        return path

    def screen(self, path: object, *more: object, use: str = USE) -> Result:
        words = ["screen", path, "--use", use, *self.registry, "--out", self.out]
        return run(*words, *more)

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.out / name).open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    write(WORLD.files, tmp_path / "registry")
    (tmp_path / "root.json").write_bytes(WORLD.roots[0].data)
    return Desk(tmp_path)


def test_every_row_is_answered_once_and_only_what_is_allowed_is_kept(
    desk: Desk,
) -> None:
    result = desk.screen(desk.manifest(CODES))
    assert result.exit_code == 1, result.output
    rows = desk.rows("annotated.csv")
    assert [row["id"] for row in rows] == [str(n) for n in range(len(CODES))]
    assert [row["sayso_status"] for row in rows] == STATUSES
    assert desk.rows("kept.csv") == [
        {"id": "0", "isrc": LISTED},
        {"id": "7", "isrc": UNDER_PREFIX},
    ]
    assert [row["id"] for row in desk.rows("excluded.csv")] == ["1", "2", "3"]
    assert [row["id"] for row in desk.rows("apart.csv")] == ["4", "5", "6"]
    assert not (desk.out / WORK).exists()
    for name in (SUMMARY, REPORT, EU):
        assert (desk.out / name).stat().st_size > 100


def test_it_ends_with_0_where_everything_is_kept(desk: Desk) -> None:
    result = desk.screen(desk.manifest([LISTED, UNDER_PREFIX]))
    assert result.exit_code == 0, result.output
    assert len(desk.rows("kept.csv")) == 2


def test_the_receipt_is_one_that_verify_accepts(desk: Desk) -> None:
    desk.screen(desk.manifest(CODES))
    answers = ["--answers", desk.out / "receipt.answers.tsv"]
    again = ["--registry", desk.folder / "registry"]
    result = run("verify", desk.out / RECEIPT, *desk.root, *answers, *again)
    assert result.exit_code == 0, result.output
    text = (desk.out / RECEIPT).read_text()
    assert not any(code in text for code in CODES if len(code) == 12)


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_other_formats_are_written_as_they_were_read(desk: Desk, kind: str) -> None:
    path = desk.folder / f"tracks.{kind}"
    if kind == "jsonl":
        lines = [json.dumps({"isrc": code, "n": n}) for n, code in enumerate(CODES)]
        path.write_text("\n".join([*lines, ""]))
    else:
        pq.write_table(pa.table({"isrc": CODES, "n": range(len(CODES))}), path)
    assert desk.screen(path).exit_code == 1
    annotated = desk.out / f"annotated.{kind}"
    if kind == "jsonl":
        rows = [json.loads(line) for line in annotated.read_text().splitlines()]
    else:
        rows = pq.read_table(annotated).to_pylist()
    assert [row["sayso_status"] for row in rows] == STATUSES
    assert [row["n"] for row in rows] == list(range(len(CODES)))


def test_standard_input_is_read(desk: Desk) -> None:
    words = ["screen", "-", "--use", USE, *desk.registry, "--out", desk.out]
    result = run(*words, input=f"isrc\n{LISTED}\n")
    assert result.exit_code == 0, result.output
    assert desk.rows("annotated.csv")[0]["sayso_status"] == "allow"


def test_the_summary_says_the_same_as_json(desk: Desk) -> None:
    path = desk.manifest([*CODES, f"{LISTED};{CONTESTED}"])
    result = desk.screen(path, "--json", "--write", "receipt")
    document = json.loads(result.stdout)
    assert (desk.out / SUMMARY).read_text() == result.stdout
    assert document["statuses"]["deny"] == 2
    assert document["several"] == 1
    assert document["codes"] == 5
    assert sorted(path.name for path in desk.out.iterdir()) == [
        "receipt.answers.tsv",
        "receipt.json",
        SUMMARY,
    ]


def test_one_file_alone_is_written_without_counting_codes(desk: Desk) -> None:
    desk.screen(desk.manifest(CODES), "--write", "kept")
    assert sorted(path.name for path in desk.out.iterdir()) == ["kept.csv", SUMMARY]
    assert json.loads((desk.out / SUMMARY).read_text())["codes"] is None


def test_nothing_is_overwritten(desk: Desk) -> None:
    desk.screen(desk.manifest(CODES))
    said = refused(desk.screen(desk.manifest([ALLOWED])), 2)
    assert "holds a finished screening, and nothing is overwritten" in said


@pytest.mark.parametrize("name", ["kept.csv", RECEIPT, REPORT, "annotated.parquet"])
def test_files_of_others_are_not_overwritten(desk: Desk, name: str) -> None:
    desk.out.mkdir()
    (desk.out / name).write_text("mine")
    said = refused(desk.screen(desk.manifest(CODES)), 2)
    assert "is there, and nothing is overwritten" in said
    assert [path.name for path in desk.out.iterdir()] == [name]
    assert (desk.out / name).read_text() == "mine"


def test_what_broke_off_at_the_very_end_is_done_again(desk: Desk) -> None:
    path = desk.manifest(CODES)
    assert desk.screen(path).exit_code == 1
    whole = (desk.out / "annotated.csv").read_bytes()
    (desk.out / SUMMARY).unlink()
    (desk.out / WORK).mkdir()
    assert desk.screen(path).exit_code == 1
    assert (desk.out / "annotated.csv").read_bytes() == whole
    assert (desk.out / SUMMARY).exists()


@pytest.mark.parametrize(
    ("policy", "kept"),
    [
        ("strict", ["0", "7"]),
        ("reservations", ["0", "2", "3", "7"]),
        ("allow=exclude", []),
        ("deny=keep,disputed=keep", ["0", "1", "7"]),
    ],
)
def test_the_policy_decides_what_is_kept(
    desk: Desk, policy: str, kept: list[str]
) -> None:
    desk.screen(desk.manifest(CODES), "--policy", policy)
    assert [row["id"] for row in desk.rows("kept.csv")] == kept
    assert [row["id"] for row in desk.rows("apart.csv")] == ["4", "5", "6"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--policy", "no-identifier=keep"], "always set apart"),
        (["--policy", "lax"], "says nothing"),
        (
            ["--ownership", "reviewed", "--policy", "reservations"],
            "would be kept as undeclared",
        ),
        (["--siblings", "--as-of", "2026-01-01"], "the newest release only"),
        (["--in", "XX"], "is not a country"),
        (["--as-of", "2099-01-01"], "is not past"),
        (["--column", "nothing"], "nothing"),
    ],
)
def test_a_wrong_question_is_refused(desk: Desk, words: list[str], why: str) -> None:
    result = desk.screen(desk.manifest(CODES), *words)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert why in " ".join(result.stderr.split())
    assert not desk.out.exists()


@pytest.mark.parametrize(("country", "kept"), [("de", True), ("US", False)])
def test_what_is_allowed_in_one_country_is_kept_there_alone(
    desk: Desk, country: str, *, kept: bool
) -> None:
    result = desk.screen(desk.manifest([ALLOWED]), "--in", country)
    assert result.exit_code == (0 if kept else 1), result.output
    assert len(desk.rows("kept.csv")) == kept


def test_who_believes_only_reviewed_owners_reads_claims_as_undeclared(
    desk: Desk,
) -> None:
    desk.screen(desk.manifest([LISTED, CONTESTED]), "--ownership", "reviewed")
    rows = desk.rows("annotated.csv")
    assert [row["sayso_status"] for row in rows] == ["allow", "undeclared"]
    assert rows[1]["sayso_rule"] == "claimed-only"
    assert len(desk.rows("kept.csv")) == 1


def test_a_past_day_is_answered_by_its_release(desk: Desk) -> None:
    moment = (NOW - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    result = desk.screen(desk.manifest(CODES), "--as-of", moment)
    assert result.exit_code == 1, result.output
    assert [row["sayso_status"] for row in desk.rows("annotated.csv")] == STATUSES
    assert not (desk.out / RECEIPT).exists()
    before = (NOW - timedelta(days=9)).strftime("%Y-%m-%d")
    other = ["--out", desk.folder / "other"]
    path = desk.folder / "tracks.csv"
    said = refused(desk.screen(path, *other, "--as-of", before), 40)
    assert "there was no release" in said


# The seven inputs for which `datadiligence` answers "allowed".


def test_constrained_is_not_permission(desk: Desk) -> None:
    desk.screen(desk.manifest([LISTED]), use="index")
    assert desk.rows("annotated.csv")[0]["sayso_status"] == "ask"
    assert desk.rows("kept.csv") == []


def test_codes_under_a_label_that_is_not_known_are_not_zero_matches(
    desk: Desk,
) -> None:
    path = desk.folder / "tracks.csv"
    path.write_text("id,label\n1,Slow River\n2,Other\n")
    assert "has no column with ISRCs" in refused(desk.screen(path), 2)


def test_a_manifest_that_cannot_be_read_keeps_nothing(desk: Desk) -> None:
    path = desk.folder / "tracks.parquet"
    path.write_bytes(b"PAR1 and no more")
    assert "not a whole Parquet file" in refused(desk.screen(path), 2)
    assert not desk.out.exists()


def test_without_a_root_there_is_no_answer(desk: Desk) -> None:
    words = ["screen", desk.manifest([ALLOWED]), "--use", USE]
    where = ["--registry", desk.folder / "registry", "--out", desk.out]
    said = refused(run(*words, *where), 40)
    assert "no root was given" in said
    assert not desk.out.exists()


def test_no_word_about_a_recording_is_no_permission(desk: Desk) -> None:
    desk.screen(desk.manifest([UNDECLARED]))
    assert desk.rows("annotated.csv")[0]["sayso_status"] == "undeclared"
    assert desk.rows("kept.csv") == []


def test_a_use_that_nobody_knows_is_refused(desk: Desk) -> None:
    result = desk.screen(desk.manifest([ALLOWED]), use="train-ai")
    assert result.exit_code == 2
    assert "there is no use 'train-ai'" in result.stderr


def test_letter_case_and_hyphens_hide_nothing(desk: Desk) -> None:
    spelt = f"{LISTED[:2]}-{LISTED[2:5]}-{LISTED[5:7]}-{LISTED[7:]}".lower()
    desk.screen(desk.manifest([spelt]), use="train-generative")
    assert desk.rows("annotated.csv")[0]["sayso_status"] == "deny"


# Registries that are not believed.


@pytest.mark.parametrize("late", [timedelta(days=30), timedelta(days=-30)])
def test_a_registry_of_another_time_gives_no_answer(
    desk: Desk, tmp_path: Path, late: timedelta
) -> None:
    world = World(now=NOW - late, first=151, profile=DEV).release()
    write(world.files, tmp_path / "old")
    (tmp_path / "old.json").write_bytes(world.roots[0].data)
    words = ["--registry", tmp_path / "old", "--root", tmp_path / "old.json"]
    refused(desk.screen(desk.manifest([ALLOWED]), *words), 40)
    assert not desk.out.exists()


def test_a_core_that_says_otherwise_gives_no_answer(desk: Desk) -> None:
    (path,) = (desk.folder / "registry" / "bulk").glob("*.core.parquet")
    table = pq.read_table(path)
    allowed = table["policy"].to_pylist()[0]
    numbers = pa.array([allowed] * table.num_rows, table["policy"].type)
    pq.write_table(table.set_column(1, "policy", numbers), path)
    refused(desk.screen(desk.manifest([CONTESTED])), 40)
    assert not desk.out.exists()


def test_a_registry_that_is_not_there_gives_no_answer(desk: Desk) -> None:
    where = ["--registry", desk.folder / "nothing", *desk.root]
    words = ["screen", desk.manifest([ALLOWED]), "--use", USE, *where]
    refused(run(*words, "--out", desk.out), 40)
    assert not desk.out.exists()


def test_a_folder_that_cannot_be_made_is_named(desk: Desk) -> None:
    desk.out.write_text("mine")
    result = desk.screen(desk.manifest(CODES), "--out", desk.out / "beneath")
    assert "cannot be made" in refused(result, 2)


def test_a_forged_core_gives_no_answer(desk: Desk) -> None:
    (path,) = (desk.folder / "registry" / "bulk").glob("*.core.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    refused(desk.screen(desk.manifest([ALLOWED])), 40)
    path.unlink()
    refused(desk.screen(desk.manifest([ALLOWED])), 40)
    assert not desk.out.exists()


# The copy of `sayso sync`.


def test_a_copy_answers_without_a_root_and_asks_nobody(desk: Desk) -> None:
    copy = desk.folder / "copy"
    with serve(files(WORLD.files)) as site:
        words = ["--registry", site.address, *desk.root]
        assert run("sync", *words, "--to", copy).exit_code == 0
        asked = len(site.asked)
        where = ["--registry", copy]
        assert run("lookup", CONTESTED, "--use", USE, *where).exit_code == 20
        assert run("lookup", LISTED, "--use", USE, *where).exit_code == 0
        assert run("lookup", LISTED, "--use", "index", *where).exit_code == 10
        assert run("lookup", UNDECLARED, "--use", USE, *where).exit_code == 30
        whole = run("lookup", CONTESTED, *where)
        assert whole.exit_code == 0
        assert "disputed" in whole.stdout
        screen = ["screen", desk.manifest(CODES), "--use", USE, *where]
        assert run(*screen, "--out", desk.out).exit_code == 1
        assert len(site.asked) == asked


def test_a_look_up_after_a_sync_asks_nobody_for_an_hour(desk: Desk) -> None:
    with serve(files(WORLD.files)) as site:
        words = ["--registry", site.address, *desk.root]
        assert run("sync", *words).exit_code == 0
        asked = len(site.asked)
        assert run("lookup", LISTED, "--use", USE, *words).exit_code == 0
        assert len(site.asked) == asked
        later = run("lookup", LISTED, "--use", USE, *words, "--max-age", "0m")
        assert later.exit_code == 0
        assert not any("lookup/" in path for path in site.asked)


def test_a_sync_says_what_it_did(desk: Desk) -> None:
    first = run("sync", *desk.registry)
    assert first.exit_code == 0, first.output
    assert "Synced: release 1 of sayso.example" in first.stdout
    again = run("sync", *desk.registry)
    assert "In step already: release 1 of sayso.example" in again.stdout
    write(WORLD_2.files, desk.folder / "registry")
    changed = run("sync", *desk.registry)
    assert "Brought from release 1 up to date: release 2" in changed.stdout


def test_the_document_of_a_sync_is_as_documented(desk: Desk) -> None:
    result = run("sync", *desk.registry, "--json")
    assert set(json.loads(result.stdout)) == documented("sayso sync", 0)


def test_a_copy_of_another_root_does_not_answer(desk: Desk) -> None:
    copy = desk.folder / "copy"
    run("sync", *desk.registry, "--to", copy)
    other = World(now=NOW - timedelta(hours=5), first=151).release()
    (desk.folder / "other.json").write_bytes(other.roots[0].data)
    words = ["--registry", copy, "--root", desk.folder / "other.json"]
    assert "by another root" in refused(run("lookup", LISTED, *words), 40)


@pytest.mark.parametrize("name", ["fresh_until", "checked"])
def test_a_copy_of_another_time_does_not_answer(desk: Desk, name: str) -> None:
    copy = desk.folder / "copy"
    run("sync", *desk.registry, "--to", copy)
    moment = NOW + timedelta(days=1 if name == "checked" else -1)
    path = copy / STANDING_FILE
    text = path.read_text()
    said = json.loads(text)[name]
    path.write_text(text.replace(said, moment.strftime("%Y-%m-%dT%H:%M:%SZ")))
    where = ["--registry", copy]
    refused(run("lookup", LISTED, "--use", USE, *where), 40)
    screen = ["screen", desk.manifest(CODES), "--use", USE, *where]
    refused(run(*screen, "--out", desk.out), 40)
    assert not desk.out.exists()
