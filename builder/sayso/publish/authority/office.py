"""The operators: who they are, and what needs two of them.

"`registry/` is the operators' own: `operators.yaml` lists them; a change there needs
two of their signatures." (Authority)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from sayso.model.authority import Ground, Held
from sayso.model.owner import Fingerprint
from sayso.model.settings import RegistryPolicy
from sayso.publish.authority.digests import content_digest
from sayso.publish.authority.manifests import read_manifest
from sayso.publish.authority.signers import fingerprints, signers_of
from sayso.publish.reading.documents import DEFAULT_POLICY
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.said import said_by
from sayso.publish.reading.schema import Operators
from sayso.wire.folder_manifest import REGISTRY

OPERATORS_FILE: Final = "registry/operators.yaml"
POLICY_FILE: Final = "registry/policy.yaml"
SETTINGS: Final = (OPERATORS_FILE, POLICY_FILE, "registry/isrc-managers.csv")
"""The files that say how a registry is run, and by whom."""
MANIFEST: Final = "registry/manifest.json"
MANIFEST_SIGNATURE: Final = "registry/manifest.json.sig"

_TWO: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who may speak for the registry.

    Attributes:
        keys: the keys of each operator, by account.
        intake: the keys of the job that writes admissions and verifications.
    """

    keys: Mapping[str, frozenset[Fingerprint]]
    intake: frozenset[Fingerprint] = frozenset()

    def signers(self, signed: set[Fingerprint]) -> set[str]:
        """Return the accounts of the operators to whom keys belong."""
        return {account for account, keys in self.keys.items() if keys & signed}

    def two_signed(self, signed: set[Fingerprint]) -> bool:
        """Return whether two operators signed, by two different keys."""
        keys = {key for own in self.keys.values() for key in own & signed}
        return len(self.signers(signed)) >= _TWO and len(keys) >= _TWO


def office_of(file: SourceFile | None) -> Office:
    """Return the operators whom a file lists; nobody where it cannot be read."""
    said = None if file is None else said_by(file)
    if not isinstance(said, Operators):
        return Office(keys={})
    return Office(
        keys={one.account: fingerprints(one.keys) for one in said.operators},
        intake=fingerprints(said.intake),
    )


def fault_of_settings(
    files: Mapping[str, SourceFile], office: Office, held: Held, origin: str
) -> Ground | None:
    """Return why changed settings do not count; None where two operators signed them.

    Args:
        files: the files of the registry, by path.
        office: the operators as they were.
        held: what was accepted of their manifest.
        origin: the registry's name, as it was.
    """
    file = files.get(MANIFEST)
    manifest = read_manifest(file)
    if file is None or manifest is None:
        return Ground.SIGNATURE
    names = {path.rpartition("/")[2]: path for path in SETTINGS if path in files}
    digests = {name: content_digest(files[path]) for name, path in names.items()}
    signers = signers_of(file, files.get(MANIFEST_SIGNATURE))
    is_next = manifest.sequence == held.sequence + 1 and held.manifest is not None
    faults = {
        Ground.TRANSPLANT: (manifest.owner, manifest.origin) != (REGISTRY, origin),
        Ground.SIGNATURE: not office.two_signed(signers),
        Ground.SEQUENCE: manifest.sequence <= held.sequence,
        Ground.PREVIOUS: is_next and manifest.previous != held.manifest,
        Ground.DIFFERS: digests != dict(manifest.files),
    }
    return next((ground for ground, is_one in faults.items() if is_one), None)


def held_settings(files: Mapping[str, SourceFile]) -> Held:
    """Return what is held of the operators' own manifest."""
    file = files.get(MANIFEST)
    manifest = read_manifest(file)
    if file is None or manifest is None:
        return Held()
    return Held(sequence=manifest.sequence, manifest=sha256(file.data).hexdigest())


def policy_of(file: SourceFile | None) -> RegistryPolicy:
    """Return the settings of a file; the default ones where it cannot be read."""
    said = None if file is None else said_by(file)
    return said if isinstance(said, RegistryPolicy) else DEFAULT_POLICY
