"""The operators' files and the disputes: what is not in an owner's folder."""

import csv
from dataclasses import dataclass, field

from sayso.errors import InvalidIsrcError
from sayso.model.declaration import Decision, Dispute, RegistryPolicy, Verification
from sayso.model.isrc import Prefix, parse_prefix
from sayso.model.problem import Problem
from sayso.model.rules import registry as registry_rules
from sayso.publish.reading.document import Node
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.folder import Found, read_node
from sayso.publish.reading.layout import Kind, Place
from sayso.publish.reading.schema import (
    DECISION,
    DISPUTE,
    OPERATORS,
    POLICY,
    VERIFICATION,
    Operator,
)
from sayso.publish.reading.sheet import Sheet
from sayso.publish.reading.sources import SourceFile

_HEADER = ["prefix", "name"]


@dataclass(slots=True, kw_only=True)
class Operations:
    """What the operators' files and the disputes say, as far as they can be read.

    Attributes:
        sources: the file of each dispute, verification and decision.
    """

    policy: RegistryPolicy | None = None
    operators: tuple[Operator, ...] = ()
    managers: dict[Prefix, str] = field(default_factory=dict)
    verifications: list[tuple[Verification, SourceFile]] = field(default_factory=list)
    decisions: list[tuple[Decision, SourceFile]] = field(default_factory=list)
    disputes: list[tuple[Dispute, SourceFile]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_operations(files: list[Found]) -> Operations:
    """Return what the operators' files and the disputes say."""
    read = Operations()
    for file, place in files:
        if place.kind is Kind.MANAGERS:
            _read_managers(file, read)
        elif place.kind not in {Kind.README, Kind.ADMISSION}:
            node, sheet = read_node(file)
            if node is not None:
                _read(node, sheet, place, file, read)
            read.problems += sheet.problems
    return read


def _read(
    node: Node, sheet: Sheet, place: Place, file: SourceFile, read: Operations
) -> None:
    match place.kind:
        case Kind.POLICY:
            read.policy = POLICY.read(node, sheet, place)
        case Kind.OPERATORS:
            read.operators = OPERATORS.read(node, sheet, place) or ()
        case Kind.VERIFICATION:
            if (proof := VERIFICATION.read(node, sheet, place)) is not None:
                read.verifications.append((proof, file))
        case Kind.DECISION:
            if (decision := DECISION.read(node, sheet, place)) is not None:
                read.decisions.append((decision, file))
        case _:
            if (dispute := DISPUTE.read(node, sheet, place)) is not None:
                read.disputes.append((dispute, file))


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
