"""A change of one owner's folder: who may make it, and whether it can be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.model.authority import Admission, Ground, Held, Ruling
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import authority as rules
from sayso.model.ruling import decide
from sayso.publish.authority.digests import content_digest
from sayso.publish.authority.folder import Files, Vouched, adopted, change_of
from sayso.publish.authority.office import SETTINGS
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.git_changes import Changed
from sayso.publish.reading.layout import Kind, misplaced, place_of
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.review.base import Base
from sayso.publish.review.grounds import RULES, folder_problems
from sayso.publish.review.proposal import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """An owner's folder on both sides of a change.

    Attributes:
        home: the folder, from the declarations.
        before: the accepted files, by name.
        after: the files as they would be.
        ruling: what of it counts.
        is_proved: whether a domain names a key of the owner.
        documents: what `after` says.
    """

    owner: OwnerId
    home: str
    before: Files
    after: Files
    ruling: Ruling
    is_proved: bool
    documents: Documents
    problems: tuple[Problem, ...]


def review_folder(
    base: Base,
    proposal: Proposal,
    owner: OwnerId,
    changed: Mapping[str, Changed],
    *,
    now: datetime,
) -> Folder:
    """Return a changed folder, with all that is wrong about it.

    Args:
        base: the accepted side.
        proposal: the change.
        owner: whose folder it is.
        changed: what is changed in it, by path.
        now: when it is reviewed.
    """
    homes = base.homes(owner)
    home = homes[0] if homes else min(path.rpartition("/")[0] for path in changed)
    before = base.files(home) if homes else {}
    here = {path: one for path, one in changed.items() if path.startswith(f"{home}/")}
    after = _after(proposal, before, here)
    held = replace(adopted(owner, before), home=home) if before else Held()
    vouched = _vouched(base, proposal, owner, here, now=now)
    change = change_of(owner, base.policy.origin, before, after, vouched)
    ruling = decide(owner, held, change, now=now)
    documents, problems = _read(base, owner, home, after)
    problems += folder_problems(owner, home, held, ruling.faults)
    problems += _deleted(home, before, after, ruling)
    problems += [
        misplaced(
            path, RULES[Ground.SECOND_FOLDER], f"{owner} has a folder already: {home}."
        )
        for path in sorted(changed.keys() - here.keys())
    ]
    return Folder(
        owner=owner,
        home=home,
        before=before,
        after=after,
        ruling=ruling,
        is_proved=bool(vouched.proved & (held.keys or change.keys)),
        documents=documents,
        problems=tuple(problems),
    )


def _after(
    proposal: Proposal, before: Files, changed: Mapping[str, Changed]
) -> dict[str, SourceFile]:
    """Return the folder as it would be after a merge: it may have gone on since."""
    new = {path: one.blob for path, one in changed.items() if one.blob is not None}
    names = {path.rpartition("/")[2] for path in changed}
    kept = {name: file for name, file in before.items() if name not in names}
    files = proposal.files(new)
    return {**kept, **{path.rpartition("/")[2]: file for path, file in files.items()}}


def _vouched(
    base: Base,
    proposal: Proposal,
    owner: OwnerId,
    changed: Mapping[str, Changed],
    *,
    now: datetime,
) -> Vouched:
    """Return what speaks for a change: the host's word, as the merge would admit it."""
    admission = Admission(
        number=1,
        author=proposal.author,
        sender=proposal.sender,
        files={path.rpartition("/")[2]: one.blob for path, one in changed.items()},
    )
    intake = base.intake(base.verifications(owner).values())
    proofs = intake.proofs(policy=base.policy, now=now)
    return Vouched(admissions=(admission,), proved=frozenset(proofs.get(owner, ())))


def _read(
    base: Base, owner: OwnerId, home: str, after: Files
) -> tuple[Documents, list[Problem]]:
    """Return what the folder would say, and what is wrong with it."""
    own = [replace(file, path=f"{home}/{name}") for name, file in after.items()]
    settings = [file for path, file in base.settings.items() if path in SETTINGS]
    documents, _ = read_documents([*own, *settings])
    others = base.owner_files(documents.partners - {owner})
    documents, problems = read_documents([*own, *settings, *others])
    return (
        documents.of_owner(owner),
        [problem for problem in problems if problem.path.startswith(f"{home}/")],
    )


def _deleted(
    home: str, before: Files, after: Files, ruling: Ruling
) -> Iterator[Problem]:
    """Refuse that statements vanish; under another name they are still there."""
    known = {fault.file for fault in ruling.faults}
    added = [content_digest(after[name]) for name in after if name not in before]
    for name in sorted(before.keys() - after.keys() - known):
        place = place_of(f"{home}/{name}")
        if isinstance(place, Problem) or place.kind not in {
            Kind.DECLARATION,
            Kind.OWNER,
        }:
            continue
        if content_digest(before[name]) not in added:
            message = f"{name} is gone."
            yield misplaced(f"{home}/{name}", rules.DELETED, message)
