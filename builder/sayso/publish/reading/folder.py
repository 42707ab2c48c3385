"""One owner's folder: who it is, what is declared, and the catalogues."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sayso.model.declaration import CatalogueFile, Declaration, DeclarationId
from sayso.model.owner import Owner, OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import catalogue as catalogue_rules
from sayso.model.rules import place as place_rules
from sayso.publish.reading.layout import OWNER_FILE, Kind, misplaced
from sayso.publish.reading.locate import problem_at
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.said import Found
from sayso.publish.reading.sources import SourceFile
from sayso.publish.reading.tables import About, Table, Tables


@dataclass(slots=True, kw_only=True)
class Folder:
    """What one owner's folder says, as far as it can be read."""

    owner: Owner | None = None
    declarations: dict[DeclarationId, Declaration] = field(default_factory=dict)
    catalogues: dict[DeclarationId, Table] = field(default_factory=dict)
    files: dict[DeclarationId, SourceFile] = field(default_factory=dict)
    twins: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_folder(
    owner: OwnerId,
    members: list[Found],
    readings: Readings,
    tables: Tables,
    refused: Collection[str] = (),
) -> Folder:
    """Return what the files of an owner's folder say.

    Args:
        owner: whose folder it is.
        members: the files with their places.
        readings: reads its YAML files.
        tables: reads its catalogues.
        refused: paths of files that exist but were not read.
    """
    folder = Folder()
    members = _one_folder(owner, members, folder)
    present = {place.name for _, place in members}
    home = members[0][1].folder
    present |= {path.rpartition("/")[2].lower() for path in refused if _in(path, home)}
    if OWNER_FILE not in present:
        message = "The folder has no owner.yaml, so nobody is known to speak here."
        path = f"{home}/{OWNER_FILE}"
        folder.problems.append(misplaced(path, place_rules.NO_OWNER_FILE, message))
    is_whole = _read_documents(members, readings, folder)
    _read_catalogues(members, tables, present, folder, is_whole=is_whole)
    return folder


def _in(path: str, home: str) -> bool:
    return path.startswith(f"{home}/")


def _one_folder(owner: OwnerId, members: list[Found], folder: Folder) -> list[Found]:
    """Keep the files of the owner's first folder; report a second one."""
    homes = sorted({place.folder for _, place in members})
    for home in homes[1:]:
        message = f"{owner} has another folder already: {homes[0]}."
        folder.problems.append(misplaced(home, place_rules.SECOND_FOLDER, message))
    return [(file, place) for file, place in members if place.folder == homes[0]]


def _read_documents(members: list[Found], readings: Readings, folder: Folder) -> bool:
    """Read owner and declarations; return whether all declarations could be read."""
    is_whole = True
    for file, place in members:
        if place.kind not in {Kind.OWNER, Kind.DECLARATION}:
            continue
        said = readings.read(file, place)
        match said.value:
            case Owner() as owner:
                folder.owner = owner
            case Declaration() as declaration:
                folder.declarations[declaration.id] = declaration
                folder.files[declaration.id] = file
            case _:
                is_whole &= place.kind is Kind.OWNER
        folder.problems += said.problems
        if said.twin is not None:
            folder.twins[place.name] = said.twin
    return is_whole


def _read_catalogues(
    members: list[Found],
    tables: Tables,
    present: set[str],
    folder: Folder,
    *,
    is_whole: bool,
) -> None:
    """Read every catalogue once, and compare it with the declarations that name it."""
    files = {p.name: file for file, p in members if p.kind is Kind.CATALOGUE}
    read: dict[str, tuple[Table, About]] = {}
    for name, file in files.items():
        read[name] = tables.read(file)
        folder.problems += read[name][1].problems
    named: set[str] = set()
    for said in folder.declarations.values():
        scope = said.scope
        if not isinstance(scope, CatalogueFile):
            continue
        named.add(scope.file)
        if scope.file in read:
            folder.catalogues[said.id], about = read[scope.file]
            _compare(said, scope, about, folder)
        elif scope.file not in present:
            message = f"There is no {scope.file} in this folder."
            rule = catalogue_rules.NO_CATALOGUE
            source = folder.files[said.id]
            folder.problems.append(problem_at(source, scope.file, rule, message))
    for name in sorted(set(files) - named):
        if is_whole:
            message = f"No declaration in this folder names {name}."
            rule = catalogue_rules.NO_DECLARATION
            folder.problems.append(misplaced(files[name].path, rule, message))


def _compare(
    said: Declaration, scope: CatalogueFile, about: About, folder: Folder
) -> None:
    """Compare a catalogue with the row count and digest that its declaration states."""
    source = folder.files[said.id]
    rule = catalogue_rules.DIFFERENT
    if scope.rows is not None and scope.rows != (lines := about.lines):
        counted = "1 row" if lines == 1 else f"{lines:,} rows"
        message = f"{scope.file} has {counted}, not {scope.rows:,}."
        fix = f"If the file is complete, write rows: {lines}."
        folder.problems.append(problem_at(source, "rows", rule, message, fix))
    if scope.sha256 is not None and scope.sha256 != about.sha256:
        message = f"{scope.file} has another SHA-256."
        fix = f"If the file is right, write sha256: {about.sha256}."
        folder.problems.append(problem_at(source, scope.sha256, rule, message, fix))
