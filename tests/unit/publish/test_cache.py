"""The cache: no catalogue is parsed twice, and nothing in it has to be believed."""

import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from pyarrow import ipc

from sayso.errors import PublishError
from sayso.publish import cache as module
from sayso.publish import entry as entry_module
from sayso.publish.cache import cache, passing_cache
from sayso.publish.entry import FileTable
from sayso.publish.reading.sources import SourceFile, source_file
from sayso.publish.reading.tables import About, HeldTables, Table, parse_table
from tests.caches import opened

FILE = source_file("a/c.csv", b"isrc,title\nXXF012600002,b\nXXF012600001,a\n")
OTHER = source_file("a/d.csv", b"isrc\nXXF012600003\n")
BROKEN = source_file("a/e.csv", b"isrc,title\nXXF012600001,=A1\nx,y\nXXF012600004,c\n")
HEADER = source_file("a/f.csv", b"isrc,title\n")


class Counter:
    """Parses catalogues, and notes which."""

    def __init__(self) -> None:
        self.parsed: list[str] = []

    def __call__(self, file: SourceFile) -> tuple[pl.DataFrame, About]:
        self.parsed.append(file.path)
        return parse_table(file)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    found = Counter()
    monkeypatch.setattr(module, "parse_table", found)
    return found


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.arrow"))


def told(read: tuple[Table, About]) -> tuple[object, ...]:
    table, about = read
    return (
        table.height,
        table.keys().tolist(),
        table.rows(0, table.height).to_pylist(),
        list(about.problems),
        about.lines,
        about.sha256,
    )


@pytest.mark.parametrize("file", [FILE, OTHER, BROKEN, HEADER])
def test_a_cached_catalogue_tells_the_same(
    tmp_path: Path, counter: Counter, file: SourceFile
) -> None:
    expected = told(HeldTables().read(file))
    for _ in range(3):
        with opened(tmp_path / "cache") as tables:
            assert told(tables.read(file)) == expected
    assert counter.parsed == [file.path]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("at_once", [1, 100, 2**30])
def test_catalogues_are_read_ahead_each_once(
    tmp_path: Path,
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
    at_once: int,
) -> None:
    monkeypatch.setattr("sayso.publish.budget._AT_ONCE", at_once)
    files = [FILE, OTHER, BROKEN, HEADER, source_file("b/c.csv", FILE.data)]
    for _ in range(2):
        with cache(tmp_path / "cache", print, workers=workers) as tables:
            tables.prepare(files)
            for file in files:
                assert told(tables.read(file)) == told(HeldTables().read(file))
    assert len(counter.parsed) == 4


def test_the_problems_of_a_catalogue_that_stands_twice_are_shown_at_both_places(
    tmp_path: Path,
) -> None:
    copy = source_file("b/copy.csv", BROKEN.data)
    for _ in range(2):
        with opened(tmp_path / "cache") as tables:
            tables.prepare([BROKEN, copy])
            for file in (BROKEN, copy):
                _, about = tables.read(file)
                assert {problem.path for problem in about.problems} == {file.path}


def test_a_catalogue_that_cannot_be_read_ahead_stops_the_build(tmp_path: Path) -> None:
    def changed() -> bytes:
        raise PublishError("a/c.csv changed while it was read")

    with opened(tmp_path / "cache") as tables, pytest.raises(PublishError):
        tables.prepare([OTHER, replace(FILE, load=changed)])


@pytest.mark.parametrize("few", [0, 2])
def test_some_rows_are_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(entry_module, "_FEW", few)
    with opened(tmp_path / "cache") as tables:
        table, _ = tables.read(FILE)
        assert table.height == 2
        assert table.keys(1).tolist() == table.keys().tolist()[1:]
        assert table.keys(0, 1).tolist() == table.keys().tolist()[:1]
        assert table.rows(1, 2)["title"].to_pylist() == ["b"]
        assert table.rows(1, 1).to_pylist() == []


def test_a_catalogue_without_a_row_can_be_asked(tmp_path: Path) -> None:
    for _ in range(2):
        with opened(tmp_path / "cache") as tables:
            table, about = tables.read(HEADER)
            assert table.height == 0
            assert table.keys().tolist() == []
            assert table.rows(0, 0).to_pylist() == []
            assert [problem.rule.code for problem in about.problems] == ["SAY611"]


