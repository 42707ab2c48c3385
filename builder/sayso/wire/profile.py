"""The JSON profile: one way to write each document.

UTF-8; one object at the top; ASCII keys in ascending order; integers within
±(2^53-1) and no other numbers; one trailing newline. Each member of the top object
stands on its own line, and so does each item of a list there, so that `grep` finds
a recording; everything deeper is compact.

    {
    "counts":{"recordings":1},
    "recordings":[
    {"isrc":"XXF012600001","policy":1}
    ]
    }

`decode` accepts exactly the bytes that `encode` makes, and `decode_item` those of
`encode_item`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NoReturn, TypeAlias, TypeVar

from sayso.errors import MalformedError
from sayso.wire.text import from_utf8, shown

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | None"
"""A value of the profile; `bool` is an `int` to Python, a float is not a value."""

_Container: TypeAlias = "dict[str, Json] | list[Json] | tuple[Json, ...]"
_Value = TypeVar("_Value", bound=Json)

LARGEST: Final = 2**53 - 1
MAX_DEPTH: Final = 16
_LONGEST: Final = len(str(-LARGEST))

_ENCODER = json.JSONEncoder(
    ensure_ascii=False,
    check_circular=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
)


def encode(value: Mapping[str, Json]) -> bytes:
    """Return the document's only spelling.

    Raises:
        ValueError: the value is outside the profile: a float, a number too large,
            a key that is not ASCII text, a lone surrogate, or too deep.
    """
    _check(value, MAX_DEPTH)
    return _write(value)


def encode_item(value: Json) -> bytes:
    """Return one item of a top-level list, as `encode` writes it, without newline.

    Raises:
        ValueError: the value is outside the profile.
    """
    _check(value, MAX_DEPTH - 2)
    return _compact(value)


def encode_lines(
    head: Mapping[str, Json], lists: Mapping[str, Iterable[bytes]]
) -> Iterator[bytes]:
    r"""Yield `encode` of the head with the lists, without holding the lists.

    Args:
        head: the members that are at hand.
        lists: members whose items are encoded already, each as by `encode_item`;
            several items may come in one piece, joined by `,\n`.

    Raises:
        ValueError: a name is in both, or a value of `head` is outside the profile.
    """
    if twice := head.keys() & lists.keys():
        raise ValueError(f"given twice: {sorted(twice)}")
    _check({**head, **dict.fromkeys(lists)}, MAX_DEPTH)
    before = b"{\n"
    for name in sorted({*head, *lists}):
        yield before + _compact(name) + b":"
        if name in lists:
            yield from _list(lists[name])
        else:
            yield _member(head[name])
        before = b",\n"
    yield b"\n}\n" if before == b",\n" else b"{\n}\n"


def decode(data: bytes, *, limit: int) -> dict[str, Json]:
    """Return the document that `encode` wrote, of at most `limit` bytes.

    Raises:
        MalformedError: `encode` never makes these bytes.
    """
    value = _parse(data, limit=limit)
    if not isinstance(value, dict):
        raise MalformedError("the document is not a JSON object")
    _check_depth(value, MAX_DEPTH)
    _check_spelling(data, value, _write)
    return value


def decode_item(data: bytes, *, limit: int) -> Json:
    """Return the value that `encode_item` wrote, of at most `limit` bytes.

    Raises:
        MalformedError: `encode_item` never makes these bytes.
    """
    value = _parse(data, limit=limit)
    _check_depth(value, MAX_DEPTH - 2)
    _check_spelling(data, value, _compact)
    return value


def _parse(data: bytes, *, limit: int) -> Json:
    text = from_utf8(data, limit=limit)
    try:
        value: Json = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(f"not JSON: {error.msg.lower()} at {place}") from error
    except RecursionError:
        raise MalformedError("nested too deeply") from None
    return value


def _check_spelling(
    data: bytes, value: _Value, write: Callable[[_Value], bytes]
) -> None:
    # Whatever else could be spelt in two ways (spaces, escapes, the order of keys)
    # is caught by writing the value again.
    try:
        again = write(value)
    except UnicodeEncodeError as error:
        raise MalformedError("half of a surrogate pair in a text") from error
    if again != data:
        raise MalformedError("not in the canonical form of the JSON profile")


def _write(value: Mapping[str, Json]) -> bytes:
    members = (_compact(name) + b":" + _member(value[name]) for name in sorted(value))
    return b"{\n" + b",\n".join(members) + (b"\n}\n" if value else b"}\n")


def _member(value: Json) -> bytes:
    if isinstance(value, (list, tuple)):
        return b"".join(_list(map(_compact, value)))
    return _compact(value)


def _list(items: Iterable[bytes]) -> Iterator[bytes]:
    before = b"[\n"
    for item in items:
        yield before + item
        before = b",\n"
    yield b"[]" if before == b"[\n" else b"\n]"


def _compact(value: Json) -> bytes:
    return _ENCODER.encode(value).encode()


def _check(value: object, depth: int) -> None:
    # Half of a surrogate pair is found where the text becomes bytes.
    if value is None or isinstance(value, str):
        return
    if isinstance(value, (dict, list, tuple)):
        if depth == 0:
            raise ValueError(f"nested deeper than {MAX_DEPTH}")
        if isinstance(value, dict):
            _check_keys(value)
        for child in _children(value):
            if not isinstance(child, str):
                _check(child, depth - 1)
    elif not isinstance(value, int) or abs(value) > LARGEST:
        raise ValueError(
            f"{value!r} has no place in the JSON profile, whose numbers are integers "
            "within ±(2^53-1)"
        )


def _check_keys(value: dict[object, object]) -> None:
    for name in value:
        if not isinstance(name, str) or not name.isascii():
            raise ValueError(f"the key {name!r} is not ASCII text")


def _children(value: _Container) -> Iterable[object]:
    return value.values() if isinstance(value, dict) else value


def _check_depth(value: Json, depth: int) -> None:
    level: list[_Container] = [value] if isinstance(value, (dict, list)) else []
    for _ in range(depth):
        level = [
            child
            for node in level
            for child in _children(node)
            if isinstance(child, (dict, list))
        ]
    if level:
        raise MalformedError(f"nested deeper than {MAX_DEPTH}")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise MalformedError(f"the key {shown(twice)} stands twice in one object")
    if not "".join(value).isascii():
        name = next(name for name in value if not name.isascii())
        raise MalformedError(f"the key {shown(name)} is not ASCII")
    return value


def _integer(text: str) -> int:
    # A long text is not even converted: that would take its time squared.
    if len(text) > _LONGEST or abs(int(text)) > LARGEST:
        raise MalformedError(f"the number {shown(text)} is beyond ±(2^53-1)")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise MalformedError(f"{shown(text)} is not an integer")
