"""Records: decisions of two operators, and disputes of their claimants.

A record is accepted once and then never changes: operators close what they opened by
another record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sayso.model.authority import Admission, Fault, Ground, Held
from sayso.model.declaration import Decision, Dispute
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.publish.authority.office import Office
from sayso.publish.authority.signers import SUFFIX, signers_of
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import Kind, place_of
from sayso.publish.reading.said import said_by
from sayso.wire.state import Record

AdmissionsOf = Callable[[OwnerId], list[Admission]]
"""Returns the admissions of an owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """What is accepted of decisions and disputes, and what is not.

    Attributes:
        files: the accepted ones, by path.
        faults: those that are left out; `file` is the path.
    """

    files: Mapping[str, Record]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """By what a claimant may file a dispute.

    Attributes:
        held: each owner's folder as it is accepted.
        admissions: those of an owner.
    """

    held: Mapping[OwnerId, Held]
    admissions: AdmissionsOf

    def knows(self, *owners: OwnerId) -> bool:
        """Return whether each of some owners has a folder, for pages to tell of."""
        return all(self.held.get(owner, Held()).files for owner in owners)


def is_record(path: str) -> bool:
    """Return whether a decision or a dispute is at a path."""
    place = place_of(path)
    return not isinstance(place, Problem) and place.kind in {
        Kind.DECISION,
        Kind.DISPUTE,
    }


def accept_records(
    files: Mapping[str, SourceFile],
    known: Mapping[str, Record],
    office: Office,
    claims: Claims,
    *,
    since: datetime,
) -> Records:
    """Return the records that are accepted from now on.

    Args:
        files: the files of the registry, by path.
        known: the records that are accepted.
        office: the operators.
        claims: by what a claimant may file a dispute.
        since: when what a new record loosens begins to count.
    """
    accepted = dict(known)
    faults: list[Fault] = []
    for path in sorted({*filter(is_record, files), *known}):
        file = files.get(path)
        if path in known:
            if file is None or file.blob != known[path].blob:
                faults.append(Fault(file=path, ground=Ground.RECORD))
        elif file is not None:
            fault = fault_of_record(file, files.get(path + SUFFIX), office, claims)
            if fault is None:
                accepted[path] = Record(blob=file.blob, since=since)
            else:
                faults.append(fault)
    return Records(files=accepted, faults=tuple(faults))


def fault_of_record(
    file: SourceFile, signatures: SourceFile | None, office: Office, claims: Claims
) -> Fault | None:
    """Return why a new record does not count; None where it does."""
    signed = signers_of(file, signatures)
    match said_by(file):
        case Decision(operators=named):
            counts = set(named) <= office.signers(signed) and office.two_signed(signed)
            ground = Ground.SIGNATURE
        case Dispute(claimant=claimant, against=against):
            if not claims.knows(claimant, against):
                return Fault(file=file.path, ground=Ground.INCOMPLETE)
            held = claims.held.get(claimant, Held())
            counts = bool(signed & held.keys) or _is_filed(file, claimant, held, claims)
            ground = Ground.CLAIMANT
        case _:
            counts, ground = False, Ground.SIGNATURE
    return None if counts else Fault(file=file.path, ground=ground)


def _is_filed(file: SourceFile, claimant: OwnerId, held: Held, claims: Claims) -> bool:
    """Return whether an account of the claimant filed a dispute."""
    return any(
        admission.files.get(file.path) == file.blob
        and admission.accounts <= held.filers(claimant)
        for admission in claims.admissions(claimant)
    )
