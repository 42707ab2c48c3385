"""Words that everything which is said of a screening shares."""

import re
from datetime import date, datetime
from typing import Final

from sayso.client.account import Asked
from sayso.model.screening import STATUS_OF, Action, Status
from sayso.model.vocabulary import Use, Words

STATUS_TITLES: Final = {
    **{status: Words.VERDICTS[verdict] for verdict, status in STATUS_OF.items()},
    Status.INVALID_IDENTIFIER: "Not an ISRC",
    Status.NO_IDENTIFIER: "No ISRC",
}
READING_ORDER: Final = (
    Status.DENY,
    Status.ASK,
    Status.UNDECLARED,
    Status.ALLOW,
    Status.NO_IDENTIFIER,
    Status.INVALID_IDENTIFIER,
)
ACTION_TITLES: Final = {
    Action.KEEP: "Kept",
    Action.EXCLUDE: "Excluded",
    Action.APART: "Set apart",
}
_ROLES: Final = {
    "annotated": "Every row, and what was said of it",
    "kept": "Rows that are kept",
    "excluded": "Rows that are excluded",
    "apart": "Rows that are set apart",
    "receipt": "Receipt, which proves the release",
    "answers": "Answers, to which the receipt commits",
}
_ALL: Final = 1_000
_AS_KEPT: Final = {
    Status.ASK: "For rows that read “{}” a licence is needed, and they are kept.",
    Status.UNDECLARED: "“{}” is kept. It is not permission: nobody said yes.",
    Status.DENY: "Of rows that read “{}” the owner says no, and they are kept.",
}
_MONTHS: Final = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_WEB: Final = re.compile(r"https?://[^\s\"'<>\\]+", re.ASCII)
_MAIL: Final = re.compile(
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII
)


def day_words(day: date) -> str:
    """Return a day with its month as a word, so that no order confuses."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def time_words(moment: datetime) -> str:
    """Return a moment in UTC: `27 November 2026, 10:15:00 UTC`."""
    return f"{day_words(moment)}, {moment:%H:%M:%S} UTC"


def count_of(number: int, one: str, many: str) -> str:
    """Return a number with its noun: `1 row`, `3,214 rows`."""
    return f"{number:,} {one if number == 1 else many}"


def share(part: int, whole: int) -> str:
    """Return a part in per cent, never rounded to nothing or to all."""
    if not whole:
        return "–"
    tenths = (2 * _ALL * part + whole) // (2 * whole)
    if part and not tenths:
        return "< 0.1 %"
    if part < whole and tenths == _ALL:
        return "> 99.9 %"
    return f"{tenths // 10}.{tenths % 10} %"


def use_words(use: Use) -> str:
    """Return a use with what it means."""
    return f"{Words.TITLES[use]} ({use}): {Words.USES[use]}"


def place_words(territory: str | None) -> str:
    """Return which countries were asked about."""
    if territory is None:
        return "Every country; where they differ, the strictest answer holds"
    return territory


def ownership_words(asked: Asked) -> str:
    """Return which owners were believed."""
    if asked.reviewed_only:
        return (
            "Only statements of owners whose ownership was reviewed; without one a row "
            "reads “No declaration”, also where another owner says no"
        )
    return (
        "Statements of every owner, reviewed or only claimed; a permission counts only "
        "where ownership was reviewed"
    )


def role_words(role: str) -> str:
    """Return what a file is that was written."""
    return _ROLES.get(role, role)


def handling_words(asked: Asked) -> str:
    """Return what was done with each row, in sentences."""
    handling = asked.handling
    if not handling.kept:
        kept = "No row is kept."
    else:
        titles = [f"“{STATUS_TITLES[s]}”" for s in READING_ORDER if s in handling.kept]
        kept = f"Kept are rows that read {_either(titles)}{_unless(asked)}."
    return (
        f"{kept} Rows without a usable ISRC are set apart, since nobody knows which "
        "recordings they are. All others are excluded."
    )


def done_words(asked: Asked, status: Status) -> str:
    """Return what was done with rows of a status."""
    action = asked.handling.action(status, disputed=False, sibling=False)
    unless = _unless(asked) if action is Action.KEEP else ""
    return f"{ACTION_TITLES[action]}{unless}"


def cautions(asked: Asked) -> list[str]:
    """Return what the handling keeps although the owner did not simply say yes."""
    handling = asked.handling
    found = [
        words.format(STATUS_TITLES[status])
        for status, words in _AS_KEPT.items()
        if status in handling.kept
    ]
    if asked.reviewed_only and Status.UNDECLARED in handling.kept:
        found.append(
            "Where an owner says no, or asks for a licence, and nobody reviewed the "
            "ownership, the row reads “No declaration” and is kept."
        )
    if handling.disputed and handling.kept:
        found.append("Rows about which owners contradict each other are kept.")
    return found


def contact_link(text: str) -> str | None:
    """Return where a contact leads: a web or mail address, and nothing else."""
    if _WEB.fullmatch(text):
        return text
    address = text.removeprefix("mailto:")
    return f"mailto:{address}" if _MAIL.fullmatch(address) else None


def _unless(asked: Asked) -> str:
    reasons = []
    if not asked.handling.disputed:
        reasons.append("disputed")
    if asked.siblings and not asked.handling.sibling:
        reasons.append("the sibling of a reserved recording")
    return f", unless {_either(reasons)}" if reasons else ""


def _either(items: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(items[:-1]), items[-1]]))
