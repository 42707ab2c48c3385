"""Policies: each distinct set of facts resolved once.

The cost of resolution is the number of distinct sets, not of recordings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.model.resolution import resolve
from sayso.model.statement import Standing, State
from sayso.publish.accepted import Accepted, Version
from sayso.publish.cover import Cover, Fact, Finding, Found, Spoken
from sayso.publish.quota import limit_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """Resolves sets of facts at one moment."""

    accepted: Accepted
    covered: Cover
    now: datetime
    waiting: timedelta

    def policy(self, chosen: frozenset[int]) -> Policy | None:
        """Return the policy of a set of facts, or None where nobody speaks."""
        standings = self._standings(
            [self.covered.facts[place] for place in sorted(chosen)]
        )
        if not standings:
            return None
        return resolve(standings, now=self.now, waiting=self.waiting)

    def _standings(self, facts: list[Fact]) -> list[Standing]:
        covering: dict[tuple[int, int], Version] = {}
        found: dict[Finding, set[OwnerId]] = {finding: set() for finding in Finding}
        owners: set[OwnerId] = set()
        for fact in facts:
            match fact:
                case Found(finding=finding, owner=owner):
                    found[finding].add(owner)
                case Spoken(version=version, limit=limit):
                    covering[version.number, limit] = version
                    owners.add(version.declaration.owner)
        return [
            Standing(
                owner=owner,
                states=self._states(owner, covering),
                reviewed=owner in found[Finding.REVIEWED],
                contested=owner in found[Finding.CONTESTED],
                settled=owner in found[Finding.SETTLED],
            )
            for owner in sorted(owners)
        ]

    def _states(
        self, owner: OwnerId, covering: dict[tuple[int, int], Version]
    ) -> tuple[State, ...]:
        states = zip(
            self.accepted.states[owner], self.covered.limits[owner], strict=True
        )
        return tuple(
            State(
                statements=tuple(
                    version.statement
                    for (number, limit), version in covering.items()
                    if number in state.versions and limit == limit_of(version, tops)
                ),
                replaced=state.replaced,
            )
            for state, tops in states
        )


def resolve_sets(
    accepted: Accepted,
    covered: Cover,
    *,
    now: datetime,
    waiting: timedelta,
    progress: Callable[[int, int], None],
) -> tuple[Policy | None, ...]:
    """Return the policy of each distinct set of facts.

    Args:
        accepted: the versions and states that count.
        covered: the sets to resolve.
        now: when the release is issued.
        waiting: how long loosening waits.
        progress: is told how many sets are done, of how many.
    """
    resolver = Resolver(
        accepted=accepted,
        covered=covered,
        now=now,
        waiting=waiting,
    )
    policies: list[Policy | None] = []
    for done, chosen in enumerate(covered.sets):
        progress(done, len(covered.sets))
        policies.append(resolver.policy(chosen))
    return tuple(policies)
