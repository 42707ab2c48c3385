"""Alike: what differs in names only is resolved once.

Thousands of owners say the same in other files. Where owners and declarations stand in
the same order, the policies of two such groups are one policy with other names, so one
is resolved and the others are written off it.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell, Cells, Policy, Side
from sayso.model.statement import Standing, State, Statement

Names = tuple[tuple[OwnerId, ...], tuple[DeclarationId, ...]]
"""The owners and declarations of some standings, each in order."""

_GROUPS = 32
"""A policy with more groups of countries is as long as a thousand others: not kept."""


class Alike:
    """Resolves standings, those that are alike once."""

    def __init__(self, resolve: Callable[[Sequence[Standing]], Policy]) -> None:
        self._resolve = resolve
        self._known: dict[Hashable, tuple[Policy, Names]] = {}

    def policy(self, standings: Sequence[Standing]) -> Policy:
        """Return the policy of standings, in order of their owners."""
        names = _names(standings)
        form = _form(standings, names)
        if form not in self._known:
            policy = self._resolve(standings)
            if len(policy.groups) > _GROUPS:
                return policy
            self._known[form] = policy, names
        policy, known = self._known[form]
        if known == names:
            return policy
        return _renamed(
            policy,
            owners=dict(zip(known[0], names[0], strict=True)),
            declarations=dict(zip(known[1], names[1], strict=True)),
        )


def _names(standings: Sequence[Standing]) -> Names:
    declarations = {
        statement.declaration
        for standing in standings
        for state in standing.states
        for statement in state.statements
    }
    return tuple(s.owner for s in standings), tuple(sorted(declarations))


def _form(standings: Sequence[Standing], names: Names) -> Hashable:
    """Return all that decides, with the place of a declaration for its name."""
    places = {name: place for place, name in enumerate(names[1])}
    return tuple(
        (
            tuple(_state(state, places) for state in standing.states),
            standing.reviewed,
            standing.contested,
            standing.settled,
        )
        for standing in standings
    )


def _state(state: State, places: Mapping[DeclarationId, int]) -> Hashable:
    return state.replaced, tuple(_statement(s, places) for s in state.statements)


def _statement(said: Statement, places: Mapping[DeclarationId, int]) -> Hashable:
    return (
        places[said.declaration],
        frozenset(said.uses.items()),
        said.specificity,
        said.level,
        said.permits_from,
        said.capacity,
        said.delegated,
        said.territories,
        said.effective,
        said.expires,
        said.withdrawn,
    )


def _renamed(
    policy: Policy,
    *,
    owners: Mapping[OwnerId, OwnerId],
    declarations: Mapping[DeclarationId, DeclarationId],
) -> Policy:
    def rename(names: tuple[DeclarationId, ...]) -> tuple[DeclarationId, ...]:
        return tuple(declarations[name] for name in names)

    def side(one: Side) -> Side:
        return replace(one, owner=owners[one.owner], by=rename(one.by))

    def cell(one: Cell) -> Cell:
        sides = tuple(map(side, one.sides))
        return replace(one, by=rename(one.by), sides=sides) if one.by or sides else one

    def cells(some: Cells) -> Cells:
        return {use: cell(one) for use, one in some.items()}

    return replace(
        policy,
        anywhere=cells(policy.anywhere),
        groups=tuple((codes, cells(some)) for codes, some in policy.groups),
        elsewhere=cells(policy.elsewhere),
        declarations=rename(policy.declarations),
    )
