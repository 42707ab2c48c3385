"""`sayso screen` of whatever people have: sheets, folders, tars, and hostile names."""

import csv
import io
import json
import os
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.screening.beginning import begin, state_of
from sayso.cli.screening.doing import RECEIPT, REPORT, SUMMARY, WORK
from sayso.client.screening.journal import Journal, Progress
from sayso.client.screening.tally import Tally
from sayso.errors import ManifestError
from sayso.model.settings import Revocation
from sayso.wire.text import format_time
from tests import audio
from tests.audio import ISRC, OTHER
from tests.fresh import PINNED, REGISTRY, build_fresh
from tests.receipts import World
from tests.registries import CONTESTED, LISTED, UNDECLARED
from tests.webserver import Reply, files, serve

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(hours=5)
WORLD = World(now=START).release()
USE = "search"


def run(*words: object, **more: Any) -> Result:  # noqa: ANN401 - of the runner
    result = CliRunner().invoke(main, [*map(str, words)], **more)
    assert "fault in sayso" not in result.output
    assert "Traceback" not in result.output
    return result


def refused(result: Result, code: int = 40) -> str:
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


def write(by_path: Mapping[str, bytes], folder: Path) -> Path:
    for path, data in by_path.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@dataclass(frozen=True)
class Desk:
    """A folder with a registry and its root, and where the files go."""

    folder: Path

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def root(self) -> list[object]:
        return ["--root", self.folder / "root.json", "--store", self.folder / "store"]

    def screen(self, path: object, *more: object, **extra: Any) -> Result:  # noqa: ANN401
        where = ["--registry", self.folder / "registry", *self.root]
        words = ["screen", path, "--use", USE, *where, "--out", self.out]
        return run(*words, *more, **extra)

    def statuses(self, name: str = "annotated.csv") -> list[str]:
        return [row["sayso_status"] for row in self.rows(name)]

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.out / name).open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def table(self, codes: list[str], name: str = "tracks.csv") -> Path:
        path = self.folder / name
        path.write_text("".join(f"{line}\n" for line in ["isrc", *codes]))
        return path


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    write(WORLD.files, tmp_path / "registry")
    (tmp_path / "root.json").write_bytes(WORLD.roots[0].data)
    return Desk(tmp_path)


def test_a_sheet_of_excel_is_screened(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["n", "ISRC"], [1, LISTED], [2, CONTESTED], [3, None], [4, 1.5]]:
        sheet.append(row)
    book.save(desk.folder / "tracks.xlsx")
    assert desk.screen(desk.folder / "tracks.xlsx").exit_code == 1
    written = openpyxl.load_workbook(desk.out / "annotated.xlsx").active
    assert written is not None
    rows = [*written.values]
    place = rows[0].index("sayso_status")
    assert [row[place] for row in rows[1:]] == [
        *("allow", "deny", "no-identifier", "invalid-identifier")
    ]


def test_a_folder_of_audio_is_screened(desk: Desk) -> None:
    music = desk.folder / "music"
    music.mkdir()
    audio.write(music / "a.mp3", "ID3v2.4", ISRC)
    audio.write(music / "b.mp3", "ID3v2.4", ISRC, OTHER)
    (music / "c.mp3").write_bytes(audio.mp3())
    (music / "d.mp3").write_bytes(b"")
    result = desk.screen(music, "--json")
    document = json.loads(result.stdout)
    assert document["manifest"]["kind"] == "audio"
    assert (document["manifest"]["rows"], document["several"]) == (4, 1)
    assert document["manifest"]["sha256"] is None
    statuses = desk.statuses()
    assert statuses[2:] == ["no-identifier"] * 2
    assert statuses[0] == "allow"
    assert statuses[1] == "deny"


