"""Policies: each distinct set of facts resolved once.

The cost of resolution is the number of distinct sets, not of recordings.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sayso.model.owner import OwnerId
from sayso.model.policy import Policy, shortened, without_silent
from sayso.model.resolution import resolve
from sayso.model.statement import Standing, State
from sayso.publish.accepted import Accepted
from sayso.publish.alike import Alike
from sayso.publish.entries import policy_entry
from sayso.publish.facts import Fact, Facts, Finding, Found, Spoken
from sayso.publish.quota import limit_of
from sayso.wire.lookup import POLICY_BYTES
from sayso.wire.profile import encode_item

_SHORT = 4
"""So many declarations, of the longest names, are never too many for one answer."""


class Resolver:
    """Resolves sets of facts, at the moment of the release."""

    def __init__(self, *, accepted: Accepted, facts: Facts, waiting: timedelta) -> None:
        self._accepted = accepted
        self._facts = facts
        self._waiting = waiting
        self._now = facts.now
        self._alike = Alike(lambda some: resolve(some, now=self._now, waiting=waiting))

    def policy(self, chosen: frozenset[int]) -> Policy | None:
        """Return the policy of a set of facts, or None where nobody speaks."""
        standings = self._standings(self._chosen(chosen), self._now)
        return _fitting(self._alike.policy(standings)) if standings else None

    def later(self, chosen: frozenset[int]) -> tuple[datetime, Policy] | None:
        """Return what a set of facts comes to once all of it has waited, and when.

        None where nothing of it waits.
        """
        facts = self._chosen(chosen)
        if not any(map(self._may_wait, facts)):
            return None
        moments = [
            *(fact.since for fact in facts if isinstance(fact, Found)),
            *(
                state.replaced + self._waiting
                for standing in self._standings(facts, self._now)
                for state in standing.states
                if state.replaced is not None
            ),
        ]
        when = max(moments, default=self._now)
        if when <= self._now:
            return None
        standings = self._standings(facts, when)
        return when, resolve(standings, now=when, waiting=self._waiting)

    def _may_wait(self, fact: Fact) -> bool:
        if isinstance(fact, Found):
            return fact.since > self._now
        return len(self._accepted.states[fact.version.declaration.owner]) > 1

    def _chosen(self, chosen: frozenset[int]) -> list[Fact]:
        return [self._facts.facts[place] for place in sorted(chosen)]

    def _standings(self, facts: list[Fact], now: datetime) -> list[Standing]:
        covering: dict[OwnerId, list[Spoken]] = {}
        found: dict[Finding, set[OwnerId]] = {finding: set() for finding in Finding}
        for fact in facts:
            match fact:
                case Found(finding=finding, owner=owner, since=since):
                    if since <= now:
                        found[finding].add(owner)
                case Spoken(version=version):
                    covering.setdefault(version.declaration.owner, []).append(fact)
        return [
            Standing(
                owner=owner,
                states=self._states(owner, spoken),
                reviewed=owner in found[Finding.REVIEWED],
                contested=owner in found[Finding.CONTESTED],
                settled=owner in found[Finding.SETTLED],
            )
            for owner, spoken in sorted(covering.items())
        ]

    def _states(self, owner: OwnerId, covering: list[Spoken]) -> tuple[State, ...]:
        states = zip(
            self._accepted.states[owner], self._facts.limits[owner], strict=True
        )
        return tuple(
            State(
                statements=tuple(
                    one.version.statement
                    for one in covering
                    if one.version.number in state.versions
                    and one.limit == limit_of(one.version, tops)
                ),
                replaced=state.replaced,
            )
            for state, tops in states
        )


def _fitting(policy: Policy) -> Policy:
    """Return a policy, shortened where its content would be too long for a look-up.

    Else one owner's declarations would stop the build, or make a leaf of each code.
    """
    if not policy.groups and len(policy.declarations) <= _SHORT:
        return policy
    for whole in (policy, without_silent(policy)):
        if len(encode_item(policy_entry(whole))) <= POLICY_BYTES:
            return whole
    return shortened(policy)


def resolve_sets(
    sets: Mapping[int, frozenset[int]],
    resolver: Resolver,
    progress: Callable[[int, int], None],
) -> dict[int, Policy]:
    """Return the policy of each distinct set of facts of which anybody speaks.

    Args:
        sets: the sets to resolve, by number.
        resolver: resolves one.
        progress: is told how many sets are done, of how many.
    """
    policies: dict[int, Policy] = {}
    for done, (number, chosen) in enumerate(sets.items()):
        progress(done, len(sets))
        if (policy := resolver.policy(chosen)) is not None:
            policies[number] = policy
    return policies
