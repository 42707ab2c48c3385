"""Short ways to write statements and standings, shared by tests and laws."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from sayso.model.declaration import Capacity, DeclarationId, Level
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell, Policy
from sayso.model.resolution import resolve
from sayso.model.statement import Specificity, Standing, State, Statement
from sayso.model.territory import EVERYWHERE, Territories
from sayso.model.vocabulary import Preference, Use

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
WAITING = timedelta(days=7)
LABEL = OwnerId("domain:fernwood.example")
STRANGER = OwnerId("domain:harrowgate.example")
PERFORMER = OwnerId("github:583231")


def statement(
    uses: Mapping[str, str],
    *,
    name: str = "catalogue",
    owner: OwnerId = LABEL,
    scope: Specificity = Specificity.RECORDINGS,
    level: Level = Level.DOMAIN,
    capacity: Capacity = Capacity.OWNER,
    delegated: bool = False,
    territories: Territories = EVERYWHERE,
    effective: date | None = None,
    expires: date | None = None,
    withdrawn: date | None = None,
) -> Statement:
    return Statement(
        declaration=DeclarationId(f"{owner}/{name}"),
        uses={Use(use): Preference(word) for use, word in uses.items()},
        specificity=scope,
        level=level,
        capacity=capacity,
        delegated=delegated,
        territories=territories,
        effective=effective,
        expires=expires,
        withdrawn=withdrawn,
    )


def standing(
    *statements: Statement,
    owner: OwnerId = LABEL,
    reviewed: bool = True,
    contested: bool = False,
    settled: bool = False,
    before: Iterable[tuple[int, tuple[Statement, ...]]] = (),
) -> Standing:
    """Return a standing; `before` gives earlier states with days since replaced."""
    earlier = (
        State(statements=said, replaced=NOW - timedelta(days=days))
        for days, said in before
    )
    return Standing(
        owner=owner,
        states=(*earlier, State(statements=statements)),
        reviewed=reviewed,
        contested=contested,
        settled=settled,
    )


def policy(*standings: Standing, now: datetime = NOW) -> Policy:
    return resolve(standings, now=now, waiting=WAITING)


def cell(
    *standings: Standing, use: str, country: str | None = None, now: datetime = NOW
) -> Cell:
    """Return the answer for a use, in a country or with none asked."""
    resolved = policy(*standings, now=now)
    if country is None:
        return resolved.anywhere[Use(use)]
    for codes, cells in resolved.groups:
        if country in codes:
            return cells[Use(use)]
    return resolved.elsewhere[Use(use)]
