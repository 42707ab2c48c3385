"""Syncing: first the whole, then what changed; what fails changes nothing."""

import gzip
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from sayso.client.core import Core, apply_delta
from sayso.client.refresh import MemoryFetcher
from sayso.client.synced import sync as syncing
from sayso.client.synced.columns import write_copy
from sayso.client.synced.copy import Copy, open_copy, read_standing
from sayso.client.synced.standing import (
    STANDING_FILE,
    Standing,
    decode_standing,
    encode_standing,
)
from sayso.client.synced.sync import Synced, sync
from sayso.client.whole import Documents
from sayso.errors import FetchError, MalformedError, RegistryError, StaleError
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.wire.delta import encode_delta
from sayso.wire.registry import decode_registry
from sayso.wire.release_file import ReleaseFile
from sayso.wire.text import Digest
from tests import cores
from tests.receipts import World, digest, listed
from tests.registries import ISSUED, LISTED, UNDECLARED, UNDER_PREFIX

ONE, TWO = World().release(), World().release().release()
FIRST, SECOND = Isrc("XXF010000000"), Isrc("XXF019999999")


def synced(world: World, folder: Path) -> Synced:
    return sync(
        world.fetcher, world.trusted(), folder, location="https://registry.example"
    )


def test_a_copy_says_what_the_registry_says(tmp_path: Path) -> None:
    copy = synced(ONE, tmp_path).copy
    (data,) = (ONE.files[path] for path in ONE.files if path.startswith("registry/"))
    registry = decode_registry(data)
    ends = {key_of(span.first) for span in registry.prefixes}
    ends |= {key_of(span.last) for span in registry.prefixes}
    around = {isrc_of(key + step) for key in ends for step in (-1, 0, 1)}
    for isrc in sorted({*around, LISTED, UNDER_PREFIX, UNDECLARED}):
        expected = registry.listing(Isrc(isrc))
        found = copy.listing(Isrc(isrc))
        assert (found.listed, found.number, found.policy) == (
            expected.listed,
            expected.number,
            expected.policy,
        )
        assert copy.covering(found) == registry.covering(expected)
        assert copy.disputes_of(Isrc(isrc)) == registry.disputes_of(Isrc(isrc))
    assert dict(copy.owners.items()) == registry.owners
    assert dict(copy.declarations.items()) == registry.declarations
    assert len(copy.owners) == len(registry.owners)
    assert {**copy.policies}.keys() == registry.policies.keys()
    assert copy.recordings == 4
    assert copy.titled() is None
    with pytest.raises(KeyError):
        copy.owners["domain:nobody.example"]  # type: ignore[index] # no owner
    with pytest.raises(KeyError):
        copy.policies[12345]


def test_a_second_sync_fetches_nothing_and_a_third_the_new_release(
    tmp_path: Path,
) -> None:
    first = synced(ONE, tmp_path)
    assert (first.before, first.requests > 2) == (None, True)
    again = synced(ONE, tmp_path)
    assert (again.before, again.requests, again.bytes) == (1, 0, 0)
    assert again.copy.folder == first.copy.folder
    newer = synced(TWO, tmp_path)
    assert (newer.before, newer.copy.standing.release.number) == (1, 2)
    assert not first.copy.folder.exists()
    assert first.copy.listing(Isrc(LISTED)).listed, "who reads the old one still can"


def test_what_fails_leaves_the_copy_in_force(tmp_path: Path) -> None:
    synced(ONE, tmp_path)
    before = (tmp_path / STANDING_FILE).read_bytes()
    files = {path: data for path, data in TWO.files.items() if "bulk/" not in path}
    with pytest.raises(RegistryError):
        sync(MemoryFetcher(files), TWO.trusted(), tmp_path, location="x")
    assert (tmp_path / STANDING_FILE).read_bytes() == before
    assert open_copy(tmp_path) is not None
    names = {path.name for path in tmp_path.iterdir()}
    assert not any(name.startswith(".draft") for name in names)


def test_a_damaged_copy_is_mended(tmp_path: Path) -> None:
    copy = synced(ONE, tmp_path).copy
    (copy.folder / "keys.i64").write_bytes(b"cut")
    with pytest.raises(FetchError, match="run sayso sync again"):
        open_copy(tmp_path)
    mended = synced(ONE, tmp_path)
    assert mended.requests
    assert mended.copy.listing(Isrc(LISTED)).listed
    (mended.copy.folder / "policies.i32").write_bytes(b"")
    with pytest.raises(FetchError, match="cut off"):
        open_copy(tmp_path)
    (tmp_path / STANDING_FILE).write_bytes(b"{}")
    with pytest.raises(MalformedError):
        read_standing(tmp_path)
    assert synced(ONE, tmp_path).requests


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match="cannot be written"):
        synced(ONE, tmp_path / "file" / "copy")


