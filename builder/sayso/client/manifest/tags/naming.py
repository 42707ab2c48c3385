"""What names one recording: its codes, its title and its artist."""

from typing import Final, Literal, TypeAlias

from sayso.model.cell import read_cell

Field: TypeAlias = Literal["isrc", "title", "artist"]

MOST_CODES: Final = 1_000
_TOO_MANY: Final = f"more than {MOST_CODES} codes"
LONGEST: Final = 1_000
"""Characters of a title, a name or what stands where a code belongs."""


class Naming:
    """Codes, all of them and in their order, and the first title and artist.

    Attributes:
        title: None where there is none.
        artist: likewise.
    """

    __slots__ = ("_codes", "artist", "title")

    def __init__(self) -> None:
        self._codes: dict[str, None] = {}
        self.title: str | None = None
        self.artist: str | None = None

    @property
    def codes(self) -> list[str] | None:
        """What stands where ISRCs belong, each once; None where nothing does."""
        return list(self._codes) or None

    def add(self, field: Field, text: str) -> None:
        """Take what is said; of titles and artists, the first holds."""
        if _TOO_MANY in self._codes:
            return
        if field == "isrc":
            cell = read_cell(text)
            # What is no code is kept as it is, and is judged with the cells of tables.
            self._add_codes([_kept(text)] if cell.invalid else list(cell.codes))
        elif (name := _kept(text)) and getattr(self, field) is None:
            setattr(self, field, name)

    def add_from(self, other: "Naming") -> None:
        """Take the codes of another, and the names that are lacking here."""
        self._add_codes(other.codes or [])
        self.title = self.title or other.title
        self.artist = self.artist or other.artist

    def _add_codes(self, codes: list[str]) -> None:
        self._codes.update(dict.fromkeys(codes))
        if len(self._codes) > MOST_CODES:
            # None may be left out, since it might be the one that is denied: what
            # stands here instead is no code, so that nobody keeps the row.
            self._codes = {_TOO_MANY: None}


def _kept(text: str) -> str:
    """Return a text as it can be written to a table; what is cut off shows."""
    # Half of a surrogate pair, which JSON can hold, is no character.
    kept = text.encode("utf-8", "replace").decode().replace("\0", " ").strip()
    return kept if len(kept) <= LONGEST else kept[:LONGEST] + "…"
