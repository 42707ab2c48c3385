"""A release after one whose state was lost never loosens what owners said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from sayso.errors import PublishError, UntrustedError
from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.publish.authority.before import Before
from sayso.publish.inputs import Previous
from sayso.publish.recovery import Commits, recovered_state
from sayso.wire.state import RegistryState
from sayso.wire.succession import Entry
from tests.declared import (
    FACTS,
    FERNWOOD,
    START,
    Published,
    Texts,
    declaration,
    digest_of,
    index_of,
    owner,
    publish,
    recordings,
)

OWNER = OwnerId("domain:fernwood.example")
ONE, TWO = "XXF012600001", "XXF012600002"
DENY = {f"{FERNWOOD}/a.yaml": declaration("{any-ai: deny}", recordings(ONE))}
OPEN = {f"{FERNWOOD}/a.yaml": declaration("{search: allow}", recordings(ONE))}
BOTH = {f"{FERNWOOD}/a.yaml": declaration("{search: allow}", recordings(ONE, TWO))}


class Past:
    """Releases, of which nothing is left but release.json and the commits."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.trees: dict[str, Mapping[str, str]] = {}
        self.last: Published | None = None

    def add(
        self, texts: Texts, days: float, *, facts: Texts = FACTS, lost: bool = False
    ) -> "Past":
        """Publish a release, after a recovery where the one before was lost."""
        before = self.previous(days) if lost else None
        self.last = publish(texts, after=self.last, days=days, facts=facts, lost=before)
        release = self.last.release
        # In tests, all trees have one commit: here each has its own.
        commit = f"{len(self.entries):040x}"
        release = replace(release, source=replace(release.source, commit=commit))
        digest = digest_of(self.last.files["release.json"])
        self.entries.insert(0, Entry(release=release, digest=digest))
        self.trees[commit] = {file.path: file.blob for file in self.last.tree.files}
        return self

    @property
    def commits(self) -> Commits:
        """Return what Git has of the releases."""
        assert self.last is not None
        sources = self.last.sources
        return Commits(
            files=self.trees.__getitem__,
            blobs=lambda blobs: {blob: sources[blob] for blob in blobs},
        )

    def previous(self, days: float) -> Previous:
        """Return what a release goes on from so many days after the start."""
        now = START + timedelta(days=days)
        last, *earlier = self.entries
        state = recovered_state(last, earlier, self.commits, now=now)
        return Previous(
            digest=last.digest, release=last.release, state=state, kept=None
        )

    def recovered(self, texts: Texts, days: float) -> Published:
        """Publish a release whose predecessor is lost."""
        return publish(texts, after=self.last, days=days, lost=self.previous(days))


def test_a_recovery_says_so_and_goes_on_from_the_last_release() -> None:
    past = Past().add(DENY, 0).add(DENY, 1)
    release = past.recovered(DENY, 2).release
    assert release.recovery
    assert release.header.number == 3
    assert release.previous == past.entries[0].digest
    assert release.is_braked
    assert (release.counts["loosened"], release.counts["loosened_ranges"]) == (0, 0)
    assert not past.entries[0].release.recovery


def test_no_delta_leads_to_a_recovery_and_the_next_has_one_again() -> None:
    recovered = Past().add(DENY, 0).add(DENY, 1).recovered(DENY, 2)
    following = publish(DENY, after=recovered, days=3)
    for published, count in ((recovered, 0), (following, 1)):
        paths = [file.path for file in index_of(published.files)]
        assert len([path for path in paths if path.startswith("delta/")]) == count
    assert not following.release.recovery


def test_no_number_of_a_policy_is_used_again() -> None:
    past = Past().add(DENY, 0)
    old = past.last
    assert old is not None
    recovered = past.recovered(DENY, 1)
    assert recovered.policy(ONE) == old.release.next_policy == 2
    assert recovered.release.next_policy == 3


def test_what_is_published_first_is_not_known_any_more() -> None:
    recovered = Past().add(DENY, 0).recovered(DENY, 1)
    (entry,) = recovered.registry.declarations.values()
    assert entry.published == START + timedelta(days=1)


def test_what_was_allowed_is_allowed() -> None:
    assert Past().add(OPEN, 0).recovered(OPEN, 1).verdict(ONE, "search") == "allow"


def test_what_is_loosened_waits() -> None:
    past = Past().add(DENY, 0)
    recovered = past.recovered(OPEN, 30)
    assert recovered.verdict(ONE, "search") == "deny"
    later = publish(OPEN, after=recovered, days=36.5)
    assert later.verdict(ONE, "search") == "deny"
    assert publish(OPEN, after=later, days=37).verdict(ONE, "search") == "allow"
    assert past.recovered({}, 30).verdict(ONE, "search") == "deny"


def test_what_waited_waits_anew() -> None:
    past = Past().add(OPEN, 0).add(BOTH, 1)
    recovered = past.recovered(BOTH, 2)
    assert recovered.verdict(ONE, "search") == "allow"
    assert recovered.verdict(TWO, "search") == "undeclared"
    later = publish(BOTH, after=recovered, days=8.5)
    assert later.verdict(TWO, "search") == "undeclared"
    assert publish(BOTH, after=later, days=9).verdict(TWO, "search") == "allow"


