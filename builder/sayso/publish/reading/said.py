"""What one YAML file says, by the form that its place asks for."""

from collections.abc import Mapping
from typing import NamedTuple

from sayso.model.problem import Problem
from sayso.publish.reading.document import parse_document
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import Kind, Place, place_of
from sayso.publish.reading.schema import (
    DECISION,
    DECLARATION,
    DISPUTE,
    OPERATORS,
    OWNER,
    POLICY,
)
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.twin import twin_of

Found = tuple[SourceFile, Place]
"""A file with what its path says of it."""

FORM_OF: Mapping[Kind, Form[object]] = {
    Kind.OWNER: OWNER,
    Kind.DECLARATION: DECLARATION,
    Kind.DISPUTE: DISPUTE,
    Kind.POLICY: POLICY,
    Kind.OPERATORS: OPERATORS,
    Kind.DECISION: DECISION,
}
"""The form of each kind of YAML file."""

_SIGNED = {Kind.OWNER, Kind.DECLARATION, Kind.POLICY, Kind.OPERATORS}


class Said(NamedTuple):
    """What a YAML file says.

    Attributes:
        value: of the type of its form, such as `Owner`; None where it says nothing.
        problems: what is wrong with it, in the order of finding.
        twin: the same as JSON, which owners sign; None where it cannot be read.
    """

    value: object
    problems: tuple[Problem, ...]
    twin: bytes | None = None


def parse_yaml(path: str, data: bytes, place: Place) -> Said:
    """Return what a YAML file says.

    Args:
        path: as problems name it.
        data: its bytes.
        place: what its path says; its kind is in `FORM_OF`.
    """
    text, sheet = read_text(path, data)
    node = None if text is None else parse_document(text, sheet)
    if node is None:
        return Said(None, tuple(sheet.problems))
    # What the form finds wrong is no matter of the twin, which says what was typed.
    is_plain = not any(problem.is_error for problem in sheet.problems)
    value = FORM_OF[place.kind].read(node, sheet, place)
    twin = twin_of(node) if is_plain and place.kind in _SIGNED else None
    return Said(value, tuple(sheet.problems), twin)


def said_by(file: SourceFile) -> object:
    """Return what a YAML file of a registry says; None where it says nothing."""
    place = place_of(file.path)
    if isinstance(place, Problem) or place.kind not in FORM_OF:
        return None
    return parse_yaml(file.path, file.data, place).value
