"""Small cores and deltas for tests: the formats' words once more, by another hand."""

import hashlib
import io
import struct
from array import array
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sayso.client.core import Core, read_core
from sayso.model.isrc import Isrc
from sayso.wire.contents import Contents
from sayso.wire.delta import Delta
from sayso.wire.profile import Json
from sayso.wire.text import Digest
from tests.registries import DENY, Document, cells, policy
from tests.trees import compact

POLICIES: Mapping[int, Document] = {
    number: policy(number, ("anywhere", cells(DENY))) for number in range(1, 8)
}
ITEMS: Mapping[int, bytes] = {
    number: compact(item).encode() for number, item in POLICIES.items()
}
NO_CONTENTS = Contents(
    number=1,
    core=Digest("a" * 64),
    policies=Digest("b" * 64),
    prefixes=Digest("c" * 64),
)

Prefixes = Mapping[tuple[Isrc, Isrc], int]


def lines(*values: Any) -> bytes:  # noqa: ANN401 - JSON
    """Return JSON Lines, each in its one spelling."""
    return "".join(compact(value) + "\n" for value in values).encode()


def parquet_of(columns: Mapping[str, "pa.Array[Any]"], *, group: int = 2**20) -> bytes:
    """Return a Parquet file of columns, with so many rows in a group at most."""
    file = io.BytesIO()
    pq.write_table(pa.table(dict(columns)), file, row_group_size=group)
    return file.getvalue()


def core_parquet(rows: Mapping[int, int]) -> bytes:
    """Return the core's file of the policies by key, in the order given."""
    return parquet_of(
        {
            "key": pa.array(list(rows), pa.int64()),
            "policy": pa.array(list(rows.values()), pa.int32()),
        }
    )


def prefix_items(prefixes: Prefixes) -> list[Json]:
    """Return the list of registry.json."""
    return [
        {"first": first, "last": last, "policy": number}
        for (first, last), number in sorted(prefixes.items())
    ]


def policy_items(rows: Mapping[int, int], prefixes: Prefixes) -> list[Json]:
    """Return the list of registry.json."""
    return [POLICIES[number] for number in used_policies(rows, prefixes)]


def used_policies(rows: Mapping[int, int], prefixes: Prefixes) -> dict[int, bytes]:
    """Return the policies that recordings and ranges use."""
    return {n: ITEMS[n] for n in sorted({*rows.values(), *prefixes.values()})}


def contents(number: int, rows: Mapping[int, int], prefixes: Prefixes) -> Contents:
    """Return the digests of a release."""
    packed = b"".join(struct.pack("<qI", key, rows[key]) for key in sorted(rows))
    parts = (
        packed,
        lines(*policy_items(rows, prefixes)),
        lines(*prefix_items(prefixes)),
    )
    digests = [Digest(hashlib.sha256(part).hexdigest()) for part in parts]
    return Contents(
        number=number, core=digests[0], policies=digests[1], prefixes=digests[2]
    )


def core(number: int, rows: Mapping[int, int], prefixes: Prefixes) -> Core:
    """Return the core of a release."""
    return read_core(
        core_parquet(dict(sorted(rows.items()))),
        policy_items(rows, prefixes),
        prefix_items(prefixes),
        contents=contents(number, rows, prefixes),
    )


def rows_of(some: Core) -> dict[int, int]:
    """Return the policies by key."""
    return dict(zip(some.keys.tolist(), some.numbers.tolist(), strict=True))


def delta(
    changes: Mapping[int, int],
    policies: Mapping[int, bytes | None] | None = None,
    prefixes: Mapping[tuple[Isrc, Isrc], int | None] | None = None,
    *,
    before: Contents = NO_CONTENTS,
    after: Contents | None = None,
) -> Delta:
    """Return a delta of changes in the order given."""
    return Delta(
        before=before,
        after=after
        or Contents(
            number=2,
            core=before.core,
            policies=before.policies,
            prefixes=before.prefixes,
        ),
        keys=array("q", changes),
        numbers=array("i", changes.values()),
        policies=policies or {},
        prefixes=prefixes or {},
    )
