"""The status of a release is written in one way, and read in no other."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.model.authority import Ground
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use
from sayso.wire.profile import decode, encode
from sayso.wire.state import LeftOut
from sayso.wire.status import (
    Ageing,
    Pending,
    Recovering,
    Status,
    decode_status,
    encode_status,
    status_path,
)
from sayso.wire.text import Digest

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
LATER = datetime(2026, 11, 29, 11, tzinfo=UTC)
FERNWOOD = OwnerId("domain:fernwood.example")
STATUS = Status(
    left_out=(
        LeftOut(path="a", blob="0a" * 20, ground=Ground.DIFFERS, detail="", since=NOW),
        LeftOut(path="b", blob=None, ground=Ground.DELETED, detail="x", since=NOW),
    ),
    pending=(
        Pending(
            declaration=DeclarationId(f"{FERNWOOD}/songs"),
            announced=NOW,
            since=LATER,
            uses=(Use.SEARCH, Use.INDEX),
        ),
    ),
    recovering=(Recovering(owner=FERNWOOD, since=LATER),),
    ageing=(Ageing(owner=FERNWOOD, checked=NOW, until=LATER),),
)


def document() -> dict[str, Any]:
    value: dict[str, Any] = decode(encode_status(STATUS), limit=10**6)
    return value


@pytest.mark.parametrize("status", [STATUS, Status()], ids=["full", "empty"])
def test_what_is_written_is_read(status: Status) -> None:
    assert decode_status(encode_status(status)) == status


def test_it_is_written_as_documented() -> None:
    assert document() == {
        "ageing": [
            {
                "checked": "2026-11-22T11:00:00Z",
                "owner": FERNWOOD,
                "until": "2026-11-29T11:00:00Z",
            }
        ],
        "format": "sayso/status/1",
        "left_out": [
            {
                "blob": "0a" * 20,
                "detail": "",
                "ground": "differs",
                "path": "a",
                "since": "2026-11-22T11:00:00Z",
            },
            {
                "blob": None,
                "detail": "x",
                "ground": "deleted",
                "path": "b",
                "since": "2026-11-22T11:00:00Z",
            },
        ],
        "pending": [
            {
                "announced": "2026-11-22T11:00:00Z",
                "declaration": f"{FERNWOOD}/songs",
                "since": "2026-11-29T11:00:00Z",
                "uses": ["search", "index"],
            }
        ],
        "recovering": [{"owner": FERNWOOD, "since": "2026-11-29T11:00:00Z"}],
    }
    assert status_path(Digest("ab" * 32)) == f"status/{'ab' * 32}.json"


@pytest.mark.parametrize("name", sorted(document()))
def test_no_member_is_missing_or_of_another_kind(name: str) -> None:
    rest = {key: value for key, value in document().items() if key != name}
    for value in (rest, {**rest, name: 1}):
        with pytest.raises(MalformedError, match=name):
            decode_status(encode(value))


@pytest.mark.parametrize("name", ["ageing", "left_out", "pending", "recovering"])
def test_no_item_has_more_or_less(name: str) -> None:
    value = document()
    item = value[name][0]
    for wrong in ({**item, "surprise": 1}, {}, "text"):
        with pytest.raises(MalformedError):
            decode_status(encode({**value, name: [wrong]}))


def test_a_use_that_nobody_knows_is_refused() -> None:
    value = document()
    item = {**value["pending"][0], "uses": ["search", "sing"]}
    with pytest.raises(MalformedError, match="a list of uses"):
        decode_status(encode({**value, "pending": [item]}))


@pytest.mark.parametrize("name", ["ageing", "pending", "recovering"])
def test_nothing_stands_twice_or_out_of_order(name: str) -> None:
    value = document()
    with pytest.raises(MalformedError, match=f"{name} does not ascend"):
        decode_status(encode({**value, name: value[name] * 2}))


def test_another_spelling_of_the_same_is_refused() -> None:
    with pytest.raises(MalformedError, match="canonical"):
        decode_status(encode_status(STATUS).replace(b",", b", ", 1))


def test_another_spelling_of_a_time_is_refused() -> None:
    data = encode_status(STATUS).replace(b"11:00:00Z", b"11:00:00+00:00")
    with pytest.raises(MalformedError):
        decode_status(data)