def test_a_tar_of_samples_is_screened(desk: Desk) -> None:
    path = desk.folder / "shard-000.tar"
    with tarfile.open(path, "w") as tar:
        for name, code in (("a", LISTED), ("b", CONTESTED), ("c", "")):
            parts = {"json": json.dumps({"isrc": code}).encode(), "wav": audio.wav()}
            for end, data in parts.items():
                info = tarfile.TarInfo(f"{name}.{end}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    assert desk.screen(path).exit_code == 1
    assert desk.statuses() == ["allow", "deny", "no-identifier"]


def test_a_manifest_without_rows_keeps_all_of_nothing(desk: Desk) -> None:
    result = desk.screen(desk.table([]), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["codes"] == 0
    assert not (desk.out / RECEIPT).exists(), "of nothing there is none"
    assert (desk.out / "kept.csv").read_text() == "isrc\n"


@pytest.mark.parametrize(
    "name", ["a\x1b[2Jb.csv", "\u202evsc.csv", "<script>.csv", "a\nb.csv", "=1+1.csv"]
)
def test_the_name_of_a_manifest_steers_nothing(desk: Desk, name: str) -> None:
    path = desk.table([LISTED, "\x1b[2J", "=cmd()", "<script>alert(1)</script>"], name)
    result = desk.screen(path, env={"NO_COLOR": "1"})
    assert result.exit_code == 1, result.output
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    report = (desk.out / REPORT).read_text()
    assert "<script>" not in report
    assert "\x1b" not in report
    assert desk.statuses() == ["allow", *["invalid-identifier"] * 3]
    added = [v for row in desk.rows("annotated.csv") for k, v in row.items() if k[5:]]
    assert not any(text.startswith(("=", "+", "@")) for text in added)


def test_a_name_that_is_no_text_is_shown(desk: Desk) -> None:
    path = desk.folder / os.fsdecode(b"tracks\xff.csv")
    desk.table([LISTED]).rename(path)
    result = desk.screen(path, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["manifest"]["name"].endswith("tracks\\udcff.csv")


def test_files_go_beside_where_the_command_is_given(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.folder)
    where = ["--registry", desk.folder / "registry", *desk.root]
    assert run("screen", desk.table([LISTED]), "--use", USE, *where).exit_code == 0
    assert (desk.folder / "tracks.csv.screened" / SUMMARY).exists()
    stream = run("screen", "-", "--use", USE, *where, input=f"isrc\n{LISTED}\n")
    assert stream.exit_code == 0
    assert (desk.folder / "stdin.screened" / SUMMARY).exists()


# Siblings.


def test_a_sibling_of_what_is_reserved_is_not_kept(tmp_path: Path) -> None:
    folder = build_fresh(tmp_path)
    registry = json.loads((folder / REGISTRY / "registry.json").read_bytes())
    rows = [row for row in registry["recordings"] if row["title"] and row["artist"]]
    where: list[object] = ["--registry", folder / REGISTRY, "--root", folder / PINNED]
    where += ["--store", tmp_path / "store"]
    reserved, allowed = (
        next(row for row in rows if verdict(registry, row) == wanted)
        for wanted in ("deny", "allow")
    )
    lines = [
        ["isrc", "title", "artist"],
        [reserved["isrc"], reserved["title"], reserved["artist"]],
        [allowed["isrc"], reserved["title"].upper(), f"{reserved['artist']} feat. X"],
        [allowed["isrc"], allowed["title"], allowed["artist"]],
        ["XXG012699999", reserved["title"], reserved["artist"]],
        ["", reserved["title"], reserved["artist"]],
    ]
    with (tmp_path / "tracks.csv").open("w", newline="") as file:
        csv.writer(file).writerows(lines)
    desk = Desk(tmp_path)
    words = ["screen", tmp_path / "tracks.csv", "--use", USE, *where]
    result = run(*words, "--siblings", "--out", desk.out, "--json")
    assert result.exit_code == 1, result.output
    found = desk.rows("annotated.csv")
    assert [row["sayso_sibling"] for row in found][1:] == ["deny", "", "deny", "deny"]
    assert [row["sayso_status"] for row in found] == [
        *("deny", "allow", "allow", "undeclared", "no-identifier")
    ]
    assert [row["sayso_action"] for row in found] == [
        *("exclude", "exclude", "keep", "exclude", "apart")
    ]
    assert json.loads(result.stdout)["siblings"] >= 3
    kept = ["--policy", "sibling=keep", "--out", tmp_path / "kept"]
    run(*words, "--siblings", *kept)
    assert len((tmp_path / "kept" / "kept.csv").read_text().splitlines()) == 3
    # A copy that has no titles says so, and one that has them answers.
    copy = ["--registry", tmp_path / "copy", "--out", tmp_path / "from copy"]
    run("sync", *where, "--to", tmp_path / "copy")
    asked = ["screen", tmp_path / "tracks.csv", "--use", USE, *copy, "--siblings"]
    assert "has no titles to compare" in refused(run(*asked))
    run("sync", *where, "--to", tmp_path / "copy", "--titles")
    assert run(*asked).exit_code == 1


def verdict(registry: dict[str, Any], row: dict[str, Any]) -> str:
    (policy,) = (p for p in registry["policies"] if p["number"] == row["policy"])
    cell = policy["answers"][0]["uses"][USE]
    return "disputed" if cell["disputed"] else str(cell["verdict"])


# Hosts.


@pytest.mark.parametrize("kind", ["withheld", "forged", "page", "stale"])
def test_a_host_that_is_not_believed_gives_no_answer(desk: Desk, kind: str) -> None:
    world = WORLD
    if kind == "stale":
        world = World(now=NOW - timedelta(days=60)).release()
    served = files(dict(world.files))
    (core,) = (path for path in served if path.endswith(".core.parquet"))
    match kind:
        case "stale":
            pass
        case "withheld":
            del served[core]
        case "forged":
            served[core] = Reply(body=served[core].body[:-1] + b"X")
        case _:
            served[core] = Reply(body=b"<html>")
    (desk.folder / "root.json").write_bytes(world.roots[0].data)
    with serve(served) as site:
        where = ["--registry", site.address]
        refused(desk.screen(desk.table([LISTED]), *where))
        assert not any("lookup" in path for path in site.asked)
    assert not desk.out.exists()


def test_a_web_registry_is_asked_for_the_whole_and_once_an_hour(desk: Desk) -> None:
    with serve(files(WORLD.files)) as site:
        where = ["--registry", site.address]
        assert desk.screen(desk.table([LISTED]), *where).exit_code == 0
        assert not any("lookup" in path for path in site.asked)
        site.asked.clear()
        more = ["--out", desk.folder / "again"]
        assert desk.screen(desk.table([LISTED]), *where, *more).exit_code == 0
        assert site.asked == []


def test_a_release_of_then_that_was_revoked_or_is_gone_gives_no_answer(
    desk: Desk,
) -> None:
    world = World(now=START).release()
    world.release(revoked=[Revocation(release=1, reason="Bad keys")])
    registry = write(world.files, desk.folder / "revoked")
    then = ["--as-of", format_time(START + timedelta(minutes=30))]
    path = desk.table([LISTED])
    said = refused(desk.screen(path, "--registry", registry, *then))
    assert "was revoked: Bad keys" in said
    later = ["--as-of", format_time(START + timedelta(minutes=90))]
    assert desk.screen(path, "--registry", registry, *later).exit_code == 0
    gone = World(now=START).release()
    gone.release()
    kept = {p: data for p, data in gone.files.items() if not p.startswith("index/")}
    folder = write(kept, desk.folder / "gone")
    store = ["--store", desk.folder / "other"]
    said = refused(desk.screen(path, "--registry", folder, *store, *then))
    assert "no longer serves the whole of release 1" in said


# Beginning.


def progress(asked: str) -> Progress:
    return Progress(asked=asked, moment=NOW, tally=Tally(), codes=0, marks={})


def begun(folder: Path, asked: str) -> Progress | None:
    names = [RECEIPT, "kept.*"]
    return begin(folder, folder / WORK, asked, last=SUMMARY, names=names)


def test_only_the_same_screening_is_taken_over(tmp_path: Path) -> None:
    assert begun(tmp_path, "this") is None
    Journal(tmp_path / WORK).write(progress("this"))
    found = begun(tmp_path, "this")
    assert found is not None
    assert found.moment == NOW
    with pytest.raises(ManifestError, match="holds the beginning of another"):
        begun(tmp_path, "that")


def test_the_state_of_a_manifest_changes_with_all_that_is_read(tmp_path: Path) -> None:
    assert state_of(None) != state_of(None)
    music = tmp_path / "music" / "album"
    music.mkdir(parents=True)
    seen = {state_of(music.parent)}
    (music / "a.mp3").write_bytes(b"a")
    seen.add(state_of(music.parent))
    (music / "a.mp3").write_bytes(b"ab")
    seen.add(state_of(music.parent))
    (music / "gone").symlink_to("nowhere")
    seen.add(state_of(music.parent))
    os.utime(music / "a.mp3", (1, 1))
    seen.add(state_of(music.parent))
    (music / "a.mp3").rename(music / "b.mp3")
    seen.add(state_of(music.parent))
    assert len(seen) == 6
    assert state_of(music.parent) == state_of(music.parent)


def test_nobody_is_asked_about_rows_one_by_one(desk: Desk) -> None:
    with serve(files(WORLD.files)) as site:
        desk.screen(desk.table([LISTED, UNDECLARED]), "--registry", site.address)
        asked = "".join(site.asked)
    assert LISTED not in asked
    assert UNDECLARED not in asked
