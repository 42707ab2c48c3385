"""Faults while a release is made: a clear message, and the old one stays whole."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sayso.columns.codes import isrcs_of
from sayso.model.isrc import Isrc, key_of
from tests.declared import FACTS, FERNWOOD, declaration, put

ROWS = 100_000
KILLS = 8
CATALOGUE = declaration("{any-ai: deny}", "catalogue: {file: catalogue.csv}")
FIRST = key_of(Isrc("XXF010000000"))
MORNING = "2026-11-21T08:00:00Z"
NOON = "2026-11-21T12:00:00Z"


def table(rows: int, title: str) -> str:
    codes = isrcs_of(FIRST + 7 * np.arange(rows, dtype=np.int64)).to_pylist()
    lines = [f"{code},{title} {n},Mara" for n, code in enumerate(codes)]
    return "\n".join(["isrc,title,artist", *lines, ""])


def write(folder: Path, rows: int, title: str = "Song") -> None:
    texts = {
        **FACTS,
        f"{FERNWOOD}/catalogue.yaml": CATALOGUE,
        f"{FERNWOOD}/catalogue.csv": table(rows, title),
    }
    put(folder / "declarations", texts)


def command(out: Path, *more: str, time_: str = NOON) -> list[str]:
    build = [sys.executable, "-m", "sayso", "build", "--no-site"]
    return [*build, "--out", str(out), "--time", time_, *more]


def run(
    folder: Path, out: Path, *more: str, time_: str = NOON
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(out, *more, time_=time_),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def build(folder: Path, out: Path, *more: str, time_: str = NOON) -> str:
    """Build, and return what was said, or what went wrong."""
    done = run(folder, out, *more, time_=time_)
    return done.stdout if done.returncode == 0 else done.stderr


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(str(path.relative_to(folder)).encode())
            found.update(path.read_bytes())
    return found.hexdigest()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"a small disk needs root: {done.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_killed_at_any_moment_the_old_release_or_the_new_one_is_there_whole(
    tmp_path: Path,
) -> None:
    out, wanted = tmp_path / "out/registry", tmp_path / "wanted/registry"
    write(tmp_path, ROWS)
    build(tmp_path, out, time_=MORNING)
    write(tmp_path, ROWS, "Other")
    (tmp_path / "wanted").mkdir()
    shutil.copytree(tmp_path / "out/keys", tmp_path / "wanted/keys")
    begun = time.monotonic()
    build(tmp_path, wanted)
    lasts = time.monotonic() - begun
    old, new = digest(out), digest(wanted)
    rng = np.random.default_rng(1)

    for _ in range(KILLS):
        with subprocess.Popen(
            command(out), cwd=tmp_path, stdout=subprocess.DEVNULL
        ) as running:
            time.sleep(rng.uniform(0.2, lasts))
            running.send_signal(signal.SIGKILL)
        assert digest(out) in {old, new}

    build(tmp_path, out)
    assert digest(out) == new
    assert {path.name for path in out.parent.iterdir()} == {
        ".registry.lock",
        "cache",
        "keys",
        "registry",
    }


def test_a_full_disk_is_named_and_leaves_the_old_release(
    tmp_path: Path, small_disk: Path
) -> None:
    write(tmp_path, 100)
    cache = ("--cache", str(tmp_path / "cache"))
    out = small_disk / "registry"
    assert "100 recordings" in build(tmp_path, out, *cache, time_=MORNING)
    old = digest(out)

    write(tmp_path, ROWS)
    said = build(tmp_path, out, *cache)

    assert "No space left on device" in said
    assert str(out) in said
    assert digest(out) == old
    assert [path.name for path in small_disk.iterdir() if "staging" in path.name] == []


def test_a_full_disk_of_the_cache_is_named_and_nothing_is_left_there(
    tmp_path: Path, small_disk: Path
) -> None:
    write(tmp_path, 2 * ROWS)
    cache = small_disk / "cache"

    said = build(tmp_path, tmp_path / "out/registry", "--cache", str(cache))

    assert "No space left on device" in said
    assert "name another folder, for a build with --cache" in said
    assert all(path.stat().st_size == 0 for path in cache.rglob("*") if path.is_file())
    assert not (tmp_path / "out/registry").exists()


def test_a_read_only_output_is_named_and_left_as_it_is(
    tmp_path: Path, small_disk: Path
) -> None:
    write(tmp_path, 10)
    out, cache = small_disk / "registry", ("--cache", str(tmp_path / "cache"))
    build(tmp_path, out, *cache, time_=MORNING)
    old = digest(out)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    said = build(tmp_path, out, *cache)

    assert f"{small_disk} cannot be written: Read-only file system" in said
    assert digest(out) == old


def test_a_second_build_of_the_same_output_is_told_to_wait(tmp_path: Path) -> None:
    write(tmp_path, 10)
    out = tmp_path / "out/registry"
    build(tmp_path, out)
    with (tmp_path / "out/.registry.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        said = build(tmp_path, out)

    assert f"another build is writing {out}" in said
    assert "wait until it has ended" in said


def test_two_builds_with_one_cache_do_not_disturb_each_other(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    places = [tmp_path / f"out{n}/registry" for n in range(2)]
    cache = ("--cache", str(tmp_path / "cache"))

    running = [
        subprocess.Popen(command(out, *cache), cwd=tmp_path, stdout=subprocess.PIPE)
        for out in places
    ]

    for one in running:
        assert b"100000 recordings" in one.communicate()[0]
        assert one.returncode == 0
    core = [next(out.glob("bulk/*.core.parquet")) for out in places]
    assert core[0].name == core[1].name


def test_one_bad_row_of_very_many_is_named(tmp_path: Path) -> None:
    write(tmp_path, ROWS)
    place = tmp_path / "declarations" / FERNWOOD / "catalogue.csv"
    lines = place.read_text("utf-8").split("\n")
    lines[87_654] = "XX-F01-26-OO001,Song,Mara"
    name = f"{FERNWOOD}/catalogue.csv"
    put(tmp_path / "declarations", {name: "\n".join(lines)})

    done = run(tmp_path, tmp_path / "out/registry")

    assert done.returncode == 1
    assert "catalogue.csv:87655:1: error SAY401" in done.stdout
    assert not (tmp_path / "out/registry").exists()


def test_a_broken_entry_of_the_cache_is_made_anew_and_said(tmp_path: Path) -> None:
    write(tmp_path, 1000)
    out = tmp_path / "out/registry"
    build(tmp_path, out)
    first = digest(out)
    (entry,) = (tmp_path / "out/cache").rglob("*.arrow")
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 1
    entry.write_bytes(data)

    done = run(tmp_path, out)

    assert done.returncode == 0
    assert "cannot be used and is made anew" in done.stderr
    assert digest(out) == first


def test_a_cache_in_which_others_may_write_is_refused(tmp_path: Path) -> None:
    write(tmp_path, 10)
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)

    said = build(tmp_path, tmp_path / "out/registry", "--cache", str(cache))

    assert "others can write there" in said
    assert not (tmp_path / "out/registry").exists()


def test_without_its_cache_a_build_makes_the_same(tmp_path: Path) -> None:
    write(tmp_path, 1000)
    out = tmp_path / "out/registry"
    build(tmp_path, out)
    first = digest(out)
    build(tmp_path, out)
    second = digest(out)
    shutil.rmtree(tmp_path / "out/cache")

    build(tmp_path, out)

    assert first == second == digest(out)
