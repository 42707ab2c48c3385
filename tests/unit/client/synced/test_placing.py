"""A sync that breaks off, two at once, and folders that hold other things."""

import errno
import gzip
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sayso.client.core import Core
from sayso.client.refresh import MemoryFetcher
from sayso.client.synced import layout
from sayso.client.synced.copy import open_copy
from sayso.client.synced.standing import STANDING_FILE
from sayso.client.synced.sync import Synced, sync
from sayso.client.whole import core_of, open_documents
from sayso.columns.titles import marks_of
from sayso.errors import FetchError, MalformedError
from sayso.model.isrc import Isrc, key_of
from sayso.wire.delta import REMOVED, delta_path, encode_delta
from sayso.wire.release_file import (
    ReleaseFile,
    decode_index,
    encode_index,
    index_path,
)
from tests.cores import delta, parquet_of
from tests.receipts import World, digest, listed
from tests.registries import (
    ALLOWED,
    LISTED,
    UNDECLARED,
    Document,
    recording,
    registry_document,
    with_counts,
)

ONE, TWO = World().release(), World().release().release()


def synced(world: World, folder: Path, **more: Any) -> Synced:  # noqa: ANN401
    return sync(world.fetcher, world.trusted(), folder, location="x", **more)


def changed() -> Document:
    """Return a registry with a recording more, and one less."""
    document = registry_document()
    kept = [row for row in document["recordings"] if row["isrc"] != ALLOWED]
    rows = [*kept, recording(UNDECLARED, 1)]
    return with_counts({**document, "recordings": rows})


class Delta(World):
    """Publishes a second release with a delta to it."""

    __slots__ = ("data",)
    data: bytes

    def _bulk(self, document: Document) -> tuple[list[ReleaseFile], ReleaseFile]:
        entries, index = super()._bulk(document)
        if document["release"]["number"] == 1:
            return entries, index
        path = delta_path(digest(self.data), 1, 2)
        packed = gzip.compress(self.data, mtime=0)
        more = listed(path, packed, self.data)
        written = encode_index(
            sorted([*decode_index(self.files[index.path]), more], key=lambda f: f.path)
        )
        self.files |= {path: packed, index_path(digest(written)): written}
        return entries, listed(index_path(digest(written)), written)


def core(world: World) -> Core:
    documents = open_documents(world.fetcher, world.trusted().release)
    return core_of(world.fetcher, documents)


def with_delta(data: bytes | None = None) -> World:
    """Return two releases, and a delta between them: this one, or the right one."""
    plain = World().release()
    old = core(plain)
    new = core(plain.release(changed()))
    changes = {key_of(Isrc(ALLOWED)): REMOVED, key_of(Isrc(UNDECLARED)): 1}
    right = delta(changes, before=old.contents, after=new.contents)
    world = Delta()
    world.data = encode_delta(right) if data is None else data
    return world.release().release(changed())


def titled(world: World) -> World:
    """Publish a release whose part has the columns that titles are read from."""
    document = registry_document()
    rows = document["recordings"]
    names = ("isrc", "title", "artist")
    data = parquet_of({n: pa.array([row[n] for row in rows]) for n in names})
    entry = document["parts"][0]["parquet"]
    entry |= {"bytes": len(data), "sha256": digest(data)}
    world.files[entry["path"]] = data
    return world.release(document)


def bulk(fetcher: "Watched") -> list[str]:
    return [path for path in fetcher.asked if path.startswith(("bulk/", "delta/"))]


class Watched:
    """Brings the files of a world, and keeps which were asked for."""

    def __init__(self, world: World) -> None:
        self._fetcher = world.fetcher
        self.asked: list[str] = []

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        return self._fetcher.fetch(path, limit=limit)


def followed(world: World, folder: Path) -> tuple[Synced, list[str]]:
    """Sync release 1, then release 2; return what was fetched of the recordings."""
    synced(ONE, folder)
    fetcher = Watched(world)
    done = sync(fetcher, world.trusted(), folder, location="x")
    assert done.copy.listing(Isrc(UNDECLARED)).listed
    assert not done.copy.listing(Isrc(ALLOWED)).listed
    assert done.copy.core().contents == core(world).contents
    return done, bulk(fetcher)


