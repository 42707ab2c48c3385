"""Which ISRCs there are: countries, years and sizes of real catalogues, as a model.

The numbers below are a summary by hand of 11,600 real codes; a file with the counts
themselves may be given instead, and stays outside of the project.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_FIRST = {"US": 39, "DE": 11, "GB": 11, "NL": 5, "QZ": 4, "QM": 4, "FR": 3, "FI": 3}
_OTHERS = ("IT", "PL", "CA", "JP", "IN", "ES", "CH", "BE", "SE", "BR")
COUNTRIES: Mapping[str, float] = {**_FIRST, **dict.fromkeys(_OTHERS, 2)}
"""Shares of the first two letters; they are made to sum to one."""

BANDS = (
    (1957, 1985, 0.08),
    (1986, 1999, 0.10),
    (2000, 2009, 0.16),
    (2010, 2014, 0.12),
    (2015, 2019, 0.19),
    (2020, 2022, 0.17),
    (2023, 2023, 0.11),
    (2024, 2026, 0.08),
)
"""Shares of years of reference, from first to last. Codes before 1986 are real ones
that labels gave to old recordings, so their years read as 2057 and later."""

SKEW, OFFSET = 1.1, 3.0
"""Size of the catalogue of rank r: proportional to (r + OFFSET) ** -SKEW (Zipf)."""

SPARSE = 0.25
"""Share of a registrant's years whose designations are scattered over all 100,000."""

RUN = 218 / 256
"""In the other years: how often a designation follows the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What codes are drawn after.

    Attributes:
        countries: shares of the first two letters, summing to one.
        years: shares of the two digits of the year, 100 numbers summing to one.
        prefixes: five-character prefixes for the largest registrants, largest first.
    """

    countries: Mapping[str, float]
    years: NDArray[np.float64]
    prefixes: tuple[str, ...] = ()


def distribution(file: Path | None = None) -> Distribution:
    """Return the model, or what a file of counts says instead of it."""
    if file is None:
        return Distribution(countries=_shares(COUNTRIES), years=_years())
    counts = json.loads(file.read_text("utf-8"))
    years = np.zeros(100)
    for digits, count in counts["year_of_reference"].items():
        years[int(digits)] = count
    largest = counts["registrant_prefix5_top200"]
    return Distribution(
        countries=_shares(counts["prefix2"]),
        years=years / years.sum(),
        prefixes=tuple(sorted(largest, key=lambda prefix: (-largest[prefix], prefix))),
    )


def sizes(total: int, owners: int) -> list[int]:
    """Return how many recordings each owner has, largest first, summing to `total`."""
    weights = (np.arange(1, owners + 1) + OFFSET) ** -SKEW
    bounds = np.rint(np.cumsum(weights) / weights.sum() * total).astype(np.int64)
    return [int(size) for size in np.diff(bounds, prepend=0)]


def _years() -> NDArray[np.float64]:
    years = np.zeros(100)
    for first, last, share in BANDS:
        digits = np.arange(first, last + 1) % 100
        years[digits] += share / len(digits)
    shares: NDArray[np.float64] = years / years.sum()
    return shares


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in sorted(weights.items())}
