"""Signed: what an owner signed, checked without the repository and its operators.

A release has the owner's manifest and signatures byte for byte, and the twins of the
files. Whoever believes the release has only to check that the keys, the files and what
registry.json says of them belong together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sayso.client.fetch import Fetcher
from sayso.client.lookup import unpack
from sayso.client.registry import fetch_index, fetch_listed, fetch_registry
from sayso.errors import MalformedError, UntrustedError
from sayso.model.authority import OWNER_FILE
from sayso.model.declaration import Level
from sayso.model.owner import Fingerprint, OwnerId
from sayso.trust.ssh_key import parse_public_key
from sayso.trust.sshsig import split, verify
from sayso.wire.entries import DeclarationEntry, OwnerEntry, ScopeKind
from sayso.wire.folder_manifest import FolderManifest, decode_manifest
from sayso.wire.profile import Json, decode
from sayso.wire.registry import Registry
from sayso.wire.release import Release
from sayso.wire.release_file import ReleaseFile, file_named
from sayso.wire.signatures import (
    SIGNATURES_LIMIT,
    SignedFolder,
    decode_signatures,
)
from sayso.wire.sources import SOURCES_LIMIT, declarations_root, decode_sources
from sayso.wire.state import LIMIT as STATE_LIMIT
from sayso.wire.state import decode_state
from sayso.wire.text import Digest, shown

Index: TypeAlias = tuple[ReleaseFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a release shows that an owner signed.

    Attributes:
        id: whose signatures were looked for.
        entry: what registry.json says of the owner; None where it says nothing.
        manifest: what was signed; None where nothing was.
        signers: the keys whose signatures over it hold.
        replaced: those of them that the owner listed once, and does no more.
        keys: those that the owner lists.
        problems: what does not hold, a sentence each; none where all holds.
        unsigned: the declarations in the owner's folder that no key signed.
    """

    id: OwnerId
    entry: OwnerEntry | None
    manifest: FolderManifest | None = None
    signers: tuple[Fingerprint, ...] = ()
    replaced: frozenset[Fingerprint] = frozenset()
    keys: tuple[Fingerprint, ...] = ()
    problems: tuple[str, ...] = ()
    unsigned: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether something was signed, and all of it holds."""
        return self.manifest is not None and not self.problems


def signed_by(fetcher: Fetcher, release: Release, owner: OwnerId) -> Signed:
    """Return what a verified release shows that an owner signed.

    Args:
        fetcher: brings the files of the release.
        release: verified.
        owner: who.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that the release names.
        MalformedError: a file is not in its format.
    """
    registry = fetch_registry(fetcher, release)
    index = fetch_index(fetcher, release)
    data = _unpacked(fetcher, index, "signatures/", ".json.gz", SIGNATURES_LIMIT)
    folder = decode_signatures(data).get(owner)
    entry = registry.owners.get(owner)
    filed = [one for one in registry.declarations.values() if one.author == owner]
    if folder is None:
        return Signed(
            id=owner,
            entry=entry,
            problems=tuple(_claimed(entry, filed)),
            unsigned=_unsigned(filed),
        )
    manifest = decode_manifest(folder.manifest)
    keys = tuple(parse_public_key(line).fingerprint for line in folder.keys)
    signers = _signers(folder)
    replaced = _replaced(fetcher, index, owner, signers - {*keys})
    problems = [
        *_problems_of_keys(folder, keys, signers, replaced),
        *_problems_of_files(folder, _sources(fetcher, index, release)),
        *_problems_of_manifest(manifest, release, registry, folder),
        *(words for one in filed for words in _problems_of(one, folder, manifest)),
    ]
    return Signed(
        id=owner,
        entry=entry,
        manifest=manifest,
        signers=tuple(sorted(signers)),
        replaced=replaced,
        keys=keys,
        problems=tuple(problems),
        unsigned=_unsigned(filed),
    )


def _unpacked(
    fetcher: Fetcher, index: Index, start: str, end: str, limit: int
) -> bytes:
    file = file_named(index, start, end, place="the index")
    return unpack(fetch_listed(fetcher, file), limit=limit)


def _sources(fetcher: Fetcher, index: Index, release: Release) -> Mapping[str, Digest]:
    data = _unpacked(fetcher, index, "source/", ".txt.gz", SOURCES_LIMIT)
    files = decode_sources(data)
    if declarations_root(files) != release.source.declarations_root:
        raise UntrustedError(
            "the list of sources is not the one that the release commits to; do not "
            "use this release, and tell the registry"
        )
    return dict(files)


def _signers(folder: SignedFolder) -> frozenset[Fingerprint]:
    """Return the keys whose signatures hold; one that does not proves nothing."""
    found: set[Fingerprint] = set()
    for armor in split(folder.signatures):
        try:
            found.add(verify(armor, folder.manifest).fingerprint)
        except (MalformedError, UntrustedError):
            continue
    return frozenset(found)


def _replaced(
    fetcher: Fetcher, index: Index, owner: OwnerId, strangers: frozenset[Fingerprint]
) -> frozenset[Fingerprint]:
    """Return which of these keys the owner listed once; the state knows, if any."""
    if not strangers:
        return frozenset()
    data = _unpacked(fetcher, index, "state/", ".json.gz", STATE_LIMIT)
    held = decode_state(data).held.get(owner)
    return frozenset() if held is None else strangers & held.retired


def _claimed(entry: OwnerEntry | None, filed: list[DeclarationEntry]) -> Iterator[str]:
    """Yield what registry.json calls signed, where there is no signature at all."""
    if entry is not None and entry.level > Level.ACCOUNT:
        yield f"registry.json gives {entry.id} the level {entry.level.word}."
    for one in filed:
        if one.level > Level.ACCOUNT:
            yield f"registry.json gives {one.id} the level {one.level.word}."


def _problems_of_keys(
    folder: SignedFolder,
    keys: tuple[Fingerprint, ...],
    signers: frozenset[Fingerprint],
    replaced: frozenset[Fingerprint],
) -> Iterator[str]:
    if not signers:
        yield "No signature over the manifest holds."
    elif not signers & {*keys} | replaced:
        yield (
            f"{' and '.join(sorted(signers))} signed, and {folder.owner} neither lists "
            "nor listed such a key."
        )
    if OWNER_FILE in folder.twins and _keys_in(folder.twins[OWNER_FILE]) != {*keys}:
        yield f"The keys are not those of the {OWNER_FILE} that was signed."


def _keys_in(twin: bytes) -> set[Fingerprint]:
    lines = decode(twin, limit=SIGNATURES_LIMIT).get("keys")
    lines = lines if isinstance(lines, list) else [lines]
    return {
        parse_public_key(line).fingerprint for line in lines if isinstance(line, str)
    }


def _problems_of_files(
    folder: SignedFolder, sources: Mapping[str, Digest]
) -> Iterator[str]:
    try:
        folder.signed(sources)
    except UntrustedError as error:
        yield f"Not all is what was signed: {error}."


def _problems_of_manifest(
    manifest: FolderManifest, release: Release, registry: Registry, folder: SignedFolder
) -> Iterator[str]:
    if manifest.origin != release.header.origin:
        yield (
            f"The manifest is for {shown(manifest.origin)}, and not for this registry."
        )
    if OWNER_FILE not in manifest.files:
        yield f"{OWNER_FILE} is not signed."
    if folder.owner not in registry.owners:
        yield f"registry.json does not know {folder.owner}."


def _problems_of(
    one: DeclarationEntry, folder: SignedFolder, manifest: FolderManifest
) -> Iterator[str]:
    """Yield what of a declaration at level key or domain is not what was signed."""
    if one.level <= Level.ACCOUNT:
        return
    name = one.file.removeprefix(f"{folder.home}/")
    twin = folder.twins.get(name)
    if name not in manifest.files or twin is None:
        yield f"{name} is not signed, and registry.json gives it {one.level.word}."
        return
    said = decode(twin, limit=SIGNATURES_LIMIT)
    if said.get("uses") != {str(use): str(word) for use, word in one.uses.items()}:
        yield f"registry.json says of {name} other uses than those that were signed."
    if one.scope is ScopeKind.CATALOGUE:
        table = _file_of(said.get("catalogue"))
        if table not in manifest.files:
            yield f"The catalogue of {name} is not signed."


def _file_of(catalogue: Json) -> str:
    file = catalogue.get("file") if isinstance(catalogue, dict) else None
    return file if isinstance(file, str) else ""


def _unsigned(filed: list[DeclarationEntry]) -> tuple[str, ...]:
    return tuple(one.file for one in filed if one.level <= Level.ACCOUNT)
