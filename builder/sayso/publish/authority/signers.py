"""Signers: whose signatures over some bytes are right."""

from sayso.errors import RegistryError
from sayso.model.owner import Fingerprint
from sayso.publish.reading.file import SourceFile
from sayso.trust.ssh_key import parse_public_key
from sayso.trust.sshsig import verify
from sayso.wire.sshsig import split

SUFFIX = ".sig"
"""The signatures of a file are in one of its name with this at its end."""


def signers_of(file: SourceFile, signatures: SourceFile | None) -> set[Fingerprint]:
    """Return the keys that signed a file; what does not verify is left out."""
    if signatures is None:
        return set()
    try:
        blocks = split(signatures.data)
    except RegistryError:
        return set()
    found: set[Fingerprint] = set()
    for block in blocks:
        try:
            found.add(verify(block, file.data).fingerprint)
        except RegistryError:
            continue
    return found


def fingerprints(lines: tuple[str, ...]) -> frozenset[Fingerprint]:
    """Return the fingerprints of public keys; what is none is left out."""
    found: set[Fingerprint] = set()
    for line in lines:
        try:
            found.add(parse_public_key(line).fingerprint)
        except RegistryError:
            continue
    return frozenset(found)
