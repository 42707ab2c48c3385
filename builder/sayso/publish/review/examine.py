"""A review: everything that a change may not do, and what it would change.

The same function of the model that decides at publication decides here: a merge is not
an authority, and neither is a review.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique
from operator import attrgetter

from sayso.model.declaration import DeclarationId, Level
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import authority as rules
from sayso.publish.authority.folder import adopted
from sayso.publish.reading.layout import misplaced
from sayso.publish.reading.registry import Documents, read_owner_folder
from sayso.publish.review.base import Base
from sayso.publish.review.owner import Folder, review_folder
from sayso.publish.review.paths import Touched, touched
from sayso.publish.review.preview import Preview, Side, preview
from sayso.publish.review.proposal import Proposal
from sayso.publish.review.records import review_records


@unique
class Subject(StrEnum):
    """What a change is about."""

    DECLARATIONS = "declarations"
    RECORDS = "records"
    OPERATORS = "operators"
    CODE = "code"
    MIXED = "mixed"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a review found.

    Attributes:
        files: how many files are changed.
        owner: whose folder it is; None where it is nobody's, or several owners'.
        level: by which proof the folder would count.
        preview: what would change, as far as this owner says it.
    """

    subject: Subject
    files: int
    owner: OwnerId | None
    level: Level
    problems: tuple[Problem, ...]
    preview: Preview

    @property
    def is_refused(self) -> bool:
        """Whether a problem stands in the way of a merge."""
        return any(problem.is_error for problem in self.problems)


def examine(base: Base, proposal: Proposal, *, now: datetime) -> Review:
    """Return what is to be said of a change.

    Args:
        base: the accepted side, whose facts decide.
        proposal: the change.
        now: when it is reviewed.

    Raises:
        PublishError: Git does not have a file that is needed.
    """
    found = touched(proposal)
    problems = list(found.problems)
    folders: list[Folder] = []
    if len(found.owners) == 1:
        ((owner, changed),) = found.owners.items()
        folders.append(review_folder(base, proposal, owner, changed, now=now))
        problems += folders[0].problems
    records, claimants = review_records(base, proposal, found.records)
    problems += records
    owners = {*found.owners, *claimants}
    if len(found.owners) == 1 and len(owners) > 1:
        message = f"It speaks for {', '.join(sorted(owners))}."
        problems.append(misplaced("", rules.ONE_OWNER, message))
    return Review(
        subject=_subject(proposal, found),
        files=len(proposal.changed),
        owner=next(iter(owners)) if len(owners) == 1 else None,
        level=_level(folders),
        problems=tuple(sorted(problems, key=attrgetter("order"))),
        preview=_preview(folders[0], now) if folders else Preview(),
    )


def _subject(proposal: Proposal, found: Touched) -> Subject:
    inside = bool(found.owners or found.records or found.problems)
    others = bool(proposal.others or found.plain)
    if inside and others:
        return Subject.MIXED
    if not inside:
        return Subject.CODE if others else Subject.NOTHING
    if found.owners and found.records:
        only = all(path.startswith("disputes/") for path in found.records)
        return Subject.DECLARATIONS if only else Subject.MIXED
    if found.records:
        only = all(path.startswith("disputes/") for path in found.records)
        return Subject.RECORDS if only else Subject.OPERATORS
    return Subject.DECLARATIONS


def _preview(folder: Folder, now: datetime) -> Preview:
    named = [replace(file, path=name) for name, file in folder.before.items()]
    earlier, _ = read_owner_folder(folder.owner, named)
    before = adopted(folder.owner, folder.before).signed
    after = folder.ruling.held
    return preview(
        Side(documents=earlier, levels=_levels(folder, earlier, before)),
        Side(
            documents=folder.documents,
            levels=_levels(folder, folder.documents, after.signed),
        ),
        now=now,
    )


def _levels(
    folder: Folder, documents: Documents, signed: frozenset[str]
) -> dict[DeclarationId, Level]:
    """Return how well each declaration of a folder is proved."""
    best = Level.DOMAIN if folder.is_proved else Level.KEY
    return {
        name: best if signed.issuperset(said.files) else Level.ACCOUNT
        for name, said in documents.declarations.items()
    }


def _level(folders: list[Folder]) -> Level:
    if not folders or not folders[0].ruling.held.files:
        return Level.NONE
    folder = folders[0]
    if not folder.ruling.held.signed:
        return Level.ACCOUNT
    return Level.DOMAIN if folder.is_proved else Level.KEY