def test_a_release_that_follows_is_fetched_as_what_changed(tmp_path: Path) -> None:
    done, asked = followed(with_delta(), tmp_path)
    assert (done.before, done.by_delta, done.changed) == (1, True, 2)
    assert [path.partition("/")[0] for path in asked] == ["delta"]


@pytest.mark.parametrize("data", [b"no delta\n", encode_delta(delta({}))])
def test_a_delta_that_leads_elsewhere_is_replaced_by_the_core(
    tmp_path: Path, data: bytes
) -> None:
    done, asked = followed(with_delta(data), tmp_path)
    assert (done.before, done.by_delta, done.changed) == (1, False, None)
    assert [path.partition("/")[0] for path in asked] == ["delta", "bulk"]


@pytest.mark.parametrize("name", [layout.KEYS, layout.FIRSTS, layout.NUMBERS])
@pytest.mark.parametrize("byte", [b"\xff", b"\x00", b"\x7f"])
def test_a_copy_that_is_damaged_unseen_is_no_ground_for_a_delta(
    tmp_path: Path, name: str, byte: bytes
) -> None:
    folder = synced(ONE, tmp_path).copy.folder
    size = len((folder / name).read_bytes())
    (folder / name).write_bytes(byte * size)
    world = with_delta()
    done = synced(world, tmp_path)
    assert done.copy.core().contents == core(world).contents
    assert done.copy.listing(Isrc(LISTED)).number == 1
    assert done.copy.listing(Isrc(UNDECLARED)).listed


def test_titles_may_be_added_later_and_then_stay(tmp_path: Path) -> None:
    world = titled(World())
    first = synced(world, tmp_path)
    assert first.copy.titled() is None
    fetcher = Watched(world)
    later = sync(fetcher, world.trusted(), tmp_path, location="x", titles=True)
    assert (later.before, later.by_delta, later.changed) == (1, True, 0)
    assert [path.rpartition(".")[0][-8:] for path in bulk(fetcher)] == ["registry"]
    found = later.copy.titled()
    assert found is not None
    expected = marks_of(pa.array(["Slow River"]), pa.array(["Mara Lindqvist"]))
    place = found.marks.searchsorted(expected[0])
    assert found.marks[place] == expected[0]
    assert found.keys[place] == key_of(Isrc(LISTED))
    assert len(found.marks) == 2, "of the other two something is missing"
    assert synced(titled(world), tmp_path).copy.standing.titles
    assert not synced(world, tmp_path).requests


def test_what_is_reused_for_titles_is_what_was_written(tmp_path: Path) -> None:
    world = titled(World())
    folder = synced(world, tmp_path).copy.folder
    keys = (folder / layout.KEYS).read_bytes()
    (folder / layout.KEYS).write_bytes(keys[:-1] + b"\x01")
    mended = synced(world, tmp_path, titles=True)
    assert not mended.by_delta
    assert mended.copy.core().contents == core(world).contents
    assert (mended.copy.folder / layout.KEYS).read_bytes() == keys


def strange(count: int) -> "pa.Array[Any]":
    """Return texts that are none, as a file may hold them."""
    kept = pa.array([b"\xff\xfe"] * count)
    return pa.Array.from_buffers(pa.string(), count, kept.buffers())


@pytest.mark.parametrize(
    "data",
    [
        b"no Parquet",
        parquet_of(
            {"isrc": strange(1), "title": pa.array(["a"]), "artist": pa.array(["b"])}
        ),
        parquet_of(
            {"isrc": pa.array([LISTED]), "title": strange(1), "artist": pa.array(["b"])}
        ),
        parquet_of({"isrc": pa.array(["XXF012600001"])}),
        parquet_of({n: pa.array([1]) for n in ("isrc", "title", "artist")}) + b"x",
        parquet_of({n: pa.array([{"a": 1}]) for n in ("isrc", "title", "artist")}),
    ],
)
def test_a_part_without_titles_is_said(tmp_path: Path, data: bytes) -> None:
    document = registry_document()
    entry = document["parts"][0]["parquet"]
    entry |= {"bytes": len(data), "sha256": digest(data)}
    world = World()
    world.files[entry["path"]] = data
    world.release(document)
    with pytest.raises(MalformedError, match="is not a part"):
        synced(world, tmp_path, titles=True)
    assert open_copy(tmp_path) is None


