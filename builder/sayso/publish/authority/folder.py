"""The facts of one owner's folder: what it says, and what its manifest signs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from sayso.model.authority import (
    MANIFEST_FILE,
    OWNER_FILE,
    SIGNATURE_FILE,
    Admission,
    Change,
    Held,
    Signed,
)
from sayso.model.declaration import CatalogueFile, Declaration
from sayso.model.owner import Fingerprint, Owner, OwnerId
from sayso.publish.authority.digests import content_digest
from sayso.publish.authority.manifests import read_manifest
from sayso.publish.authority.signers import fingerprints, signers_of
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.layout import Kind, place_in_folder
from sayso.publish.reading.said import parse_yaml
from sayso.wire.folder_manifest import FolderManifest

Files = Mapping[str, SourceFile]
"""The files of a folder by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """What others say of an owner's change.

    Attributes:
        admissions: those of this owner that nothing was accepted by, ascending.
        may_skip: whether several manifests may have come since the accepted one.
        proved: the keys that a domain names.
        decided: the keys that operators found to be the owner's.
    """

    admissions: tuple[Admission, ...] = ()
    may_skip: bool = False
    proved: frozenset[Fingerprint] = frozenset()
    decided: frozenset[Fingerprint] = frozenset()


def change_of(
    owner: OwnerId, origin: str, before: Files, after: Files, vouched: Vouched
) -> Change:
    """Return the facts of a changed folder.

    Args:
        owner: whose folder it is.
        origin: the registry's name.
        before: the files that are accepted.
        after: the files as they would be.
        vouched: what others say of it.
    """
    old, new = _owner(owner, before), _owner(owner, after)
    changed = _changed(before, after)
    return Change(
        files={name: file.blob for name, file in after.items()},
        signed=_signed(owner, origin, before, after),
        accounts=frozenset(new.accounts if new else ()),
        keys=fingerprints(new.keys if new else ()),
        is_protected=OWNER_FILE in changed and _protected(old) != _protected(new),
        tables=frozenset(
            pair
            for files in (before, after)
            for pair in _tables(owner, {n: files[n] for n in changed if n in files})
        ),
        admissions=vouched.admissions,
        may_skip=vouched.may_skip,
        proved=vouched.proved,
        decided=vouched.decided,
    )


def adopted(owner: OwnerId, files: Files) -> Held:
    """Return a folder as what is accepted, whoever made it.

    So a commit is taken that others decided on: the base of a pull request, or what
    the lost state of a release accepted.
    """
    said, manifest = _owner(owner, files), read_manifest(files.get(MANIFEST_FILE))
    keys = fingerprints(said.keys if said else ())
    blobs = {name: file.blob for name, file in files.items()}
    held = Held(
        files=blobs, accounts=frozenset(said.accounts if said else ()), keys=keys
    )
    if manifest is None:
        return held
    file = files[MANIFEST_FILE]
    # A rotated key signed the manifest that names its successor: any signer will do.
    is_signed = bool(signers_of(file, files.get(SIGNATURE_FILE)))
    return Held(
        files=blobs,
        signed=_matching(owner, manifest, files) if is_signed else frozenset(),
        accounts=held.accounts,
        keys=keys,
        epoch=manifest.epoch,
        sequence=manifest.sequence,
        manifest=file.sha256,
    )


def _changed(before: Files, after: Files) -> set[str]:
    return {
        name
        for name in {*before, *after}
        if name not in before
        or name not in after
        or before[name].blob != after[name].blob
    }


def _owner(owner: OwnerId, files: Files) -> Owner | None:
    said = _said(owner, OWNER_FILE, files)
    return said if isinstance(said, Owner) else None


def _said(owner: OwnerId, name: str, files: Files) -> object:
    place, file = place_in_folder(owner, name), files.get(name)
    if place is None or file is None:
        return None
    return parse_yaml(name, file.data, place).value


def _protected(owner: Owner | None) -> object:
    """Return what only a signature changes."""
    if owner is None:
        return None
    return (
        set(owner.accounts),
        set(fingerprints(owner.keys)),
        owner.contact,
        set(owner.represented_by),
        set(owner.acts_for),
    )


def _tables(owner: OwnerId, files: Files) -> Iterable[tuple[str, str]]:
    """Yield each declaration that names a catalogue, with the catalogue's name."""
    for name in sorted(files):
        place = place_in_folder(owner, name)
        if place is None or place.kind is not Kind.DECLARATION:
            continue
        said = _said(owner, name, files)
        if isinstance(said, Declaration) and isinstance(said.scope, CatalogueFile):
            yield name, said.scope.file


def _signed(owner: OwnerId, origin: str, before: Files, after: Files) -> Signed | None:
    manifest = read_manifest(after.get(MANIFEST_FILE))
    if manifest is None:
        return None
    file = after[MANIFEST_FILE]
    return Signed(
        digest=sha256(file.data).hexdigest(),
        is_ours=manifest.origin == origin and manifest.owner == owner,
        signers=frozenset(signers_of(file, after.get(SIGNATURE_FILE))),
        epoch=manifest.epoch,
        sequence=manifest.sequence,
        previous=manifest.previous,
        files=frozenset(manifest.files),
        matching=_matching(owner, manifest, after),
        kept=_matching(owner, manifest, before),
    )


def _matching(owner: OwnerId, manifest: FolderManifest, files: Files) -> frozenset[str]:
    return frozenset(
        name
        for name, digest in manifest.files.items()
        if name in files
        and content_digest(files[name], place_in_folder(owner, name)) == digest
    )
