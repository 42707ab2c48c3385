"""Targets: who is believed about the log, and who signs releases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tuf.api.metadata import Delegations, SuccinctRoles

from sayso.errors import MalformedError, PublishError
from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.roles import RoleFile, metadata_of, targets_of
from sayso.trust.root import make_root
from sayso.trust.signing import check_signed
from sayso.trust.targets import make_targets, releases_keys, sign_targets
from sayso.wire.log_policy import Log, LogPolicy, encode_log_policy
from sayso.wire.note import KeyType, VerifierKey
from tests.logs import policy
from tests.roles import (
    DEV,
    INSTITUTION,
    NOW,
    POLICY,
    TEAM,
    changed,
    keys_of,
    signer,
    signers_of,
)

SIGNERS = signers_of(TEAM)
ROOT = make_root(TEAM, SIGNERS.root_keys(), now=NOW)
RELEASES = keys_of(SIGNERS.releases)
FIRST = make_targets(ROOT, releases=RELEASES, policy=POLICY, now=NOW)
ONE, TWO, THREE = SIGNERS.targets
NEW = signer(777)


def sign(file: RoleFile, *, data: bytes = POLICY) -> RoleFile:
    return sign_targets(file, ONE, root=ROOT, policy=data, now=NOW)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_targets_delegate_releases_and_nothing_else(profile: Profile) -> None:
    signers = signers_of(profile)
    root = make_root(profile, signers.root_keys(), now=NOW)
    keys = keys_of(signers.releases)
    file = make_targets(root, releases=keys, policy=POLICY, now=NOW)
    assert (file.name, file.expires) == ("1.targets.json", NOW + timedelta(days=365))
    assert metadata_of(file).signatures == {}
    assert set(releases_keys(file)) == set(keys)
    said = targets_of(file)
    assert list(said.targets) == ["policy.txt"]
    assert said.delegations is not None
    assert said.delegations.roles is not None
    (role,) = said.delegations.roles.values()
    assert role.to_dict() == {
        "keyids": sorted(key.keyid for key in keys),
        "name": "releases",
        "paths": ["release.*"],
        "terminating": True,
        "threshold": profile.releases.least,
    }


def test_holders_sign_the_policy_that_they_read() -> None:
    file = sign_targets(sign(FIRST), TWO, root=ROOT, policy=POLICY, now=NOW)
    check_signed(file, authority=ROOT)
    other = encode_log_policy(policy("W1"))
    with pytest.raises(MalformedError, match="more or other than the profile team"):
        sign(FIRST, data=other)


def test_what_is_no_policy_is_not_signed() -> None:
    with pytest.raises(MalformedError, match="not a line of a policy"):
        make_targets(ROOT, releases=RELEASES, policy=b"trust me\n", now=NOW)
    with pytest.raises(MalformedError, match="not a line of a policy"):
        sign(FIRST, data=b"trust me\n")


def test_the_next_targets_replace_a_key_that_signs_releases() -> None:
    keys = keys_of([NEW])
    later = NOW + timedelta(days=1)
    file = make_targets(ROOT, releases=keys, policy=POLICY, now=later, after=FIRST)
    assert file.name == "2.targets.json"
    assert releases_keys(file) == keys
    assert releases_keys(sign_targets(file, ONE, root=ROOT, policy=POLICY, now=later))


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ((), "sign releases, and 0 of 0"),
        (keys_of([NEW, signer(778)]), "asks for 1 different keys that sign releases"),
        (keys_of([ONE]), "in the profile team the key"),
        (keys_of([SIGNERS.online]), "in the profile team the key"),
    ],
)
def test_releases_have_as_many_keys_as_the_profile_says_and_their_own(
    keys: tuple[Any, ...], why: str
) -> None:
    with pytest.raises(PublishError, match=why):
        make_targets(ROOT, releases=keys, policy=POLICY, now=NOW)


def test_a_holder_of_the_targets_alone_signs_no_releases() -> None:
    alone = keys_of(signer(seed) for seed in (701, 702, 703))
    root = make_root(TEAM, replace(SIGNERS.root_keys(), targets=alone), now=NOW)
    with pytest.raises(PublishError, match="cannot have two roles"):
        make_targets(root, releases=alone[:1], policy=POLICY, now=NOW)


def test_a_log_has_a_key_of_its_own() -> None:
    """Whoever takes the keys that sign releases cannot sign the log with them."""
    for each in (*SIGNERS.releases, SIGNERS.online, *SIGNERS.root, *SIGNERS.targets):
        public = bytes.fromhex(each.public_key.keyval["public"])
        log = Log(key=VerifierKey(name="a", type=KeyType.ED25519, key=public))
        shared = encode_log_policy(
            LogPolicy(logs=(*policy().logs, log), witnesses=(), groups=(), quorum=None)
        )
        with pytest.raises(PublishError, match="cannot have two roles"):
            make_targets(ROOT, releases=RELEASES, policy=shared, now=NOW)
        with pytest.raises(PublishError, match="cannot have two roles"):
            sign(FIRST, data=shared)


def test_the_rebuilder_is_somebody_else() -> None:
    signers = signers_of(INSTITUTION)
    root = make_root(INSTITUTION, signers.root_keys(), now=NOW)
    twice = keys_of([NEW, NEW])
    with pytest.raises(PublishError, match=r"asks for 2 .* 1 of 2 keys given are"):
        make_targets(root, releases=twice, policy=POLICY, now=NOW)


def role(**fields: object) -> dict[str, Any]:
    delegations = targets_of(FIRST).delegations
    assert delegations is not None
    assert delegations.roles is not None
    for name, value in fields.items():
        setattr(delegations.roles["releases"], name, value)
    return {"delegations": delegations}


@pytest.mark.parametrize(
    "fields",
    [
        role(threshold=2),
        role(terminating=False),
        role(paths=["*"]),
        {"targets": {}},
        {"unrecognized_fields": {"more": 1}},
    ],
)
def test_nobody_signs_what_targets_do_not_say(fields: dict[str, Any]) -> None:
    with pytest.raises(MalformedError, match="more or other than the profile team"):
        sign(changed(FIRST, **fields))


@pytest.mark.parametrize(
    "delegations",
    [
        None,
        Delegations({}, {}),
        Delegations({}, None, SuccinctRoles([], 1, 1, "releases")),
    ],
)
def test_targets_say_who_signs_releases(delegations: Delegations | None) -> None:
    file = changed(FIRST, delegations=delegations)
    with pytest.raises(MalformedError, match="does not say who signs releases"):
        releases_keys(file)


@pytest.mark.parametrize("by", [timedelta(days=2), timedelta(days=-365)])
def test_nobody_signs_what_holds_too_long_or_no_more(by: timedelta) -> None:
    with pytest.raises(MalformedError, match="holds until"):
        sign(changed(FIRST, expires=FIRST.expires + by))


def test_who_is_no_holder_is_refused() -> None:
    with pytest.raises(PublishError, match=r"may not sign 1.targets.json"):
        sign_targets(FIRST, NEW, root=ROOT, policy=POLICY, now=NOW)


def test_one_key_may_do_all_in_the_profile_for_development() -> None:
    signers = signers_of(DEV)
    root = make_root(DEV, signers.root_keys(), now=NOW)
    keys = keys_of(signers.releases)
    file = make_targets(root, releases=keys, policy=POLICY, now=NOW)
    assert file.role is Role.TARGETS
    assert keys == (signers.online.public_key,)
