"""Flaws: problems as plain tuples, for what keeps them between builds.

The path is left out, since the same bytes may lie at another place.
"""

from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from types import GenericAlias
from typing import Any, get_type_hints

from sayso.errors import MalformedError
from sayso.model.problem import Problem
from sayso.model.rules import RULES

# Made from the fields of the class, so that none is forgotten when one is added.
_NAMES = [one.name for one in fields(Problem) if one.name not in {"rule", "path"}]
_HINTS = get_type_hints(Problem)
_parts = attrgetter(*_NAMES)

Flaw = tuple[Any, ...]
FLAW = GenericAlias(tuple, (str, *map(_HINTS.get, _NAMES)))
"""The type of a flaw, for decoders that check."""


def flaws_of(problems: Iterable[Problem]) -> list[Flaw]:
    """Return problems as flaws."""
    return [(one.rule.code, *_parts(one)) for one in problems]


def problems_of(flaws: Iterable[Flaw], path: str) -> list[Problem]:
    """Return flaws as problems at a path.

    Raises:
        MalformedError: one is of a rule that there is not.
    """
    return [_problem(flaw, path) for flaw in flaws]


def _problem(flaw: Flaw, path: str) -> Problem:
    code, *parts = flaw
    if code not in RULES:
        raise MalformedError(f"there is no rule {code}")
    places = dict(zip(_NAMES, parts, strict=True))
    return Problem(rule=RULES[code], path=path, **places)
