"""What a pull request is answered: one outcome, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from sayso.publish.github.reviewed import Report, Verdict


@unique
class Outcome(StrEnum):
    """How a check ended; each but the last two has a label."""

    ACCEPTED = "accepted"
    TO_MEND = "to mend"
    REFUSED = "refused"
    CODE = "code"
    NOT_CHECKED = "not checked"


_NOT_THEIRS: Final = frozenset({"SAY701", "SAY713", "SAY715"})
"""The rules that no edit mends: somebody else would have to say it."""

_LABELLED: Final = (Outcome.ACCEPTED, Outcome.TO_MEND, Outcome.REFUSED)
LABELS: Final[Mapping[Outcome, str]] = {each: f"sayso: {each}" for each in _LABELLED}
"""The label of each outcome that has one."""

CONCLUSIONS: Final[Mapping[Outcome, str]] = {
    Outcome.ACCEPTED: "success",
    Outcome.TO_MEND: "failure",
    Outcome.REFUSED: "failure",
    # It says nothing against the change: people review code.
    Outcome.CODE: "neutral",
    Outcome.NOT_CHECKED: "failure",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer goes.

    Attributes:
        server: the host on the web, such as https://github.com.
        source: the repository that the change comes from; None where that is gone.
        branch: of it.
        run: the address of the run that answers.
    """

    server: str
    source: str | None
    branch: str
    run: str


def outcome(report: Report | None) -> Outcome:
    """Return how a check ended; `report` is None where it made none."""
    if report is None:
        return Outcome.NOT_CHECKED
    match report.verdict:
        case Verdict.ACCEPT:
            return Outcome.ACCEPTED
        case Verdict.CODE:
            return Outcome.CODE
        case Verdict.REFUSE:
            found = {finding.code for finding in report.errors}
            return Outcome.REFUSED if found & _NOT_THEIRS else Outcome.TO_MEND


def title(report: Report | None) -> str:
    """Return the answer in a few words."""
    match outcome(report), report:
        case Outcome.ACCEPTED, _:
            return "Ready to be merged"
        case Outcome.CODE, _:
            return "No declarations are touched"
        case (Outcome.REFUSED, Report() as found):
            return f"Not yours to change: {_problems(found)}"
        case (Outcome.TO_MEND, Report() as found):
            return f"{_problems(found).capitalize()} to mend"
        case _:
            return "This could not be checked"


def _problems(report: Report) -> str:
    match len(report.errors):
        case 0:
            return "problems"
        case 1:
            return "1 problem"
        case count:
            return f"{count:,} problems"
