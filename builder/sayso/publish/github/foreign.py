"""JSON as a host writes it: in any spelling, with members that nobody here asks for."""

import json
from typing import NoReturn

from sayso.errors import MalformedError
from sayso.wire.text import from_utf8, shown

_LONGEST_NUMBER = 20


def parse(data: bytes, *, limit: int, what: str) -> object:
    """Return what JSON of at most `limit` bytes says.

    Args:
        data: the bytes.
        limit: how many they may be.
        what: names them in messages, such as `the event`.

    Raises:
        MalformedError: they are too many or no JSON, or a key stands twice.
    """
    try:
        value: object = json.loads(
            from_utf8(data, limit=limit),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(f"{what} is not JSON: {error.msg.lower()}") from error
    except RecursionError:
        raise MalformedError(f"{what} is nested too deeply") from None
    except MalformedError as error:
        raise MalformedError(f"{what} cannot be read: {error}") from error
    return value


def member(value: object, *path: str) -> object:
    """Return the member at a path; None where it is absent or null, or one above is."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text(value: object, *path: str) -> str:
    """Return a text at a path.

    Raises:
        MalformedError: there is none.
    """
    found = optional_text(value, *path)
    if found is None:
        raise MalformedError(f"GitHub says no {'.'.join(path)} where it is needed")
    return found


def optional_text(value: object, *path: str) -> str | None:
    """Return a text at a path, or None; half a surrogate pair is a replacement."""
    found = member(value, *path)
    if not isinstance(found, str):
        return None
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def number(value: object, *path: str) -> int:
    """Return a number from 1 at a path.

    Raises:
        MalformedError: there is none.
    """
    found = member(value, *path)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise MalformedError(f"GitHub says no {'.'.join(path)} where it is needed")
    return found


def items(value: object, *path: str) -> list[object]:
    """Return a list at a path.

    Raises:
        MalformedError: there is none.
    """
    found = member(value, *path)
    if not isinstance(found, list):
        named = ".".join(path) or "list"
        raise MalformedError(f"GitHub says no {named} where it is needed")
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise MalformedError("a key stands twice in one object")
    return value


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise MalformedError(f"the number {shown(digits)} is too large")
    return int(digits)


def _no_number(word: str) -> NoReturn:
    raise MalformedError(f"{shown(word)} is not a number")
