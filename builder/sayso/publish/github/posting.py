"""Answering a pull request: a check run, one comment, one label, and suggestions."""

from collections.abc import Mapping
from typing import Final

from sayso.errors import MalformedError
from sayso.publish.github.answer import LABELS, Place, outcome
from sayso.publish.github.api import Api
from sayso.publish.github.check import post_check
from sayso.publish.github.comment import MARKER, comment
from sayso.publish.github.event import MergeGroup
from sayso.publish.github.foreign import member, number
from sayso.publish.github.links import label_path
from sayso.publish.github.provenance import Provenance, external_id
from sayso.publish.github.reviewed import Report
from sayso.publish.github.suggesting import suggest

BOT: Final = "github-actions[bot]"
"""The login under which jobs write; nobody can register one with a bracket."""

_NOT_FOUND: Final = 404
_ALREADY: Final = 422
_COLOURS: Final[Mapping[str, str]] = {
    "sayso: accepted": "0e8a16",
    "sayso: to mend": "fbca04",
    "sayso: refused": "b60205",
}


def check_proposed(report: Report, proposed: Provenance) -> None:
    """Check that a report is about a pull request.

    Raises:
        MalformedError: it is about another commit, or about other people.
    """
    if report.head != proposed.head:
        raise MalformedError("the report is about another commit")
    if (report.author, report.sender) != (proposed.author, proposed.sender):
        raise MalformedError("the report is about other people")


def check_queued(report: Report, event: MergeGroup) -> None:
    """Check that a report is about what is in the queue.

    Raises:
        MalformedError: it is about another commit, or another place in the queue.
    """
    if (report.head, report.base) != (event.head, event.base):
        raise MalformedError("the report is about another commit")


def answer_pull_request(
    api: Api, proposed: Provenance, report: Report | None, place: Place
) -> bool:
    """Answer a pull request; return whether it is still at the reviewed commit.

    Where it is not, a later run answers it, and only the check run is made.

    Args:
        api: the repository.
        proposed: where it comes from.
        report: of the review, which is about it; None where there is none.
        place: where the answer goes.

    Raises:
        FetchError: GitHub does not answer.
    """
    external = external_id(proposed.number, proposed.author, proposed.sender)
    post_check(api, report, head=proposed.head, external=external, run=place.run)
    pull = api.get(f"pulls/{proposed.number}")
    if member(pull, "head", "sha") != proposed.head:
        return False
    _comment(api, proposed.number, comment(report, place))
    _label(api, proposed.number, LABELS.get(outcome(report)))
    if report is not None:
        suggest(
            api, report.problems, number=proposed.number, head=proposed.head, bot=BOT
        )
    return True


def answer_queue(api: Api, event: MergeGroup, report: Report | None, run: str) -> None:
    """Answer the merge queue: a check run, and nothing else.

    Args:
        api: the repository.
        event: what happened.
        report: of the review, which is about it; None where there is none.
        run: the address of the run that answers.

    Raises:
        FetchError: GitHub does not answer.
    """
    external = ""
    if report is not None:
        external = external_id(event.number, report.author, report.sender)
    post_check(api, report, head=event.head, external=external, run=run)


def edit_or_write(api: Api, issue: int, text: str, marker: str) -> None:
    """Edit the one comment that this bot wrote with a marker, or write it.

    A comment of anybody else is never touched, whatever it says.

    Raises:
        FetchError: GitHub does not answer.
    """
    body = {"body": text}
    for said in api.pages(f"issues/{issue}/comments"):
        ours = member(said, "user", "login") == BOT
        if ours and str(member(said, "body")).startswith(marker):
            if member(said, "body") != text:
                api.send("PATCH", f"issues/comments/{number(said, 'id')}", body)
            return
    api.send("POST", f"issues/{issue}/comments", body)


def _comment(api: Api, issue: int, text: str) -> None:
    edit_or_write(api, issue, text, MARKER)


def _label(api: Api, issue: int, wanted: str | None) -> None:
    """Let an issue have one of our labels, or none; those of others stay."""
    place = f"issues/{issue}/labels"
    there = {member(label, "name") for label in api.pages(place)}
    for name in sorted(LABELS.values()):
        if name in there and name != wanted:
            gone = (_NOT_FOUND,)
            api.send("DELETE", f"{place}/{label_path(name)}", unless=gone)
    if wanted is not None and wanted not in there:
        colour = {"color": _COLOURS[wanted], "name": wanted}
        api.send("POST", "labels", colour, unless=(_ALREADY,))
        api.send("POST", place, {"labels": [wanted]})
