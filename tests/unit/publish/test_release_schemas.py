"""The JSON Schemas of what a release publishes describe what is written by hand."""

from typing import Any

import pytest
from jsonschema import Draft7Validator

from sayso.publish.reading.schema import json_schemas
from sayso.publish.release_schemas import release_schemas
from sayso.wire.profile import decode, encode
from sayso.wire.signatures import encode_signatures
from tests.registries import (
    DENY,
    FERNWOOD,
    Document,
    cells,
    listed,
    parted,
    policy,
    recording,
    registry_document,
    release_document,
)
from tests.shown import QUIET, SIGNED, STATUS

SCHEMAS: dict[str, Any] = {**release_schemas()}
REGISTRY = registry_document()
DIGEST = "ab" * 32
CONTENTS = {"core": DIGEST, "number": 1, "policies": DIGEST, "prefixes": DIGEST}
POLICY = {
    name: value
    for name, value in policy(1, ("anywhere", cells(DENY))).items()
    if name != "number"
}
EXAMPLES: dict[str, list[Document]] = {
    "delta-header": [
        {
            "counts": {"policies": 0, "prefixes": 0, "recordings": 2},
            "format": "sayso/delta/1",
            "from": CONTENTS,
            "to": {**CONTENTS, "number": 2},
        }
    ],
    "index": [
        {"files": [], "format": "sayso/index/1"},
        {"files": [listed("schema/owner.json", b"{}")], "format": "sayso/index/1"},
    ],
    "lookup-leaf": [
        {
            "default": None,
            "format": "sayso/lookup/1",
            "from": 0,
            "items": [
                {"isrc": "XXF012600000", "policy": None},
                {"isrc": "XXF012600001", "policy": 1},
                recording("XXF012600001", 1, "Slow River", None, FERNWOOD),
            ],
            "level": 0,
            "policies": [{"number": 1, "policy": POLICY, "sha256": DIGEST}],
            "to": 2**49,
        }
    ],
    "lookup-node": [
        {
            "children": [
                {"default": None, "from": 0, "name": None},
                {"default": DIGEST, "from": 2**48, "name": DIGEST},
            ],
            "format": "sayso/lookup/1",
            "from": 0,
            "level": 1,
            "to": 2**49,
        }
    ],
    "recording": REGISTRY["recordings"],
    "registry": [REGISTRY, parted(REGISTRY)[0]],
    "release": [
        release_document(encode(REGISTRY), REGISTRY["counts"]),
        release_document(b"", {**REGISTRY["counts"], "prefixes": 0, "recordings": 0}),
        release_document(
            b"",
            REGISTRY["counts"],
            number=3,
            previous=DIGEST,
            recovery=True,
            revoked=[{"reason": "Signed by mistake.", "release": 2}],
        ),
    ],
    "signatures": [decode(encode_signatures([SIGNED]), limit=2**20)],
    "status": [QUIET, STATUS],
    "state": [
        {
            "admitted": 3,
            "declarations": [
                {"declaration": f"{FERNWOOD}/a", "published": "2026-11-22T11:00:00Z"}
            ],
            "format": "sayso/state/1",
            "held": [
                {
                    "accounts": ["github:583231"],
                    "admission": 3,
                    "epoch": 1,
                    "home": "domain/fe/fernwood.example",
                    "keys": ["SHA256:" + "A" * 43],
                    "manifest": DIGEST,
                    "owner": FERNWOOD,
                    "recovery": {"manifest": DIGEST, "since": "2026-11-22T11:00:00Z"},
                    "retired": [],
                    "sequence": 2,
                }
            ],
            "issued": "2026-11-22T11:00:00Z",
            "left_out": [],
            "owners": [
                {
                    "owner": FERNWOOD,
                    "states": [
                        {
                            "accepted": "2026-11-22T11:00:00Z",
                            "files": {},
                            "proved": True,
                            "signed": ["owner.yaml"],
                        }
                    ],
                }
            ],
            "policies": [{"policy": 1, "sha256": DIGEST}],
            "records": [
                {
                    "blob": "0" * 40,
                    "path": "registry/policy.yaml",
                    "since": "2026-11-22T11:00:00Z",
                }
            ],
            "release": 1,
        }
    ],
}


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name])
    assert encode(SCHEMAS[name])


def test_no_two_files_share_a_schema_s_name() -> None:
    assert not SCHEMAS.keys() & json_schemas().keys()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_what_is_written_by_hand_is_described(name: str) -> None:
    for example in EXAMPLES[name]:
        Draft7Validator(SCHEMAS[name]).validate(example)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_member_and_no_other_is_described(name: str) -> None:
    valid = Draft7Validator(SCHEMAS[name]).is_valid
    for example in EXAMPLES[name]:
        assert not valid({**example, "surprise": 1})
        for member in example:
            assert not valid({key: example[key] for key in example if key != member})