def test_the_problems_of_a_cached_catalogue_are_shown_at_its_new_place(
    tmp_path: Path, counter: Counter
) -> None:
    with opened(tmp_path / "cache") as tables:
        _, before = tables.read(BROKEN)
    moved = source_file("b/moved.csv", BROKEN.data)
    with opened(tmp_path / "cache") as tables:
        _, after = tables.read(moved)
    assert counter.parsed == [BROKEN.path]
    assert {problem.path for problem in before.problems} == {BROKEN.path}
    assert list(after.problems) == list(parse_table(moved)[1].problems)


def flip(entry: Path) -> None:
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 1
    entry.write_bytes(data)


def truncate(entry: Path) -> None:
    os.truncate(entry, entry.stat().st_size - 9)


def empty(entry: Path) -> None:
    os.truncate(entry, 0)


def rename(entry: Path) -> None:
    """Let it be named as what it is not."""
    entry.rename(entry.with_name(f"{FILE.blob}-{'0' * 64}.arrow"))


def become_folder(entry: Path) -> None:
    entry.unlink()
    (entry.parent / "x").mkdir()
    entry.symlink_to(entry.parent / "x")


@pytest.mark.parametrize("harm", [flip, truncate, empty, rename, become_folder])
def test_a_broken_entry_is_made_anew_and_told(
    tmp_path: Path, counter: Counter, harm: Callable[[Path], None]
) -> None:
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    (entry,) = entries(tmp_path / "cache")
    harm(entry)
    with opened(tmp_path / "cache", "cannot be used and is made anew") as tables:
        assert told(tables.read(FILE)) == told(HeldTables().read(FILE))
    assert counter.parsed == [FILE.path] * 2
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    assert counter.parsed == [FILE.path] * 2
    assert len(entries(tmp_path / "cache")) == 1


def arrow(metadata: dict[bytes, bytes] | None, *columns: str) -> bytes:
    table = pa.table({name: pa.array([1], pa.int64()) for name in columns})
    table = table.replace_schema_metadata(metadata)
    sink = pa.BufferOutputStream()
    with ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not Arrow at all",
        arrow(None, "key"),
        arrow({b"other": b"{}"}, "key"),
        arrow({b"sayso": b"no JSON"}, "key"),
        arrow({b"sayso": b"{}"}, "key"),
        arrow({b"sayso": b'[[1],1,""]'}, "key"),
    ],
)
def test_a_foreign_entry_is_made_anew_and_told(
    tmp_path: Path, counter: Counter, data: bytes
) -> None:
    """Even one whose name fits its bytes."""
    with opened(tmp_path / "cache"):
        pass
    (home,) = [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
    name = f"{FILE.blob}-{hashlib.sha256(data).hexdigest()}.arrow"
    (home / name).write_bytes(data)
    with opened(tmp_path / "cache", "cannot be used and is made anew") as tables:
        assert told(tables.read(FILE)) == told(HeldTables().read(FILE))
    assert counter.parsed == [FILE.path]


@pytest.mark.parametrize(
    ("said", "wrong"),
    [('"SAY606"', '"SAY999"'), (',3,"', ',"3","')],
)
def test_an_entry_with_another_content_than_ours_is_made_anew_and_told(
    tmp_path: Path, counter: Counter, said: str, wrong: str
) -> None:
    """Its name fits its bytes, and still they are not what this code writes."""
    with opened(tmp_path / "cache") as tables:
        tables.read(BROKEN)
    (entry,) = entries(tmp_path / "cache")
    with pa.memory_map(str(entry)) as source:
        table = ipc.open_file(source).read_all()
    metadata = table.schema.metadata[b"sayso"].replace(said.encode(), wrong.encode())
    assert metadata != table.schema.metadata[b"sayso"]
    sink = pa.BufferOutputStream()
    table = table.replace_schema_metadata({b"sayso": metadata})
    with ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    data = sink.getvalue().to_pybytes()
    entry.unlink()
    name = f"{BROKEN.blob}-{hashlib.sha256(data).hexdigest()}.arrow"
    entry.with_name(name).write_bytes(data)
    with opened(tmp_path / "cache", "cannot be used and is made anew") as tables:
        assert told(tables.read(BROKEN)) == told(HeldTables().read(BROKEN))
    assert counter.parsed == [BROKEN.path] * 2


def test_an_entry_that_breaks_after_it_was_read_is_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path / "cache") as tables:
        table, _ = tables.read(FILE)
        key = table.keys(0, 1).tobytes()
    (entry,) = entries(tmp_path / "cache")
    data = entry.read_bytes()
    entry.write_bytes(data.replace(key, bytes(8)))
    with opened(tmp_path / "cache", "cannot be used and is made anew") as tables:
        assert told(tables.read(FILE)) == told(HeldTables().read(FILE))