# Deltas.


def copied(core: Core, folder: Path) -> Copy:
    """Return a copy of a core that stands on the disk."""
    standing = replace(synced(ONE, folder / "other").copy.standing, folder="")
    (folder / "copy").mkdir()
    nothing: dict[str, list[object]] = {
        name: [] for name in ("owners", "declarations", "disputes")
    }
    write_copy(folder / "copy", core, nothing)  # type: ignore[arg-type] # lists
    return Copy(folder / "copy", replace(standing, contents=core.contents))


ROWS = {key_of(FIRST) + n: n % 3 + 1 for n in range(50)}
CHANGED = {**ROWS, key_of(FIRST) + 7: 5, key_of(SECOND): 6}
RANGES = {(FIRST, SECOND): 2}
BEFORE, AFTER = cores.core(1, ROWS, RANGES), cores.core(2, CHANGED, RANGES)
DELTA = cores.delta(
    {key_of(FIRST) + 7: 5, key_of(SECOND): 6},
    {5: cores.ITEMS[5], 6: cores.ITEMS[6]},
    before=BEFORE.contents,
    after=AFTER.contents,
)
ELSEWHERE = replace(BEFORE.contents, number=2)
CORE = cores.core_parquet(dict(sorted(CHANGED.items())))


def asked(delta: bytes, tmp_path: Path) -> tuple[Core, int | None]:
    """Return the core after a delta, of which these are the bytes that are served."""
    path = f"delta/{'a' * 64}.1-2.jsonl.gz"
    file = ReleaseFile(
        path=path,
        bytes=len(delta),
        sha256=Digest(sha256(delta).hexdigest()),
        content_sha256=Digest("a" * 64),
    )
    core = listed(f"bulk/{'b' * 64}.core.parquet", CORE)
    release = ONE.trusted().release
    files = tuple(
        core if each.path.endswith(".core.parquet") else each for each in release.files
    )
    documents = Documents(
        release=replace(release, files=files),
        index=(file,),
        contents=AFTER.contents,
        registry=None,  # type: ignore[arg-type] # not looked at
        items={
            "policies": cores.policy_items(CHANGED, RANGES),
            "prefixes": cores.prefix_items(RANGES),
        },
    )
    fetcher = MemoryFetcher({path: delta, core.path: CORE})
    return syncing._new_core(
        fetcher, documents, copied(BEFORE, tmp_path), lambda *_: None
    )


def test_a_delta_leads_to_the_same_core(tmp_path: Path) -> None:
    core, changed = asked(gzip.compress(encode_delta(DELTA)), tmp_path)
    assert changed == 2
    assert core.contents == AFTER.contents == apply_delta(BEFORE, DELTA).contents
    assert cores.rows_of(core) == CHANGED


@pytest.mark.parametrize(
    "data",
    [
        b"no gzip",
        gzip.compress(b"no delta\n"),
        gzip.compress(encode_delta(replace(DELTA, after=ELSEWHERE))),
        gzip.compress(encode_delta(replace(DELTA, policies={}))),
    ],
    ids=["no gzip", "no delta", "to another release", "without its policies"],
)
def test_a_delta_that_is_wrong_is_answered_by_the_core(
    tmp_path: Path, data: bytes
) -> None:
    core, changed = asked(data, tmp_path)
    assert changed is None
    assert cores.rows_of(core) == CHANGED


# The standing.


def standing_of(tmp_path: Path) -> Standing:
    standing = read_standing(synced(ONE, tmp_path).copy.folder.parent)
    assert standing is not None
    return standing


def test_a_standing_is_read_as_it_was_written(tmp_path: Path) -> None:
    standing = standing_of(tmp_path)
    assert decode_standing(encode_standing(standing)) == standing
    assert standing.digest == digest(ONE.log.log.entries[-1])
    assert standing.release.issued == ISSUED


@pytest.mark.parametrize(
    ("late", "why"),
    [(timedelta(days=400), "run sayso sync"), (timedelta(days=-1), "is the clock")],
)
def test_a_standing_of_another_time_is_stale(
    tmp_path: Path, late: timedelta, why: str
) -> None:
    standing = standing_of(tmp_path)
    now: datetime = standing.checked + late
    standing.check_fresh(standing.checked)
    with pytest.raises(StaleError, match=why):
        standing.check_fresh(now)
