"""Who signed a file, and who may still."""

from itertools import product
from typing import Any, NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from securesystemslib.signer import CryptoSigner, Key, Signature, Signer, SSlibKey
from tuf.api.metadata import Delegations, Metadata

from sayso.errors import MalformedError, PublishError, RegistryError, UntrustedError
from sayso.trust.profiles import Role
from sayso.trust.roles import RoleFile, metadata_of, read_role, seal
from sayso.trust.root import make_root
from sayso.trust.signing import Tally, add_signature, check_signed, tally
from tests.roles import (
    INSTITUTION,
    NOW,
    TEAM,
    changed,
    keys_of,
    repository,
    signed,
    signer,
    signers_of,
)

SIGNERS = signers_of(TEAM)
FIRST = make_root(TEAM, SIGNERS.root_keys(), now=NOW)
ONE, TWO, THREE = SIGNERS.root
STRANGER = signer(999)
DONE = ONE.sign(metadata_of(FIRST).signed_bytes)


class Odd(Signer):
    """Says that it signs with a key, and does something else."""

    def __init__(self, key: Key, instead: Signature | Exception) -> None:
        self.key = key
        self.instead = instead

    @property
    def public_key(self) -> Key:
        return self.key

    def sign(self, payload: bytes) -> Signature:  # noqa: ARG002 - another signs it
        if isinstance(self.instead, Signature):
            return self.instead
        raise self.instead

    @classmethod
    def from_priv_key_uri(cls, *_: object) -> NoReturn:
        raise NotImplementedError(cls)


def ids(keys: tuple[Key, ...]) -> list[str]:
    return [key.keyid for key in keys]


def ids_of(*signers: Signer) -> list[str]:
    return sorted(ids(keys_of(signers)))


def test_holders_sign_one_after_another() -> None:
    (before,) = tally(FIRST)
    assert before.named_by == "1.root.json"
    assert before.least == 2
    assert ids(before.signed) == []
    assert ids(before.missing) == ids_of(ONE, TWO, THREE)
    once = add_signature(FIRST, THREE)
    (part,) = tally(once)
    assert (ids(part.signed), part.enough) == (ids_of(THREE), False)
    assert ids(part.missing) == ids_of(ONE, TWO)
    (enough,) = tally(add_signature(once, ONE))
    assert (ids(enough.signed), enough.enough) == (ids_of(ONE, THREE), True)
    assert ids(enough.missing) == ids_of(TWO)


def test_the_order_of_signing_leaves_no_trace() -> None:
    assert signed(FIRST, [ONE, TWO, THREE]) == signed(FIRST, [THREE, ONE, TWO])


def test_too_few_signatures_are_not_believed() -> None:
    once = add_signature(FIRST, ONE)
    with pytest.raises(
        UntrustedError, match=r"by 1 of the keys in 1.root.json, and 2 must sign it"
    ):
        check_signed(once)
    check_signed(add_signature(once, TWO))


def test_a_root_that_follows_is_signed_by_the_old_and_the_new() -> None:
    root = signed(FIRST, [ONE, TWO])
    new = signers_of(INSTITUTION, first=103)  # THREE stays
    file = make_root(INSTITUTION, new.root_keys(), now=NOW, after=root)
    for each in (ONE, *new.root[:3]):
        file = add_signature(file, each, authority=root)
    old_part, new_part = tally(file, authority=root)
    assert (old_part.named_by, old_part.least) == ("1.root.json", 2)
    assert ids(old_part.signed) == ids_of(ONE, THREE)
    assert ids(old_part.missing) == ids_of(TWO)
    assert (new_part.named_by, new_part.least) == ("2.root.json", 3)
    assert ids(new_part.signed) == ids_of(*new.root[:3])
    check_signed(file, authority=root)


def test_a_root_is_not_enough_for_the_new_holders_alone() -> None:
    root = signed(FIRST, [ONE, TWO])
    new = signers_of(TEAM, first=201)
    file = make_root(TEAM, new.root_keys(), now=NOW, after=root)
    for signers, named_by in (([*new.root], "1.root"), ([ONE, TWO], "2.root")):
        with pytest.raises(UntrustedError, match=rf"in {named_by}\.json, and 2 must"):
            check_signed(signed(file, signers, authority=root), authority=root)


def test_each_role_is_signed_by_its_own_keys() -> None:
    registry = repository(TEAM)
    for role, authority in (
        (Role.TARGETS, Role.ROOT),
        (Role.RELEASES, Role.TARGETS),
        (Role.SNAPSHOT, Role.ROOT),
        (Role.TIMESTAMP, Role.ROOT),
    ):
        file, by = registry.in_force[role], registry.in_force[authority]
        check_signed(file, authority=by)
        with pytest.raises(PublishError, match="may not sign"):
            add_signature(file, STRANGER, authority=by)


