"""The commands and programs on the page about the data run as written."""

import os
import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.conftest import NeedsTool
from tests.readers.built import (
    EXPIRY,
    ISSUED,
    Built,
)
from tests.readers.page import blocks, example, permitted

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("library", ["Polars", "pandas", "pyarrow"])
@pytest.mark.parametrize("now", [ISSUED, EXPIRY], ids=str)
def test_a_python_example_finds_what_is_permitted(
    built: Built, library: str, now: datetime
) -> None:
    done = run_python(built, example(library, now))
    assert done.stdout == f"{len(permitted(built, now))}\n", done.stderr


def test_a_permission_is_found_until_it_ends(built: Built) -> None:
    before, after = permitted(built, EXPIRY - SECOND), permitted(built, EXPIRY)
    assert set(after) < set(before)


def test_the_python_examples_refuse_an_old_release(whole: Built) -> None:
    late = ISSUED + timedelta(days=7) + SECOND
    for library in ("Polars", "pandas", "pyarrow", "Spark"):
        done = run_python(whole, example(library, late))
        assert (done.returncode, done.stdout) == (1, "")
        assert "this release is old" in done.stderr


def test_the_example_for_lines_reads_them_all(built: Built) -> None:
    done = run_python(built, example("JSON Lines", ISSUED))
    assert done.stdout == f"{len(built.rows)}\n", done.stderr


def test_the_sql_for_lines_reads_them_all(
    built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.folder)
    (script,) = blocks("sql", "### JSON Lines")
    with duckdb.connect() as connection:
        counted = connection.execute(script).fetchall()
    assert counted == [(len(built.rows),)]


def test_the_shell_line_finds_recordings_without_a_title(
    parted: Built, needs_tool: NeedsTool
) -> None:
    needs_tool("zstd")
    needs_tool("jq")
    (command,) = commands("### JSON Lines")
    done = run_shell(parted.folder, command)
    untitled = [row["isrc"] for row in parted.rows if row["title"] is None]
    assert untitled
    assert done.stdout.split() == untitled, done.stderr


def test_the_files_are_fetched_and_verified_as_the_page_says(
    parted: Built, tmp_path: Path, needs_tool: NeedsTool
) -> None:
    for tool in ("jq", "minisign", "sha256sum"):
        needs_tool(tool)
    script = prepare_fetching(parted, tmp_path)
    done = run_shell(tmp_path / "copy", script)
    assert done.returncode == 0, done.stderr
    for entry in parted.listed():
        fetched = (tmp_path / "copy" / entry["path"]).read_bytes()
        assert fetched == (parted.folder / entry["path"]).read_bytes()


@pytest.mark.parametrize("broken", ["core.parquet", "jsonl.zst", "registry.json"])
def test_a_file_that_is_not_the_one_listed_is_noticed(
    parted: Built, tmp_path: Path, needs_tool: NeedsTool, broken: str
) -> None:
    for tool in ("jq", "minisign", "sha256sum"):
        needs_tool(tool)
    script = prepare_fetching(parted, tmp_path)
    file = next((tmp_path / "served").rglob(f"*{broken}"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    assert run_shell(tmp_path / "copy", script).returncode != 0


def prepare_fetching(built: Built, folder: Path) -> str:
    """Serve a release to a stand-in for curl, and return the page's commands."""
    copy, served, programs = (folder / name for name in ("copy", "served", "bin"))
    subprocess.run(["cp", "-R", built.folder, served], check=True)
    copy.mkdir()
    programs.mkdir()
    (copy / "sayso.pub").write_bytes(built.key.read_bytes())
    curl = programs / "curl"
    curl.write_text(CURL.replace("SERVED", str(served)), encoding="utf-8")
    curl.chmod(0o755)
    script = "\n".join(commands("## Fetch and verify first"))
    return f'set -euo pipefail\nPATH="{programs}:$PATH"\n{script}'


CURL = r"""#!/bin/bash
output=
for word; do
  case $word in
    https://sayso.example/*)
      file=${word#https://sayso.example/}
      mkdir -p "$(dirname "${output:-$file}")"
      cp "SERVED/$file" "${output:-$file}" ;;
    bulk/* | index/*) output=$word ;;
  esac
done
"""


def commands(heading: str) -> list[str]:
    """Return the commands that a section tells to type."""
    return [
        command
        for block in blocks("console", heading)
        for command in re.findall(r"^\$ (.*(?:\n {4}.*)*)$", block, re.MULTILINE)
    ]


def run_shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


def run_python(built: Built, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=built.folder,
        env={**os.environ, "TZ": "America/New_York"},
        capture_output=True,
        text=True,
        check=False,
    )
