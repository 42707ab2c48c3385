"""Registries whose files have authority: signed, admitted, proved and decided for.

The keys are made of the names of those who hold them, so that everything that is signed
here is the same each time. Nobody may trust them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sayso.model.authority import MANIFEST_FILE, SIGNATURE_FILE, Held
from sayso.model.owner import OwnerId
from sayso.publish.authority.digests import content_digest
from sayso.publish.authority.office import SETTINGS
from sayso.publish.reading.file import blob_id, source_file
from sayso.publish.reading.layout import Kind, Place, place_of
from sayso.trust.ssh_key import PrivateSshKey
from sayso.trust.sshsig import sign
from sayso.wire.admission import AdmissionFile, decode_admission, encode_admission
from sayso.wire.folder_manifest import (
    REGISTRY,
    FolderManifest,
    decode_manifest,
    encode_manifest,
)
from sayso.wire.text import Digest
from sayso.wire.verification import (
    Method,
    ResolverAnswer,
    VerificationFile,
    encode_verification,
    verification_path,
)

ORIGIN: Final = "sayso.example"
ADA: Final = "github:900000101"
BEN: Final = "github:900000102"
INTAKE: Final = "intake"
CHECKED: Final = datetime(2026, 11, 20, 9, tzinfo=UTC)
COMMIT: Final = "0" * 40

Files = Mapping[str, str | bytes]


def key_of(name: str) -> PrivateSshKey:
    """Return the key of an owner, an operator's account, or intake."""
    seed = sha256(f"a key that nobody may trust: {name}".encode()).digest()
    return PrivateSshKey(Ed25519PrivateKey.from_private_bytes(seed))


def line_of(name: str) -> str:
    """Return the public half of a key, as files list it."""
    return key_of(name).public.line


def operators_yaml() -> str:
    """Return a list of two operators, and of intake."""
    return f"""\
schema: sayso/operators/1
operators:
  - {{name: "Ada", account: "{ADA}", keys: ["{line_of(ADA)}"]}}
  - {{name: "Ben", account: "{BEN}", keys: ["{line_of(BEN)}"]}}
intake: ["{line_of(INTAKE)}"]
"""