def test_a_no_that_was_removed_in_the_waiting_period_counts_on() -> None:
    past = Past().add(DENY, 0).add({}, 1)
    assert past.recovered({}, 60).verdict(ONE, "search") == "deny"
    opened = Past().add(DENY, 0).add(OPEN, 1)
    assert opened.recovered(OPEN, 60).verdict(ONE, "search") == "deny"


def test_a_no_that_no_longer_counted_does_not_come_back() -> None:
    past = Past().add(DENY, 0).add({}, 1).add({}, 8)
    assert past.last is not None
    assert past.last.verdict(ONE, "search") == "undeclared"
    assert past.recovered({}, 9).verdict(ONE, "search") == "undeclared"


def test_a_recovery_soon_after_another_loosens_nothing_either() -> None:
    past = Past().add(DENY, 0).add({}, 1).add({}, 7, lost=True).add({}, 13)
    assert past.last is not None
    assert past.last.verdict(ONE, "search") == "deny"
    assert past.recovered({}, 14).verdict(ONE, "search") == "deny"
    assert past.add({}, 14).recovered({}, 15).verdict(ONE, "search") == "undeclared"


def test_an_owner_of_the_waiting_period_said_nothing_before() -> None:
    nobody = {path: text for path, text in FACTS.items() if FERNWOOD not in path}
    past = Past().add({}, 0, facts=without_fernwood(nobody)).add(OPEN, 1)
    assert past.recovered(OPEN, 2).verdict(ONE, "search") == "undeclared"


def without_fernwood(facts: Texts) -> Texts:
    return {path: text for path, text in facts.items() if "/fernwood" not in path}


def test_all_releases_of_the_waiting_period_are_needed() -> None:
    past = Past().add(DENY, 0).add(DENY, 1).add(DENY, 2).add(DENY, 8)
    now = START + timedelta(days=9)

    def recover(entries: list[Entry]) -> None:
        last, *earlier = entries
        recovered_state(last, earlier, past.commits, now=now)

    recover(past.entries[:3])
    with pytest.raises(PublishError, match="release 2 is missing"):
        recover(past.entries[:2])
    with pytest.raises(PublishError, match="release 2 is missing"):
        recover([*past.entries[:2], past.entries[3]])
    other = replace(past.entries[1], digest=digest_of(b""))
    with pytest.raises(UntrustedError, match="says that it follows"):
        recover([past.entries[0], other, past.entries[2]])


def test_a_release_that_no_commit_made_tells_nothing() -> None:
    past = Past().add(DENY, 0)
    entry = past.entries[0]
    source = entry.release.source
    for unknown in (replace(source, commit=None), replace(source, clean=False)):
        release = replace(entry.release, source=unknown)
        with pytest.raises(PublishError, match="was not made from a commit"):
            recovered_state(
                replace(entry, release=release),
                [],
                past.commits,
                now=START + timedelta(days=1),
            )


def test_a_decision_of_the_waiting_period_waits_anew() -> None:
    path = "registry/decisions/2026/fernwood.yaml"
    without = {name: text for name, text in FACTS.items() if name != path}
    past = Past().add(OPEN, 0, facts=without).add(OPEN, 1)
    recovered = past.recovered(OPEN, 2)
    assert recovered.verdict(ONE, "search") == "undeclared"
    later = publish(OPEN, after=recovered, days=8.5)
    assert later.verdict(ONE, "search") == "undeclared"
    assert publish(OPEN, after=later, days=9.5).verdict(ONE, "search") == "allow"


def test_who_may_change_what_is_known_after_a_recovery() -> None:
    past = Past().add(DENY, 0)
    assert past.last is not None
    before, recovered = past.last.state, past.previous(1).state
    held = {o: replace(one, admission=0) for o, one in recovered.held.items()}
    assert held == read_held(before, past.commits)
    # All that was admitted until then is spent.
    assert {one.admission for o, one in recovered.held.items() if o != "registry"} == {
        1
    }
    (was,), (folder,) = before.owners[OWNER], recovered.owners[OWNER]
    assert folder.signed == {"a.yaml", "owner.yaml"}
    assert folder.proved
    assert replace(folder, accepted=was.accepted) == was


def read_held(state: RegistryState, commits: Commits) -> Mapping[OwnerId, Held]:
    """Return who may change what, as the release after would read it.

    Which admission was the last is the one thing that no commit tells.
    """
    held = Before(state=state, blobs=commits.blobs).held()
    return {owner: replace(one, admission=0) for owner, one in held.items()}


def test_a_release_that_left_files_out_tells_too_little() -> None:
    unproved = "domain/st/stranger.example/owner.yaml"
    past = Past().add({**DENY, unproved: owner("A stranger")}, 0)
    assert past.last is not None
    assert past.last.release.counts["left_out"] == 1
    with pytest.raises(PublishError, match="bring back state/"):
        past.previous(1)
