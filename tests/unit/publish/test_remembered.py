"""YAML files are parsed once, and what is remembered of them is never just believed."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import msgpack

from sayso.publish import remembered as module
from sayso.publish.cache import Cache
from sayso.publish.reading.registry import read_documents
from sayso.publish.remembered import Remembered
from tests.caches import opened
from tests.declared import FACTS, FERNWOOD, declaration, recordings, tree_of

TEXTS = {
    **FACTS,
    f"{FERNWOOD}/a.yaml": declaration("{any-ai: deny}", recordings("XXF012600001")),
    f"{FERNWOOD}/b.yaml": declaration("{search: deny}", "prefix: XXF01"),
}
FILES = tree_of(TEXTS).files


def read(tables: Cache, count: int = len(FILES)) -> int:
    """Read the first files, and return how many of them were parsed."""
    files = FILES[:count]
    readings = tables.remembered.readings
    before = readings.added
    found = read_documents(files, tables=tables, readings=readings)
    assert found == read_documents(files)
    return readings.added - before


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/yaml-*.msgpack"))


def test_each_file_is_parsed_once(tmp_path: Path) -> None:
    for parsed in (len(FILES), 0, 0):
        with opened(tmp_path) as tables:
            assert read(tables) == parsed
            assert read(tables) == 0
    assert len(kept(tmp_path)) == 1


def test_what_a_build_did_not_ask_for_is_dropped(tmp_path: Path) -> None:
    for count, parsed in ((len(FILES), len(FILES)), (3, 0), (len(FILES), None)):
        with opened(tmp_path) as tables:
            found = read(tables, count)
            assert found == (len(FILES) - 3 if parsed is None else parsed)
    assert len(kept(tmp_path)) == 1


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replace_by(data: bytes) -> Callable[[Path], None]:
    """Let it be another file, named as what it is."""

    def harm(path: Path) -> None:
        path.unlink()
        digest = hashlib.sha256(data).hexdigest()
        (path.parent / f"yaml-{digest}.msgpack").write_bytes(data)

    return harm


def become_folder(path: Path) -> None:
    path.unlink()
    (path.parent / "x").mkdir()
    path.symlink_to(path.parent / "x")


@pytest.mark.parametrize(
    "harm",
    [
        flip,
        truncate,
        become_folder,
        replace_by(b""),
        replace_by(b"no MessagePack"),
        replace_by(msgpack.encode([1, 2])),
        replace_by(msgpack.encode({"a": 1})),
    ],
)
def test_a_file_that_cannot_be_used_is_made_anew_and_told(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    with opened(tmp_path) as tables:
        read(tables)
    harm(kept(tmp_path)[0])
    with opened(tmp_path, "cannot be used and is made anew") as tables:
        assert read(tables) == len(FILES)
    with opened(tmp_path) as tables:
        assert read(tables) == 0


def test_what_is_remembered_wrongly_of_some_files_is_parsed_anew(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as tables:
        read(tables)
    (path,) = kept(tmp_path)
    said, stamps = msgpack.decode(path.read_bytes())
    changed = [
        [key, b"\xc0" if place < 2 else data] for place, (key, data) in enumerate(said)
    ]
    replace_by(msgpack.encode([changed, stamps]))(path)
    with opened(tmp_path, "2 files in the cache could not be used") as tables:
        assert read(tables) == 2
    with opened(tmp_path) as tables:
        assert read(tables) == 0


def break_off(folder: Path) -> None:
    with opened(folder) as tables:
        read(tables)
        raise RuntimeError


@pytest.mark.parametrize(("dear", "parsed"), [(1000, len(FILES)), (1, 0)])
def test_a_build_that_fails_keeps_only_what_took_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dear: int, parsed: int
) -> None:
    monkeypatch.setattr(module, "_DEAR", dear)

    def fail() -> None:
        with opened(tmp_path) as tables:
            read(tables)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with opened(tmp_path) as tables:
        assert read(tables) == parsed


def test_two_builds_at_once_lose_nothing_of_the_later_one(tmp_path: Path) -> None:
    with opened(tmp_path) as one:
        read(one)
        with opened(tmp_path) as two:
            read(two, 3)
    with opened(tmp_path) as tables:
        assert read(tables) == 0
    assert len(kept(tmp_path)) == 1


def test_a_full_disk_is_told_and_stops_no_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_folder: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "new_file", refuse)
    with opened(tmp_path, "so the next build parses again: No space") as tables:
        read(tables)
    assert kept(tmp_path) == []


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    told: list[str] = []
    some = Remembered(tmp_path, told.append, workers=1, now=0)
    some.save(whole=True)
    some.save_if_dear()
    assert list(tmp_path.iterdir()) == []
    assert told == []
