"""Advice on codes: what is allowed, and yet looks like a mistake."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from sayso.model.declaration import Declaration, PrefixRange, RecordingList
from sayso.model.isrc import Isrc, year_of
from sayso.model.problem import Problem
from sayso.model.rules import identifiers as identifier_rules
from sayso.publish.agencies import COUNTRY_CODES
from sayso.publish.documents import Documents
from sayso.publish.locate import problem_at
from sayso.publish.overlap import find_contradictions

_YEARS_AHEAD = 1


def advise(documents: Documents, today: date | None) -> Iterator[Problem]:
    """Yield warnings about the codes of all declarations.

    Args:
        documents: what the files say.
        today: the day; codes of the far future are not looked for without it.
    """
    for name, said in documents.declarations.items():
        codes = _codes(said, documents.catalogues.get(name))
        yield from _advise_countries(said, codes, documents)
        if today is not None:
            yield from _advise_years(said, codes, documents, today)
    yield from find_contradictions(documents)


def _codes(said: Declaration, catalogue: pl.DataFrame | None) -> pl.Series:
    """Return the codes that a declaration names, as text."""
    match said.scope:
        case RecordingList():
            return pl.Series("isrc", said.scope.isrcs, dtype=pl.String)
        case PrefixRange():
            return pl.Series("isrc", [said.scope.prefix], dtype=pl.String)
        case _:
            empty = pl.Series("isrc", [], dtype=pl.String)
            return empty if catalogue is None else catalogue["isrc"]


def _advise_countries(
    said: Declaration, codes: pl.Series, documents: Documents
) -> Iterator[Problem]:
    examples = documents.policy.example_prefixes
    odd = codes.filter(
        ~codes.str.slice(0, 2).is_in(sorted(COUNTRY_CODES))
        & ~codes.str.slice(0, 5).is_in(examples)
    )
    for country in odd.str.slice(0, 2).unique().sort():
        alike = odd.filter(odd.str.starts_with(country))
        message = f"No agency is known that gives out codes with {country}: {alike[0]}"
        yield problem_at(
            documents.files[said.id],
            alike[0],
            identifier_rules.COUNTRY_CODE,
            message + _more(alike),
        )


def _advise_years(
    said: Declaration, codes: pl.Series, documents: Documents, today: date
) -> Iterator[Problem]:
    if isinstance(said.scope, PrefixRange):
        return
    digits = codes.str.slice(5, 2).unique()
    late = [
        d for d in digits if year_of(Isrc(f"XXX01{d}00000")) > today.year + _YEARS_AHEAD
    ]
    found = codes.filter(codes.str.slice(5, 2).is_in(late))
    if found.len():
        message = f"The year of {found[0]} is {year_of(Isrc(found[0]))}"
        yield problem_at(
            documents.files[said.id],
            found[0],
            identifier_rules.FUTURE_YEAR,
            message + _more(found),
        )


def _more(codes: pl.Series) -> str:
    return "." if codes.len() == 1 else f", and {codes.len() - 1:,} more."
