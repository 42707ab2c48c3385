"""The core is written range by range, and compared with the one before."""

import hashlib
import struct
from collections.abc import Mapping

import numpy as np
import pytest

from sayso.client.rows import read_rows
from sayso.publish import core as module
from sayso.publish.core import CoreReader, CoreWriter
from sayso.publish.delta import Rows
from sayso.wire.delta import REMOVED
from sayso.wire.release import ReleaseFile
from tests.cores import core_parquet
from tests.declared import HeldOutput, digest_of

OLD = {1: 1, 5: 1, 6: 2, 900: 1, 901: 3}
NEW = {0: 1, 5: 1, 6: 1, 7: 2, 900: 1, 950: 2}
CHANGES = {0: 1, 1: REMOVED, 6: 1, 7: 2, 901: REMOVED, 950: 2}
STOPS = (3, 7, 8, 800, 1000)


def columns(rows: Mapping[int, int]) -> Rows:
    return np.array([*rows], np.int64), np.array([*rows.values()], np.int32)


def plain(rows: Rows) -> dict[int, int]:
    return dict(zip(rows[0].tolist(), rows[1].tolist(), strict=True))


def written(output: HeldOutput, old: bytes | None) -> tuple[ReleaseFile, Rows | None]:
    writer = CoreWriter(output, None if old is None else CoreReader(old))
    start = 0
    for stop in STOPS:
        here = {key: NEW[key] for key in NEW if start <= key < stop}
        writer.add(stop, *columns(here))
        start = stop
    return writer.close()


@pytest.mark.parametrize("rows", [1, 2, 3, 2**20])
def test_the_core_is_the_same_in_groups_of_any_size(
    monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(module, "_ROWS", rows)
    output = HeldOutput()
    file, changes = written(output, core_parquet(OLD))
    data = output.files[file.path]
    assert plain(read_rows(data)) == NEW
    assert changes is not None
    assert plain(changes) == CHANGES
    assert (file.bytes, file.sha256) == (len(data), digest_of(data))
    content = b"".join(struct.pack("<qI", key, NEW[key]) for key in NEW)
    assert file.content_sha256 == hashlib.sha256(content).hexdigest()
    assert file.path == f"bulk/{file.content_sha256}.core.parquet"


def test_after_no_core_nothing_is_compared() -> None:
    assert written(HeldOutput(), None)[1] is None


def test_changes_are_not_held_where_the_core_is_shorter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_CHANGES", len(CHANGES))
    assert written(HeldOutput(), core_parquet(OLD))[1] is not None
    monkeypatch.setattr(module, "MOST_CHANGES", len(CHANGES) - 1)
    assert written(HeldOutput(), core_parquet(OLD))[1] is None


def test_what_was_read_is_not_read_again() -> None:
    reader = CoreReader(core_parquet(OLD))
    assert plain(reader.until(6)) == {1: 1, 5: 1}
    assert plain(reader.until(6)) == {}
    assert plain(reader.until(901)) == {6: 2, 900: 1}
    assert plain(reader.until(2**49)) == {901: 3}
    assert plain(reader.until(2**49)) == {}
