"""The core is written range by range, and so it is read."""

import hashlib
import struct
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest

from sayso.columns.rows import read_rows
from sayso.publish import core as module
from sayso.publish.core import CoreReader, CoreWriter
from sayso.publish.delta import Rows
from tests.cores import core_parquet
from tests.declared import HeldOutput, digest_of

OLD = {1: 1, 5: 1, 6: 2, 900: 1, 901: 3}
NEW = {0: 1, 5: 1, 6: 1, 7: 2, 900: 1, 950: 2}


def columns(rows: Mapping[int, int]) -> Rows:
    return np.array([*rows], np.int64), np.array([*rows.values()], np.int32)


def plain(rows: Rows) -> dict[int, int]:
    return dict(zip(rows[0].tolist(), rows[1].tolist(), strict=True))


@pytest.mark.parametrize("rows", [1, 2, 3, 2**20])
def test_the_core_is_the_same_in_groups_of_any_size(
    monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(module, "_ROWS", rows)
    output = HeldOutput()
    writer = CoreWriter(output)
    for start, stop in pairwise((0, 3, 7, 8, 800, 1000)):
        here = {key: NEW[key] for key in NEW if start <= key < stop}
        writer.add(*columns(here))
    file = writer.close()
    data = output.files[file.path]
    assert plain(read_rows(data)) == NEW
    assert (file.bytes, file.sha256) == (len(data), digest_of(data))
    content = b"".join(struct.pack("<qI", key, NEW[key]) for key in NEW)
    assert file.content_sha256 == hashlib.sha256(content).hexdigest()
    assert file.path == f"bulk/{file.content_sha256}.core.parquet"


def test_what_was_read_is_not_read_again() -> None:
    reader = CoreReader(core_parquet(OLD))
    assert plain(reader.until(6)) == {1: 1, 5: 1}
    assert plain(reader.until(6)) == {}
    assert plain(reader.until(901)) == {6: 2, 900: 1}
    assert plain(reader.until(2**49)) == {901: 3}
    assert plain(reader.until(2**49)) == {}
