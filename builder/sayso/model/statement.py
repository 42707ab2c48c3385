"""What one owner says about one recording: rules 1 to 4 of Resolution.

A `Statement` is a declaration as it bears on one recording, a `State` all that an
owner's accepted files said at one time, and a `Standing` the states that count
now, with what is known about the owner's right to the recording.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, unique
from functools import partial

from sayso.model.declaration import Capacity, DeclarationId, Level
from sayso.model.owner import OwnerId
from sayso.model.policy import Reason, first_reason
from sayso.model.territory import EVERYWHERE, Territories
from sayso.model.vocabulary import Preference, Use, Verdict, stricter


@unique
class Specificity(IntEnum):
    """How precisely a scope names a recording; the most precise answers."""

    PREFIX = 0
    PREFIX_YEARS = 1
    CATALOGUE = 2
    RECORDINGS = 3

    @property
    def is_listed(self) -> bool:
        """Whether the recording itself is named."""
        return self >= Specificity.CATALOGUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A declaration that covers the recording.

    Attributes:
        delegated: filed by another owner on this owner's behalf.
        level: how well it is proved that the author wrote the file.
        withdrawn: the first day on which it no longer speaks.
    """

    declaration: DeclarationId
    uses: Mapping[Use, Preference]
    specificity: Specificity
    level: Level
    capacity: Capacity = Capacity.OWNER
    delegated: bool = False
    territories: Territories = EVERYWHERE
    effective: date | None = None
    expires: date | None = None
    withdrawn: date | None = None

    def named(self, use: Use) -> Preference | None:
        """Return what it says of a use by name; `any-ai` names none."""
        return None if use is Use.ANY_AI else self.uses.get(use)

    def speaks(self, day: date, country: str | None) -> bool:
        """Return whether it is in force on a day in a country (rule 1)."""
        return self._lasts(day) and self.territories.covers(country)

    @property
    def permits_from(self) -> Level:
        """The level from which it may permit.

        "Lapse drops `ask` and `allow`, never a `deny`": so who is named by a domain
        permits only while the domain is proved.
        """
        is_domain = self.declaration.startswith("domain:")
        return Level.DOMAIN if is_domain else Level.KEY

    def restricts(self, day: date) -> bool:
        """Return whether it is in force somewhere on a day and denies or asks."""
        restricting = {Preference.DENY, Preference.ASK} & set(self.uses.values())
        return bool(restricting) and self._lasts(day)

    def _lasts(self, day: date) -> bool:
        return (
            (self.effective is None or self.effective <= day)
            and (self.expires is None or day < self.expires)
            and (self.withdrawn is None or day < self.withdrawn)
        )

    @property
    def turning_days(self) -> Iterator[date]:
        """The days on which it begins or ceases to speak."""
        for day in (self.effective, self.expires, self.withdrawn):
            if day is not None:
                yield day


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What an owner's accepted files said of the recording at one time.

    Attributes:
        replaced: when the next state was accepted; None for the newest.
    """

    statements: tuple[Statement, ...]
    replaced: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that counts for one owner and one recording.

    Attributes:
        states: accepted states, oldest first; the last is the newest.
        reviewed: two operators found that the owner controls the recording.
        contested: an open dispute names the recording.
        settled: a decision settled that this owner's specific claim goes before
            the prefix defaults of others.
    """

    owner: OwnerId
    states: tuple[State, ...]
    reviewed: bool = False
    contested: bool = False
    settled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """An owner's answer for a use in a country; `undeclared` is saying nothing."""

    owner: OwnerId
    verdict: Verdict
    reason: Reason = Reason.NOTHING_DECLARED
    by: tuple[DeclarationId, ...] = ()
    is_owner_side: bool = False


def say(
    standing: Standing,
    use: Use,
    country: str | None,
    *,
    now: datetime,
    waiting: timedelta,
    listed_only: bool = False,
) -> Say:
    """Return what an owner effectively says (rules 1 to 4).

    "Rules 1 to 3 are answered for every accepted state of the owner's folder in
    the last seven days, and per recording and use the strictest answer holds:
    `deny` > `ask` > nothing > `allow`."

    Args:
        standing: what counts for the owner and the recording.
        use: the activity asked about.
        country: an ISO 3166-1 code, or None for one that nobody mentions.
        now: the moment of the release, in UTC.
        waiting: how long a loosening change waits.
        listed_only: leave prefix defaults out.
    """
    day = now.date()
    answer = partial(_say_in, standing, listed_only=listed_only)
    newest = answer(standing.states[-1], use, country, day)
    held = newest
    for state in standing.states[:-1]:
        if state.replaced is not None and now < state.replaced + waiting:
            earlier = answer(state, use, country, day)
            if stricter(earlier.verdict, held.verdict) is not held.verdict:
                held = earlier
    if held is newest:
        return newest
    return Say(
        owner=held.owner,
        verdict=held.verdict,
        reason=Reason.WAITING,
        by=held.by or newest.by,
        is_owner_side=held.is_owner_side,
    )


