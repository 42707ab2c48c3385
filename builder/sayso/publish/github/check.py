"""The check run: the verdict on one commit, with problems at their lines."""

from collections.abc import Sequence
from typing import Final

from sayso.model.visible import printable
from sayso.publish.github.answer import CONCLUSIONS, outcome, title
from sayso.publish.github.api import Api
from sayso.publish.github.foreign import number
from sayso.publish.github.links import place_of
from sayso.publish.github.provenance import CHECK
from sayso.publish.github.reviewed import Finding, Report
from sayso.wire.profile import Json

A_REQUEST: Final = 50
"""How many annotations GitHub takes at once."""
SHOWN: Final = 500
"""How many are sent at all, since a page of more is of no use to anybody."""

_LONGEST_TITLE: Final = 250
_LONGEST: Final = 8_000


def post_check(
    api: Api, report: Report | None, *, head: str, external: str, run: str
) -> None:
    """Make the check run of a commit, completed by the last request only.

    Args:
        api: the repository.
        report: of the review; None where there is none, which is a failure.
        head: the commit.
        external: what the check run keeps.
        run: the address of the run that answers.

    Raises:
        FetchError: GitHub does not take it.
    """
    findings = () if report is None else report.problems
    annotations = [_annotation(finding) for finding in findings[:SHOWN]]
    parts = [
        annotations[start : start + A_REQUEST]
        for start in range(0, max(len(annotations), 1), A_REQUEST)
    ]
    made: int | None = None
    for part in parts:
        body: dict[str, Json] = {"output": _output(report, part)}
        if part is parts[-1]:
            ended = CONCLUSIONS[outcome(report)]
            body |= {"conclusion": ended, "status": "completed"}
        else:
            body |= {"status": "in_progress"}
        if made is None:
            body |= {"details_url": run, "external_id": external}
            body |= {"head_sha": head, "name": CHECK}
            made = number(api.send("POST", "check-runs", body), "id")
        else:
            api.send("PATCH", f"check-runs/{made}", body)


def _output(report: Report | None, annotations: Sequence[Json]) -> dict[str, Json]:
    said = title(report)
    count = 0 if report is None else len(report.problems)
    summary = f"{said}. The comment on the pull request says more."
    if count:
        summary += f" {min(count, SHOWN):,} of {count:,} are shown at their lines."
    return {"annotations": list(annotations), "summary": summary, "title": said}


def _annotation(finding: Finding) -> dict[str, Json]:
    line = max(finding.line, 1)
    place: dict[str, Json] = {
        "end_line": line,
        "path": printable(place_of(finding.path)),
        "start_line": line,
    }
    if finding.line and finding.column:
        place["start_column"] = finding.column
        place["end_column"] = finding.column + max(finding.width, 1)
    said = f"{printable(finding.message)}\nfix: {printable(finding.fix)}"
    return {
        **place,
        "annotation_level": "failure" if finding.is_error else "warning",
        "message": said[:_LONGEST],
        "title": printable(f"{finding.code}: {finding.title}")[:_LONGEST_TITLE],
    }
