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
LISTS: Final = ("owners", "declarations", "disputes")
"""What is kept as lines, in files of these names."""

POLICY_LINES: Final = "policies"
LINES: Final = ".jsonl"
ENDS: Final = ".ends"

FILES: Final = frozenset(
    {
        *(KEYS, POLICIES, FIRSTS, LASTS, RANGES, NUMBERS, TITLES, TITLED, EVIDENCE),
        *(name + end for name in (*LISTS, POLICY_LINES) for end in (LINES, ENDS)),
    }
)
"""All that the folder of a copy may hold."""


def copies_below(store: Path, root: Digest) -> Path:
    """Return the folder of the copies that are believed by a root."""
    return store / f"{root}.synced"
