"""Finding the columns of a manifest: where the ISRCs are, the titles and the artists.

By their names, and by what stands in them. A manifest in which no column holds codes
is refused: it would look as if nobody had said anything about its recordings.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import numpy as np

from sayso.client.manifest.rows import Column
from sayso.columns.cells import NAMED, NOTHING, read_cells
from sayso.errors import ManifestError
from sayso.wire.text import shown

SAMPLE: Final = 1000
"""How many rows are looked at."""

CODES: Final = (
    "isrc",
    *("isrcs", "isrccode", "isrccodes", "isrcnumber", "tsrc"),
    *("recordingisrc", "recordingisrcs", "trackisrc", "songisrc", "externalidsisrc"),
)
TITLES: Final = (
    *("title", "tracktitle", "trackname", "songtitle", "songname"),
    *("recordingtitle", "song", "name", "track"),
)
ARTISTS: Final = (
    *("artist", "artistname", "artists", "artistnames", "primaryartist"),
    *("mainartist", "trackartist", "performer"),
)
_VALUES: Final = 100
_LISTED: Final = 40
_SEPARATORS: Final = re.compile(r"[\s_.()\-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The columns of a manifest that matter.

    Attributes:
        codes: the place of the column with the codes.
        titles: None where there is none.
        artists: likewise.
        words: which column was taken for the codes, and why.
    """

    codes: int
    titles: int | None
    artists: int | None
    words: str


def find(
    manifest: str,
    names: Sequence[str],
    sample: Mapping[int, Column],
    *,
    wanted: str | None,
) -> Found:
    """Return which columns hold what.

    Args:
        manifest: its name, for messages.
        names: of all columns; of one within another with dots between.
        sample: by their places, what the columns that may hold codes or texts hold in
            the first rows.
        wanted: the name of the column with the codes, if the user gave one.

    Raises:
        ManifestError: no column holds codes, or none is called so, or two are.
    """
    tallies = {place: _tally(column) for place, column in sample.items()}
    if wanted is not None:
        codes, reason = _wanted(manifest, names, wanted), "as asked"
    else:
        codes, reason = _likely(manifest, names, tallies)
    _check_alone(manifest, names, tallies, codes)
    texts = {place: name for place, name in enumerate(names) if place in sample}
    return Found(
        codes=codes,
        titles=_near(names[codes], texts, TITLES, but=codes),
        artists=_near(names[codes], texts, ARTISTS, but=codes),
        words=f"{_quoted(names[codes])}, {reason}",
    )


def is_named(name: str, among: Sequence[str]) -> bool:
    """Return whether a column, or the last part of its path, is called like one."""
    return _rank(name, among) < len(among)


def no_codes(manifest: str, names: Sequence[str]) -> ManifestError:
    """Return what to raise where no column holds codes."""
    return ManifestError(
        f"{manifest} has no column with ISRCs, neither by its name nor by its content; "
        f"say which it is with --column; its columns are {_list(names)}"
    )


def _tally(column: Column) -> tuple[int, int]:
    """Return how many of the first values of a column are ISRCs, and of how many."""
    states = read_cells(column).states
    states = states[states != NOTHING][:_VALUES]
    return int(np.count_nonzero(states == NAMED)), len(states)


def _check_alone(
    manifest: str,
    names: Sequence[str],
    tallies: Mapping[int, tuple[int, int]],
    codes: int,
) -> None:
    """Check that no other column of the same name holds codes: which would count?"""
    for place, name in enumerate(names):
        if place != codes and name == names[codes] and tallies.get(place, (0, 0))[0]:
            raise ManifestError(
                f"{manifest} has two columns called {_quoted(name)} that hold ISRCs; "
                "give one of them another name, or put all codes of a recording into "
                "one cell"
            )


def _wanted(manifest: str, names: Sequence[str], wanted: str) -> int:
    if wanted in names:
        return names.index(wanted)
    alike = [
        place for place, name in enumerate(names) if _plain(name) == _plain(wanted)
    ]
    if len(alike) == 1:
        return alike[0]
    near = get_close_matches(wanted, names, n=3)
    hint = f"; is it {' or '.join(map(_quoted, near))}?" if near else ""
    raise ManifestError(
        f"{manifest} has no column {shown(wanted)}{hint}; "
        f"its columns are {_list(names)}"
    )


def _likely(
    manifest: str, names: Sequence[str], tallies: Mapping[int, tuple[int, int]]
) -> tuple[int, str]:
    named = [place for place, name in enumerate(names) if is_named(name, CODES)]
    if named:
        best = max(named, key=lambda place: (tallies.get(place, (0, 0))[0], -place))
        others = len(named) - 1
        codes, values = tallies.get(best, (0, 0))
        if codes or not values:
            return best, _by_name(codes, values, others)
    mostly = {
        place: codes for place, (codes, values) in tallies.items() if codes * 2 > values
    }
    if mostly:
        best = max(mostly, key=lambda place: (mostly[place], -place))
        codes, values = tallies[best]
        return best, f"by its content: {_share(codes, values)}"
    if named:
        return named[0], f"by its name, though {_share(0, tallies[named[0]][1])}"
    raise no_codes(manifest, names)


def _by_name(codes: int, values: int, others: int) -> str:
    if not values:
        return "by its name"
    if others:
        return f"by its name, and the most ISRCs: {_share(codes, values)}"
    return "by its name"


def _share(codes: int, values: int) -> str:
    count = f"{codes} of" if codes else "none of"
    return f"{count} the first {values} values are ISRCs"


def _near(
    code: str, texts: Mapping[int, str], among: Sequence[str], *, but: int
) -> int | None:
    """Return a column called like one: beside the codes, or above them."""
    path = code.split(".")
    for depth in range(len(path) - 1, -1, -1):
        parent = ".".join([*path[:depth], ""]) if depth else ""
        inside = {
            place: name.removeprefix(parent)
            for place, name in texts.items()
            if place != but and name.startswith(parent)
        }
        ranks = {
            place: _rank(name, among)
            for place, name in inside.items()
            if "." not in name
        }
        if ranks and min(ranks.values()) < len(among):
            return min(ranks, key=lambda place: (ranks[place], place))
    return None


def _rank(name: str, among: Sequence[str]) -> int:
    """Return the place of a name in a list, its length for one that is not there."""
    forms = {_plain(name), _plain(name.rpartition(".")[2])}
    return next((n for n, known in enumerate(among) if known in forms), len(among))


def _plain(name: str) -> str:
    return _SEPARATORS.sub("", name).lower()


def _quoted(name: str) -> str:
    return name if name.isprintable() and name.strip() == name != "" else shown(name)


def _list(names: Sequence[str]) -> str:
    if not names:
        return "none"
    listed = ", ".join(_quoted(name[:80]) for name in names[:_LISTED])
    beyond = len(names) - _LISTED
    return f"{listed} and {beyond} more" if beyond > 0 else listed
