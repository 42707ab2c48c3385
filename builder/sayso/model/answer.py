"""Answering: what a policy says of one use, in one place, at one moment.

A policy is resolved when a release is made and asked later; here is all that the
asker's question and clock add to it. Pure and total.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sayso.model.declaration import DeclarationId
from sayso.model.isrc import Isrc
from sayso.model.policy import Cell, Cells, Policy, Reason, Side
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Verdict, use_or_rest

_NOTHING = Cell(verdict=Verdict.UNDECLARED, reason=Reason.NOTHING_DECLARED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the registry answers for one recording and one use.

    Attributes:
        use: as it was asked; a use that the vocabulary lacks is answered as `any-ai`.
        ownership: `claimed` or `reviewed`; None where nothing is declared.
        by: the declarations that decide.
        sides: what each owner says where it is disputed, in order of their ids.
        territory: the country that was asked about, or None.
        listed: whether the recording has a row of its own.
        until: the next moment at which the policy changes by itself.
    """

    isrc: Isrc
    use: str
    verdict: Verdict
    reason: Reason
    disputed: bool
    ownership: str | None
    by: tuple[DeclarationId, ...]
    sides: tuple[Side, ...]
    territory: str | None
    title: str | None
    artist: str | None
    listed: bool
    until: datetime | None


def answer(
    policy: Policy | None, use: str, territory: str | None, *, now: datetime
) -> Cell:
    """Return the cell of a policy that answers a question.

    "Past `until` a client answers `undeclared` in place of `allow` until it has a
    newer release." (Resolution)

    Args:
        policy: the recording's; None where nobody speaks of it.
        use: a use of the vocabulary; another word is answered as `any-ai`.
        territory: an ISO 3166-1 alpha-2 code, or None for every country.
        now: the moment of asking, in UTC.

    Raises:
        ValueError: the territory is not a country.
    """
    if territory is not None and territory not in COUNTRIES:
        raise ValueError(f"{territory!r} is not a country's code, such as DE")
    if policy is None:
        return _NOTHING
    cell = _cells_in(policy, territory)[use_or_rest(use)]
    over = policy.until is not None and now >= policy.until
    if cell.verdict is Verdict.ALLOW and over:
        return replace(
            cell, verdict=Verdict.UNDECLARED, reason=Reason.OUT_OF_DATE, reviewed=None
        )
    return cell


def _cells_in(policy: Policy, territory: str | None) -> Cells:
    if territory is None:
        return policy.anywhere
    for countries, cells in policy.groups:
        if territory in countries:
            return cells
    return policy.elsewhere
