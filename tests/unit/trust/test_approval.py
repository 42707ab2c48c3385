"""Approvals: which text holders sign, who may, and how often."""

from dataclasses import replace
from hashlib import sha256

import pytest
from securesystemslib.signer import Signature, Signer

from sayso.errors import MalformedError, PublishError, UntrustedError
from sayso.trust.approval import (
    APPROVAL_LIMIT,
    approval_of,
    approve,
    approvers,
    check_approval,
    decode_approval,
    encode_approval,
)
from sayso.trust.signer import Ed25519Signer
from sayso.wire.release import decode_release
from sayso.wire.text import Digest
from tests.logs import private_key
from tests.registries import release_files
from tests.roles import INSTITUTION, SOLO, TEAM, repository, signer

DATA = release_files(profile="operator").by_path["release.json"]
RELEASE = decode_release(DATA)
REGISTRY = repository(TEAM)
HOLDERS = REGISTRY.signers.targets
EMPTY = approval_of(RELEASE, DATA)


class Forger(Ed25519Signer):
    """Says that it has the key of a holder."""

    def sign(self, payload: bytes) -> Signature:
        return signer(900).sign(payload)


def test_what_is_signed_are_the_four_lines_of_the_specification() -> None:
    said = (
        f"sayso/approval/1\n{RELEASE.header.origin}\n{RELEASE.header.number}\n"
        f"{sha256(DATA).hexdigest()}\n"
    )
    assert EMPTY.message == said.encode()
    made = approve(EMPTY, HOLDERS[0], root=REGISTRY.root)
    by_hand = HOLDERS[0].sign(said.encode())
    assert made.signatures == {by_hand.keyid: by_hand.signature}


def test_as_many_holders_as_the_root_says_approve() -> None:
    for profile, least in ((SOLO, 1), (TEAM, 2)):
        registry, approval = repository(profile), EMPTY
        for count, holder in enumerate(registry.signers.targets[:least]):
            message = f"approved by {count} of the keys in 1.root.json"
            with pytest.raises(UntrustedError, match=message):
                check_approval(approval, RELEASE, DATA, root=registry.root)
            approval = approve(approval, holder, root=registry.root)
        check_approval(approval, RELEASE, DATA, root=registry.root)


def test_nobody_approves_twice() -> None:
    once = approve(EMPTY, HOLDERS[0], root=REGISTRY.root)
    with pytest.raises(PublishError, match="has approved this release already"):
        approve(once, HOLDERS[0], root=REGISTRY.root)


@pytest.mark.parametrize(
    ("by", "message"),
    [
        (signer(900), "it is none of those in 1.root.json that sign the targets"),
        (REGISTRY.signers.releases[0], "may not approve a release"),
        (Forger(private_key(101)), "made a false signature"),
    ],
)
def test_strangers_and_machines_do_not_approve(by: Signer, message: str) -> None:
    with pytest.raises(PublishError, match=message):
        approve(EMPTY, by, root=REGISTRY.root)


def test_who_signs_roots_and_no_targets_does_not_count() -> None:
    registry = repository(INSTITUTION)
    *_, outside = registry.signers.root
    made = outside.sign(EMPTY.message)
    forged = replace(EMPTY, signatures={made.keyid: made.signature})
    assert approvers(forged, registry.root) == set()


def test_an_approval_is_of_one_release_of_one_registry() -> None:
    made = EMPTY
    for holder in HOLDERS[:2]:
        made = approve(made, holder, root=REGISTRY.root)
    others = (
        replace(made, number=made.number + 1),
        replace(made, origin="other.example"),
        replace(made, release=Digest(made.release[::-1])),
    )
    for other in others:
        with pytest.raises(UntrustedError, match="and not of this release"):
            check_approval(other, RELEASE, DATA, root=REGISTRY.root)
        assert approvers(other, REGISTRY.root) == set()


def test_an_approval_has_one_spelling() -> None:
    data = encode_approval(approve(EMPTY, HOLDERS[0], root=REGISTRY.root))
    assert encode_approval(decode_approval(data)) == data
    for old, new in (
        (b"sayso/approval/1", b"sayso/approval/2"),
        (b'"number":1,', b'"number":0,'),
        (b'\n"format"', b'\n"also":1,\n"format"'),
    ):
        assert old in data
        with pytest.raises(MalformedError):
            decode_approval(data.replace(old, new))
    with pytest.raises(MalformedError, match=f"{APPROVAL_LIMIT}"):
        decode_approval(b" " * (APPROVAL_LIMIT + 1))