def test_a_catalogue_with_a_forged_blob_id_is_not_taken_for_the_other(
    tmp_path: Path, counter: Counter
) -> None:
    """Such an id is a SHA-1, of which two files can be made to have the same."""
    forged = replace(source_file("b/forged.csv", OTHER.data), blob=FILE.blob)
    for _ in range(3):
        with opened(tmp_path / "cache") as tables:
            tables.prepare([FILE, forged])
            read = [tables.read(file) for file in (FILE, forged)]
            for file, found in zip((FILE, forged), read, strict=True):
                assert told(found) == told(HeldTables().read(file))
    counter.parsed.clear()
    with opened(tmp_path / "cache") as tables:
        tables.read(replace(FILE, sha256=""))  # an earlier one, known by its blob alone
    assert counter.parsed == []


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of maps")
def test_many_tables_are_read_with_few_maps(tmp_path: Path) -> None:
    """A process may have some ten thousand, and a registry has more catalogues."""
    with opened(tmp_path / "cache") as tables:
        table, _ = tables.read(FILE)
        (entry,) = entries(tmp_path / "cache")
        held = []
        for number in range(300):
            place = tmp_path / f"linked-{number}"
            os.link(entry, place)
            one = FileTable(place, table.height)
            held.append((one.keys(), one.rows(0, 2)))
    maps = Path("/proc/self/maps").read_text("utf-8")
    assert maps.count(f"{tmp_path}/linked-") <= 256
    for keys, rows in held:
        assert keys.tolist() == rows["key"].to_pylist() == table.keys().tolist()
        assert rows == table.rows(0, 2)


def test_what_a_killed_build_was_writing_is_deleted(tmp_path: Path) -> None:
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    (entry,) = entries(tmp_path / "cache")
    left = entry.parent / "new-x1y2z3"
    left.write_bytes(b"half")
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
        assert left.exists()  # it may be of another build, as long as this one runs
    assert not left.exists()
    assert entries(tmp_path / "cache") == [entry]


