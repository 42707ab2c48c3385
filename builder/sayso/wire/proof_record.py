"""Proof records: how a domain names the keys that speak for it.

"DNS TXT `_sayso.<domain>` (`v=sayso1; key=SHA256:…; registry=<origin>`) or
`/.well-known/sayso.json` names that key." (Authority)

Keys and registry are public before anything is declared, and one record is right for
everything that its owner ever sends. Spaces are as people type them into the forms of
their hosters; nothing else is spelled in two ways. The document of a web server holds
the same records:

    {
    "format":"sayso/well-known/1",
    "records":[
    "v=sayso1; key=SHA256:…; registry=sayso.example"
    ]
    }
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.model.owner import Fingerprint
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import shown

DOCUMENT_FORMAT: Final = "sayso/well-known/1"
DOCUMENT_LIMIT: Final = 64 * 1024
RECORDS: Final = 64
"""How many records a document holds at most."""
RECORD_LENGTH: Final = 2048
"""How many characters a record has at most."""
KEYS: Final = 16
"""How many keys a record names at most."""

_VERSION: Final = "v=sayso1"
_OURS = re.compile(r"[ \t]*v[ \t]*=[ \t]*sayso", re.ASCII)
_TAG = re.compile(r"[ \t]*([!-:<>-~]+)[ \t]*=[ \t]*([!-:<-~]+)[ \t]*", re.ASCII)
_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ORIGIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecord:
    """One record.

    Attributes:
        keys: those that speak for the domain, from 1 to `KEYS`, none twice.
        registry: the name of the registry in which they do.
    """

    keys: tuple[Fingerprint, ...]
    registry: str


def is_record(text: str) -> bool:
    """Return whether a text means to be a record, of this or another version."""
    return _OURS.match(text) is not None


def format_record(record: ProofRecord) -> str:
    """Return the text of a record, in one line."""
    keys = (f"key={key}" for key in record.keys)
    return "; ".join([_VERSION, *keys, f"registry={record.registry}"])


def parse_record(text: str) -> ProofRecord:
    """Return what a record says.

    Raises:
        MalformedError: it is none, or one that no version 1 is.
    """
    if len(text) > RECORD_LENGTH:
        raise MalformedError(f"a record is longer than {RECORD_LENGTH} characters")
    (name, version), *tags = _tags(text)
    if f"{name}={version}" != _VERSION:
        raise MalformedError(f"a record begins with {_VERSION}, not {shown(text)}")
    keys = [value for tag, value in tags if tag == "key"]
    registries = [value for tag, value in tags if tag == "registry"]
    others = [tag for tag, _ in tags if tag not in {"key", "registry"}]
    if others:
        raise MalformedError(
            f"a record has {shown(others[0])}, where only key and registry are known"
        )
    if not 1 <= len(keys) <= KEYS or len(set(keys)) != len(keys):
        raise MalformedError(
            f"a record names from 1 to {KEYS} keys, each once, as key=SHA256:…"
        )
    if len(registries) != 1 or _ORIGIN.fullmatch(registries[0]) is None:
        raise MalformedError(
            "a record names one registry, as in registry=sayso.example"
        )
    return ProofRecord(keys=tuple(map(_key, keys)), registry=registries[0])


def keys_named(texts: Iterable[str], registry: str) -> frozenset[Fingerprint]:
    """Return the keys that texts name for a registry; what is no record is left out."""
    found: set[Fingerprint] = set()
    for text in texts:
        try:
            record = parse_record(text)
        except MalformedError:
            continue
        if record.registry == registry:
            found.update(record.keys)
    return frozenset(found)


def format_document(records: Iterable[ProofRecord]) -> bytes:
    """Return the file that a web server has at `/.well-known/sayso.json`."""
    texts: list[Json] = [format_record(record) for record in records]
    return encode({"format": DOCUMENT_FORMAT, "records": texts})


def parse_document(data: bytes) -> tuple[ProofRecord, ...]:
    """Return the records of a file that a web server has.

    Lines may end as on Windows, and the last one not at all: that happens to text on
    its way to a server. The records may have other spaces than `format_record` writes.

    Raises:
        MalformedError: it is too long, has too many records, one that is none, or is
            not spelled as `format_document` does.
    """
    if len(data) > DOCUMENT_LIMIT:
        raise MalformedError(
            f"{len(data)} bytes, where at most {DOCUMENT_LIMIT} are allowed"
        )
    plain = data.replace(b"\r\n", b"\n").removesuffix(b"\n") + b"\n"
    members = Members(decode(plain, limit=DOCUMENT_LIMIT + 1), "the document")
    members.constant("format", DOCUMENT_FORMAT)
    texts = members.texts("records")
    members.end()
    if len(texts) > RECORDS:
        raise MalformedError(
            f"the document has {len(texts)} records, where at most {RECORDS} are read"
        )
    return tuple(map(parse_record, texts))


def _tags(text: str) -> list[tuple[str, str]]:
    """Return the names and values between semicolons; one at the end says nothing."""
    parts = text.rstrip(" \t").removesuffix(";").split(";")
    found = [(part, _TAG.fullmatch(part)) for part in parts]
    tags = [(match[1], match[2]) for _, match in found if match is not None]
    if len(tags) != len(found):
        wrong = next(part for part, match in found if match is None)
        raise MalformedError(
            f"{shown(wrong)} is not a part of a record such as "
            f"{_VERSION}; key=SHA256:…; registry=sayso.example"
        )
    return tags


def _key(text: str) -> Fingerprint:
    if _PRINT.fullmatch(text) is None:
        raise MalformedError(
            f"{shown(text)} is not the fingerprint of a key, which `ssh-keygen -l` "
            "prints: SHA256: and 43 characters"
        )
    return Fingerprint(text)
