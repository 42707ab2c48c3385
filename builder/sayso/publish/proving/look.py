"""Looks at a domain: what resolvers or its web server say, and which keys that names.

Of several resolvers, more than half have to answer, and every one that does has to
name the key: one that lies cannot prove a key, and one that is silent does not stop
an owner.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import reduce

from sayso.errors import MalformedError
from sayso.model.owner import Fingerprint
from sayso.publish.proving.well_known import Served
from sayso.wire.proof_record import is_record, keys_named, parse_record
from sayso.wire.verification import Method, ResolverAnswer


@unique
class Outcome(StrEnum):
    """What a look shows of some keys."""

    NAMED = "named"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one resolver, or one web server, says.

    Attributes:
        place: which one.
        texts: what could be records; None where it could not be asked.
        fault: why it says nothing, in a sentence; "" where it says something.
        authenticated: whether a resolver says that DNSSEC proves it.
    """

    place: str
    texts: tuple[str, ...] | None
    fault: str = ""
    authenticated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen in one way.

    Attributes:
        method: the way.
        seen: by each that was asked, at least one.
        served: what the web server had.
    """

    method: Method
    seen: tuple[Seen, ...]
    served: Served | None = None

    @property
    def answers(self) -> tuple[ResolverAnswer, ...]:
        """What resolvers answered, as it is kept."""
        if self.method is not Method.DNS:
            return ()
        return tuple(
            ResolverAnswer(
                resolver=one.place, authenticated=one.authenticated, texts=one.texts
            )
            for one in self.seen
            if one.texts is not None
        )


def keys_of(look: Look, registry: str) -> frozenset[Fingerprint]:
    """Return the keys that the domain names for a registry."""
    answers = _answers(look)
    return _agreed(answers, registry) if _suffice(look) else frozenset()


def outcome_of(look: Look, registry: str, keys: Collection[Fingerprint]) -> Outcome:
    """Return whether the domain names one of some keys for a registry."""
    named = _agreed(_answers(look), registry) & frozenset(keys)
    if not _suffice(look) and (named or not _answers(look)):
        return Outcome.UNKNOWN
    return Outcome.NAMED if named else Outcome.ABSENT


def told(seen: Seen, registry: str, keys: Collection[Fingerprint]) -> list[str]:
    """Return what one place says of some keys, in sentences for its owner."""
    if not seen.texts:
        return [seen.fault or "there is no record"]
    found: list[str] = []
    for text in seen.texts:
        try:
            record = parse_record(text)
        except MalformedError as error:
            if is_record(text) or is_record(text.lstrip("\"'")):
                found.append(f"a record cannot be read: {error}")
            continue
        if record.registry != registry:
            found.append(f"a record is for the registry {record.registry}")
            continue
        found += [
            f"names {key}{'' if key in keys else ', which is not in owner.yaml'}"
            for key in record.keys
        ]
    return found or ["there are other texts, and no record"]


def _answers(look: Look) -> list[tuple[str, ...]]:
    return [one.texts for one in look.seen if one.texts is not None]


def _suffice(look: Look) -> bool:
    return 2 * len(_answers(look)) > len(look.seen)


def _agreed(
    answers: Collection[tuple[str, ...]], registry: str
) -> frozenset[Fingerprint]:
    each = [keys_named(texts, registry) for texts in answers]
    return reduce(frozenset.__and__, each) if each else frozenset()