def test_entries_of_another_version_are_never_read_and_go(
    tmp_path: Path, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    old = entries(tmp_path / "cache")
    monkeypatch.setattr(module, "_version", lambda: "another")
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    assert counter.parsed == [FILE.path] * 2
    assert not set(old) & set(entries(tmp_path / "cache"))
    assert len(entries(tmp_path / "cache")) == 1


def test_a_version_is_of_the_code_and_of_what_it_reads_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = module._version()
    assert before == module._version()
    monkeypatch.setattr(pl, "__version__", "0.0.0")
    assert module._version() != before


def test_what_a_build_did_not_need_is_deleted(tmp_path: Path) -> None:
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
        tables.read(OTHER)
    assert len(entries(tmp_path / "cache")) == 2
    with opened(tmp_path / "cache") as tables:
        tables.read(OTHER)
    (left,) = entries(tmp_path / "cache")
    assert left.name.startswith(OTHER.blob)


def test_what_else_is_in_the_folder_is_never_deleted(tmp_path: Path) -> None:
    names = ("declarations", ".git", "0" * 32, "sayso-notes")
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_bytes(b"precious")
    (tmp_path / "link").symlink_to(tmp_path / ".git")
    with opened(tmp_path) as tables:
        tables.read(FILE)
    for name in (*names, "link"):
        assert (tmp_path / name / "a").read_bytes() == b"precious"


def test_a_cache_that_is_deleted_meanwhile_spoils_nothing_that_was_made(
    tmp_path: Path,
) -> None:
    with opened(tmp_path / "cache", "cache cannot be tidied: ") as tables:
        tables.read(FILE)
        shutil.rmtree(tmp_path / "cache")


def test_a_build_that_fails_deletes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    with pytest.raises(RuntimeError), opened(tmp_path / "cache"):
        raise RuntimeError
    assert len(entries(tmp_path / "cache")) == 1


def test_two_builds_at_once_share_the_cache_and_delete_nothing_of_each_other(
    tmp_path: Path, counter: Counter
) -> None:
    with opened(tmp_path / "cache") as one:
        one.read(FILE)
        with opened(tmp_path / "cache") as two:
            two.read(OTHER)
            assert told(two.read(FILE)) == told(one.read(FILE))
        with opened(tmp_path / "cache"):
            pass  # needs neither, and is not alone
        assert told(one.read(FILE)) == told(HeldTables().read(FILE))
        assert len(entries(tmp_path / "cache")) == 2
    assert counter.parsed == [FILE.path, OTHER.path]
    with opened(tmp_path / "cache") as tables:
        tables.read(OTHER)
    assert counter.parsed == [FILE.path, OTHER.path]
    assert len(entries(tmp_path / "cache")) == 1


def test_who_ends_last_deletes_what_it_did_not_need(tmp_path: Path) -> None:
    with opened(tmp_path / "cache") as tables:
        tables.read(FILE)
    lock = os.open(tmp_path / "cache" / "lock", os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_SH)
    with opened(tmp_path / "cache"):
        pass
    assert len(entries(tmp_path / "cache")) == 1
    os.close(lock)
    with opened(tmp_path / "cache"):
        pass
    assert entries(tmp_path / "cache") == []


def test_who_is_not_alone_keeps_others_from_being_alone(tmp_path: Path) -> None:
    one, two, three = (
        os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR) for _ in range(3)
    )
    for lock in (one, two):
        fcntl.flock(lock, fcntl.LOCK_SH)
    assert not module._alone(one)
    os.close(two)
    assert not module._alone(three)
    os.close(three)
    assert module._alone(one)
    os.close(one)


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
def test_a_folder_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache").chmod(mode)
    with pytest.raises(PublishError, match="nothing in it is believed"):
        cache(tmp_path / "cache", print).__enter__()


def test_a_folder_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(PublishError, match="belongs to somebody else"):
        cache(tmp_path / "cache", print).__enter__()


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    with opened(tmp_path / "some" / "cache") as tables:
        tables.read(FILE)
    for folder in ((tmp_path / "some" / "cache"), *entries(tmp_path / "some/cache")):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_place_that_cannot_be_a_cache_is_named(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"")
    with pytest.raises(PublishError, match=r"cache cannot be written: .*--cache"):
        cache(tmp_path / "cache", print).__enter__()


def test_a_disk_without_locks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(PublishError, match=r"No locks available; .*--cache"):
        cache(tmp_path / "cache", print).__enter__()


def test_a_full_disk_is_named_and_leaves_no_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with opened(tmp_path / "cache") as tables:
        monkeypatch.setattr(ipc, "new_file", refuse)
        with pytest.raises(PublishError, match="No space left on device"):
            tables.read(FILE)
    assert entries(tmp_path / "cache") == []
    (home,) = [path for path in (tmp_path / "cache").iterdir() if path.is_dir()]
    assert list(home.iterdir()) == []


def test_a_catalogue_that_changed_while_it_was_read_is_not_cached(
    tmp_path: Path,
) -> None:
    def changed() -> bytes:
        raise PublishError("a/c.csv changed while it was read")

    file = replace(FILE, load=changed)
    with opened(tmp_path / "cache") as tables, pytest.raises(PublishError):
        tables.read(file)
    assert entries(tmp_path / "cache") == []


def test_a_passing_cache_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with passing_cache() as tables:
        table, _ = tables.read(FILE)
        assert table.height == 2
        assert [*tmp_path.iterdir()]
    assert not [*tmp_path.iterdir()]


def test_no_place_for_temporary_files_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(PublishError, match="TMPDIR"), passing_cache():
        pass
