"""Policies and ranges of unlisted codes as tables, for whoever asks in SQL."""

from collections.abc import Iterator
from hashlib import sha256

import pyarrow as pa

from sayso.model.isrc import key_of
from sayso.model.policy import Cell, Cells, Policy
from sayso.publish.numbering import Numbering
from sayso.publish.output import Output
from sayso.publish.parts import MICROSECOND, as_parquet, listed
from sayso.wire.columns import Interval
from sayso.wire.contents import prefixes_content
from sayso.wire.policies import ANYWHERE, CLAIMED, ELSEWHERE, REVIEWED
from sayso.wire.release_file import ReleaseFile
from sayso.wire.text import Digest


def policies_file(numbering: Numbering, output: Output) -> ReleaseFile:
    """Write all policies as a table: a row for each policy, place and use."""
    rows = [
        row
        for number, one in numbering.policies.items()
        for row in _policy_rows(number, one.policy)
    ]
    schema = pa.schema(
        [
            ("policy", pa.int32()),
            ("territory", pa.string()),
            ("use", pa.string()),
            ("verdict", pa.string()),
            ("disputed", pa.bool_()),
            ("ownership", pa.string()),
            ("rule", pa.string()),
            ("until", MICROSECOND),
            ("by", pa.list_(pa.string())),
        ]
    )
    lines = b"".join(one.item + b"\n" for one in numbering.policies.values())
    content = Digest(sha256(lines).hexdigest())
    data = as_parquet(pa.Table.from_pylist(rows, schema))
    path = f"bulk/{content}.policies.parquet"
    output.write(path, data)
    return listed(path, data, content)


def prefixes_file(prefixes: tuple[Interval, ...], output: Output) -> ReleaseFile:
    """Write the policies of unlisted codes as a table of ranges."""
    table = pa.table(
        {
            "first": pa.array([span.first for span in prefixes], pa.string()),
            "last": pa.array([span.last for span in prefixes], pa.string()),
            "first_key": pa.array([key_of(s.first) for s in prefixes], pa.int64()),
            "last_key": pa.array([key_of(s.last) for s in prefixes], pa.int64()),
            "policy": pa.array([span.policy for span in prefixes], pa.int32()),
        }
    )
    content = prefixes_content({(s.first, s.last): s.policy for s in prefixes})
    data = as_parquet(table)
    path = f"bulk/{content}.prefixes.parquet"
    output.write(path, data)
    return listed(path, data, content)


def _policy_rows(number: int, policy: Policy) -> Iterator[dict[str, object]]:
    places: list[tuple[str, Cells]] = [(ANYWHERE, policy.anywhere)]
    places += [(code, cells) for codes, cells in policy.groups for code in codes]
    if policy.groups:
        places.append((ELSEWHERE, policy.elsewhere))
    for place, cells in places:
        for use, cell in cells.items():
            yield {
                "policy": number,
                "territory": place,
                "use": str(use),
                "until": policy.until,
                **_cell(cell),
            }


def _cell(cell: Cell) -> dict[str, object]:
    ownership = {None: None, True: REVIEWED, False: CLAIMED}[cell.reviewed]
    return {
        "verdict": str(cell.verdict),
        "disputed": cell.disputed,
        "ownership": ownership,
        "rule": str(cell.reason),
        "by": list(cell.by),
    }
