"""The edge table: what may stand where the ISRC belongs, and what is said of it."""

from typing import Any, Final, TypeAlias

from tests.copies import (
    ALLOWED,
    ASKED,
    DENIED,
    DISPUTED,
    EXPIRED,
    IN_GERMANY,
    IN_RANGE,
    REVIEWED_DENY,
    UNLISTED,
)
from tests.registries import CATALOGUE, SONGS

Said: TypeAlias = tuple[Any, ...]

NAMES: Final = (
    "sayso_status",
    "sayso_action",
    "sayso_disputed",
    "sayso_isrc",
    "sayso_basis",
    "sayso_rule",
    "sayso_ownership",
    "sayso_by",
)
NOTHING: Said = ("no-identifier", "apart", False, None, None, None, None, None)
INVALID: Said = ("invalid-identifier", "apart", False, None, None, None, None, None)


def listed(status: str, action: str, isrc: str, *grounds: str | None) -> Said:
    """Return what is said of a recording that is listed by itself."""
    return (status, action, False, isrc, "recording", *grounds)


DENY = listed("deny", "exclude", DENIED, "any-ai", "claimed", CATALOGUE)
ALLOW = listed("allow", "keep", ALLOWED, "named", "reviewed", CATALOGUE)
TEXTS: Final[tuple[tuple[str | None, Said], ...]] = (
    (DENIED, DENY),
    ("XX-F01-26-00001", DENY),
    ("xxf012600001", DENY),
    ("xx-f01-26-00001", DENY),
    ("  XX F01 26 00001\n", DENY),
    ("ISRC: XX-F01-26-00001", DENY),
    (ALLOWED, ALLOW),
    (ALLOWED.lower(), ALLOW),
    (
        DISPUTED,
        (
            *("deny", "exclude", True, DISPUTED, "recording"),
            *("strictest-owner", "claimed", f"{CATALOGUE} {SONGS}"),
        ),
    ),
    (EXPIRED, listed("undeclared", "exclude", EXPIRED, "out-of-date", None, CATALOGUE)),
    (ASKED, listed("ask", "exclude", ASKED, "named", "claimed", CATALOGUE)),
    (
        IN_GERMANY,
        listed("undeclared", "exclude", IN_GERMANY, "nothing-declared", None, None),
    ),
    (
        REVIEWED_DENY,
        listed("deny", "exclude", REVIEWED_DENY, "named", "reviewed", SONGS),
    ),
    (
        IN_RANGE,
        (
            *("deny", "exclude", False, IN_RANGE, "range"),
            *("any-ai", "claimed", SONGS),
        ),
    ),
    (
        UNLISTED,
        (
            *("undeclared", "exclude", False, UNLISTED, None),
            *("nothing-declared", None, None),
        ),
    ),
    (f"{ALLOWED};{DENIED}", DENY),
    (f"{ALLOWED}, {ALLOWED.lower()}", ALLOW),
    (f'["{ALLOWED}", "{DENIED}"]', DENY),
    (f"{ALLOWED};x", (*INVALID[:3], ALLOWED, *INVALID[4:])),
    (f"{DENIED};x", DENY),
    ("XXF01260000", INVALID),
    ("XXF0126000011", INVALID),
    ("XXF012600O01", INVALID),
    ("夜" * 12, INVALID),
    (None, NOTHING),
    ("", NOTHING),
    (" ", NOTHING),
    ("NaN", NOTHING),
    ("-", NOTHING),
)
"""Texts, and what is said of each."""

LISTS: Final[tuple[tuple[list[str | None] | None, Said], ...]] = (
    ([DENIED], DENY),
    ([ALLOWED, DENIED], DENY),
    (["XX-F01-26-00003", ALLOWED], ALLOW),
    ([ALLOWED, None], ALLOW),
    ([], NOTHING),
    ([None], NOTHING),
    (None, NOTHING),
    (["XXF01260000"], INVALID),
)
"""Lists of texts, and what is said of each."""
