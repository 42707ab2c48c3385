"""The forms of a cell, as patterns that columns are compared with."""

from typing import Final

import polars as pl

from sayso.model.isrc import KEYS_PER_PREFIX

CLEAN: Final = "^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$"
"""An ISRC in its short form."""

LOOSE: Final = (
    "^(?:[Ii][Ss][Rr][Cc]:?[ -]?)?"
    "([A-Za-z]{2})[ -]?([A-Za-z0-9]{3})[ -]?([0-9]{2})[ -]?([0-9]{5})$"
)
"""An ISRC as people write it."""

FORMULA: Final = r"^(?:=|[+\-@]\S)"
"""What a spreadsheet runs, for Rust and Python alike."""

SPELT: Final = (
    pl.concat_str(
        [
            pl.col("isrc").str.extract_groups(LOOSE).struct.field(str(number))
            for number in range(1, 5)
        ]
    )
    .str.to_uppercase()
    .alias("isrc")
)
"""The short form of what is `LOOSE`; null of anything else."""


def _key() -> pl.Expr:
    isrc = pl.col("isrc")
    first, second = (
        isrc.str.slice(place, 1).str.to_integer(base=36, dtype=pl.Int64) - 10
        for place in (0, 1)
    )
    middle = isrc.str.slice(2, 3).str.to_integer(base=36, dtype=pl.Int64)
    number = isrc.str.slice(5).str.to_integer(base=10, dtype=pl.Int64)
    return ((first * 26 + second) * 36**3 + middle) * KEYS_PER_PREFIX + number


KEY: Final = _key()
"""The key of an ISRC in its short form: see `sayso.model.isrc`."""
