"""The rules that files must keep, each with a permanent code.

The messages, `sayso explain`, the pages of the documentation and the tests are
made from these objects. A code is never used again for another rule.
"""

from sayso.model.problem import Rule
from sayso.model.rules import (
    authority,
    bytes,  # noqa: A004 - the family's name
    catalogue,
    fields,
    identifiers,
    meaning,
    place,
    registry,
    yaml,
)

SITE = "https://sayso.example/"

_FAMILIES = (
    bytes,
    place,
    yaml,
    fields,
    identifiers,
    meaning,
    catalogue,
    authority,
    registry,
)

RULES: dict[str, Rule] = {
    rule.code: rule
    for family in _FAMILIES
    for rule in vars(family).values()
    if isinstance(rule, Rule)
}
"""Every rule by its code, in the order of the codes."""


def address(rule: Rule) -> str:
    """Return the web address at which a rule is explained."""
    return SITE + rule.anchor
