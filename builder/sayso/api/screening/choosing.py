"""Choosing the columns of a table that are asked about, by their names alone.

What stands in them is not looked at: a table that is not read yet is treated like one
that is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from sayso.client.manifest.finding import CODES, find, is_named
from sayso.errors import ManifestError
from sayso.wire.text import shown

_LISTED = 40
_EMPTY = pa.nulls(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Where the columns stand that are asked about.

    Attributes:
        codes: the place of what stands where the ISRC belongs.
        titles: None where titles are not compared.
        artists: likewise.
    """

    codes: int
    titles: int | None = None
    artists: int | None = None

    @property
    def places(self) -> list[int]:
        """The places of all, in the order of `Screening.answer`."""
        all_of_them = (self.codes, self.titles, self.artists)
        return [place for place in all_of_them if place is not None]


def choose(names: Sequence[str], column: str | None, *, siblings: bool) -> Chosen:
    """Return where the codes are, and the titles and artists if they are compared.

    Args:
        names: of all columns.
        column: the name of the one with the codes, if the user gave it.
        siblings: whether titles and artists are compared.

    Raises:
        ManifestError: there is no such column.
    """
    if column is None and not any(is_named(name, CODES) for name in names):
        raise ManifestError(
            "no column of the table is called isrc, or the like; say which has the "
            f"ISRCs with column=; its columns are {_list(names)}"
        )
    sample = dict.fromkeys(range(len(names)), _EMPTY)
    found = find("the table", names, sample, wanted=column)
    chosen = Chosen(codes=found.codes)
    if not siblings:
        return chosen
    if found.titles is None or found.artists is None:
        raise ManifestError(
            "siblings are found by title and artist, and no columns of the table are "
            f"called like that; its columns are {_list(names)}"
        )
    return replace(chosen, titles=found.titles, artists=found.artists)


def _list(names: Sequence[str]) -> str:
    listed = ", ".join(shown(name) for name in names[:_LISTED])
    beyond = len(names) - _LISTED
    return f"{listed} and {beyond} more" if beyond > 0 else listed or "none"
