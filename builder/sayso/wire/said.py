"""What a receipt states of one code: the row, and the cell of every use.

The cells are those of the policy at the moment of asking, as `model.answer` gives them.
Names of owners, and words for reasons, stand in registry.json: the look-up tree proves
neither, so that a receipt has neither.
"""

from collections.abc import Mapping
from datetime import datetime

from sayso.model.answer import answer
from sayso.model.policy import Cell
from sayso.model.vocabulary import Use
from sayso.wire.listing import Listing
from sayso.wire.policies import CLAIMED, REVIEWED
from sayso.wire.profile import Json
from sayso.wire.text import Digest, format_time


def cells_of(
    listing: Listing, territory: str | None, *, now: datetime
) -> dict[Use, Cell]:
    """Return the cell of every use.

    Args:
        listing: what holds for a code.
        territory: an ISO 3166-1 alpha-2 code, or None for every country.
        now: the moment of asking, in UTC.

    Raises:
        ValueError: the territory is not a country.
    """
    return {use: answer(listing.policy, use, territory, now=now) for use in Use}


def encode_said(
    listing: Listing, digest: Digest | None, cells: Mapping[Use, Cell]
) -> dict[str, Json]:
    """Return the answer for one code, as a receipt states it.

    Args:
        listing: what holds for the code.
        digest: SHA-256 of its policy's content; None where nobody speaks.
        cells: of every use.
    """
    until = None if listing.policy is None else listing.policy.until
    return {
        "artist": listing.artist,
        "isrc": listing.isrc,
        "listed": listing.listed,
        "owner": listing.owner,
        "policy": digest,
        "title": listing.title,
        "until": None if until is None else format_time(until),
        "uses": {use.value: _encode_cell(cell) for use, cell in cells.items()},
    }


def _encode_cell(cell: Cell) -> dict[str, Json]:
    ownership = {None: None, True: REVIEWED, False: CLAIMED}[cell.reviewed]
    return {
        "by": list(cell.by),
        "disputed": cell.disputed,
        "ownership": ownership,
        "rule": cell.reason,
        "sides": [
            {"by": list(side.by), "owner": side.owner, "verdict": side.verdict}
            for side in cell.sides
        ],
        "verdict": cell.verdict,
    }
