"""Advice on codes: what is allowed, and yet looks like a mistake."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import assert_never

import polars as pl

from sayso.model.declaration import (
    CatalogueFile,
    Declaration,
    PrefixRange,
    RecordingList,
    RegistryPolicy,
)
from sayso.model.isrc import Isrc, prefix_of, year_of
from sayso.model.problem import Problem, Rule
from sayso.model.rules import identifiers as identifier_rules
from sayso.publish.reading.agencies import COUNTRY_CODES
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.locate import problem_at
from sayso.publish.reading.overlap import find_contradictions

_YEARS_AHEAD = 1


def advise(documents: Documents, today: date | None) -> Iterator[Problem]:
    """Yield warnings about the codes of all declarations.

    Args:
        documents: what the files say.
        today: the day; codes of the far future are not looked for without it.
    """
    for name, said in documents.declarations.items():
        for rule, codes, message in _findings(
            said, documents.catalogues.get(name), documents.policy, today
        ):
            more = "." if codes.len() == 1 else f", and {codes.len() - 1:,} more."
            yield problem_at(documents.files[name], codes[0], rule, message + more)
    yield from find_contradictions(documents)


Finding = tuple[Rule, pl.Series, str]
"""A rule, the codes that break it, and a message about the first of them."""


def _findings(
    said: Declaration,
    catalogue: pl.DataFrame | None,
    policy: RegistryPolicy,
    today: date | None,
) -> Iterator[Finding]:
    match said.scope:
        case RecordingList():
            if _is_plain(said.scope.isrcs, policy, today):
                return
            codes = pl.Series(said.scope.isrcs, dtype=pl.String)
        case PrefixRange():
            codes, today = pl.Series([said.scope.prefix], dtype=pl.String), None
        case CatalogueFile():
            if catalogue is None:
                return
            codes = catalogue["isrc"]
        case _:
            assert_never(said.scope)
    yield from _odd_countries(codes, policy)
    if today is not None:
        yield from _late_years(codes, today)


def _is_plain(
    isrcs: Iterable[Isrc], policy: RegistryPolicy, today: date | None
) -> bool:
    """Return whether a short list needs no closer look."""
    return all(
        (isrc[:2] in COUNTRY_CODES or prefix_of(isrc) in policy.example_prefixes)
        and (today is None or year_of(isrc) <= today.year + _YEARS_AHEAD)
        for isrc in isrcs
    )


def _odd_countries(codes: pl.Series, policy: RegistryPolicy) -> Iterator[Finding]:
    odd = codes.filter(
        ~codes.str.slice(0, 2).is_in(sorted(COUNTRY_CODES))
        & ~codes.str.slice(0, 5).is_in(policy.example_prefixes)
    )
    for country in odd.str.slice(0, 2).unique().sort():
        alike = odd.filter(odd.str.starts_with(country))
        message = f"No agency is known that gives out codes with {country}: {alike[0]}"
        yield identifier_rules.COUNTRY_CODE, alike, message


def _late_years(codes: pl.Series, today: date) -> Iterator[Finding]:
    years = codes.str.slice(5, 2)
    late = [
        digits
        for digits in years.unique()
        if year_of(Isrc(f"XXX01{digits}00000")) > today.year + _YEARS_AHEAD
    ]
    found = codes.filter(years.is_in(late))
    if found.len():
        message = f"The year of {found[0]} is {year_of(Isrc(found[0]))}"
        yield identifier_rules.FUTURE_YEAR, found, message