def signed(data: bytes, *names: str) -> bytes:
    """Return the signatures of some keys over bytes, one after the other."""
    return b"".join(sign(key_of(name), data) for name in names)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What is proved of an owner.

    Attributes:
        level: `account`, `key` or `domain`.
        files: the files that are signed; all of the folder when left out.
        domain: what names the key; the owner's own name when left out.
    """

    level: str
    files: frozenset[str] | None = None
    domain: str | None = None
    checked: datetime = CHECKED


@dataclass
class Voucher:
    """Adds to plain files all that gives them authority.

    Attributes:
        proofs: what is proved of each owner.
        held: what a release accepted before, and the manifests of then.
        number: the number of the last admission.
    """

    proofs: Mapping[OwnerId, Proof]
    held: Mapping[OwnerId, Held] = field(default_factory=dict)
    manifests: Mapping[OwnerId, bytes] = field(default_factory=dict)
    number: int = 0
    origin: str = ORIGIN

    def vouched(self, files: Files) -> dict[str, bytes]:
        """Return the files with keys, manifests, admissions and signatures."""
        plain = {
            path: data if isinstance(data, bytes) else data.encode()
            for path, data in files.items()
        }
        folders: dict[OwnerId, dict[str, str]] = {}
        for path in plain:
            place = place_of(path)
            if isinstance(place, Place) and place.owner is not None:
                folders.setdefault(place.owner, {})[place.name] = path
        added: dict[str, bytes] = {}
        self._settings(plain, added)
        for owner, proof in sorted(self.proofs.items()):
            held = self.held.get(owner, Held())
            if proof.level == "account" and owner not in folders:
                gone: dict[str, str | None] = {
                    f"{held.home}/{name}": None for name in held.files
                }
                self._admit(owner, gone, added)
        for owner, paths in sorted(folders.items()):
            if owner in self.proofs:
                self._folder(owner, self.proofs[owner], paths, plain, added)
        for path, data in sorted(plain.items()):
            self._record(path, data, added)
        return {**plain, **added}

    def _folder(
        self,
        owner: OwnerId,
        proof: Proof,
        paths: Mapping[str, str],
        plain: dict[str, bytes],
        added: dict[str, bytes],
    ) -> None:
        home = next(iter(paths.values())).rpartition("/")[0]
        listed: set[str] = set()
        if proof.level != "account":
            self._pin(owner, paths, plain)
            listed = set(paths) if proof.files is None else set(proof.files)
            listed = {n for n in listed | {"owner.yaml"} if n in paths}
            self._sign(owner, home, {n: plain[paths[n]] for n in listed}, added)
        if proof.level == "domain":
            self._prove(owner, proof, added)
        known = self.held.get(owner, Held()).files
        rest = {
            path: blob_id(plain[path])
            for name, path in paths.items()
            if name not in listed and known.get(name) != blob_id(plain[path])
        }
        gone: dict[str, str | None] = {
            f"{home}/{name}": None
            for name in known
            if name not in paths and not name.startswith("manifest.json")
        }
        if owner.startswith("github:") and "owner.yaml" in listed:
            path = paths["owner.yaml"]
            if known.get("owner.yaml") != blob_id(plain[path]):
                rest[path] = blob_id(plain[path])
        self._admit(owner, {**rest, **gone}, added)

    def _settings(self, plain: Mapping[str, bytes], added: dict[str, bytes]) -> None:
        files = {
            path.rpartition("/")[2]: data
            for path, data in plain.items()
            if path in SETTINGS
        }
        if files:
            self._sign(OwnerId(REGISTRY), "registry", files, added)

    def _pin(
        self, owner: OwnerId, paths: Mapping[str, str], plain: dict[str, bytes]
    ) -> None:
        path = paths.get("owner.yaml")
        if path is not None and b"\nkeys:" not in plain[path]:
            plain[path] += f'keys: ["{line_of(owner)}"]\n'.encode()

    def _sign(
        self,
        owner: OwnerId,
        home: str,
        files: Mapping[str, bytes],
        added: dict[str, bytes],
    ) -> None:
        digests: dict[str, Digest] = {}
        for name, data in files.items():
            digest = content_digest(source_file(f"{home}/{name}", data))
            digests[name] = digest or Digest(sha256(data).hexdigest())
        manifest = self.manifests.get(owner)
        if manifest is None or decode_manifest(manifest).files != digests:
            held = self.held.get(owner, Held())
            manifest = encode_manifest(
                FolderManifest(
                    origin=self.origin,
                    owner=owner,
                    epoch=held.epoch,
                    sequence=held.sequence + 1,
                    previous=None if held.manifest is None else Digest(held.manifest),
                    files=digests,
                )
            )
        added[f"{home}/{MANIFEST_FILE}"] = manifest
        signers = (ADA, BEN) if owner == REGISTRY else (owner,)
        added[f"{home}/{SIGNATURE_FILE}"] = signed(manifest, *signers)

    def _prove(self, owner: OwnerId, proof: Proof, added: dict[str, bytes]) -> None:
        domain = proof.domain or (
            owner.partition(":")[2] if owner.startswith("domain:") else "mara.example"
        )
        key = key_of(owner).public.fingerprint
        text = f"v=sayso1; key={key}; registry={self.origin}"
        seen = ResolverAnswer(resolver="192.0.2.53", authenticated=True, texts=(text,))
        said = VerificationFile(
            origin=self.origin,
            owner=owner,
            domain=domain,
            key=key,
            method=Method.DNS,
            checked=proof.checked,
            answers=(seen,),
        )
        path, data = verification_path(said), encode_verification(said)
        added[path] = data
        added[path + ".sig"] = signed(data, INTAKE)

    def _admit(
        self, owner: OwnerId, files: Mapping[str, str | None], added: dict[str, bytes]
    ) -> None:
        if not files:
            return
        self.number += 1
        who = owner if owner.startswith("github:") else "github:700123"
        data = encode_admission(
            AdmissionFile(
                number=self.number,
                origin=self.origin,
                owner=owner,
                author=who,
                sender=who,
                pull_request=self.number,
                base=COMMIT,
                head=COMMIT,
                merge=COMMIT,
                admitted=CHECKED,
                files=files,
            )
        )
        path = f"registry/admissions/{self.number}.json"
        added[path] = data
        added[path + ".sig"] = signed(data, INTAKE)

    def _record(self, path: str, data: bytes, added: dict[str, bytes]) -> None:
        place = place_of(path)
        if not isinstance(place, Place):
            return
        if place.kind is Kind.DECISION:
            added[path + ".sig"] = signed(data, *_deciders(data))
        elif place.kind is Kind.DISPUTE:
            claimant = re.search(rb"^claimant: *\"?([^\s\"]+)", data, re.MULTILINE)
            if claimant is None:
                return
            owner = OwnerId(claimant[1].decode())
            proof = self.proofs.get(owner)
            if proof is not None and proof.level == "account":
                self._admit(owner, {path: blob_id(data)}, added)
            elif proof is not None:
                added[path + ".sig"] = signed(data, owner)


def _deciders(data: bytes) -> list[str]:
    found = re.search(rb"operators\"?: *\[([^\]]*)\]", data)
    return re.findall(r"github:[0-9]+", found[1].decode()) if found else []


def vouch_on_disk(folder: Path, proofs: Mapping[OwnerId, Proof]) -> None:
    """Give the files in a folder of declarations authority, after they changed.

    What is signed there already goes on from where it is.
    """
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifests: dict[OwnerId, bytes] = {}
    for path, data in found.items():
        if path.endswith(f"/{MANIFEST_FILE}"):
            manifests[OwnerId(decode_manifest(data).owner)] = data
    held = {
        owner: Held(
            sequence=decode_manifest(data).sequence,
            manifest=sha256(data).hexdigest(),
        )
        for owner, data in manifests.items()
    }
    number = 0
    while (path := f"registry/admissions/{number + 1}.json") in found:
        number += 1
        admission = decode_admission(found[path])
        one = held.get(admission.owner, Held())
        files = dict(one.files)
        for filed, blob in admission.files.items():
            home, _, name = filed.rpartition("/")
            files.pop(name, None)
            if blob is not None:
                files[name] = blob
            one = replace(one, home=home, files=files)
        held[admission.owner] = one
    voucher = Voucher(proofs=proofs, held=held, manifests=manifests, number=number)
    plain = {path: data for path, data in found.items() if not is_made(path)}
    for path, data in voucher.vouched(plain).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def is_made(path: str) -> bool:
    """Return whether a file is one that gives others authority."""
    return _MADE.fullmatch(path) is not None


_MADE = re.compile(
    r"(?:.*/)?manifest\.json(?:\.sig)?|.*\.sig|registry/(?:admissions|verifications)/.*"
)
