"""One owner's folder: who it is, what is declared, and the catalogues."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from sayso.model.declaration import CatalogueFile, Declaration, DeclarationId
from sayso.model.owner import Owner, OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import catalogue as catalogue_rules
from sayso.model.rules import place as place_rules
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.document import Node, parse_document
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.layout import OWNER_FILE, Kind, Place, misplaced
from sayso.publish.reading.locate import problem_at
from sayso.publish.reading.schema import DECLARATION, OWNER
from sayso.publish.reading.sheet import Sheet
from sayso.publish.reading.sources import SourceFile

Found = tuple[SourceFile, Place]

_BLANK = re.compile(rb"\n[ ,\r]*(?=\n|\Z)")


@dataclass(slots=True, kw_only=True)
class Folder:
    """What one owner's folder says, as far as it can be read."""

    owner: Owner | None = None
    declarations: dict[DeclarationId, Declaration] = field(default_factory=dict)
    catalogues: dict[DeclarationId, pl.DataFrame] = field(default_factory=dict)
    files: dict[DeclarationId, SourceFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_folder(
    owner: OwnerId, members: list[Found], refused: Collection[str] = ()
) -> Folder:
    """Return what the files of an owner's folder say.

    Args:
        owner: whose folder it is.
        members: the files with their places.
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
    is_whole = _read_documents(members, folder)
    _read_catalogues(members, present, folder, is_whole=is_whole)
    return folder


def read_node(file: SourceFile) -> tuple[Node | None, Sheet]:
    """Return the YAML of a file as nodes, and a sheet with what is wrong with it."""
    text, sheet = read_text(file.path, file.data)
    return (None if text is None else parse_document(text, sheet)), sheet


def _in(path: str, home: str) -> bool:
    return path.startswith(f"{home}/")


def _one_folder(owner: OwnerId, members: list[Found], folder: Folder) -> list[Found]:
    """Keep the files of the owner's first folder; report a second one."""
    homes = sorted({place.folder for _, place in members})
    for home in homes[1:]:
        message = f"{owner} has another folder already: {homes[0]}."
        folder.problems.append(misplaced(home, place_rules.SECOND_FOLDER, message))
    return [(file, place) for file, place in members if place.folder == homes[0]]


def _read_documents(members: list[Found], folder: Folder) -> bool:
    """Read owner and declarations; return whether all declarations could be read."""
    is_whole = True
    for file, place in members:
        if place.kind not in {Kind.OWNER, Kind.DECLARATION}:
            continue
        node, sheet = read_node(file)
        if place.kind is Kind.OWNER:
            folder.owner = None if node is None else OWNER.read(node, sheet, place)
        else:
            said = None if node is None else DECLARATION.read(node, sheet, place)
            if said is not None:
                folder.declarations[said.id] = said
                folder.files[said.id] = file
            is_whole &= said is not None
        folder.problems += sheet.problems
    return is_whole


def _read_catalogues(
    members: list[Found], present: set[str], folder: Folder, *, is_whole: bool
) -> None:
    """Read every catalogue once, and compare it with the declarations that name it."""
    tables = {p.name: file for file, p in members if p.kind is Kind.CATALOGUE}
    frames: dict[str, pl.DataFrame] = {}
    for name, file in tables.items():
        frames[name], problems = read_catalogue(file.path, file.data)
        folder.problems += problems
    named: set[str] = set()
    for said in folder.declarations.values():
        scope = said.scope
        if not isinstance(scope, CatalogueFile):
            continue
        named.add(scope.file)
        if scope.file in frames:
            folder.catalogues[said.id] = frames[scope.file]
            _compare(said, scope, tables[scope.file], folder)
        elif scope.file not in present:
            message = f"There is no {scope.file} in this folder."
            rule = catalogue_rules.NO_CATALOGUE
            source = folder.files[said.id]
            folder.problems.append(problem_at(source, scope.file, rule, message))
    for name in sorted(set(tables) - named):
        if is_whole:
            message = f"No declaration in this folder names {name}."
            rule = catalogue_rules.NO_DECLARATION
            folder.problems.append(misplaced(tables[name].path, rule, message))


def _compare(
    said: Declaration, scope: CatalogueFile, table: SourceFile, folder: Folder
) -> None:
    """Compare a catalogue with the row count and digest that its declaration states."""
    source = folder.files[said.id]
    rule = catalogue_rules.DIFFERENT
    rows = scope.rows if scope.rows is None else _count_rows(table.data)
    if scope.rows != rows:
        counted = "1 row" if rows == 1 else f"{rows:,} rows"
        message = f"{scope.file} has {counted}, not {scope.rows:,}."
        fix = f"If the file is complete, write rows: {rows}."
        folder.problems.append(problem_at(source, "rows", rule, message, fix))
    if scope.sha256 is not None and scope.sha256 != table.sha256:
        message = f"{scope.file} has another SHA-256."
        fix = f"If the file is right, write sha256: {table.sha256}."
        folder.problems.append(problem_at(source, scope.sha256, rule, message, fix))


def _count_rows(data: bytes) -> int:
    """Return how many lines below the first are not blank."""
    return data.count(b"\n") - sum(1 for _ in _BLANK.finditer(data))
