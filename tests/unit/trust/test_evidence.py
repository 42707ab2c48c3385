"""What is believed years later, and by which root."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sayso.errors import MalformedError, UntrustedError
from sayso.model.settings import Revocation
from sayso.trust.evidence import check_evidence
from sayso.trust.profiles import Profile, Role
from sayso.trust.roles import RoleFile
from sayso.wire.evidence import Evidence
from sayso.wire.log_policy import Group, encode_log_policy
from sayso.wire.log_proof import decode_log_proof, encode_log_proof
from tests.logs import SEEN, policy
from tests.receipts import World
from tests.registries import ISSUED
from tests.roles import DEV, INSTITUTION, SOLO, TEAM, changed

WORLD = World().release()
EVIDENCE = WORLD.question().evidence
ROOT = WORLD.roots[0]


def rotated() -> World:
    """Return a registry whose keys were changed twice before it published."""
    world = World()
    world.rotate(first=201)
    world.rotate(first=301)
    return world.release()


ROTATED = rotated()
LATE = ROTATED.question().evidence


def refused(evidence: Evidence, *pinned: RoleFile) -> str:
    with pytest.raises(UntrustedError) as caught:
        check_evidence(pinned, evidence)
    return str(caught.value)


@pytest.mark.parametrize("profile", [DEV, SOLO, TEAM, INSTITUTION])
def test_evidence_proves_a_release_in_every_profile(profile: Profile) -> None:
    world = World(profile=profile).release()
    believed = check_evidence(world.roots, world.question().evidence)
    assert believed.release.header.number == 1
    assert believed.data == world.log.log.entries[0]
    assert believed.root == believed.pinned == world.roots[0]


def test_it_says_who_vouches_for_the_time() -> None:
    believed = check_evidence([ROOT], EVIDENCE)
    assert believed.release.header.issued == ISSUED
    assert believed.cosigned == {"W1": SEEN}
    assert believed.checkpoint.checkpoint.size == 1


def test_nothing_of_it_expires() -> None:
    old = World(now=ISSUED - timedelta(days=3650)).release()
    assert check_evidence(old.roots, old.question().evidence).cosigned


def test_every_root_on_the_way_is_good_to_begin_with() -> None:
    assert len(LATE.roots) == 2
    for root in ROTATED.roots:
        believed = check_evidence([root], LATE)
        assert (believed.pinned, believed.root) == (root, ROTATED.roots[2])
    assert check_evidence(ROTATED.roots, LATE).pinned == ROTATED.roots[2]


def test_who_has_pinned_a_later_root_gives_the_roots_before_it_too() -> None:
    for pinned in (1, 2, 3):
        assert ROTATED.question(pinned).evidence == LATE


def test_a_newer_root_vouches_for_nothing_before_it() -> None:
    newer = ROTATED.roots[1]
    said = refused(EVIDENCE, newer)
    assert "made under root 1, and root 2 came later" in said
    assert "1.root.json" in said
    assert check_evidence([newer, ROOT], EVIDENCE).pinned == ROOT


def test_another_root_is_not_passed() -> None:
    other = World(profile=TEAM, first=501)
    other.rotate(first=401)
    assert "another root 2" in refused(LATE, other.roots[1])
    assert "2.root.json is signed by 0" in refused(LATE, other.roots[0])


def test_a_root_must_follow_the_one_before() -> None:
    for roots in (LATE.roots[:1], LATE.roots[1:], (LATE.roots[1], LATE.roots[0])):
        with pytest.raises((UntrustedError, MalformedError)):
            check_evidence([ROTATED.roots[0]], replace(LATE, roots=roots))


def test_targets_are_signed_by_the_newest_root() -> None:
    unsigned = changed(WORLD.trusted().chain.file(Role.TARGETS))
    said = refused(replace(EVIDENCE, targets=unsigned.data), ROOT)
    assert "1.targets.json is signed by 0" in said
    with pytest.raises(MalformedError, match=r"2\.targets\.json says of itself"):
        check_evidence([ROOT], replace(EVIDENCE, targets_version=2))


def test_the_policy_is_the_one_that_targets_name() -> None:
    nobody = encode_log_policy(policy())
    longer = nobody + b"# another\n"
    assert "policy.txt is not the one" in refused(
        replace(EVIDENCE, policy=longer), ROOT
    )


def test_a_quorum_of_witnesses_is_asked_for() -> None:
    two = replace(
        policy("few"), groups=(Group(name="few", least=2, members=("W1", "W2", "W3")),)
    )
    world = World(log_policy=two, witnesses=(1, 3)).release()
    evidence = world.question().evidence
    assert check_evidence(world.roots, evidence).cosigned == {"W1": SEEN, "W3": SEEN}
    few = encode_log_proof(world.log.log.proof(0, 1))
    assert "too few witnesses" in refused(replace(evidence, proof=few), world.roots[0])


def test_the_log_has_the_very_release() -> None:
    other = EVIDENCE.release.replace(b"sayso.example", b"other.example")
    assert "another leaf 0" in refused(replace(EVIDENCE, release=other), ROOT)


def test_the_index_is_that_of_the_release() -> None:
    """A log that has release 1 at index 1 is wrong, whoever signed it."""
    world = World()
    world.log.add([b"something else"])
    world.release()
    first = EVIDENCE.release
    world.log.add([first])
    proof = encode_log_proof(world.log.log.proof(2))
    evidence = replace(EVIDENCE, proof=proof)
    assert "entry 2 of the log is release 1" in refused(evidence, ROOT)


def test_what_proves_nothing_is_not_there() -> None:
    proof = replace(decode_log_proof(EVIDENCE.proof), extra=b"trust me")
    with pytest.raises(MalformedError, match="extra data"):
        check_evidence([ROOT], replace(EVIDENCE, proof=encode_log_proof(proof)))


def test_a_development_release_is_of_development_keys() -> None:
    tried = World(profile=DEV).release()
    of_it = tried.question().evidence
    mixed = replace(EVIDENCE, release=of_it.release, proof=of_it.proof)
    assert "of the profile development, and the keys" in refused(mixed, ROOT)
    mixed = replace(of_it, release=EVIDENCE.release, proof=EVIDENCE.proof)
    assert "of the profile operator, and the keys" in refused(mixed, *tried.roots)


def test_a_release_that_loosens_much_needs_its_approval() -> None:
    world = World(profile=TEAM).release(loosened=10_001)
    evidence = world.question().evidence
    assert evidence.approval is not None
    assert check_evidence(world.roots, evidence).release.is_braked
    for without in (None, WORLD.question().evidence.approval):
        assert "needs the approval" in refused(
            replace(evidence, approval=without), world.roots[0]
        )
    needless = replace(EVIDENCE, approval=evidence.approval)
    assert "and nowhere else" in refused(needless, ROOT)
    of_another = World(profile=TEAM).release(loosened=10_002, revoked=[])
    other = of_another.question().evidence.approval
    assert "approval is of release 1" in refused(
        replace(evidence, approval=other), world.roots[0]
    )


def test_a_release_that_revokes_others_is_believed() -> None:
    world = World().release().release(revoked=[Revocation(release=1, reason="bad")])
    believed = check_evidence(world.roots, world.question().evidence)
    assert [one.release for one in believed.release.revoked] == [1]