def claim(
    standing: Standing,
    use: Use,
    country: str | None,
    *,
    day: date,
    listed_only: bool = False,
) -> Say:
    """Return what an owner with a proved domain says it permits, reviewed or not.

    Only the `disputed` flag hears it: an unreviewed `allow` never permits, but a
    contradiction is shown in the open.
    """
    return _say_in(
        standing,
        standing.states[-1],
        use,
        country,
        day,
        claimed=True,
        listed_only=listed_only,
    )


def audible(standing: Standing) -> Standing:
    """Return a standing without the statements of which nothing can ever count.

    Whoever has proved too little may file thousands: what decides is the same without
    them, and is found sooner.
    """

    def can_count(statement: Statement) -> bool:
        return any(
            _count(standing, statement, preference, named=True, claimed=True)
            for preference in statement.uses.values()
        )

    states = tuple(
        replace(state, statements=tuple(filter(can_count, state.statements)))
        for state in standing.states
    )
    return replace(standing, states=states)


def turning_points(standing: Standing, waiting: timedelta) -> Iterator[datetime]:
    """Yield the moments at which what an owner says may change by itself."""
    for state in standing.states:
        if state.replaced is not None:
            yield state.replaced + waiting
        for statement in state.statements:
            for day in statement.turning_days:
                yield midnight(day)


def midnight(day: date) -> datetime:
    """Return when a day begins."""
    return datetime.combine(day, time(), UTC)


def _say_in(
    standing: Standing,
    state: State,
    use: Use,
    country: str | None,
    day: date,
    *,
    claimed: bool = False,
    listed_only: bool = False,
) -> Say:
    """Answer rules 1 to 3 for one state: the most specific that counts, answers."""
    best: tuple[bool, Specificity, bool] | None = None
    answers: list[tuple[Verdict, Reason, Statement]] = []
    for statement in state.statements:
        if not statement.speaks(day, country):
            continue
        if listed_only and not statement.specificity.is_listed:
            continue
        for named, preference in _spoken(statement, use):
            counted = _count(
                standing, statement, preference, named=named, claimed=claimed
            )
            if counted is None:
                continue
            rank = (not statement.delegated, statement.specificity, named)
            if best is None or rank > best:
                best, answers = rank, []
            if rank == best:
                answers.append((*counted, statement))
    if not answers:
        return Say(owner=standing.owner, verdict=Verdict.UNDECLARED)
    verdict = answers[0][0]
    for other, _, _ in answers:
        verdict = stricter(verdict, other)
    deciding = [answer for answer in answers if answer[0] is verdict]
    return Say(
        owner=standing.owner,
        verdict=verdict,
        reason=first_reason(reason for _, reason, _ in deciding),
        by=tuple(sorted({statement.declaration for _, _, statement in deciding})),
        is_owner_side=any(s.capacity.is_owner_side for _, _, s in deciding),
    )


def _spoken(statement: Statement, use: Use) -> Iterator[tuple[bool, Preference]]:
    """Yield what a statement says of a use by name, then by `any-ai`.

    Both, as a name that does not count leaves the answer to `any-ai`: a declaration
    says the same whether its uses stand in one file or in two.
    """
    if (named := statement.named(use)) is not None:
        yield True, named
    if Use.ANY_AI in statement.uses:
        yield False, statement.uses[Use.ANY_AI]


def _count(
    standing: Standing,
    statement: Statement,
    preference: Preference,
    *,
    named: bool,
    claimed: bool,
) -> tuple[Verdict, Reason] | None:
    """Return what a preference counts as, or None where it is skipped (rule 2)."""
    stated = Reason.NAMED if named else Reason.ANY_AI
    level = statement.level
    may_deny = level >= Level.KEY or (
        level is Level.ACCOUNT and statement.specificity.is_listed
    )
    if preference is Preference.ALLOW:
        proved = (
            standing.reviewed
            and not standing.contested
            and level >= statement.permits_from
        )
        heard = claimed and level >= Level.DOMAIN
        counts = statement.capacity.is_owner_side and (proved or heard)
        return (Verdict.ALLOW, stated) if counts else None
    if preference is Preference.ASK and standing.contested:
        stated = Reason.CONTESTED_ASK
    elif preference is Preference.ASK and level >= Level.DOMAIN:
        return Verdict.ASK, stated
    elif preference is Preference.ASK:
        stated = Reason.UNPROVED_ASK
    return (Verdict.DENY, stated) if may_deny else None
