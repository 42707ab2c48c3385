"""Signers: by whose keys owners signed what they declare, as the release shows it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sayso.errors import MalformedError, UntrustedError
from sayso.model.owner import Fingerprint, OwnerId
from sayso.trust.ssh_key import parse_public_key
from sayso.trust.sshsig import split, verify
from sayso.wire.signatures import SignedFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """By which keys an owner signed.

    Attributes:
        current: those that the owner lists.
        replaced: those that signed that others take their place.
    """

    current: tuple[Fingerprint, ...]
    replaced: tuple[Fingerprint, ...]


def signers_of(folders: Mapping[OwnerId, SignedFolder]) -> dict[OwnerId, Signers]:
    """Return by which keys each owner signed; signatures that do not hold are none."""
    return {owner: _signers(folder) for owner, folder in folders.items()}


def _signers(folder: SignedFolder) -> Signers:
    listed = {parse_public_key(line).fingerprint for line in folder.keys}
    found: set[Fingerprint] = set()
    for armor in split(folder.signatures):
        with suppress(MalformedError, UntrustedError):
            found.add(verify(armor, folder.manifest).fingerprint)
    return Signers(
        current=tuple(sorted(found & listed)), replaced=tuple(sorted(found - listed))
    )
