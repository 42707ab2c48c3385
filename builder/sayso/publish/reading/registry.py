"""Reading a whole registry: from files to documents, and all problems at once."""

from collections.abc import Collection, Iterable
from datetime import date
from itertools import chain

from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.publish.reading.advice import advise
from sayso.publish.reading.consistency import check_registry
from sayso.publish.reading.documents import DEFAULT_POLICY, Documents
from sayso.publish.reading.folder import Folder, read_folder
from sayso.publish.reading.layout import Kind, place_in_folder, place_of
from sayso.publish.reading.operations import Operations, read_operations
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.said import Found
from sayso.publish.reading.sources import SourceFile
from sayso.publish.reading.tables import HeldTables, Tables
from sayso.publish.reading.unswept import unswept

__all__ = ["Documents", "read_documents", "read_owner_folder"]


@unswept()
def read_documents(
    files: Iterable[SourceFile],
    *,
    readings: Readings | None = None,
    tables: Tables | None = None,
    refused: Collection[str] = (),
    today: date | None = None,
) -> tuple[Documents, list[Problem]]:
    """Return what the files of a registry say, and what is wrong with them.

    Args:
        files: those of `SourceTree.files`, or any with paths of the layout.
        readings: reads the YAML files; one after the other when left out.
        tables: reads the catalogues; into memory when left out.
        refused: paths of files that exist but were not read; what merely follows
            from their absence is not reported.
        today: the day, for what depends on it; those checks are left out without.
    """
    problems: list[Problem] = []
    members: dict[OwnerId, list[Found]] = {}
    others: list[Found] = []
    for file in sorted(files, key=lambda file: file.path):
        place = place_of(file.path)
        if isinstance(place, Problem):
            problems.append(place)
        elif place.owner is not None:
            members.setdefault(place.owner, []).append((file, place))
        else:
            others.append((file, place))
    readings = readings or Readings()
    readings.prepare([*others, *chain.from_iterable(members.values())])
    operations = read_operations(others, readings)
    tables = tables or HeldTables()
    tables.prepare(
        [
            file
            for found in members.values()
            for file, place in found
            if place.kind is Kind.CATALOGUE
        ]
    )
    folders = {
        owner: read_folder(owner, found, readings, tables, refused)
        for owner, found in sorted(members.items())
    }
    documents = _documents(folders, operations)
    problems += operations.problems
    for folder in folders.values():
        problems += folder.problems
    problems += check_registry(documents, operations, members)
    problems += advise(documents, today)
    return documents, sorted(problems, key=lambda problem: problem.order)


def read_owner_folder(
    owner: OwnerId,
    files: Iterable[SourceFile],
    tables: Tables | None = None,
    readings: Readings | None = None,
) -> tuple[Documents, list[Problem]]:
    """Return what an earlier state of one owner's folder says.

    Args:
        owner: whose folder it is.
        files: its files; a path is a name in the folder.
        tables: reads the catalogues; into memory when left out.
        readings: reads the YAML files.
    """
    members: list[Found] = []
    for file in sorted(files, key=lambda file: file.path):
        place = place_in_folder(owner, file.path)
        if place is not None:
            members.append((file, place))
    tables = tables or HeldTables()
    readings = readings or Readings()
    folder = read_folder(owner, members, readings, tables) if members else Folder()
    documents = _documents({owner: folder}, Operations())
    return documents, sorted(folder.problems, key=lambda problem: problem.order)


def _documents(folders: dict[OwnerId, Folder], operations: Operations) -> Documents:
    return Documents(
        owners={o: f.owner for o, f in folders.items() if f.owner is not None},
        declarations={
            name: said
            for folder in folders.values()
            for name, said in folder.declarations.items()
        },
        catalogues={
            name: frame
            for folder in folders.values()
            for name, frame in folder.catalogues.items()
        },
        files={
            name: file
            for folder in folders.values()
            for name, file in folder.files.items()
        },
        twins={owner: folder.twins for owner, folder in folders.items()},
        authored={o: tuple(f.declarations) for o, f in folders.items()},
        disputes=tuple(dispute for dispute, _ in operations.disputes),
        decisions=tuple(decision for decision, _ in operations.decisions),
        policy=operations.policy or DEFAULT_POLICY,
        managers=operations.managers,
        operators=operations.operators,
    )
