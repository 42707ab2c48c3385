"""A small registry that was synced, written by hand, with a case of every answer."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from sayso.api.registry import Registry
from sayso.client.core import Core, Intervals
from sayso.client.synced import layout
from sayso.client.synced.columns import write_columns, write_copy
from sayso.client.synced.standing import STANDING_FILE, Standing, encode_standing
from sayso.columns.titles import marks_of
from sayso.model.isrc import Isrc, key_of
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.text import Digest, format_time
from tests.cores import NO_CONTENTS
from tests.registries import (
    CATALOGUE,
    DENY,
    FERNWOOD,
    MARA,
    NOTHING,
    SONGS,
    Document,
    cell,
    cells,
    policy,
    side,
)
from tests.trees import compact

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)

DENIED = "XXF012600001"
DISPUTED = "XXF012600002"
ALLOWED = "XXF012600003"
EXPIRED = "XXF012600004"
ASKED = "XXF012600005"
IN_GERMANY = "XXF012600006"
"""Allowed in Germany; elsewhere nobody says anything."""

REVIEWED_DENY = "XXF012600007"
IN_RANGE = "XXF012500000"
UNLISTED = "XXG012600001"

_ALLOW = cell("allow", "named", CATALOGUE, ownership="reviewed")
_SIDES = (side(FERNWOOD, "deny", CATALOGUE), side(MARA, "allow", SONGS))
_POLICIES: Mapping[int, Document] = {
    1: policy(1, ("anywhere", cells(DENY))),
    2: policy(
        2,
        (
            "anywhere",
            cells(
                cell(
                    *("deny", "strictest-owner", CATALOGUE, SONGS),
                    disputed=True,
                    sides=_SIDES,
                )
            ),
        ),
    ),
    3: policy(3, ("anywhere", cells(_ALLOW, any_ai=NOTHING))),
    4: policy(
        4,
        ("anywhere", cells(_ALLOW, any_ai=NOTHING)),
        until=format_time(NOW - HOUR),
    ),
    5: policy(5, ("anywhere", cells(cell("ask", "named", CATALOGUE)))),
    6: policy(
        6,
        ("anywhere", cells(NOTHING)),
        (["DE"], cells(_ALLOW, any_ai=NOTHING)),
        ("elsewhere", cells(NOTHING)),
    ),
    7: policy(
        7, ("anywhere", cells(cell("deny", "named", SONGS, ownership="reviewed")))
    ),
    8: policy(8, ("anywhere", cells(cell("deny", "any-ai", SONGS)))),
}
_RECORDINGS = {
    DENIED: 1,
    DISPUTED: 2,
    ALLOWED: 3,
    EXPIRED: 4,
    ASKED: 5,
    IN_GERMANY: 6,
    REVIEWED_DENY: 7,
}
_TITLES = {DENIED: ("Slow River", "Mara Lindqvist"), ALLOWED: ("Open", "Mara")}


def written(
    folder: Path,
    *,
    checked: datetime = NOW - 2 * HOUR,
    fresh_until: datetime = NOW + 24 * HOUR,
    titles: bool = True,
) -> Path:
    """Return a folder with the registry in it, as `sayso sync --to` leaves one.

    Args:
        folder: where; it is made.
        checked: when the registry was asked.
        fresh_until: when its signatures end.
        titles: whether it has titles.
    """
    place = folder / "1-abcdefgh"
    place.mkdir(parents=True)
    spans = [("XXF012500000", "XXF012599999", 8)]
    core = Core(
        contents=NO_CONTENTS,
        keys=np.array([key_of(Isrc(code)) for code in _RECORDINGS], np.int64),
        numbers=np.array([*_RECORDINGS.values()], np.int32),
        policies={number: compact(item).encode() for number, item in _POLICIES.items()},
        intervals=Intervals(
            firsts=np.array([key_of(Isrc(span[0])) for span in spans], np.int64),
            lasts=np.array([key_of(Isrc(span[1])) for span in spans], np.int64),
            numbers=np.array([span[2] for span in spans], np.int32),
        ),
    )
    write_copy(place, core, {"owners": [], "declarations": [], "disputes": []})
    if titles:
        _write_titles(place)
    standing = Standing(
        release=ReleaseHeader(
            number=1,
            issued=checked,
            origin="sayso.example",
            profile=Profile.DEVELOPMENT,
        ),
        digest=Digest("d" * 64),
        contents=NO_CONTENTS,
        folder=place.name,
        titles=titles,
        location="https://sayso.example",
        root=Digest("e" * 64),
        log="sayso.example/log",
        log_size=1,
        checked=checked,
        fresh_until=fresh_until,
    )
    (folder / STANDING_FILE).write_bytes(encode_standing(standing))
    return folder


def opened(folder: Path) -> Registry:
    """Return the registry, written into a folder and opened."""
    return Registry.open(written(folder))


def _write_titles(place: Path) -> None:
    titles, artists = zip(*_TITLES.values(), strict=True)
    marks = marks_of(pa.array(titles), pa.array(artists))
    keys = np.array([key_of(Isrc(code)) for code in _TITLES], np.int64)
    order = marks.argsort()
    columns = {layout.TITLES: marks[order], layout.TITLED: keys[order]}
    write_columns(place, columns)
