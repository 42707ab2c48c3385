"""A pull request reviewed, and then merged all the same and published.

The merge comes with the host's word on it, signed by intake, as if no review had
refused it: whoever opened a pull request is not lied about, and gets all the authority
that there is in that.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from click.testing import CliRunner

from sayso.cli import main
from sayso.model.declaration import Dispute
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.vocabulary import Use
from sayso.publish.authority.authorise import authorise
from sayso.publish.authority.before import Before
from sayso.publish.inputs import Inputs
from sayso.publish.reading.committed import read_commit
from sayso.publish.reading.file import source_file
from sayso.publish.reading.git import commit_files
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.said import said_by
from sayso.publish.reading.tables import HeldTables
from sayso.publish.release import make_release
from sayso.wire.header import Profile
from sayso.wire.registry import Registry
from tests.attacks.pull_requests.scene import (
    NOW,
    Change,
    File,
    Made,
    Odd,
    World,
    admission,
)
from tests.declared import START, HeldOutput, Published, previous_of

AT, LATER = NOW - START, timedelta(days=41)
"""When the next release is made after the genesis, and another one, when whatever
waits in public has waited."""
DAY = timedelta(days=1)
EARLIER, _NUMBER = 800, 900
"""The numbers of admissions, above all in the base."""


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """What `sayso review` says."""

    exit_code: int
    output: str

    @cached_property
    def report(self) -> dict[str, Any]:
        found = json.loads(self.output)
        assert isinstance(found, dict)
        return found

    @property
    def verdict(self) -> str:
        return str(self.report["verdict"])

    @property
    def codes(self) -> set[str]:
        problems = self.report["problems"]
        return {one["code"] for one in problems if one["severity"] == "error"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a merge.

    Attributes:
        stopped: the rules that let nothing be published.
        left_out: why files are left out, by path.
        release: the one that was made; None where nothing was published.
    """

    stopped: frozenset[str] = frozenset()
    left_out: Mapping[str, str]
    release: Published | None

    @property
    def made(self) -> Published:
        """The release, which has to be there."""
        assert self.release is not None, sorted(self.stopped)
        return self.release


def review(
    world: World,
    head: str,
    author: str,
    sender: str | None = None,
    *,
    base: str | None = None,
) -> Reviewed:
    """Run the real command on two commits."""
    result = CliRunner().invoke(
        main,
        [
            "review",
            f"--repository={world.repository}",
            f"--base={base or world.base}",
            f"--head={head}",
            f"--author={author}",
            f"--sender={sender or author}",
            "--format=json",
        ],
    )
    assert "fault in sayso" not in result.output, result.output
    return Reviewed(exit_code=result.exit_code, output=result.output)


def word_on(
    change: Change, author: str, sender: str | None, *, number: int = _NUMBER
) -> dict[str, bytes]:
    """Return the host's word on a change, one for each owner whom it touches."""
    filed: dict[str, File] = {}
    owners: set[OwnerId] = set()
    for path, file in change.items():
        below = path.removeprefix("declarations/")
        if below == path or below.startswith("registry/") or isinstance(file, Odd):
            continue
        place = place_of(below)
        if isinstance(place, Problem):
            continue
        filed[path] = file
        if place.owner is not None:
            owners.add(place.owner)
        elif file is not None:
            data = file if isinstance(file, bytes) else file.encode()
            match said_by(source_file(below, data)):
                case Dispute(claimant=claimant):
                    owners.add(claimant)
                case _:
                    pass
    found: dict[str, bytes] = {}
    for at, owner in enumerate(sorted(owners), number):
        found |= admission(owner, filed, author, sender or author, number=at)
    return found


def merge(
    world: World,
    change: Change,
    author: str,
    sender: str | None = None,
    *,
    number: int = _NUMBER,
    onto: str | None = None,
) -> str:
    """Return the commit of a merge, together with the host's word on it."""
    word = word_on(change, author, sender, number=number)
    return world.commit({**change, **word}, Made(parent=onto))


def publish(
    world: World, commit: str, *, after: Published | None, at: timedelta
) -> Outcome:
    """Publish what was merged, after a release, as `sayso build` does."""
    read = lambda blobs: world.blobs(list(blobs))  # noqa: E731 - one for two places
    files = commit_files(world.repository, commit, "declarations")
    tree = read_commit(files, read, commit=commit)
    previous = None if after is None else previous_of(after)
    before = Before(state=None if previous is None else previous.state, blobs=read)
    problems, issued = list(tree.problems), START + at
    accepted, standing = authorise(tree, before, now=issued)
    tables, readings = HeldTables(), Readings()
    documents, found = read_documents(
        accepted.files, readings=readings, tables=tables, refused=accepted.refused
    )
    problems += [one for one in found if not standing.excuses(one)]
    left_out = {one.path: str(one.ground) for one in standing.left_out}
    stopped = frozenset(one.rule.code for one in problems if one.is_error)
    if stopped:
        return Outcome(stopped=stopped, left_out=left_out, release=None)
    output = HeldOutput()
    signatures = make_release(
        Inputs(
            tree=accepted,
            documents=documents,
            standing=standing,
            blobs=before.blobs,
            issued=issued,
            profile=Profile.OPERATOR,
            previous=previous,
            tables=tables,
            readings=readings,
            workers=1,
        ),
        output,
        lambda _step, _done, _total: None,
    )
    made = {**output.files, **signatures}
    return Outcome(
        left_out=left_out, release=Published(files=made, sources={}, tree=accepted)
    )


Verdicts = Mapping[tuple[str, str], str]
"""What is answered, by code and use."""


def verdicts(world: World, published: Published, *more: str) -> Verdicts:
    """Return all that a release answers of the codes that matter here."""
    registry: Registry = published.registry
    now = published.release.header.issued
    return {
        (isrc, use): registry.answer(Isrc(isrc), use, None, now=now).verdict.value
        for isrc in sorted({*world.keys, *more})
        for use in Use
    }


def changed(before: Verdicts, after: Verdicts) -> dict[tuple[str, str], str]:
    """Return the answers that are others, as `deny -> allow`."""
    return {
        key: f"{before.get(key, 'undeclared')} -> {verdict}"
        for key, verdict in after.items()
        if before.get(key, "undeclared") != verdict
    }
