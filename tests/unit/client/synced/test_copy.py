"""A copy on the disk: whatever is damaged is said, and never answers otherwise."""

import gc
import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sayso.client.core import Core
from sayso.client.synced import copy as copying
from sayso.client.synced import layout
from sayso.client.synced.columns import write_columns, write_copy
from sayso.client.synced.copy import Copy, open_copy
from sayso.client.synced.lines import Items, Lines
from sayso.client.synced.numbers import Numbers
from sayso.client.synced.standing import STANDING_FILE
from sayso.client.synced.sync import sync
from sayso.errors import FetchError, MalformedError, RegistryError
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.profile import Json
from tests import cores
from tests.copies import ALLOWED, IN_RANGE, NOW, UNLISTED, written
from tests.receipts import World
from tests.registries import CONTESTED, LISTED

FILES = sorted(layout.FILES - {layout.TITLES, layout.TITLED, layout.EVIDENCE})
WORLD, NEXT = World().release(), World().release().release()


def copied(folder: Path) -> Copy:
    return sync(WORLD.fetcher, WORLD.trusted(), folder, location="x").copy


def opened(folder: Path) -> Copy:
    copy = open_copy(folder)
    assert copy is not None
    return copy


def plain(core: Core, folder: Path) -> Copy:
    """Return a copy of a core alone."""
    standing = written(folder / "other")
    other = open_copy(standing)
    assert other is not None
    folder = folder / "copy"
    folder.mkdir()
    write_copy(folder, core, {name: [] for name in layout.LISTS})
    return Copy(folder, other.standing)


def test_a_registry_of_nothing_answers_that_nobody_speaks(tmp_path: Path) -> None:
    copy = plain(cores.core(1, {}, {}), tmp_path)
    for isrc in ("AA0000000000", "XXF012600001", "ZZZZZ9999999"):
        listing = copy.listing(Isrc(isrc))
        assert (listing.listed, listing.number, listing.policy) == (False, None, None)
        verdict = listing.answer(Use.SEARCH, now=NOW).verdict
        assert verdict is Verdict.UNDECLARED
    assert copy.recordings == len(copy.owners) == len(copy.policies) == 0
    assert not copy.disputes_of(Isrc("XXF012600001"))
    assert not len(copy.core().keys)


def test_the_ends_of_ranges_and_their_neighbours_are_told_apart(tmp_path: Path) -> None:
    first, last = Isrc("XXF010000010"), Isrc("XXF010000019")
    core = cores.core(1, {key_of(first) + 5: 1}, {(first, last): 2})
    copy = plain(core, tmp_path)
    numbers = [
        copy.listing(isrc_of(key_of(first) + step)).number for step in range(-1, 11)
    ]
    assert numbers == [None, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, None]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("data", [None, b"x", b"12345678" * 3])
def test_a_file_that_is_gone_or_of_another_length_is_said(
    tmp_path: Path, name: str, data: bytes | None
) -> None:
    copy = copied(tmp_path)
    path = copy.folder / name
    path.unlink()
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(RegistryError, match="run sayso sync again"):
        opened(tmp_path).check_whole()
    assert copied(tmp_path).listing(Isrc(LISTED)).listed, "it was mended"