# Breaking off.


def stopping(after: int, error: BaseException) -> Callable[[int], None]:
    """Return what brings a file to the disk so many times, and then fails."""
    fsync, left = os.fsync, [after]

    def stopped(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise error
        fsync(descriptor)

    return stopped


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()]
)
def test_wherever_it_breaks_off_a_whole_copy_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    synced(ONE, tmp_path)
    before, stops = (tmp_path / STANDING_FILE).read_bytes(), 0
    for after in range(100):
        with monkeypatch.context() as broken:
            broken.setattr(os, "fsync", stopping(after, error))
            if broke_off(tmp_path) is None:
                break
        stops += 1
        copy = open_copy(tmp_path)
        assert copy is not None
        copy.check_whole()
        assert copy.listing(Isrc(LISTED)).number == 1
        is_new = (tmp_path / STANDING_FILE).read_bytes() != before
        assert copy.standing.release.number == (2 if is_new else 1)
        if is_new:
            break
    assert stops > 10
    assert synced(TWO, tmp_path).copy.standing.release.number == 2
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name for name in names if "lock" not in name] == [
        open_folder(tmp_path),
        STANDING_FILE,
    ]


def broke_off(folder: Path) -> str | None:
    """Sync, and return what went wrong."""
    try:
        synced(TWO, folder)
    except FetchError as error:
        assert "No space left on device" in str(error)  # noqa: PT017 - of many times
        return str(error)
    except KeyboardInterrupt:
        return "interrupted"
    return None


def open_folder(folder: Path) -> str:
    copy = open_copy(folder)
    assert copy is not None
    return copy.folder.name


def test_two_at_once_wait_for_each_other(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: synced(ONE, tmp_path), range(2))
    assert sorted([first.requests > 0, second.requests > 0]) == [False, True]
    assert first.copy.folder == second.copy.folder


def test_whatever_else_is_in_the_folder_stays(tmp_path: Path) -> None:
    ours = tmp_path / "1-abcdefgh"
    for place in ("1999", "2024 albums", "3-abcdefgh", ".draft-abcdefgh"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "song.wav").write_bytes(b"mine")
    (tmp_path / "4-abcdefgh").write_bytes(b"a file")
    ours.mkdir()
    (ours / layout.KEYS).write_bytes(b"")
    synced(ONE, tmp_path)
    synced(TWO, tmp_path)
    assert len([*tmp_path.rglob("song.wav")]) == 4
    assert (tmp_path / "4-abcdefgh").exists()
    assert not ours.exists()


def test_a_copy_may_be_read_by_everybody(tmp_path: Path) -> None:
    for _ in range(2):
        copy = synced(ONE, tmp_path).copy
        assert (tmp_path / STANDING_FILE).stat().st_mode & 0o777 == 0o644
        assert copy.folder.stat().st_mode & 0o777 == 0o755


def test_a_copy_is_made_anew_for_another_root(tmp_path: Path) -> None:
    world = World()
    world.rotate(201)
    world.release()
    old = sync(world.fetcher, world.trusted(1), tmp_path, location="x")
    new = sync(world.fetcher, world.trusted(2), tmp_path, location="x")
    assert old.copy.standing.root == world.roots[0].digest
    assert new.copy.standing.root == world.roots[1].digest
    assert new.copy.evidence().roots
    assert not sync(world.fetcher, world.trusted(2), tmp_path, location="x").requests


def test_who_serves_it_learns_no_code(tmp_path: Path) -> None:
    world = titled(World())
    fetcher = Watched(world)
    sync(fetcher, world.trusted(), tmp_path, location="x", titles=True)
    assert not any("lookup" in path for path in fetcher.asked)


def test_a_file_that_is_withheld_leaves_nothing_behind(tmp_path: Path) -> None:
    for path in ONE.files:
        if not path.startswith(("bulk/", "registry/", "index/")):
            continue
        if path.endswith(("x.policies.parquet", "x.prefixes.parquet")):
            continue
        files = {name: data for name, data in ONE.files.items() if name != path}
        with pytest.raises(FetchError):
            sync(MemoryFetcher(files), ONE.trusted(), tmp_path, location="x")
        assert [path.name for path in tmp_path.iterdir()] in (
            [],
            [f"{STANDING_FILE}.lock"],
        )
