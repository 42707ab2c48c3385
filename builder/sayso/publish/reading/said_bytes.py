"""What a YAML file says, as bytes: between processes, and from build to build.

The bytes are MessagePack, decoded into the very types of the model and no others, so
that they carry values and never code. Files of one version of this code read them.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from functools import cache
from operator import attrgetter
from types import GenericAlias
from typing import Any, get_args, get_type_hints

from msgspec import MsgspecError, msgpack

from sayso.errors import MalformedError
from sayso.model.declaration import (
    Decision,
    Declaration,
    Dispute,
    Scope,
)
from sayso.model.owner import Owner
from sayso.model.settings import RegistryPolicy
from sayso.publish.reading.flaws import FLAW, flaws_of, problems_of
from sayso.publish.reading.layout import Kind
from sayso.publish.reading.said import Said
from sayso.publish.reading.schema import Operators

# Made from the fields of the classes, so that none is forgotten when one is added.
_SCOPES = get_args(Scope)
_HINTS = get_type_hints(Declaration)
_NAMES = [one.name for one in fields(Declaration) if one.name != "scope"]

_declaration_parts = attrgetter(*_NAMES)

# A type of its own for each scope, since the bytes do not say which one it is.
_PARTS = GenericAlias(
    tuple, (*map(_HINTS.get, _NAMES), *(scope | None for scope in _SCOPES))
)

_TYPES: Mapping[Kind, Any] = {
    Kind.OWNER: Owner,
    Kind.DECLARATION: _PARTS,
    Kind.DISPUTE: Dispute,
    Kind.POLICY: RegistryPolicy,
    Kind.OPERATORS: Operators,
    Kind.DECISION: Decision,
}

_encoder = msgpack.Encoder()


def encode_said(said: Said) -> bytes:
    """Return the bytes of what a file says."""
    value = said.value
    if isinstance(value, Declaration):
        scopes = (value.scope if isinstance(value.scope, s) else None for s in _SCOPES)
        value = (*_declaration_parts(value), *scopes)
    return _encoder.encode((value, flaws_of(said.problems), said.twin))


def decode_said(data: bytes, kind: Kind, path: str) -> Said:
    """Return what a file says, from its bytes.

    Args:
        data: what `encode_said` made.
        kind: what the file is.
        path: as problems name it.

    Raises:
        MalformedError: these are no such bytes.
    """
    try:
        value, flaws, twin = _decoder(kind)(data)
        if kind is Kind.DECLARATION and value is not None:
            value = _declaration(value)
        return Said(value, tuple(problems_of(flaws, path)), twin)
    except (MsgspecError, UnicodeDecodeError, StopIteration) as error:
        raise MalformedError(f"what {path} says is not as it was written") from error


@cache
def _decoder(kind: Kind) -> Callable[[bytes], Any]:
    flaws = GenericAlias(list, (FLAW,))
    said: Any = GenericAlias(tuple, (_TYPES[kind] | None, flaws, bytes | None))
    return msgpack.Decoder(said).decode


def _declaration(parts: tuple[Any, ...]) -> Declaration:
    count = len(_NAMES)
    scope = next(scope for scope in parts[count:] if scope is not None)
    return Declaration(scope=scope, **dict(zip(_NAMES, parts, strict=False)))
