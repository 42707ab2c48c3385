"""Resolution: from what owners say to the verdicts of a policy.

Pure, total and independent of order. Rules 1 to 4 (what one owner says) are in
`sayso.model.statement`; here are rules 5 to 7: different owners, a territory that
was not asked, and nothing left.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Final

from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell, Cells, Policy, Reason, Side
from sayso.model.statement import (
    Say,
    Standing,
    Statement,
    audible,
    claim,
    midnight,
    say,
    turning_points,
)
from sayso.model.vocabulary import Preference, Use, Verdict, stricter

MOST_DAYS: Final = 16
"""On how many days of declarations a change is looked for; of more, the last stands."""


def resolve(
    standings: Sequence[Standing], *, now: datetime, waiting: timedelta
) -> Policy:
    """Return the policy of all recordings to which these standings apply.

    Args:
        standings: one for each owner with a claim, in any order.
        now: the moment of the release, in UTC.
        waiting: how long a loosening change waits in public.
    """
    declarations = _declarations(standings)
    standings = sorted(map(audible, standings), key=lambda standing: standing.owner)
    current = _resolve_at(standings, now, waiting)
    moments, last = _moments(standings, now, waiting)
    until = next(
        (m for m in moments if _resolve_at(standings, m, waiting) != current), last
    )
    anywhere, groups, elsewhere = current
    return Policy(
        anywhere=anywhere,
        groups=groups,
        elsewhere=elsewhere,
        until=until,
        declarations=declarations,
    )


def _moments(
    standings: Sequence[Standing], now: datetime, waiting: timedelta
) -> tuple[list[datetime], datetime | None]:
    """Return when verdicts may change, and when to give up looking for a change.

    Declarations may begin and end on thousands of days without changing anything.
    """
    days = {day for one in _statements(standings) for day in one.turning_days}
    later = sorted(day for day in days if midnight(day) > now)
    last = midnight(later[MOST_DAYS - 1]) if len(later) > MOST_DAYS else None
    moments = {m for one in standings for m in turning_points(one, waiting) if m > now}
    return sorted(m for m in moments if last is None or m <= last), last


Groups = tuple[tuple[tuple[str, ...], Cells], ...]


def _resolve_at(
    standings: Sequence[Standing], now: datetime, waiting: timedelta
) -> tuple[Cells, Groups, Cells]:
    """Resolve for every country mentioned, for elsewhere, and for anywhere."""
    statements = list(_statements(standings))
    # Countries that the same statements cover are resolved once.
    known: dict[tuple[bool, ...], Cells] = {}

    def resolved(country: str | None) -> Cells:
        covered = tuple(one.territories.covers(country) for one in statements)
        if covered not in known:
            known[covered] = _resolve_in(standings, country, now, waiting)
        return known[covered]

    elsewhere = resolved(None)
    grouped: list[tuple[list[str], Cells]] = []
    for country in _countries(standings):
        cells = resolved(country)
        for members, shared in grouped:
            if shared == cells:
                members.append(country)
                break
        else:
            grouped.append(([country], cells))
    groups = tuple(
        (tuple(members), cells) for members, cells in grouped if cells != elsewhere
    )
    if not groups:
        return elsewhere, groups, elsewhere
    anywhere = _strictest([elsewhere, *(cells for _, cells in groups)])
    return anywhere, groups, elsewhere


def _statements(standings: Sequence[Standing]) -> Iterator[Statement]:
    for standing in standings:
        for state in standing.states:
            yield from state.statements


def _declarations(standings: Sequence[Standing]) -> tuple[DeclarationId, ...]:
    return tuple(sorted({one.declaration for one in _statements(standings)}))


def _countries(standings: Sequence[Standing]) -> list[str]:
    return sorted(
        {code for one in _statements(standings) for code in one.territories.codes}
    )


def _resolve_in(
    standings: Sequence[Standing],
    country: str | None,
    now: datetime,
    waiting: timedelta,
) -> Cells:
    """Resolve every use in one country (rules 1 to 5 and 7)."""
    statements = list(_statements(standings))
    # Uses of which every statement says the same are resolved once.
    known: dict[tuple[Preference | None, ...], Cell] = {}
    cells: dict[Use, Cell] = {}
    for use in Use:
        named = tuple(one.named(use) for one in statements)
        if named not in known:
            known[named] = _resolve_use(standings, use, country, now, waiting)
        cells[use] = known[named]
    train = cells[Use.TRAIN_GENERATIVE]
    tune = cells[Use.FINETUNE_GENERATIVE]
    if stricter(train.verdict, tune.verdict) is not tune.verdict:
        cells[Use.FINETUNE_GENERATIVE] = Cell(
            verdict=train.verdict,
            reason=Reason.FOLLOWS_TRAINING,
            by=train.by,
            reviewed=train.reviewed,
            disputed=train.disputed or tune.disputed,
            sides=tune.sides or train.sides,
        )
    return cells


def _resolve_use(
    standings: Sequence[Standing],
    use: Use,
    country: str | None,
    now: datetime,
    waiting: timedelta,
) -> Cell:
    """Resolve one use in one country between different owners (rules 5 and 7).

    "`deny` > `ask` > `allow` > nothing."
    """
    says, positions = _says(standings, use, country, now, waiting)
    disputed = _is_disputed(standings, positions)
    sides = tuple(
        Side(owner=spoken.owner, verdict=spoken.verdict, by=spoken.by)
        for spoken in positions
        if disputed
    )
    spoken = {s.verdict for s in says}
    verdict = next(
        (v for v in (Verdict.DENY, Verdict.ASK, Verdict.ALLOW) if v in spoken),
        Verdict.UNDECLARED,
    )
    deciding = [s for s in says if s.verdict is verdict]
    by = tuple(sorted({name for s in deciding for name in s.by}))
    if verdict is Verdict.UNDECLARED:
        waits = any(s.reason is Reason.WAITING for s in deciding)
        reason = Reason.WAITING if waits else Reason.NOTHING_DECLARED
        return Cell(
            verdict=verdict, reason=reason, by=by, disputed=disputed, sides=sides
        )
    contradicted = len(spoken - {Verdict.UNDECLARED}) > 1
    owners = {s.owner for s in deciding}
    return Cell(
        verdict=verdict,
        reason=Reason.STRICTEST_OWNER if contradicted else deciding[0].reason,
        by=by,
        reviewed=all(s.reviewed for s in standings if s.owner in owners),
        disputed=disputed,
        sides=sides,
    )


def _is_settled(
    standings: Sequence[Standing],
    use: Use,
    country: str | None,
    now: datetime,
    waiting: timedelta,
) -> bool:
    """Return whether a settled claim speaks, so that the defaults of others yield.

    "A prefix default yields to another owner's specific claim only where that is
    stricter or a decision settles it; else the default holds."
    """
    claims = (
        say(s, use, country, now=now, waiting=waiting, listed_only=True)
        for s in standings
        if s.settled
    )
    return any(spoken.verdict is not Verdict.UNDECLARED for spoken in claims)


def _says(
    standings: Sequence[Standing],
    use: Use,
    country: str | None,
    now: datetime,
    waiting: timedelta,
) -> tuple[list[Say], list[Say]]:
    """Return what counts of each owner, and what each stands for.

    An owner of whom nothing counts stands for what it claims.
    """
    settled = _is_settled(standings, use, country, now, waiting)
    says: list[Say] = []
    positions: list[Say] = []
    for standing in standings:
        yields = settled and not standing.settled
        spoken = say(
            standing, use, country, now=now, waiting=waiting, listed_only=yields
        )
        says.append(spoken)
        if spoken.verdict is Verdict.UNDECLARED:
            spoken = claim(standing, use, country, day=now.date(), listed_only=yields)
        if spoken.verdict is not Verdict.UNDECLARED:
            positions.append(spoken)
    return says, positions


def _is_disputed(standings: Sequence[Standing], positions: Sequence[Say]) -> bool:
    """Return whether owners contradict each other in the open.

    "`disputed` is set for a use and territory where effective owner-side
    preferences of different owners differ, or an accepted dispute names it."
    """
    verdicts = {spoken.verdict for spoken in positions if spoken.is_owner_side}
    return len(verdicts) > 1 or any(standing.contested for standing in standings)


def _strictest(everywhere: Sequence[Cells]) -> Cells:
    """Answer without a territory: the strictest of all territories (rule 6)."""
    return {use: _strictest_cell([cells[use] for cells in everywhere]) for use in Use}


def _strictest_cell(cells: Sequence[Cell]) -> Cell:
    verdict = reduce(stricter, (cell.verdict for cell in cells))
    deciding = [cell for cell in cells if cell.verdict is verdict]
    differs = len(deciding) < len(cells)
    return Cell(
        verdict=verdict,
        reason=Reason.STRICTEST_TERRITORY if differs else deciding[0].reason,
        by=tuple(sorted({name for cell in deciding for name in cell.by})),
        reviewed=_all_reviewed(deciding),
        disputed=any(cell.disputed for cell in cells),
        sides=_strictest_sides(cells),
    )


def _strictest_sides(cells: Sequence[Cell]) -> tuple[Side, ...]:
    """Return the strictest that each owner says in any territory."""
    sides: dict[OwnerId, Side] = {}
    for side in (side for cell in cells for side in cell.sides):
        known = sides.setdefault(side.owner, side)
        if stricter(known.verdict, side.verdict) is not known.verdict:
            sides[side.owner] = side
    return tuple(side for _, side in sorted(sides.items()))


def _all_reviewed(cells: Sequence[Cell]) -> bool | None:
    known = [cell.reviewed for cell in cells if cell.reviewed is not None]
    return all(known) if known else None
