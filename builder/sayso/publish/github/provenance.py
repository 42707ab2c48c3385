"""Who opened a pull request, and who pushed to it last: the facts that Git lacks.

The author stands in the pull request. Who pushed stands in no lasting place at GitHub
but in the event, so the check run of a review keeps it in its `external_id`. A stranger
can have a check run of the same name, by naming a job so; but of a job GitHub itself
sets that id.
"""

import re
from dataclasses import dataclass
from typing import Final

from sayso.errors import PublishError
from sayso.publish.github.api import Api
from sayso.publish.github.event import MergeGroup, PullRequest, account, commit
from sayso.publish.github.foreign import member, number

CHECK: Final = "sayso/verdict"
"""The name of the check run that says whether a change may be merged."""

_APP: Final = "github-actions"
_ACCOUNT: Final = r"github:(?:0|[1-9][0-9]{0,18})"
_KEPT = re.compile(
    rf"sayso/1 pull=([1-9][0-9]{{0,17}}) author=({_ACCOUNT}) sender=({_ACCOUNT})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a merge comes from.

    Attributes:
        number: of the pull request.
        head: the commit of it that was reviewed.
        author: the account that opened it: `github:583231`.
        sender: the account that pushed to it last.
    """

    number: int
    head: str
    author: str
    sender: str


def external_id(number: int, author: str, sender: str) -> str:
    """Return what a check run keeps of whom a review was about."""
    return f"sayso/1 pull={number} author={author} sender={sender}"


def proposed(api: Api, event: PullRequest) -> Provenance:
    """Return where a pull request comes from that is to be reviewed.

    Somebody who reopens it, or calls it ready, did not send its commit: who did is
    known where that was reviewed before.

    Raises:
        FetchError: GitHub does not say.
    """
    kept = None
    if not event.is_sent:
        kept = _sender(api, event.number, event.head, event.author)
    return Provenance(
        number=event.number,
        head=event.head,
        author=event.author,
        sender=kept or event.sender,
    )


def queued(api: Api, group: MergeGroup) -> Provenance:
    """Return where what is in the merge queue comes from.

    Raises:
        FetchError: GitHub does not say.
        PublishError: nobody reviewed it.
    """
    return _provenance(api, api.get(f"pulls/{group.number}"))


def merged(api: Api, merge: str, branch: str) -> Provenance | None:
    """Return where a commit of a branch comes from; None for no pull request.

    Raises:
        FetchError: GitHub does not say.
        PublishError: nobody reviewed it.
    """
    for pull in api.pages(f"commits/{merge}/pulls"):
        is_its_merge = member(pull, "merge_commit_sha") == merge
        is_here = member(pull, "base", "ref") == branch
        if is_its_merge and is_here and member(pull, "merged_at") is not None:
            return _provenance(api, pull)
    return None


def _provenance(api: Api, pull: object) -> Provenance:
    which, author = number(pull, "number"), account(pull, "user")
    head = commit(pull, "head", "sha")
    sender = _sender(api, which, head, author)
    if sender is None:
        raise PublishError(
            f"pull request {which} has no check run {CHECK} of its commit {head[:12]} "
            "that says who pushed it"
        )
    return Provenance(number=which, head=head, author=author, sender=sender)


def _sender(api: Api, pull: int, head: str, author: str) -> str | None:
    """Return who sent a commit, as the newest review of it in this request kept it."""
    query = {"check_name": CHECK, "filter": "all"}
    runs = api.pages(f"commits/{head}/check-runs", within="check_runs", **query)
    kept = [
        (number(run, "id"), match[3])
        for run in runs
        if member(run, "app", "slug") == _APP
        and member(run, "name") == CHECK
        and member(run, "status") == "completed"
        and (match := _KEPT.fullmatch(str(member(run, "external_id"))))
        and int(match[1]) == pull
        and match[2] == author
    ]
    return max(kept)[1] if kept else None
