"""Suggestions: the text of a line that its author puts in with one click.

Nothing is pushed to anybody's branch: that would be another sender, and would break
signatures.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sayso.publish.github.api import Api
from sayso.publish.github.foreign import member
from sayso.publish.github.links import FOLDER
from sayso.publish.github.markdown import block, suggestion
from sayso.publish.github.reviewed import Finding
from sayso.wire.profile import Json

SHOWN: Final = 30
"""How many are made in one review."""

_HUNK = re.compile(r"@@ -[0-9]{1,9}(?:,[0-9]{1,9})? \+([0-9]{1,9})")
_UNPROCESSABLE: Final = 422


def suggest(
    api: Api, findings: Iterable[Finding], *, number: int, head: str, bot: str
) -> int:
    """Offer the lines that are known, where the diff shows them; return how many.

    Args:
        api: the repository.
        findings: problems, of which some say what the line should be.
        number: of the pull request.
        head: the commit that was reviewed.
        bot: the login under which this was done before.

    Raises:
        FetchError: GitHub does not answer.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.line and finding.suggestion is not None and _is_line(finding):
            path = f"{FOLDER}/{finding.path}"
            by_path.setdefault(path, []).append(finding)
    if not by_path:
        return 0
    shown = _shown(api, number, by_path)
    made = {*_made(api, number, bot)}
    comments: dict[tuple[str, int], dict[str, Json]] = {}
    for path, found in by_path.items():
        for finding in found:
            body = _body(finding)
            is_new = (path, finding.line, body) not in made
            if is_new and finding.line in shown.get(path, ()):
                place = path, finding.line
                comments.setdefault(place, _comment(path, finding.line, body))
    return _review(api, [*comments.values()][:SHOWN], number=number, head=head)


def lines_of(patch: str) -> frozenset[int]:
    """Return the lines of the new file that a diff of it shows."""
    lines: set[int] = set()
    at = 0
    for text in patch.split("\n"):
        match = _HUNK.match(text)
        if match:
            at = int(match[1])
        elif at and text[:1] in {"+", " "}:
            lines.add(at)
            at += 1
    return frozenset(lines)


def _is_line(finding: Finding) -> bool:
    said = finding.suggestion or ""
    return not any(end in said for end in "\r\n")


def _shown(
    api: Api, number: int, wanted: Mapping[str, object]
) -> dict[str, frozenset[int]]:
    """Return the lines of the wanted files that the pull request's page shows."""
    shown = {}
    for file in api.pages(f"pulls/{number}/files"):
        path, patch = member(file, "filename"), member(file, "patch")
        if isinstance(path, str) and path in wanted and isinstance(patch, str):
            shown[path] = lines_of(patch)
            if len(shown) == len(wanted):
                break
    return shown


def _made(api: Api, number: int, bot: str) -> Iterator[tuple[object, object, object]]:
    """Yield the places and texts of the suggestions that are there."""
    for comment in api.pages(f"pulls/{number}/comments"):
        if member(comment, "user", "login") == bot:
            place = member(comment, "path"), member(comment, "line")
            yield *place, member(comment, "body")


def _body(finding: Finding) -> str:
    said = suggestion(finding.suggestion or "")
    return f"{block(finding.message)}\n\n{said}"


def _comment(path: str, line: int, body: str) -> dict[str, Json]:
    return {"body": body, "line": line, "path": path, "side": "RIGHT"}


def _review(
    api: Api, comments: list[dict[str, Json]], *, number: int, head: str
) -> int:
    if not comments:
        return 0
    body: dict[str, Json] = {
        "body": "These lines can be put right with one click each.",
        "comments": comments,
        "commit_id": head,
        "event": "COMMENT",
    }
    # A line may be one that GitHub does not take after all; the comment has it anyway.
    path = f"pulls/{number}/reviews"
    taken = api.send("POST", path, body, unless=(_UNPROCESSABLE,))
    return 0 if taken is None else len(comments)
