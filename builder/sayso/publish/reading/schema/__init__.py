"""The forms of the YAML files: one description each, for reading and for editors."""

from sayso.publish.reading.schema.decisions import DECISION, DISPUTE
from sayso.publish.reading.schema.declaration import DECLARATION
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.schema.operations import (
    OPERATORS,
    POLICY,
    Operator,
    Operators,
)
from sayso.publish.reading.schema.owner import OWNER
from sayso.wire.profile import Json

__all__ = [
    "DECISION",
    "DECLARATION",
    "DISPUTE",
    "FORMS",
    "OPERATORS",
    "OWNER",
    "POLICY",
    "Operator",
    "Operators",
    "json_schemas",
]

FORMS: tuple[Form[object], ...] = (
    DECISION,
    DECLARATION,
    DISPUTE,
    OPERATORS,
    OWNER,
    POLICY,
)
"""Every form, by name."""


def json_schemas() -> dict[str, dict[str, Json]]:
    """Return the JSON Schema (draft-07) of every form by its name.

    Editors read them through the first line of a file:
    `# yaml-language-server: $schema=https://…/schema/declaration.json`.
    """
    return {form.name: form.schema() for form in FORMS}
