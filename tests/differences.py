"""Two releases to compare, made of plain values; and what changed, by another hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from sayso.client.core import Core, Intervals
from sayso.client.difference.comparing import Side
from sayso.model.vocabulary import Use
from sayso.wire.text import format_time
from tests.cores import NO_CONTENTS
from tests.registries import (
    CATALOGUE,
    DENY,
    FERNWOOD,
    ISSUED,
    LASTS,
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

ALLOW = cell("allow", "named", CATALOGUE, ownership="reviewed")
ASK = cell("ask", "named", SONGS)
CONTESTED = cell(
    "deny",
    "strictest-owner",
    CATALOGUE,
    SONGS,
    disputed=True,
    sides=(side(FERNWOOD, "deny", CATALOGUE), side(MARA, "deny", SONGS)),
)
POLICIES: Mapping[int, Document] = {
    1: policy(1, ("anywhere", cells(DENY))),
    2: policy(2, ("anywhere", cells(DENY, index=ASK, search=ALLOW))),
    3: policy(3, ("anywhere", cells(CONTESTED))),
    4: policy(
        4,
        ("anywhere", cells(NOTHING)),
        (["DE"], cells(ALLOW, any_ai=NOTHING)),
        ("elsewhere", cells(NOTHING)),
        until=format_time(ISSUED + LASTS),
    ),
    5: policy(5, ("anywhere", cells(NOTHING))),
    # The same as 2, with another name: both releases may number as they like.
    6: policy(6, ("anywhere", cells(DENY, index=ASK, search=ALLOW))),
}

Rows = Mapping[int, int]
Spans = Sequence[tuple[int, int, int]]
Said = tuple[str, bool]


def side_of(
    rows: Rows,
    spans: Spans = (),
    *,
    moment: datetime = ISSUED,
    policies: Mapping[int, Document] = POLICIES,
) -> Side:
    """Return a release of policies by key, and by first and last key of ranges."""
    return Side(
        core=Core(
            contents=NO_CONTENTS,
            keys=np.array(sorted(rows), np.int64),
            numbers=np.array([rows[key] for key in sorted(rows)], np.int32),
            policies={
                number: compact(item).encode() for number, item in policies.items()
            },
            intervals=Intervals(
                firsts=np.array([first for first, _, _ in spans], np.int64),
                lasts=np.array([last for _, last, _ in spans], np.int64),
                numbers=np.array([number for _, _, number in spans], np.int32),
            ),
        ),
        moment=moment,
    )


@dataclass(frozen=True)
class Release:
    """A release as plain values."""

    rows: Rows
    spans: Spans

    @property
    def side(self) -> Side:
        return side_of(self.rows, self.spans)

    def number(self, key: int) -> int | None:
        """Return the number of the policy that holds for a key."""
        if key in self.rows:
            return self.rows[key]
        return next((n for first, last, n in self.spans if first <= key <= last), None)

    def said(self, key: int, use: Use, country: str | None) -> Said:
        """Return verdict and dispute of a key, read from the documents."""
        number = self.number(key)
        if number is None:
            return "undeclared", False
        by_place = {
            place: answer["uses"][use]
            for answer in POLICIES[number]["answers"]
            for place in (
                [answer["in"]] if isinstance(answer["in"], str) else answer["in"]
            )
        }
        anywhere = by_place["anywhere"]
        elsewhere = by_place.get("elsewhere", anywhere)
        found = anywhere if country is None else by_place.get(country, elsewhere)
        return found["verdict"], found["disputed"]

    def by(self, key: int, use: Use, country: str | None) -> str:
        """Return the declarations that decide, separated by blanks."""
        number = self.number(key)
        if number is None:
            return ""
        for answer in POLICIES[number]["answers"]:
            if country is not None and country in answer["in"]:
                return " ".join(answer["uses"][use]["by"])
        last = POLICIES[number]["answers"][0 if country is None else -1]
        return " ".join(last["uses"][use]["by"])
