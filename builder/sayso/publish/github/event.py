"""Events: what GitHub says has happened, as far as a job here has to know it."""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from sayso.errors import MalformedError
from sayso.publish.github.foreign import number, optional_text, parse, text
from sayso.wire.text import shown

EVENT_LIMIT: Final = 16 * 2**20
"""How long the file of an event may be, in bytes."""

_SENDING: Final = frozenset({"opened", "synchronize"})
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_QUEUED = re.compile(r"refs/heads/gh-readonly-queue/.+/pr-([1-9][0-9]{0,17})-[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request that was opened, pushed to, reopened, or made ready.

    Attributes:
        number: by which it is known in this repository.
        head: the commit that it proposes.
        source: the repository that it comes from, `owner/name`; None where that is
            gone.
        branch: the branch there.
        author: the account that opened it: `github:583231`.
        sender: the account that did what this event is about.
        is_sent: whether that was to send the commit; it may be to reopen, as well.
    """

    number: int
    head: str
    source: str | None
    branch: str
    author: str
    sender: str
    is_sent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeGroup:
    """A pull request in the merge queue, upon all that is before it.

    Attributes:
        number: of the pull request.
        base: the commit before it.
        head: the commit with it.
    """

    number: int
    base: str
    head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue that was opened or edited.

    Attributes:
        number: by which it is known in this repository.
        author: the account that opened it: `github:583231`.
        login: the name of that account for now.
        body: its text.
    """

    number: int
    author: str
    login: str
    body: str


Event: TypeAlias = PullRequest | MergeGroup | Issue


def read_event(name: str, data: bytes) -> Event:
    """Return what an event says.

    Args:
        name: as in `GITHUB_EVENT_NAME`.
        data: the file at `GITHUB_EVENT_PATH`.

    Raises:
        MalformedError: it is another event, or does not say what is needed.
    """
    said = parse(data, limit=EVENT_LIMIT, what="the event")
    match name:
        case "pull_request_target":
            return _pull_request(said)
        case "merge_group":
            return _merge_group(said)
        case "issues":
            return _issue(said)
        case _:
            raise MalformedError(f"there is nothing to do for the event {shown(name)}")


def account(value: object, *path: str) -> str:
    """Return an account by its number, as owners are named: `github:583231`.

    A login can change hands, and is never used.

    Raises:
        MalformedError: there is none.
    """
    return f"github:{number(value, *path, 'id')}"


def commit(value: object, *path: str) -> str:
    """Return the id of a commit.

    Raises:
        MalformedError: there is none.
    """
    found = text(value, *path)
    if not _COMMIT.fullmatch(found):
        raise MalformedError(f"{'.'.join(path)} is no commit: {shown(found)}")
    return found


def _pull_request(said: object) -> PullRequest:
    return PullRequest(
        number=number(said, "pull_request", "number"),
        head=commit(said, "pull_request", "head", "sha"),
        source=optional_text(said, "pull_request", "head", "repo", "full_name"),
        branch=text(said, "pull_request", "head", "ref"),
        author=account(said, "pull_request", "user"),
        sender=account(said, "sender"),
        is_sent=text(said, "action") in _SENDING,
    )


def _merge_group(said: object) -> MergeGroup:
    queued = text(said, "merge_group", "head_ref")
    match = _QUEUED.fullmatch(queued)
    if match is None:
        raise MalformedError(f"{shown(queued)} does not name a pull request")
    return MergeGroup(
        number=int(match[1]),
        base=commit(said, "merge_group", "base_sha"),
        head=commit(said, "merge_group", "head_sha"),
    )


def _issue(said: object) -> Issue:
    return Issue(
        number=number(said, "issue", "number"),
        author=account(said, "issue", "user"),
        login=text(said, "issue", "user", "login"),
        body=optional_text(said, "issue", "body") or "",
    )
