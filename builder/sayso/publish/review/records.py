"""A change of records: the operators' files, and disputes."""

from collections.abc import Iterator, Mapping

from sayso.model.authority import Admission, Held
from sayso.model.declaration import Decision, Dispute
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import authority as rules
from sayso.publish.authority.office import (
    MANIFEST,
    MANIFEST_SIGNATURE,
    SETTINGS,
    fault_of_settings,
    held_settings,
)
from sayso.publish.authority.records import Claims, fault_of_record
from sayso.publish.authority.signers import SUFFIX, signers_of
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.git_changes import Changed
from sayso.publish.reading.layout import Kind, Place, misplaced, place_of
from sayso.publish.reading.said import FORM_OF, parse_yaml, said_by
from sayso.publish.review.base import Base
from sayso.publish.review.grounds import RULES, record_problem
from sayso.publish.review.proposal import Proposal

_RUN = frozenset({*SETTINGS, MANIFEST, MANIFEST_SIGNATURE})
_BY_INTAKE = frozenset({Kind.ADMISSION, Kind.VERIFICATION})


def review_records(
    base: Base, proposal: Proposal, changed: Mapping[str, Changed]
) -> tuple[list[Problem], set[OwnerId]]:
    """Return what is wrong with changed records, and whose disputes are filed.

    Args:
        base: the accepted side.
        proposal: the change.
        changed: what is changed, by path.
    """
    files = proposal.files(
        {path: one.blob for path, one in changed.items() if one.blob is not None}
    )
    problems = list(_settings(base, files, changed))
    claimants: set[OwnerId] = set()
    for path, one in sorted(changed.items()):
        place = place_of(path)
        if path in _RUN or isinstance(place, Problem):
            continue
        if one.before is not None and place.kind is not Kind.SIGNATURE:
            message = "It was changed." if one.blob else "It was deleted."
            problems.append(misplaced(path, rules.RECORD, message))
        elif one.blob is not None:
            problems += _new(base, proposal, place, files, path)
            if isinstance(said := said_by(files[path]), Dispute):
                claimants.add(said.claimant)
        elif place.kind is Kind.SIGNATURE:
            problems.append(misplaced(path, rules.RECORD, "It was deleted."))
    return problems, claimants


def _settings(
    base: Base, files: Mapping[str, SourceFile], changed: Mapping[str, Changed]
) -> Iterator[Problem]:
    """Check that two operators signed how the registry is to be run."""
    if not _RUN & changed.keys():
        return
    kept = {p: f for p, f in base.settings.items() if p not in changed}
    ground = fault_of_settings(
        {**kept, **{p: f for p, f in files.items() if p in _RUN}},
        base.office,
        held_settings(base.settings),
        base.policy.origin,
    )
    for path in sorted(_RUN & changed.keys()):
        if ground is not None:
            rule = RULES[ground]
            message = f"{rule.title}: two operators sign {MANIFEST}."
            yield misplaced(path, rules.OPERATORS_ONLY, message)
        elif path in files and path in SETTINGS:
            yield from _readable(files[path])


def _readable(file: SourceFile) -> Iterator[Problem]:
    place = place_of(file.path)
    if isinstance(place, Place) and place.kind in FORM_OF:
        yield from parse_yaml(file.path, file.data, place).problems


def _new(
    base: Base,
    proposal: Proposal,
    place: Place,
    files: Mapping[str, SourceFile],
    path: str,
) -> Iterator[Problem]:
    """Check a new record."""
    file = files[path]
    if place.kind is Kind.SIGNATURE:
        if path.removesuffix(SUFFIX) not in files:
            message = "The file that it signs is not in this change."
            yield misplaced(path, rules.RECORD, message)
        return
    signatures = files.get(path + SUFFIX)
    if place.kind in _BY_INTAKE:
        if not signers_of(file, signatures) & base.office.intake:
            message = "No key of intake signed it."
            yield misplaced(path, rules.OPERATORS_ONLY, message)
        return
    yield from _readable(file)
    said = said_by(file)
    if isinstance(said, Dispute | Decision):
        claims = _claims(base, proposal, said, path, file.blob)
        fault = fault_of_record(file, signatures, base.office, claims)
        if fault is not None:
            yield record_problem(fault)


def _claims(
    base: Base, proposal: Proposal, said: Dispute | Decision, path: str, blob: str
) -> Claims:
    """Return by what a claimant may file, as the merge would admit it."""
    if isinstance(said, Decision):
        return Claims(held={}, admissions=lambda _owner: [])
    admission = Admission(
        number=1,
        author=proposal.author,
        sender=proposal.sender,
        files={path: blob},
    )
    held = {owner: base.held(owner) for owner in (said.claimant, said.against)}
    if not held[said.claimant].files:
        held[said.claimant] = Held(files=_new_folder(proposal, said.claimant))
    return Claims(held=held, admissions=lambda _owner: [admission])


def _new_folder(proposal: Proposal, owner: OwnerId) -> dict[str, str]:
    """Return the files of a folder that comes with a dispute of its owner."""
    found: dict[str, str] = {}
    for path, one in proposal.inside.items():
        place = place_of(path)
        if one.blob and isinstance(place, Place) and place.owner == owner:
            found[place.name] = one.blob
    return found
