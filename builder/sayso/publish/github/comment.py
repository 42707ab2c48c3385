"""The comment on a pull request: the whole answer, in plain words, on one page."""

from collections.abc import Iterator
from typing import Final

from sayso.model.rules import RULES, address
from sayso.publish.github.answer import Outcome, Place, outcome, title
from sayso.publish.github.links import edit_link, place_of
from sayso.publish.github.markdown import block, code
from sayso.publish.github.reviewed import Finding, Report, Row

MARKER: Final = "<!-- sayso:review -->"
"""How the comment is found again; nobody sees it."""

LIMIT: Final = 60_000
"""GitHub takes 65,536 characters."""
SHOWN_PROBLEMS: Final = 20
SHOWN_ROWS: Final = 30
_SHOWN_NOTES: Final = 10
_SHOWN_USES: Final = 12
_LONGEST_LINK: Final = 1_000
_SIGNS: Final = {
    Outcome.ACCEPTED: "✓ ",
    Outcome.TO_MEND: "✎ ",
    Outcome.REFUSED: "✗ ",
}

_INTRODUCTIONS: Final = {
    Outcome.ACCEPTED: (
        "Nothing more is needed from you. If GitHub says “Review required”, ignore it: "
        "a declaration in your own folder needs no review."
    ),
    Outcome.TO_MEND: (
        "Change the lines below, here in the browser or in your copy. This is checked "
        "again by itself, and this comment changes with it."
    ),
    Outcome.REFUSED: (
        "These files belong to somebody else, and only they can change them. If the "
        "recordings are yours, say so in a folder of your own; if you contradict what "
        "is said there, open a dispute."
    ),
    Outcome.CODE: (
        "There is nothing here for this check. People review the change, and other "
        "checks run its tests."
    ),
    Outcome.NOT_CHECKED: (
        "The check itself failed before it came to a verdict. That says nothing about "
        "your files, and there is nothing that you did wrong. Until it has run, this "
        "is not merged; an operator can run it again."
    ),
}
_WHERE: Final = (
    "Checked with the program of the registry, not of this pull request. Nobody can "
    "be paid to speed it up."
)


def comment(report: Report | None, place: Place) -> str:
    """Return the text of the comment, of at most `LIMIT` characters.

    Args:
        report: of the review; None where there is none.
        place: where the answer goes.
    """
    text = ""
    for share in (1, 2, 4, SHOWN_ROWS + 1):
        text = _comment(report, place, share)
        if len(text) <= LIMIT:
            break
    return text


def _comment(report: Report | None, place: Place, share: int) -> str:
    """Return the comment with one of so many parts of what could be shown."""
    ended = outcome(report)
    parts = [
        MARKER,
        f"### {_SIGNS.get(ended, '')}{title(report)}",
        _INTRODUCTIONS[ended],
        *(() if report is None else _about(report, place, share)),
        f"<sub>{_WHERE} [The run]({place.run})</sub>",
    ]
    return "\n\n".join(parts) + "\n"


def _about(report: Report, place: Place, share: int) -> Iterator[str]:
    if report.notes:
        yield block(*report.notes[:_SHOWN_NOTES])
    if report.problems:
        yield from _problems(report, place, SHOWN_PROBLEMS // share)
    if report.rows:
        yield _preview(report, SHOWN_ROWS // share)
    if report.owner is not None:
        yield f"Owner: {code(report.owner)}, proved by: {code(report.level)}."


def _problems(report: Report, place: Place, shown: int) -> Iterator[str]:
    # What stands in the way goes first.
    ordered = sorted(report.problems, key=lambda finding: not finding.is_error)
    for finding in ordered[:shown]:
        yield f"{_headline(finding, place)}\n{block(finding.message, finding.fix)}"
    if len(ordered) > shown:
        yield (
            f"**{shown} of {len(ordered):,}** are shown here. More are on the page "
            "*Files changed*; `sayso validate` shows them all."
        )


def _headline(finding: Finding, place: Place) -> str:
    kind = "Mend" if finding.is_error else "Look at"
    spot = code(place_of(finding.path))
    if finding.line:
        spot += f", line {finding.line}"
    parts = [f"**{kind}** {spot}"]
    if place.source is not None and finding.path:
        link = edit_link(
            place.server, place.source, place.branch, finding.path, finding.line
        )
        this = "this line" if finding.line else "this file"
        if len(link) <= _LONGEST_LINK:
            parts.append(f"[edit {this} in your browser]({link})")
    rule = RULES.get(finding.code)
    if rule is not None:
        parts.append(f"[why: {rule.code}]({address(rule)})")
    return " · ".join(parts)


def _preview(report: Report, shown: int) -> str:
    rows = report.rows[:shown]
    more = report.more + len(report.rows) - len(rows)
    lines = [
        "What the registry would say:",
        "",
        "| Recordings | Title | Now | After |",
        "| --- | --- | --- | --- |",
        *map(_line, rows),
    ]
    if more:
        lines += ["", f"… and {more:,} more."]
    return "\n".join(lines)


def _line(row: Row) -> str:
    uses = sorted(row.before.keys() | row.after.keys())
    changed = [use for use in uses if row.before.get(use) != row.after.get(use)]
    now = _said({use: row.before.get(use) for use in changed})
    then = _said({use: row.after.get(use) for use in changed})
    named = code(row.title, limit=60) if row.title is not None else ""
    return f"| {code(row.recordings, limit=40)} | {named} | {now} | {then} |"


def _said(words: dict[str, str | None]) -> str:
    """Return what is said of uses, those together of which the same is said."""
    by_word: dict[str, list[str]] = {}
    for use, word in [*words.items()][:_SHOWN_USES]:
        by_word.setdefault(word or "nothing", []).append(use)
    return "<br>".join(
        f"{code(word, limit=20)}: {', '.join(code(use, limit=30) for use in uses)}"
        for word, uses in by_word.items()
    )
