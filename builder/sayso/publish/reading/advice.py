"""Advice on codes: what is allowed, and yet looks like a mistake."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import assert_never

from sayso.columns.codes import isrcs_of, runs
from sayso.model.declaration import (
    CatalogueFile,
    Declaration,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import KEYS_PER_YEAR, Isrc, prefix_of, year_of
from sayso.model.problem import Problem, Rule
from sayso.model.rules import identifiers as identifier_rules
from sayso.model.settings import RegistryPolicy
from sayso.publish.reading.agencies import COUNTRY_CODES
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.locate import problem_at
from sayso.publish.reading.overlap import find_contradictions
from sayso.publish.reading.tables import Table

_YEARS_AHEAD = 1
_BEGINNING = 7
"""Prefix and year of a code: all that is looked at."""


def advise(documents: Documents, today: date | None) -> Iterator[Problem]:
    """Yield warnings about the codes of all declarations.

    Args:
        documents: what the files say.
        today: the day; codes of the far future are not looked for without it.
    """
    for name, said in documents.declarations.items():
        for rule, first, count, message in _findings(
            said, documents.catalogues.get(name), documents.policy, today
        ):
            more = "." if count == 1 else f", and {count - 1:,} more."
            yield problem_at(documents.files[name], first, rule, message + more)
    yield from find_contradictions(documents)


Codes = list[tuple[str, int]]
"""Codes, each with how many it stands for."""

Finding = tuple[Rule, str, int, str]
"""A rule, the first code that breaks it, how many do, and a message."""


def _findings(
    said: Declaration,
    catalogue: Table | None,
    policy: RegistryPolicy,
    today: date | None,
) -> Iterator[Finding]:
    match said.scope:
        case RecordingList(isrcs=isrcs):
            if _is_plain(isrcs, policy, today):
                return
            codes = _counted(isrcs)
        case PrefixRange(prefix=prefix):
            codes, today = _counted([prefix]), None
        case CatalogueFile():
            if catalogue is None:
                return
            codes = _blocks(catalogue)
        case _:
            assert_never(said.scope)
    yield from _odd_countries(codes, policy)
    if today is not None:
        yield from _late_years(codes, today)


def _counted(codes: Sequence[str]) -> Codes:
    return [(code, 1) for code in codes]


def _blocks(catalogue: Table) -> Codes:
    """Return the first code of each prefix and year, and how many there are."""
    keys = catalogue.keys()
    starts, counts = runs(keys // KEYS_PER_YEAR)
    return list(zip(isrcs_of(keys[starts]).to_pylist(), counts.tolist(), strict=True))


def _is_plain(
    isrcs: Iterable[Isrc], policy: RegistryPolicy, today: date | None
) -> bool:
    """Return whether a short list needs no closer look."""
    # Codes of one owner have few beginnings, and a registry has a million such codes.
    for begin in {isrc[:_BEGINNING] for isrc in isrcs}:
        isrc = Isrc(begin)
        known = isrc[:2] in COUNTRY_CODES or prefix_of(isrc) in policy.example_prefixes
        if not known or (today and year_of(isrc) > today.year + _YEARS_AHEAD):
            return False
    return True


def _odd_countries(codes: Codes, policy: RegistryPolicy) -> Iterator[Finding]:
    odd: dict[str, tuple[str, int]] = {}
    for code, count in codes:
        country = code[:2]
        if country in COUNTRY_CODES or code[:5] in policy.example_prefixes:
            continue
        first, before = odd.get(country, (code, 0))
        odd[country] = first, before + count
    for country, (first, count) in sorted(odd.items()):
        message = f"No agency is known that gives out codes with {country}: {first}"
        yield identifier_rules.COUNTRY_CODE, first, count, message


def _late_years(codes: Codes, today: date) -> Iterator[Finding]:
    last = today.year + _YEARS_AHEAD
    late = [(code, count) for code, count in codes if year_of(Isrc(code)) > last]
    if late:
        first = late[0][0]
        message = f"The year of {first} is {year_of(Isrc(first))}"
        count = sum(count for _, count in late)
        yield identifier_rules.FUTURE_YEAR, first, count, message
