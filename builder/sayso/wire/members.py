"""Reading the members of a decoded JSON object: each once, none left over."""

from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from sayso.errors import MalformedError
from sayso.wire.profile import Json
from sayso.wire.text import Digest, parse_day, parse_digest, parse_time, shown

_Word = TypeVar("_Word", bound=StrEnum)


class Members:
    """One JSON object of which every member is asked for by name and kind.

    Each method takes a member out and raises MalformedError where it is absent or of
    another kind; those named `optional_` return None (or nothing) where it is absent.
    `end` raises when members are left that nobody asked for.
    """

    __slots__ = ("_left", "_place")

    def __init__(self, value: Json, place: str) -> None:
        if not isinstance(value, dict):
            raise MalformedError(f"{place} is not an object")
        self._left: dict[str, Json] = dict(value)
        self._place = place

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def take(self, name: str) -> Json:
        """Return a member of any kind."""
        if name not in self._left:
            raise MalformedError(f"{self._place} has no '{name}'")
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """Return a text."""
        value = self.take(name)
        if not isinstance(value, str):
            raise self.wrong(name, "a text")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None where the member is absent."""
        return self.text(name) if name in self else None

    def nullable_text(self, name: str) -> str | None:
        """Return a text, or None where the member is null."""
        return None if self.is_null(name) else self.text(name)

    def is_null(self, name: str) -> bool:
        """Return whether a member is null, and then take it out."""
        if name not in self or self._left[name] is not None:
            return False
        del self._left[name]
        return True

    def number(self, name: str, *, least: int = 0) -> int:
        """Return an integer that is not below `least`."""
        value = self.take(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.wrong(name, f"a number from {least}")
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        value = self.take(name)
        if not isinstance(value, bool):
            raise self.wrong(name, "true or false")
        return value

    def items(self, name: str) -> list[Json]:
        """Return a list."""
        value = self.take(name)
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        items = self.items(name)
        texts = [item for item in items if isinstance(item, str)]
        if len(texts) != len(items):
            raise self.wrong(name, "a list of texts")
        return tuple(texts)

    def optional_texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, none where the member is absent."""
        return self.texts(name) if name in self else ()

    def object(self, name: str) -> "Members":
        """Return an object to read."""
        return Members(self.take(name), f"{self._place}.{name}")

    def word(self, name: str, words: type[_Word]) -> _Word:
        """Return one of the words of an enumeration."""
        text = self.text(name)
        try:
            return words(text)
        except ValueError:
            raise self.wrong(name, f"one of {', '.join(words)}") from None

    def digest(self, name: str) -> Digest:
        """Return a SHA-256 in hexadecimal."""
        return parse_digest(self.text(name))

    def time(self, name: str) -> datetime:
        """Return a moment."""
        return parse_time(self.text(name))

    def day(self, name: str) -> date:
        """Return a day."""
        return parse_day(self.text(name))

    def optional_day(self, name: str) -> date | None:
        """Return a day, or None where the member is absent."""
        return self.day(name) if name in self else None

    def constant(self, name: str, value: str) -> None:
        """Take a text that has only one value in this format."""
        if (found := self.text(name)) != value:
            raise MalformedError(
                f"{self._place} has {name} {shown(found)} where this version reads "
                f"{value!r}"
            )

    def names(self) -> tuple[str, ...]:
        """Return the names of the members that are left, ascending."""
        return tuple(sorted(self._left))

    def end(self) -> None:
        """Check that nothing is left."""
        if self._left:
            raise MalformedError(
                f"{self._place} has {shown(min(self._left))}, which is not part of "
                "the format"
            )

    def wrong(self, name: str, expected: str) -> MalformedError:
        """Return the error for a member that is not what it should be."""
        return MalformedError(f"{self._place}: '{name}' is not {expected}")
