"""Roots: made, signed and replaced."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key, SSlibKey
from tuf.api.metadata import Metadata, Root

from sayso.errors import MalformedError, PublishError
from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.roles import metadata_of, profile_of, root_of, seal
from sayso.trust.root import RootKeys, make_root, root_keys, sign_root
from sayso.trust.signing import check_signed
from tests.roles import (
    DEV,
    INSTITUTION,
    NOW,
    SOLO,
    TEAM,
    changed,
    keys_of,
    repository,
    signer,
    signers_of,
)

SIGNERS = signers_of(TEAM)
KEYS = SIGNERS.root_keys()
FIRST = make_root(TEAM, KEYS, now=NOW)
ONE, TWO, THREE = SIGNERS.root
NEW = signer(777)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_root_names_the_keys_that_were_given(profile: Profile) -> None:
    keys = signers_of(profile).root_keys()
    root = make_root(profile, keys, now=NOW)
    found = root_keys(root)
    assert set(found.root) == set(keys.root)
    assert set(found.targets) == set(keys.targets)
    assert found.online == keys.online
    assert (root.name, root.expires) == ("1.root.json", NOW + timedelta(days=365))
    assert metadata_of(root).signatures == {}
    roles = root_of(root).roles
    assert {role: roles[role].threshold for role in roles} == {
        "root": profile.root.least,
        "targets": profile.targets.least,
        "snapshot": 1,
        "timestamp": 1,
    }


def test_the_order_of_the_keys_says_nothing() -> None:
    turned = replace(KEYS, root=KEYS.root[::-1], targets=KEYS.targets[::-1])
    assert make_root(TEAM, turned, now=NOW) == FIRST


def test_a_key_may_have_all_roles_in_the_profile_for_development_alone() -> None:
    key = ONE.public_key
    make_root(DEV, RootKeys(root=(key,), targets=(key,), online=key), now=NOW)
    for keys in (replace(KEYS, online=key), replace(KEYS, online=KEYS.targets[0])):
        with pytest.raises(
            PublishError, match=r"in the profile team the key [0-9a-f]+"
        ):
            make_root(TEAM, keys, now=NOW)


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        (replace(KEYS, root=KEYS.root[:2]), "asks for 3 different keys that sign root"),
        (replace(KEYS, root=()), "asks for 3 .* root, and 0 of 0"),
        (replace(KEYS, root=(*KEYS.root, NEW.public_key)), "sign root, and 4 of 4"),
        (replace(KEYS, root=(*KEYS.root[:2], KEYS.root[0])), "2 of 3 keys given are"),
        (replace(KEYS, targets=KEYS.targets[:1]), "sign targets, and 1 of 1"),
    ],
)
def test_there_are_as_many_keys_as_the_profile_asks_for(
    keys: RootKeys, why: str
) -> None:
    with pytest.raises(PublishError, match=why):
        make_root(TEAM, keys, now=NOW)


def test_a_key_under_another_id_is_refused() -> None:
    """One holder would count as two."""
    twin: Key = SSlibKey.from_dict("00" * 32, ONE.public_key.to_dict())
    for keys in (
        replace(KEYS, root=(*KEYS.root[:2], twin)),
        replace(KEYS, online=twin),
    ):
        with pytest.raises(PublishError, match=r"key 0000.* is not its own"):
            make_root(TEAM, keys, now=NOW)


def spelled(**changes: object) -> Key:
    """Return the key of NEW with other fields, under the id that is its own then."""
    fields = NEW.public_key.to_dict() | changes
    named = {each: fields[each] for each in ("keytype", "scheme", "keyval")}
    key_id = sha256(str(encode_canonical(named)).encode()).hexdigest()
    return Key.from_dict(key_id, fields)


PUBLIC = NEW.public_key.keyval["public"]


@pytest.mark.parametrize(
    "changes",
    [
        {"keyval": {"public": PUBLIC.upper()}},
        {"keyval": {"public": f" {PUBLIC}"}},
        {"keyval": {"public": PUBLIC, "more": "1"}},
        {"keyval": {"public": "00"}},
        {"more": "means something to somebody else"},
        {
            "keytype": "rsa",
            "scheme": "pgp+rsa-pkcsv1.5",
            "keyval": {"public": {"e": "03", "n": "0f"}, "private": ""},
            "method": "pgp+rsa-pkcsv1.5",
            "hashes": ["pgp+SHA2"],
        },
    ],
    ids=["upper case", "a space", "more", "too short", "a field", "GPG"],
)
def test_a_key_is_spelled_in_one_way(changes: dict[str, Any]) -> None:
    """Else one holder would have two ids and count as two, or sign what is hidden."""
    twin = spelled(**changes)
    for keys in (
        replace(KEYS, root=(twin, *KEYS.root[1:])),
        replace(KEYS, targets=(twin, *KEYS.targets[1:])),
        replace(KEYS, online=twin),
    ):
        with pytest.raises(PublishError, match=r"the key [0-9a-f]{64} is neither of"):
            make_root(TEAM, keys, now=NOW)


def test_a_holder_of_the_targets_alone_is_not_online() -> None:
    keys = replace(KEYS, targets=keys_of(signer(seed) for seed in (701, 702, 703)))
    make_root(TEAM, keys, now=NOW)
    with pytest.raises(PublishError, match="cannot have two roles"):
        make_root(TEAM, replace(keys, online=keys.targets[2]), now=NOW)


def test_the_next_root_replaces_a_holder() -> None:
    root = sign_root(sign_root(FIRST, ONE, now=NOW), TWO, now=NOW)
    later = NOW + timedelta(days=300)
    kept = tuple(key for key in root_keys(root).root if key != THREE.public_key)
    keys = replace(root_keys(root), root=(*kept, NEW.public_key))
    file = make_root(TEAM, keys, now=later, after=root)
    assert (file.name, file.expires) == ("2.root.json", later + timedelta(days=365))
    for each in (THREE, TWO, NEW):
        file = sign_root(file, each, before=root, now=later)
    check_signed(file, authority=root)
    gone = THREE.public_key.keyid
    assert gone not in root_of(file).roles["root"].keyids
    assert gone in root_of(file).keys  # it still signs targets


def test_a_registry_goes_over_to_another_profile() -> None:
    registry = repository(SOLO)
    for profile in (TEAM, INSTITUTION, SOLO):
        registry.rotate(profile, signers_of(profile, first=registry.root.version * 300))
        check_signed(registry.root, authority=registry.roots[-2])
        assert profile_of(registry.root) is profile


@pytest.mark.parametrize("field", ["root", "targets", "timestamp"])
def test_nobody_signs_a_threshold_that_was_changed(field: str) -> None:
    roles = root_of(FIRST).roles
    roles[field].threshold += 1
    with pytest.raises(MalformedError, match="more or other than the profile team"):
        sign_root(changed(FIRST, roles=roles), ONE, now=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"consistent_snapshot": False},
        {"keys": root_of(FIRST).keys | {NEW.public_key.keyid: NEW.public_key}},
        {"unrecognized_fields": {"x-sayso-profile": "team", "more": 1}},
    ],
)
def test_nobody_signs_what_a_root_does_not_say(fields: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="more or other than the profile team"):
        sign_root(changed(FIRST, **fields), ONE, now=NOW)


@pytest.mark.parametrize("by", [timedelta(days=2), timedelta(days=-365)])
def test_nobody_signs_what_holds_too_long_or_no_more(by: timedelta) -> None:
    root = changed(FIRST, expires=FIRST.expires + by)
    with pytest.raises(
        MalformedError, match=r"holds until 202[67]-11-2[24]T11:00:00Z"
    ) as found:
        sign_root(root, ONE, now=NOW)
    assert str(found.value).endswith("by a clock that says 2026-11-22T11:00:00Z")


@pytest.mark.parametrize("by", [timedelta(days=-1), timedelta(days=90)])
def test_holders_may_sign_on_different_days(by: timedelta) -> None:
    sign_root(FIRST, ONE, now=NOW + by)


def test_an_older_specification_is_no_reason_to_refuse() -> None:
    sign_root(changed(FIRST, spec_version="1.0.30"), ONE, now=NOW)


@pytest.mark.parametrize("version", ["1.1.0", "1.0", "1.0.1234", "1.0.٣٤"])
def test_nobody_signs_a_specification_that_no_holder_has(version: str) -> None:
    with pytest.raises(MalformedError, match="more or other than the profile team"):
        sign_root(changed(FIRST, spec_version=version), ONE, now=NOW)


def forget(role: str) -> Callable[[Root], object]:
    return lambda root: root.roles[role].keyids.clear()


def also(role: str) -> Callable[[Root], object]:
    return lambda root: root.add_key(NEW.public_key, role)


def lose(root: Root) -> None:
    del root.keys[SIGNERS.online.public_key.keyid]


@pytest.mark.parametrize(
    "edit",
    [
        forget("timestamp"),
        forget("snapshot"),
        also("timestamp"),
        also("snapshot"),
        lose,
    ],
)
def test_one_key_is_online(edit: Callable[[Root], object]) -> None:
    root = root_of(FIRST)
    edit(root)
    file = seal(Role.ROOT, Metadata(root))
    with pytest.raises(MalformedError, match="does not name one key that is online"):
        root_keys(file)
