"""`sayso screen`, killed: the same command gives what it would have given at once."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.screening.doing import RECEIPT, SUMMARY, WORK
from sayso.client.screening.journal import JOURNAL_FILE
from tests.receipts import World
from tests.registries import ALLOWED, CONTESTED, LISTED, UNDER_PREFIX

NOW = datetime.now(UTC).replace(microsecond=0)
WORLD = World(now=NOW - timedelta(hours=5)).release()
KINDS = [LISTED, CONTESTED, "", UNDER_PREFIX, "bad", ALLOWED]
CODES = [
    KINDS[n // 3 % len(KINDS)] if n % 3 == 0 else f"XXG0126{n:05}" for n in range(9_000)
]

KILLED = """
import os, signal, sys
from sayso.cli import main
from sayso.cli.screening import doing
from sayso.client.manifest import lines, parquet
from sayso.client.screening import run, seen

lines.BLOCK, parquet._MOST_ROWS = 4096, 400
run._PART, seen._GATHERED, seen._TOGETHER = 1000, 700, 300
owner, name, left = sys.argv.pop(1), sys.argv.pop(1), int(sys.argv.pop(1))
owner = {"tally": run.Tally, "journal": run.Journal, "doing": doing}[owner]
original = getattr(owner, name)

def hooked(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **named)

setattr(owner, name, hooked)
main()
"""
"""A screening of small parts that is killed when something is called so many times."""


@dataclass(frozen=True)
class Desk:
    """A folder with a registry, its root, and manifests."""

    folder: Path

    def manifest(self, kind: str, name: str = "tracks") -> Path:
        path = self.folder / f"{name}.{kind}"
        if kind == "csv":
            lines = ["id,isrc", *(f"{n},{code}" for n, code in enumerate(CODES))]
            path.write_text("\n".join([*lines, ""]))
        elif kind == "jsonl":
            rows = ({"isrc": code, "n": n} for n, code in enumerate(CODES))
            path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        else:
            table = pa.table({"isrc": CODES, "n": range(len(CODES))})
            pq.write_table(table, path, row_group_size=400)
        return path

    def words(self, path: object, out: str) -> list[str]:
        where = ["--registry", self.folder / "registry", *self.root]
        words = ["screen", path, "--use", "search", *where, "--out", self.folder / out]
        return [str(word) for word in words]

    @property
    def root(self) -> list[object]:
        return ["--root", self.folder / "root.json", "--store", self.folder / "store"]

    def screen(self, path: object, out: str, **extra: Any) -> Result:  # noqa: ANN401
        result = CliRunner().invoke(main, self.words(path, out), **extra)
        assert "fault in sayso" not in result.output
        return result

    def killed(self, at: str, path: object, out: str, sent: str = "") -> None:
        """Screen in a process that is killed there."""
        done = subprocess.run(
            [sys.executable, "-c", KILLED, *at.split(), *self.words(path, out)],
            input=sent,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    for path, data in WORLD.files.items():
        (folder / "registry" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "registry" / path).write_bytes(data)
    (folder / "root.json").write_bytes(WORLD.roots[0].data)
    return Desk(folder)


@pytest.fixture(scope="module")
def whole(desk: Desk) -> dict[str, Path]:
    """Give folders of screenings that nobody interrupted, by kind."""
    for kind in ("csv", "jsonl", "parquet"):
        assert desk.screen(desk.manifest(kind), f"whole-{kind}").exit_code == 1
    return {k: desk.folder / f"whole-{k}" for k in ("csv", "jsonl", "parquet")}


def summary(folder: Path) -> dict[str, Any]:
    """Return what a summary says, without what is of its own moment."""
    said: dict[str, Any] = json.loads((folder / SUMMARY).read_text())
    secret = {"receipt", "answers"}
    said["files"] = [file for file in said["files"] if file["role"] not in secret]
    del said["asked"]["moment"]
    return said


def rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


@pytest.mark.parametrize(
    ("at", "is_begun"),
    [
        ("tally add 1", False),
        ("journal write 1", False),
        ("journal write 3", True),
        ("tally add 17", True),
        ("doing _receipt 1", True),
        ("doing replace_file 1", True),
        ("doing _report 1", True),
        ("doing replace_file 4", True),
    ],
)
def test_a_table_is_screened_to_its_end(
    desk: Desk, whole: dict[str, Path], at: str, *, is_begun: bool
) -> None:
    path, out = desk.folder / "tracks.csv", desk.folder / at.replace(" ", "-")
    desk.killed(at, path, out.name)
    assert not (out / SUMMARY).exists()
    assert (out / WORK / JOURNAL_FILE).exists() == is_begun
    result = desk.screen(path, out.name)
    assert result.exit_code == 1, result.output
    for name in ("annotated.csv", "kept.csv", "excluded.csv", "apart.csv"):
        assert (out / name).read_bytes() == (whole["csv"] / name).read_bytes()
    assert summary(out) == summary(whole["csv"])
    assert sorted(p.name for p in out.iterdir()) == sorted(
        p.name for p in whole["csv"].iterdir()
    )
    answers = ["--answers", out / "receipt.answers.tsv"]
    again = ["--registry", desk.folder / "registry"]
    words = ["verify", out / RECEIPT, *desk.root, *answers, *again]
    verified = CliRunner().invoke(main, [*map(str, words)])
    assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize("at", ["tally add 17", "doing _report 1"])
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_other_formats_are_screened_to_their_end(
    desk: Desk, whole: dict[str, Path], kind: str, at: str
) -> None:
    out = desk.folder / f"{kind}-{at.replace(' ', '-')}"
    path = desk.folder / f"tracks.{kind}"
    desk.killed(at, path, out.name)
    assert (out / WORK / JOURNAL_FILE).exists()
    assert desk.screen(path, out.name).exit_code == 1
    for role in ("annotated", "kept", "excluded", "apart"):
        found, expected = (f / f"{role}.{kind}" for f in (out, whole[kind]))
        if kind == "jsonl":
            assert found.read_bytes() == expected.read_bytes()
        else:
            assert rows(found) == rows(expected)


def test_another_manifest_or_question_is_not_mixed_in(desk: Desk) -> None:
    path = desk.manifest("csv", "changing")
    desk.killed("tally add 17", path, "mixed")
    other = CliRunner().invoke(main, [*desk.words(path, "mixed"), "--in", "DE"])
    assert_begun_by_another(other)
    with path.open("a") as file:
        file.write(f"9000,{LISTED}\n")
    assert_begun_by_another(desk.screen(path, "mixed"))


def test_another_manifest_behind_the_same_link_is_not_mixed_in(desk: Desk) -> None:
    path, link = desk.manifest("csv", "linked"), desk.folder / "link.csv"
    link.symlink_to(path)
    desk.killed("tally add 17", link, "behind")
    path.write_text(path.read_text().replace(CONTESTED, LISTED) + "\n")
    assert_begun_by_another(desk.screen(link, "behind"))


def test_another_stream_is_not_mixed_in(desk: Desk) -> None:
    first = "".join(["isrc\n", *(f"{CONTESTED}\n" for _ in range(9_000))])
    desk.killed("tally add 7", "-", "stream", first)
    assert (desk.folder / "stream" / WORK / JOURNAL_FILE).exists()
    other = first.replace(CONTESTED, LISTED)
    assert_begun_by_another(desk.screen("-", "stream", input=other))


def assert_begun_by_another(result: Result) -> None:
    assert (result.exit_code, result.stdout) == (2, "")
    said = " ".join(result.stderr.split())
    assert "holds the beginning of another screening" in said
