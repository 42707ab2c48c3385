"""A registry drawn by chance, in which everything comes up that a policy can hold.

Its files are written here by hand, as the page about the data says.
"""

import random
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sayso.model.declaration import DeclarationId
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.model.policy import Cell, Cells, Policy, Reason
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.columns import Interval, Recordings
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.registry import Registry
from tests.readers.built import EXPIRY, ISSUED, Row

NUMBERS = range(3, 43)
RANGES = [
    ("AA0000000000", "AA0000000001"),
    ("XXF010000000", "XXF010099999"),
    ("XXF010100000", "XXF010100000"),
    ("XXF019999990", "XXF020000010"),  # from one prefix code into the next
    ("XXF020000011", "XXF029999999"),
    ("XXGZZ5000000", "XXI000000000"),  # over all those between
    ("ZZZZZ9999990", "ZZZZZ9999999"),
]
SHAPES: list[tuple[tuple[str, ...], ...]] = [
    (),
    (("DE",),),
    (("US",),),
    (("DE", "FR"), ("US",)),
    (("JP",),),
]
SCHEMA = pa.schema(
    {
        "policy": pa.int32(),
        "territory": pa.string(),
        "use": pa.string(),
        "verdict": pa.string(),
        "disputed": pa.bool_(),
        "ownership": pa.string(),
        "rule": pa.string(),
        "until": pa.timestamp("us", "UTC"),
        "by": pa.list_(pa.string()),
    }
)


def draw_registry(seed: int) -> Registry:
    """Return a registry; the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    first, last = (key_of(Isrc(code)) for code in ("XXF010000000", "XXI500000000"))
    keys = {key_of(Isrc(code)) for code, _ in RANGES[:3]}
    keys |= {first + draw.randrange(10**5) for _ in range(60)}
    keys |= {draw.randrange(first, last) for _ in range(300)}
    isrcs = [isrc_of(key) for key in sorted(keys)]
    nobody: list[None] = [None] * len(isrcs)
    return Registry(
        release=ReleaseHeader(
            number=1, issued=ISSUED, origin="a.example", profile=Profile.DEVELOPMENT
        ),
        counts={"recordings": len(isrcs)},
        notice="",
        owners={},
        declarations={},
        disputes=(),
        policies={number: _policy(draw) for number in NUMBERS},
        prefixes=tuple(
            Interval(first=Isrc(first), last=Isrc(last), policy=draw.choice(NUMBERS))
            for first, last in RANGES
        ),
        recordings=Recordings(
            isrcs=isrcs,
            policies=[draw.choice(NUMBERS) for _ in isrcs],
            titles=[*nobody],
            artists=[*nobody],
            owners=[*nobody],
        ),
        parts=(),
    )


def _policy(draw: random.Random) -> Policy:
    anywhere, shape = _cells(draw), draw.choice(SHAPES)
    return Policy(
        anywhere=anywhere,
        groups=tuple((countries, _cells(draw)) for countries in shape),
        elsewhere=_cells(draw) if shape else anywhere,
        until=draw.choice([None, None, EXPIRY, ISSUED + timedelta(days=90)]),
    )


def _cells(draw: random.Random) -> Cells:
    reasons = [Reason.NAMED, Reason.ANY_AI, Reason.STRICTEST_OWNER]
    names = [DeclarationId(f"domain:{word}.example/a") for word in ("one", "two")]
    return {
        use: Cell(
            verdict=draw.choice([*Verdict]),
            reason=draw.choice(reasons),
            by=tuple(names[: draw.randrange(3)]),
            disputed=draw.random() < 0.3,
        )
        for use in Use
    }


def write_registry(registry: Registry, folder: Path) -> None:
    """Write the core, the policies and the prefixes, under plain names."""
    recordings, spans = registry.recordings, registry.prefixes
    core = {
        "key": pa.array([key_of(isrc) for isrc in recordings.isrcs], pa.int64()),
        "policy": pa.array(recordings.policies, pa.int32()),
    }
    prefixes = {
        "first": pa.array([span.first for span in spans], pa.string()),
        "last": pa.array([span.last for span in spans], pa.string()),
        "first_key": pa.array([key_of(span.first) for span in spans], pa.int64()),
        "last_key": pa.array([key_of(span.last) for span in spans], pa.int64()),
        "policy": pa.array([span.policy for span in spans], pa.int32()),
    }
    pq.write_table(pa.table(core), folder / "core.parquet")
    pq.write_table(pa.table(prefixes), folder / "prefixes.parquet")
    policies = pa.Table.from_pylist(_rows(registry), SCHEMA)
    pq.write_table(policies, folder / "policies.parquet")


def _rows(registry: Registry) -> list[Row]:
    return [
        {
            "policy": number,
            "territory": place,
            "use": str(use),
            "verdict": str(cell.verdict),
            "disputed": cell.disputed,
            "rule": str(cell.reason),
            "until": policy.until,
            "by": list(cell.by),
        }
        for number, policy in registry.policies.items()
        for place, cells in _places(policy)
        for use, cell in cells.items()
    ]


def _places(policy: Policy) -> list[tuple[str, Cells]]:
    named = [(code, cells) for codes, cells in policy.groups for code in codes]
    elsewhere = [("elsewhere", policy.elsewhere)] if named else []
    return [("anywhere", policy.anywhere), *named, *elsewhere]
