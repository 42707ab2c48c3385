"""The files of a copy: columns of numbers, named after what their items are."""

from pathlib import Path
from typing import Final

from sayso.wire.text import Digest

KEYS: Final = "keys.i64"
POLICIES: Final = "policies.i32"
FIRSTS: Final = "ranges.first.i64"
LASTS: Final = "ranges.last.i64"
RANGES: Final = "ranges.policy.i32"
NUMBERS: Final = "policy.numbers.i32"
TITLES: Final = "titles.u64"
TITLED: Final = "titles.i64"
EVIDENCE: Final = "evidence.json"


def copies_below(store: Path, root: Digest) -> Path:
    """Return the folder of the copies that are believed by a root."""
    return store / f"{root}.synced"
