"""The report of a review, read by the job that answers: nothing else reaches it.

The job that wrote it had read what a stranger sent, so nothing in it is believed but
that it is a report: texts are shown as texts, and addresses are made here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from sayso.errors import MalformedError
from sayso.model.owner import is_account, is_owner_id
from sayso.model.problem import Severity
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode

FORMAT: Final = "sayso/review/1"
REPORT_LIMIT: Final = 2**20
"""How long a report may be, in bytes."""
_MOST_USES: Final = 32


@unique
class Verdict(StrEnum):
    """What a review says of a change."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem, as in `sayso/problems/1`.

    Attributes:
        path: relative to `declarations/`.
        line: from 1; 0 when the whole file is meant.
        column: from 1; 0 when the whole line is meant.
        width: how many characters are meant.
        suggestion: what the line should be instead; None where that is not known.
    """

    code: str
    severity: Severity
    title: str
    path: str
    line: int
    column: int
    width: int
    message: str
    fix: str
    suggestion: str | None

    @property
    def is_error(self) -> bool:
        """Whether it stands in the way of a merge."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A recording, or a range of codes, of which the registry would say another thing.

    Attributes:
        recordings: an ISRC, or a prefix and its years.
        before: what is said now of each use.
        after: what would be.
    """

    recordings: str
    title: str | None
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One review.

    Attributes:
        author: the account that was said to have opened the pull request.
        sender: the one that was said to have pushed.
        base: the commit whose facts decided.
        head: the commit that was reviewed.
        owner: in whose folder it is; None where it is in none or in several.
        level: by which proof it may be said.
        rows: what would change, at most as many as were worth showing.
        more: how many more there are.
    """

    author: str
    sender: str
    base: str
    head: str
    kind: str
    owner: str | None
    level: str
    verdict: Verdict
    notes: tuple[str, ...]
    problems: tuple[Finding, ...]
    rows: tuple[Row, ...]
    more: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The problems that stand in the way."""
        return tuple(finding for finding in self.problems if finding.is_error)


def read_report(data: bytes) -> Report:
    """Return what a report says.

    Raises:
        MalformedError: it is no `sayso/review/1`, too long, or contradicts itself.
    """
    whole = Members(decode(data, limit=REPORT_LIMIT), "the report")
    whole.constant("format", FORMAT)
    whole.number("files")
    preview = whole.object("preview")
    report = Report(
        author=_account(whole, "author"),
        sender=_account(whole, "sender"),
        base=whole.text("base"),
        head=whole.text("head"),
        kind=whole.text("kind"),
        owner=_owner(whole),
        level=whole.text("level"),
        verdict=whole.word("verdict", Verdict),
        notes=whole.texts("notes"),
        problems=tuple(map(_finding, whole.items("problems"))),
        rows=tuple(map(_row, preview.items("rows"))),
        more=preview.number("more"),
    )
    preview.end()
    whole.end()
    # It may be refused for a problem that is beyond those that it describes.
    if report.errors and report.verdict is not Verdict.REFUSE:
        raise MalformedError(f"the report says {report.verdict} against its problems")
    return report


def _account(members: Members, name: str) -> str:
    found = members.text(name)
    if not is_account(found):
        raise members.wrong(name, "the number of an account")
    return found


def _owner(members: Members) -> str | None:
    found = members.nullable_text("owner")
    if found is not None and not is_owner_id(found):
        raise members.wrong("owner", "an owner")
    return found


def _finding(value: Json) -> Finding:
    members = Members(value, "a problem of the report")
    members.text("address")
    finding = Finding(
        code=members.text("code"),
        severity=members.word("severity", Severity),
        title=members.text("title"),
        path=members.text("path"),
        line=members.number("line"),
        column=members.number("column"),
        width=members.number("width"),
        message=members.text("message"),
        fix=members.text("fix"),
        suggestion=members.nullable_text("suggestion"),
    )
    members.end()
    return finding


def _row(value: Json) -> Row:
    members = Members(value, "a row of the preview")
    row = Row(
        recordings=members.text("isrc"),
        title=members.nullable_text("title"),
        before=_words(members, "before"),
        after=_words(members, "after"),
    )
    members.end()
    return row


def _words(members: Members, name: str) -> Mapping[str, str]:
    inner = members.object(name)
    names = inner.names()
    if len(names) > _MOST_USES:
        raise members.wrong(name, "what is said of each use")
    return {use: inner.text(use) for use in names}
