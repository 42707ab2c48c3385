"""What a release hands to the next one."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from sayso.errors import MalformedError
from sayso.model.authority import Ground, Held, Recovery
from sayso.model.declaration import DeclarationId
from sayso.model.owner import Fingerprint, OwnerId
from sayso.wire.state import (
    FolderState,
    LeftOut,
    Record,
    RegistryState,
    decode_state,
    encode_state,
    state_path,
)
from sayso.wire.text import Digest

OWNER = OwnerId("domain:fernwood.example")
NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
STATE = RegistryState(
    release=3,
    issued=NOW,
    owners={
        OWNER: (
            FolderState(accepted=datetime(2026, 11, 20, tzinfo=UTC), files={}),
            FolderState(
                accepted=NOW,
                files={"owner.yaml": "a" * 40, "catalogue.yaml": "b" * 40},
                signed=frozenset({"owner.yaml", "catalogue.yaml"}),
                proved=True,
            ),
        )
    },
    published={DeclarationId(f"{OWNER}/catalogue"): NOW},
    policies={"0" * 64: 2, "f" * 64: 1},
    held={
        OWNER: Held(
            home="domain/fe/fernwood.example",
            accounts=frozenset({"github:700123", "github:583231"}),
            keys=frozenset({Fingerprint("SHA256:two"), Fingerprint("SHA256:one")}),
            retired=frozenset({Fingerprint("SHA256:old")}),
            epoch=1,
            sequence=4,
            manifest="ab" * 32,
            admission=7,
            recovery=Recovery(manifest="cd" * 32, since=NOW),
        ),
        OwnerId("github:583231"): Held(home="github/31/583231-mara", admission=2),
    },
    records={"disputes/2026/20261122-x.yaml": Record(blob="c" * 40, since=NOW)},
    left_out=(
        LeftOut(
            path="domain/fe/fernwood.example/eve.yaml",
            blob="d" * 40,
            ground=Ground.NOT_YOURS,
            detail="github:666",
            since=NOW,
        ),
        LeftOut(
            path="github/31/583231-mara/songs.yaml",
            blob=None,
            ground=Ground.SIGNED_FILE,
            detail="",
            since=NOW,
        ),
    ),
)


def test_a_state_is_read_as_it_was_written() -> None:
    assert decode_state(encode_state(STATE)) == STATE


def test_owners_declarations_and_policies_stand_one_a_line() -> None:
    lines = encode_state(STATE).decode().splitlines()
    assert '{"policy":1,"sha256":"' + "f" * 64 + '"},' in lines
    assert sum(line.startswith('{"owner"') for line in lines) == 1
    assert sum(line.startswith('{"accounts"') for line in lines) == 2


def test_a_state_is_named_by_its_content() -> None:
    assert state_path(Digest("ab" * 32)) == f"state/{'ab' * 32}.json.gz"


def test_what_is_held_of_files_is_told_once() -> None:
    held = {OWNER: replace(STATE.held[OWNER], files={"a.yaml": "e" * 40})}
    assert encode_state(replace(STATE, held=held)) == encode_state(
        replace(STATE, held={OWNER: STATE.held[OWNER]})
    )


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        (b"sayso/state/1", b"sayso/state/2"),
        (b'"release":3', b'"release":"3"'),
        (b'"states"', b'"statez"'),
        (b'"issued":"2026-11-22T11:00:00Z"', b'"issued":"2026-11-22"'),
        (b'"policy":1', b'"policy":9'),
        (b'"owners":[', b'"owners":{'),
        (b'"proved":true', b'"proved":1'),
        (b'"signed":["catalogue.yaml","owner.yaml"]', b'"signed":"owner.yaml"'),
        (
            b'"signed":["catalogue.yaml","owner.yaml"]',
            b'"signed":["owner.yaml","catalogue.yaml"]',
        ),
        (b'"signed":["catalogue.yaml","owner.yaml"]', b'"signed":[1]'),
        (b'"held":[', b'"hold":['),
        (b'"home":"github/31/583231-mara"', b'"home":null'),
        (b'"accounts":["github:583231",', b'"accounts":["github:9",'),
        (b'"SHA256:one","SHA256:two"', b'"SHA256:two","SHA256:one"'),
        (b'"retired":["SHA256:old"]', b'"retired":null'),
        (b'"epoch":1', b'"epoch":-1'),
        (b'"sequence":4', b'"sequence":"4"'),
        (b'"admission":7', b'"admission":null'),
        (b'"manifest":"abab', b'"manifest":7,"x":"abab'),
        (b'"manifest":"cdcd', b'"manifest":"CDCD'),
        (b'"recovery":{"manifest"', b'"recovery":{"also":1,"manifest"'),
        (b'"recovery":{', b'"recovery":[{'),
        (b'"records":[', b'"record":['),
        (b'"blob":"cccc', b'"blob":1,"x":"cccc'),
        (b'"ground":"not-yours"', b'"ground":"because"'),
        (b'"ground":"signed-file"', b'"ground":1'),
        (b'"detail":"github:666"', b'"detail":null'),
        (b'"path":"github/31', b'"place":"github/31'),
        (b'"left_out":[', b'"more":1,\n"left_out":['),
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
