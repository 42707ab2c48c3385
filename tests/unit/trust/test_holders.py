"""Whose keys there are, and the root and targets that are made together."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sayso.errors import MalformedError, PublishError
from sayso.trust.holder_key import holder_of, load_holder_key
from sayso.trust.holders import NOBODY, Holders, Part, holders_of, make_pair
from sayso.trust.profiles import Profile
from sayso.trust.root import root_keys
from sayso.trust.targets import releases_keys
from tests.logs import private_key
from tests.roles import NOW, POLICY, SOLO, TEAM

SEEDS = {Part.ONLINE: [154], Part.RELEASES: [151]}


def holders(profile: Profile) -> Holders:
    found = NOBODY
    of_root = range(101, 101 + profile.root.of)
    for part in Part:
        for seed in SEEDS.get(part, of_root):
            found = found.adding(part, holder_of(private_key(seed).public))
    return found


def test_root_and_targets_are_made_together_and_say_who_holds_what() -> None:
    given = holders(TEAM)
    root, targets = make_pair(TEAM, given, policy=POLICY, now=NOW)
    assert (root.name, targets.name) == ("1.root.json", "1.targets.json")
    found = holders_of([root, targets])
    for part in Part:
        assert sorted(found.ids(part)) == sorted(given.ids(part))
    assert holders_of([targets]).ids(Part.ROOT) == ()
    assert holders_of([targets]).keys[Part.RELEASES] == releases_keys(targets)
    assert holders_of([root]).keys[Part.ROOT] == root_keys(root).root
    again = make_pair(TEAM, found, policy=POLICY, now=NOW, after=(root, targets))
    assert [file.version for file in again] == [2, 2]


def test_a_holder_is_added_once_and_only_one_who_is_there_is_removed() -> None:
    public = holder_of(private_key(200).public)
    some = NOBODY.adding(Part.ROOT, public)
    (key_id,) = some.ids(Part.ROOT)
    with pytest.raises(PublishError, match="is one of root already"):
        some.adding(Part.ROOT, public)
    with pytest.raises(PublishError, match="is none of targets"):
        some.without(Part.TARGETS, key_id)
    assert some.without(Part.ROOT, key_id) == NOBODY
    assert some.adding(Part.TARGETS, public).without(Part.TARGETS, key_id) == some


@pytest.mark.parametrize("part", Part)
def test_hardware_is_for_people(part: Part) -> None:
    hardware = generate_private_key(SECP256R1()).public_key()
    holder = load_holder_key(
        hardware.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    )
    if part in {Part.ROOT, Part.TARGETS}:
        assert NOBODY.adding(part, holder).ids(part) == (holder.key.keyid,)
    else:
        with pytest.raises(PublishError, match=f"machines sign {part} with Ed25519"):
            NOBODY.adding(part, holder)


def test_one_key_is_online() -> None:
    two = holders(SOLO).adding(Part.ONLINE, holder_of(private_key(202).public))
    with pytest.raises(PublishError, match="one key that is online, and 2 are given"):
        make_pair(SOLO, two, policy=POLICY, now=NOW)


def test_what_the_profile_and_the_policy_refuse_is_refused() -> None:
    with pytest.raises(PublishError, match="asks for 3 different keys"):
        make_pair(TEAM, holders(SOLO), policy=POLICY, now=NOW)
    with pytest.raises(MalformedError, match="one quorum line"):
        make_pair(TEAM, holders(TEAM), policy=b"", now=NOW)
