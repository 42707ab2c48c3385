"""Pending: what is to be allowed once it has waited in public.

"Loosening waits and is announced in the owner's and the pending list's feed."
(Authority)
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sayso.model.declaration import DeclarationId
from sayso.model.policy import Cells, Policy
from sayso.model.vocabulary import Use, Verdict
from sayso.publish.policies import Resolver
from sayso.wire.status import Pending


def pending_allows(
    sets: Mapping[int, frozenset[int]],
    policies: Mapping[int, Policy],
    resolver: Resolver,
    waiting: timedelta,
) -> tuple[Pending, ...]:
    """Return each yes that waits, in order of time and declarations.

    Args:
        sets: the sets of facts of a release, by number.
        policies: what each comes to now, where anybody speaks.
        resolver: resolves a set as it will be.
        waiting: how long it waits.
    """
    uses: dict[tuple[datetime, DeclarationId], set[Use]] = defaultdict(set)
    for number, policy in policies.items():
        later = resolver.later(sets[number])
        if later is None:
            continue
        when, then = later
        for now_says, will_say in _places(policy, then):
            for use in Use:
                cell = will_say[use]
                was = now_says[use].verdict
                if cell.verdict is Verdict.ALLOW and was is not Verdict.ALLOW:
                    for name in cell.by:
                        uses[when, name].add(use)
    return tuple(
        Pending(
            declaration=name,
            announced=when - waiting,
            since=when,
            uses=tuple(u for u in Use if u in found),
        )
        for (when, name), found in sorted(uses.items())
    )


def _places(now: Policy, then: Policy) -> Iterable[tuple[Cells, Cells]]:
    """Return what both say in each country that either names, and elsewhere."""
    before = {code: cells for codes, cells in now.groups for code in codes}
    after = {code: cells for codes, cells in then.groups for code in codes}
    return [
        (now.elsewhere, then.elsewhere),
        *(
            (before.get(code, now.elsewhere), after.get(code, then.elsewhere))
            for code in sorted({*before, *after})
        ),
    ]
