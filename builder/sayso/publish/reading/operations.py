"""The operators' files and the disputes: what is not in an owner's folder."""

import csv
from dataclasses import dataclass, field

from sayso.errors import InvalidIsrcError
from sayso.model.declaration import Decision, Dispute
from sayso.model.isrc import Prefix, parse_prefix
from sayso.model.problem import Problem
from sayso.model.rules import registry as registry_rules
from sayso.model.settings import RegistryPolicy
from sayso.publish.reading.documents import NOBODY
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.layout import Kind
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.said import FORM_OF, Found
from sayso.publish.reading.schema import Operators
from sayso.publish.reading.sheet import Sheet
from sayso.publish.reading.sources import SourceFile

_HEADER = ["prefix", "name"]


@dataclass(slots=True, kw_only=True)
class Operations:
    """What the operators' files and the disputes say, as far as they can be read.

    Attributes:
        decisions: each with its file; and so the disputes.
    """

    policy: RegistryPolicy | None = None
    operators: Operators = NOBODY
    managers: dict[Prefix, str] = field(default_factory=dict)
    decisions: list[tuple[Decision, SourceFile]] = field(default_factory=list)
    disputes: list[tuple[Dispute, SourceFile]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_operations(files: list[Found], readings: Readings) -> Operations:
    """Return what the operators' files and the disputes say."""
    read = Operations()
    for file, place in files:
        if place.kind is Kind.MANAGERS:
            _read_managers(file, read)
        elif place.kind in FORM_OF:
            said = readings.read(file, place)
            _note(said.value, file, read)
            read.problems += said.problems
    return read


def _note(value: object, file: SourceFile, read: Operations) -> None:
    match value:
        case RegistryPolicy():
            read.policy = value
        case Decision():
            read.decisions.append((value, file))
        case Dispute():
            read.disputes.append((value, file))
        case Operators():
            read.operators = value
        case _:  # it says nothing that could be read
            pass


def _read_managers(file: SourceFile, read: Operations) -> None:
    """Read the prefixes that ISRC managers share among many owners."""
    text, sheet = read_text(file.path, file.data)
    lines = [] if text is None else text.splitlines()
    for number, line in enumerate(lines, start=1):
        try:
            cells = next(csv.reader([line], strict=True), [])
            if number == 1 and cells != _HEADER:
                _report(sheet, number, "The first line has to be prefix,name.")
            if number == 1 or not line.strip():
                continue
            prefix, name = cells
            read.managers[parse_prefix(prefix)] = name
        except InvalidIsrcError as error:
            _report(sheet, number, f"{error}.")
        except (csv.Error, ValueError):
            _report(sheet, number, "The row is not a prefix and a name.")
    read.problems += sheet.problems


def _report(sheet: Sheet, line: int, message: str) -> None:
    sheet.report(registry_rules.MANAGERS, message, line=line, column=1)
