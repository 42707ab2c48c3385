"""JSON of strangers: one value at a time, with its place in the text.

Numbers are kept as they were written: nobody computes with them here, and the text of a
long one takes its time squared to become a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from sayso.errors import MalformedError

_DECODER: Final = JSONDecoder(parse_int=str, parse_float=str)
_BLANK: Final = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, and where it stands.

    Attributes:
        name: of the member.
        start: where its name begins.
        value: where its value begins.
        end: where its value ends.
        items: how many values it has, if it is a list.
    """

    name: str
    start: int
    value: int
    end: int
    items: int | None


def parse_object(text: str) -> dict[str, Any] | None:
    """Return the only object of a text; None where it holds anything else.

    Of members with one name the last counts, as for most readers.
    """
    scanner = Scanner(text)
    try:
        value, scanner.place = value_at(text, scanner.place)
        scanner.finish()
    except MalformedError:
        return None
    return value if isinstance(value, dict) else None


def value_at(text: str, place: int) -> tuple[object, int]:
    """Return the value that begins at a place, and where it ends.

    Raises:
        MalformedError: there is none, or it is nested too deeply.
    """
    try:
        return _DECODER.raw_decode(text, place)
    except JSONDecodeError as error:
        raise MalformedError(
            f"not JSON: {error.msg.lower()} {_place(text, error.pos)}"
        ) from error
    except RecursionError:
        raise MalformedError(f"nested too deeply {_place(text, place)}") from None


def blank(text: str, place: int) -> int:
    """Return the next place at which no blank stands."""
    match = _BLANK.match(text, place)
    return match.end() if match else place


class Scanner:
    """Goes through a list or an object, one value at a time.

    Attributes:
        text: with the value.
        place: where it goes on.
    """

    def __init__(self, text: str, place: int = 0) -> None:
        """Begin at a place, or at what stands after the blanks there."""
        self.text, self.place = text, blank(text, place)

    def stands_at(self, mark: str) -> bool:
        """Return whether a mark is what comes next."""
        return self.text.startswith(mark, self.place)

    def elements(self) -> Iterator[tuple[int, int]]:
        """Yield where each value of the list that is next begins and ends.

        Raises:
            MalformedError: it is not JSON.
        """
        for _ in self._separated("]"):
            start = self.place
            _, self.place = value_at(self.text, start)
            yield start, self.place

    def members(self) -> Iterator[Member]:
        """Yield the members of the object that is next.

        Raises:
            MalformedError: it is not JSON.
        """
        for _ in self._separated("}"):
            start = self.place
            name, self.place = value_at(self.text, start)
            if not self.text.startswith('"', start):
                raise MalformedError(f"not JSON: a name is no text {self._where()}")
            self.place = blank(self.text, self.place)
            self._skip(":")
            value = self.place
            items = None
            if self.stands_at("["):
                items = sum(1 for _ in self.elements())
            else:
                _, self.place = value_at(self.text, value)
            yield Member(str(name), start, value, self.place, items)

    def finish(self) -> None:
        """Check that nothing else follows.

        Raises:
            MalformedError: something does.
        """
        self.place = blank(self.text, self.place)
        if self.place != len(self.text):
            raise MalformedError(f"not JSON: more than one value {self._where()}")

    def _separated(self, close: str) -> Iterator[None]:
        self.place = blank(self.text, self.place + 1)
        while not self.stands_at(close):
            yield
            self.place = blank(self.text, self.place)
            if not self.stands_at(close):
                self._skip(",")
                if self.stands_at(close):
                    raise MalformedError(f"not JSON: nothing follows {self._where()}")
        self.place += 1

    def _skip(self, mark: str) -> None:
        if not self.stands_at(mark):
            raise MalformedError(f"not JSON: {mark!r} is missing {self._where()}")
        self.place = blank(self.text, self.place + 1)

    def _where(self) -> str:
        return _place(self.text, self.place)


def _place(text: str, place: int) -> str:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return f"at line {line}, column {column}"
