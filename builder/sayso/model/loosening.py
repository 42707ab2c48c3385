"""Loosening: whether one policy permits what another did not.

Verdicts are compared as both policies state them, each at the time of its own release:
`deny` > `ask` > `undeclared` > `allow`. That an `allow` runs out at `until` makes a
policy no stricter here, so that its renewal makes none looser.
"""

from collections.abc import Iterator
from typing import Final

from sayso.model.policy import Cell, Cells, Policy, Reason
from sayso.model.vocabulary import Use, Verdict, is_looser

_SILENT: Final = dict.fromkeys(
    Use, Cell(verdict=Verdict.UNDECLARED, reason=Reason.NOTHING_DECLARED)
)
_NOTHING: Final = Policy(anywhere=_SILENT, elsewhere=_SILENT)


def loosens(before: Policy | None, after: Policy | None) -> bool:
    """Return whether a verdict is looser, for any use in any territory or in none.

    Args:
        before: the policy until now; None where nobody spoke.
        after: the policy from now on; None where nobody speaks.
    """
    return any(
        is_looser(new[use].verdict, than=old[use].verdict)
        for old, new in _places(before or _NOTHING, after or _NOTHING)
        for use in Use
    )


def _places(before: Policy, after: Policy) -> Iterator[tuple[Cells, Cells]]:
    """Yield what both say where no country is named, in each of them, and elsewhere.

    Of countries in which both say the same as in others, one is enough.
    """
    old, new = _by_country(before), _by_country(after)
    yield before.anywhere, after.anywhere
    yield before.elsewhere, after.elsewhere
    seen: set[tuple[int, int]] = set()
    for country in old.keys() | new.keys():
        pair = old.get(country, before.elsewhere), new.get(country, after.elsewhere)
        if (same := (id(pair[0]), id(pair[1]))) not in seen:
            seen.add(same)
            yield pair


def _by_country(policy: Policy) -> dict[str, Cells]:
    return {code: cells for codes, cells in policy.groups for code in codes}