def test_evidence_that_is_damaged_is_mended(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    (copy.folder / layout.EVIDENCE).write_bytes(b"{}")
    with pytest.raises(MalformedError):
        copy.evidence()
    assert copied(tmp_path).evidence().release


def test_a_policy_that_is_not_there_is_said(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    numbers = copy.folder / layout.NUMBERS
    numbers.write_bytes(bytes(len(numbers.read_bytes())))
    damaged = open_copy(tmp_path)
    assert damaged is not None
    with pytest.raises(MalformedError, match="has no policy 1; run sayso sync again"):
        damaged.listing(Isrc(LISTED))


@pytest.mark.parametrize("name", ["", ".", "..", "../elsewhere", "/", "a\\b", "a b"])
def test_a_standing_leads_to_no_folder_elsewhere(tmp_path: Path, name: str) -> None:
    copy = copied(tmp_path)
    path = tmp_path / STANDING_FILE
    text = path.read_text().replace(copy.folder.name, name.replace("\\", "\\\\"))
    path.write_text(text)
    with pytest.raises(MalformedError, match="'folder' is not the name of a folder"):
        open_copy(tmp_path)


def test_titles_are_checked_with_all_else(tmp_path: Path) -> None:
    folder = written(tmp_path / "copy")
    copy = open_copy(folder)
    assert copy is not None
    titled = copy.titled()
    assert titled is not None
    assert len(titled.marks) == len(titled.keys) == 2
    assert copy.listing(Isrc(ALLOWED)).listed
    assert not copy.listing(Isrc(IN_RANGE)).listed
    assert copy.listing(Isrc(UNLISTED)).number is None
    (copy.folder / layout.EVIDENCE).write_bytes(evidence(tmp_path))
    copy.check_whole()
    (copy.folder / layout.TITLED).write_bytes(b"")
    with pytest.raises(FetchError, match="cut off"):
        copy.check_whole()


# Readers beside a sync.


def test_who_opened_a_copy_reads_it_although_it_was_taken_away(tmp_path: Path) -> None:
    copied(tmp_path)
    copy, again = opened(tmp_path), opened(tmp_path)
    shutil.rmtree(copy.folder)
    found, expected = copy.listing(Isrc(CONTESTED)), again.listing(Isrc(CONTESTED))
    assert found == expected
    assert copy.covering(found)
    assert copy.disputes_of(Isrc(CONTESTED))
    assert len(copy.owners) == len([*copy.owners.values()]) > 1


@pytest.mark.parametrize("is_there", [True, False])
def test_a_copy_that_was_replaced_while_it_was_opened_is_opened_anew(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    is_there: bool,  # noqa: FBT001
) -> None:
    old = copied(tmp_path)
    new = sync(NEXT.fetcher, NEXT.trusted(), tmp_path, location="x").copy
    assert not old.folder.exists()
    said = [old.standing, new.standing if is_there else None]
    monkeypatch.setattr(copying, "read_standing", lambda _: said.pop(0))
    found = open_copy(tmp_path)
    assert (None if found is None else found.folder) == (
        new.folder if is_there else None
    )


def test_a_copy_that_nobody_holds_closes_its_files(tmp_path: Path) -> None:
    copy = copied(tmp_path)
    assert copy.listing(Isrc(LISTED)).policy is not None
    gone = weakref.ref(copy)
    gc.disable()
    try:
        del copy
        assert gone() is None
    finally:
        gc.enable()


@contextmanager
def read_only() -> Iterator[Path]:
    """Give a folder with a copy in it, in which nobody may write who runs the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder)
        folder.chmod(0o555)
        me = os.geteuid()
        try:
            if me == 0:  # who may write everywhere
                os.seteuid(65534)
            yield folder
        finally:
            os.seteuid(me)
            folder.chmod(0o755)


def test_a_copy_that_cannot_be_written_answers_and_is_not_synced() -> None:
    with read_only() as folder:
        before = (folder / STANDING_FILE).read_bytes()
        for world in (WORLD, NEXT):
            with pytest.raises(FetchError, match="cannot be written"):
                sync(world.fetcher, world.trusted(), folder, location="x")
        with pytest.raises(FetchError, match="cannot be written"):
            copied(folder / "new")
        copy = opened(folder)
        copy.check_whole()
        assert copy.listing(Isrc(LISTED)).number == 1
        assert (folder / STANDING_FILE).read_bytes() == before


def evidence(folder: Path) -> bytes:
    return (copied(folder / "real").folder / layout.EVIDENCE).read_bytes()


# Lines and numbers.


def test_items_are_found_by_their_ids(tmp_path: Path) -> None:
    lines = b'{"id":"a"}\n{"id":"c"}\n'
    (tmp_path / "some.jsonl").write_bytes(lines)
    ends = tmp_path / "some.ends"
    ends.write_bytes(b"".join(n.to_bytes(8, "little") for n in (11, 22)))

    def read(item: Json) -> Json:
        return item

    items: Items[str, Json] = Items(Lines(tmp_path / "some"), read)
    assert [*items] == ["a", "c"]
    assert items["c"] == {"id": "c"}
    for absent in ("", "b", "d"):
        assert absent not in items


@pytest.mark.parametrize("line", [b"[1]\n", b'{"no":1}\n', b"cut\n"])
def test_a_line_that_is_no_item_is_said(tmp_path: Path, line: bytes) -> None:
    (tmp_path / "some.jsonl").write_bytes(line)
    (tmp_path / "some.ends").write_bytes(len(line).to_bytes(8, "little"))
    items: Items[str, Json] = Items(Lines(tmp_path / "some"), lambda item: item)
    with pytest.raises(MalformedError):
        list(items)


def test_numbers_are_found_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "n").write_bytes(b"".join(n.to_bytes(4, "little") for n in (2, 4, 4)))
    numbers = Numbers(tmp_path / "n", "i")
    assert [numbers.place_of(n) for n in (1, 2, 3, 4, 5)] == [None, 0, None, 1, None]
    assert [numbers.places_until(n) for n in (1, 2, 3, 4, 5)] == [0, 1, 1, 3, 3]
    (tmp_path / "n").write_bytes(b"")
    empty = Numbers(tmp_path / "n", "Q")
    assert (len(empty), empty.place_of(0), empty.places_until(0)) == (0, None, 0)
    with pytest.raises(FetchError, match="cannot be read"):
        Numbers(tmp_path, "q")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    core = cores.core(1, {}, {})
    write_columns(tmp_path, {"keys": core.keys})
    with pytest.raises(FileExistsError):
        write_columns(tmp_path, {"keys": core.keys})