@pytest.mark.parametrize(
    ("role", "authority"),
    [
        (Role.ROOT, Role.TARGETS),
        (Role.ROOT, Role.ROOT),
        (Role.TARGETS, None),
        (Role.TARGETS, Role.TARGETS),
        (Role.RELEASES, None),
        (Role.RELEASES, Role.ROOT),
        (Role.SNAPSHOT, Role.TIMESTAMP),
        (Role.TIMESTAMP, Role.SNAPSHOT),
    ],
)
def test_who_is_no_authority_is_refused(role: Role, authority: Role | None) -> None:
    files = repository(TEAM).in_force
    by = None if authority is None else files[authority]
    with pytest.raises(PublishError, match="does not say who signs"):
        tally(files[role], authority=by)


def test_a_later_root_is_not_judged_by_itself_or_by_an_older_one() -> None:
    registry = repository(TEAM)
    for _ in range(2):
        registry.rotate(TEAM, registry.signers)
    first, second, third = registry.roots
    check_signed(third, authority=second)
    for authority in (None, first, third):
        with pytest.raises(PublishError, match=r"does not say who signs 3.root.json"):
            check_signed(third, authority=authority)


@pytest.mark.parametrize("delegations", [None, Delegations({}, {})])
def test_targets_that_delegate_to_nobody_make_nobody_believed(
    delegations: Delegations | None,
) -> None:
    files = repository(TEAM).in_force
    targets = changed(files[Role.TARGETS], delegations=delegations)
    with pytest.raises(UntrustedError, match=r"does not say who signs 1\.releases"):
        check_signed(files[Role.RELEASES], authority=targets)


def test_who_is_no_holder_is_refused() -> None:
    with pytest.raises(PublishError, match=r"may not sign 1.root.json"):
        add_signature(FIRST, STRANGER)


def test_nobody_signs_twice() -> None:
    once = add_signature(FIRST, ONE)
    with pytest.raises(PublishError, match=r"has signed 1.root.json already"):
        add_signature(once, ONE)


def with_signature(file: RoleFile, signature: Signature) -> RoleFile:
    metadata: Metadata[Any] = metadata_of(file)
    metadata.signatures[signature.keyid] = signature
    return seal(file.role, metadata)


@pytest.mark.parametrize(
    "signature",
    [
        STRANGER.sign(metadata_of(FIRST).signed_bytes),
        TWO.sign(b"something else"),
        Signature(TWO.public_key.keyid, "no hexadecimal"),
        Signature(TWO.public_key.keyid, ""),
    ],
    ids=["of a stranger", "of something else", "no signature", "nothing"],
)
def test_a_file_with_a_false_signature_is_not_signed(signature: Signature) -> None:
    spoiled = with_signature(FIRST, signature)
    (part,) = tally(spoiled)
    assert part.signed == ()
    for each in (ONE, TWO):
        with pytest.raises(UntrustedError, match="is false, or of nobody who may"):
            add_signature(spoiled, each)


def test_a_signer_that_fails_is_named() -> None:
    odd = Odd(ONE.public_key, OSError("the token is not plugged in"))
    with pytest.raises(PublishError, match=r"did not sign 1.root.json: the token is"):
        add_signature(FIRST, odd)


@pytest.mark.parametrize("by", [ONE, TWO, STRANGER])
def test_a_signer_that_signs_with_another_key_is_refused(by: Signer) -> None:
    signature = by.sign(b"something else")
    with pytest.raises(PublishError, match="made a false signature"):
        add_signature(FIRST, Odd(ONE.public_key, signature))


@pytest.mark.parametrize(
    "signature",
    [
        Signature(DONE.keyid, DONE.signature.upper()),
        Signature(DONE.keyid, DONE.signature, {"more": "unsigned"}),
    ],
    ids=["upper case", "with more"],
)
def test_a_signature_is_written_in_one_way(signature: Signature) -> None:
    with pytest.raises(MalformedError, match="a signature that is not plain"):
        add_signature(FIRST, Odd(ONE.public_key, signature))


def test_no_changed_byte_is_believed() -> None:
    registry = repository(TEAM)
    file = registry.in_force[Role.TIMESTAMP]
    for place, bit in product(range(len(file.data)), (1, 0x20, 0x80)):
        data = bytearray(file.data)
        data[place] ^= bit
        with pytest.raises(RegistryError):
            check_signed(read_role(file.name, bytes(data)), authority=registry.root)


def test_a_holder_may_have_a_key_of_another_kind() -> None:
    """P-256 is what a security key with PKCS#11 makes."""
    hardware = CryptoSigner(generate_private_key(SECP256R1()))
    assert isinstance(hardware.public_key, SSlibKey)
    assert hardware.public_key.scheme == "ecdsa-sha2-nistp256"
    keys = signers_of(TEAM).root_keys()
    mixed = type(keys)(
        root=(*keys.root[:2], hardware.public_key),
        targets=keys.targets,
        online=keys.online,
    )
    file = make_root(TEAM, mixed, now=NOW)
    check_signed(signed(file, [hardware, ONE]))


def test_a_tally_is_not_enough_for_nothing() -> None:
    assert not Tally(named_by="x", least=1, signed=(), missing=()).enough
