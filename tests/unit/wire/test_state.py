"""What a release hands to the next one."""

from datetime import UTC, datetime
from itertools import product

import pytest

from sayso.errors import MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.wire.state import FolderState, RegistryState, decode_state, encode_state

OWNER = OwnerId("domain:fernwood.example")
NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
STATE = RegistryState(
    release=3,
    issued=NOW,
    owners={
        OWNER: (
            FolderState(accepted=datetime(2026, 11, 20, tzinfo=UTC), files={}),
            FolderState(accepted=NOW, files={"owner.yaml": "a" * 40}),
        )
    },
    published={DeclarationId(f"{OWNER}/catalogue"): NOW},
    policies={"0" * 64: 2, "f" * 64: 1},
)


def test_a_state_is_read_as_it_was_written() -> None:
    assert decode_state(encode_state(STATE)) == STATE


def test_owners_declarations_and_policies_stand_one_a_line() -> None:
    lines = encode_state(STATE).decode().splitlines()
    assert '{"policy":1,"sha256":"' + "f" * 64 + '"},' in lines
    assert sum(line.startswith('{"owner"') for line in lines) == 1


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        (b"sayso/state/1", b"sayso/state/2"),
        (b'"release":3', b'"release":"3"'),
        (b'"states"', b'"statez"'),
        (b'"issued":"2026-11-22T11:00:00Z"', b'"issued":"2026-11-22"'),
        (b'"policy":1', b'"policy":9'),
        (b'"owners":[', b'"owners":{'),
    ],
)
def test_anything_else_is_refused(written: bytes, changed: bytes) -> None:
    data = encode_state(STATE)
    assert written in data
    with pytest.raises(MalformedError):
        decode_state(data.replace(written, changed))


def test_a_bit_flipped_is_refused_or_says_something_else() -> None:
    data = encode_state(STATE)
    for index, bit in product(range(len(data)), range(8)):
        flipped = bytearray(data)
        flipped[index] ^= 1 << bit
        try:
            read = decode_state(bytes(flipped))
        except MalformedError:
            continue
        assert read != STATE
        assert encode_state(read) == flipped
