"""The operators: a change of how a registry is run needs two of them."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from sayso.model.authority import Ground, Held
from sayso.publish.authority.digests import content_digest
from sayso.publish.authority.office import (
    MANIFEST,
    MANIFEST_SIGNATURE,
    SETTINGS,
    Office,
    fault_of_settings,
    held_settings,
    office_of,
    policy_of,
)
from sayso.publish.reading.documents import DEFAULT_POLICY
from sayso.publish.reading.file import SourceFile, source_file
from sayso.wire.folder_manifest import FolderManifest, encode_manifest
from sayso.wire.text import Digest
from tests.declared import OPERATORS, POLICY
from tests.vouched import ADA, BEN, INTAKE, ORIGIN, key_of, signed

ADAS, BENS = (key_of(one).public.fingerprint for one in (ADA, BEN))
PREVIOUS = Digest("ab" * 32)
HELD = Held(sequence=3, manifest=PREVIOUS)


def files(data: bytes | None = None, signature: bytes = b"") -> dict[str, SourceFile]:
    plain = {
        "registry/policy.yaml": POLICY.encode(),
        "registry/operators.yaml": OPERATORS.encode(),
    }
    if data is not None:
        plain |= {MANIFEST: data, MANIFEST_SIGNATURE: signature}
    return {path: source_file(path, one) for path, one in plain.items()}


OFFICE = office_of(files()["registry/operators.yaml"])


def manifest(
    *,
    owner: str = "registry",
    origin: str = ORIGIN,
    sequence: int = 4,
    previous: Digest | None = PREVIOUS,
    digests: Mapping[str, Digest] | None = None,
) -> bytes:
    found = {
        path.rpartition("/")[2]: content_digest(file) or Digest("")
        for path, file in files().items()
        if path in SETTINGS
    }
    return encode_manifest(
        FolderManifest(
            origin=origin,
            owner=owner,
            epoch=0,
            sequence=sequence,
            previous=previous,
            files=found if digests is None else digests,
        )
    )


RIGHT = manifest()


@pytest.mark.parametrize(
    ("data", "signers", "ground"),
    [
        (RIGHT, (ADA, BEN), None),
        (RIGHT, (BEN, ADA, INTAKE), None),
        (RIGHT, (ADA,), Ground.SIGNATURE),
        (RIGHT, (ADA, ADA), Ground.SIGNATURE),
        (RIGHT, (ADA, INTAKE), Ground.SIGNATURE),
        (b"{}", (ADA, BEN), Ground.SIGNATURE),
        (None, (), Ground.SIGNATURE),
        (manifest(origin="other.example"), (ADA, BEN), Ground.TRANSPLANT),
        (manifest(owner="domain:a.example"), (ADA, BEN), Ground.TRANSPLANT),
        (manifest(sequence=3), (ADA, BEN), Ground.SEQUENCE),
        (manifest(previous=None), (ADA, BEN), Ground.PREVIOUS),
        (manifest(digests={}), (ADA, BEN), Ground.DIFFERS),
    ],
    ids=["two", "two and another", "one", "one twice", "one and intake", "unreadable",
         "none", "another registry", "an owner's", "old", "unchained", "other files"],
)  # fmt: skip
def test_two_operators_sign_the_settings(
    data: bytes | None, signers: tuple[str, ...], ground: Ground | None
) -> None:
    found = files(data, signed(data or b"", *signers))
    assert fault_of_settings(found, OFFICE, HELD, ORIGIN) is ground


def test_a_first_manifest_goes_on_from_nothing() -> None:
    found = files(RIGHT, signed(RIGHT, ADA, BEN))
    assert fault_of_settings(found, OFFICE, Held(), ORIGIN) is None


def test_what_is_held_is_the_last_manifest() -> None:
    digest = sha256(RIGHT).hexdigest()
    assert held_settings(files(RIGHT)) == Held(sequence=4, manifest=digest)
    assert held_settings(files(b"{}")) == held_settings(files()) == Held()


def test_two_accounts_with_one_key_are_one() -> None:
    shared = Office(keys={ADA: frozenset({ADAS}), BEN: frozenset({ADAS})})

    assert shared.signers({ADAS}) == {ADA, BEN}
    assert not shared.two_signed({ADAS})
    assert OFFICE.two_signed({ADAS, BENS})
    assert not OFFICE.two_signed(set())


def test_two_keys_of_one_operator_are_one_operator() -> None:
    office = Office(keys={ADA: frozenset({ADAS, BENS}), BEN: frozenset()})
    assert not office.two_signed({ADAS, BENS})


@pytest.mark.parametrize("data", [None, b"", b"[", POLICY.encode()])
def test_without_a_list_nobody_is_an_operator(data: bytes | None) -> None:
    path = "registry/operators.yaml"
    file = None if data is None else source_file(path, data)
    assert office_of(file) == Office(keys={})


def test_settings_that_cannot_be_read_are_the_default_ones() -> None:
    path = "registry/policy.yaml"
    assert policy_of(None) == DEFAULT_POLICY
    assert policy_of(source_file(path, b"[")) == DEFAULT_POLICY
    assert policy_of(files()[path]).origin == ORIGIN
