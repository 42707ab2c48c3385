"""Making the data of a release: what building and rebuilding have in common."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from sayso.cli.machine import processors
from sayso.errors import PublishError
from sayso.publish.authority.authorise import authorise
from sayso.publish.authority.authorised import Authorised
from sayso.publish.authority.before import Before, Blobs
from sayso.publish.authority.told import told
from sayso.publish.cache import Cache
from sayso.publish.inputs import Inputs, Previous, Steps
from sayso.publish.output import Folder
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.reading.sources import SourceTree
from sayso.publish.release import make_release
from sayso.publish.report import as_text
from sayso.publish.spill import Spill
from sayso.wire.header import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What was read, and what reads earlier files.

    Attributes:
        standing: by what authority files are accepted.
        blobs: brings earlier files by their ids in Git.
        cache: reads catalogues and YAML files.
    """

    tree: SourceTree
    standing: Authorised
    documents: Documents
    blobs: Blobs
    cache: Cache


def read_accepted(
    tree: SourceTree,
    before: Before,
    folder: str,
    cache: Cache,
    *,
    now: datetime,
    err: bool = False,
) -> Sources:
    """Return what accepted files say; show every problem, and end at an error.

    Args:
        tree: the files of the commit.
        before: what the release before accepted.
        folder: what to call the folder that they are in.
        cache: reads them.
        now: when the release is issued.
        err: whether problems go to the standard error.

    Raises:
        PublishError: a problem is an error.
    """
    tree, standing = authorise(tree, before, now=now)
    documents, problems = read_documents(
        tree.files,
        readings=cache.remembered.readings,
        tables=cache,
        refused=tree.refused,
    )
    problems = [one for one in problems if not standing.excuses(one)]
    problems = sorted([*tree.problems, *problems], key=lambda problem: problem.order)
    if any(problem.is_error for problem in problems):
        click.echo(as_text(problems, folder=f"{folder}/"), nl=False, err=err)
        raise PublishError("nothing was built, and no output was touched")
    for line in told(standing.left_out):
        click.echo(line, err=True)
    return Sources(
        tree=tree,
        standing=standing,
        documents=documents,
        blobs=before.blobs,
        cache=cache,
    )


def make_data(
    sources: Sources,
    previous: Previous | None,
    output: Folder,
    steps: Steps,
    *,
    issued: datetime,
    profile: Profile,
    workspace: Path,
) -> None:
    """Write the files of a release, but for its signatures.

    Args:
        sources: what it is made from.
        previous: the release before.
        output: takes the files.
        steps: is told what is being done.
        issued: when it is issued.
        profile: how its keys are kept.
        workspace: for what is longer than memory.

    Raises:
        PublishError: as `sayso.publish.release.make_release`.
    """
    inputs = Inputs(
        tree=sources.tree,
        documents=sources.documents,
        standing=sources.standing,
        blobs=sources.blobs,
        issued=issued,
        profile=profile,
        previous=previous,
        tables=sources.cache,
        readings=sources.cache.remembered.readings,
        spill=lambda: Spill(workspace),
        workers=processors(),
    )
    make_release(inputs, output, steps)
