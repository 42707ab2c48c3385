"""Authority for the registries of benchmarks: signed, proved and admitted on disk.

It reads one owner's folder at a time, since a registry is larger than memory.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sayso.model.authority import MANIFEST_FILE, SIGNATURE_FILE
from sayso.model.owner import OwnerId
from sayso.publish.authority.digests import content_digest
from sayso.publish.reading.file import blob_id, file_digest, source_file
from sayso.publish.reading.layout import Place, place_of
from sayso.wire.admission import AdmissionFile, encode_admission
from sayso.wire.folder_manifest import (
    REGISTRY,
    FolderManifest,
    decode_manifest,
    encode_manifest,
)
from sayso.wire.text import Digest
from sayso.wire.verification import (
    Method,
    VerificationFile,
    encode_verification,
    verification_path,
)
from tests.vouched import ADA, BEN, COMMIT, INTAKE, key_of, line_of, signed

ORIGIN: Final = "bench.example"
CHECKED: Final = datetime(2026, 5, 1, 9, tzinfo=UTC)
_MADE = {MANIFEST_FILE, SIGNATURE_FILE}


def vouch(declarations: Path) -> None:
    """Give every file authority; what is signed already goes on from where it is."""
    numbers = _numbers(declarations)
    for home in sorted(declarations.glob("domain/*/*")):
        owner = OwnerId(f"domain:{home.name}")
        _pin(home, owner)
        if _sign(home, owner, (owner,)):
            _prove(declarations, owner)
    for home in sorted(declarations.glob("github/*/*")):
        _admit(declarations, home, numbers)
    _sign(declarations / "registry", REGISTRY, (ADA, BEN))
    for path in sorted((declarations / "registry/decisions").glob("*/*.yaml")):
        _beside(path, signed(path.read_bytes(), ADA, BEN))
    for path in sorted((declarations / "disputes").glob("*/*.yaml")):
        data = path.read_bytes()
        claimant = re.search(rb"^claimant: (\S+)", data, re.MULTILINE)
        if claimant is not None:
            _beside(path, signed(data, claimant[1].decode()))


def _pin(home: Path, owner: OwnerId) -> None:
    path = home / "owner.yaml"
    text = path.read_text("utf-8")
    if "\nkeys:" not in text:
        path.write_text(f'{text}keys: ["{line_of(owner)}"]\n', "utf-8")


def _sign(home: Path, owner: str, signers: tuple[str, ...]) -> bool:
    """Sign a folder; return whether it was not signed as it is."""
    digests = dict(_digests(home))
    path = home / MANIFEST_FILE
    before = path.read_bytes() if path.exists() else None
    known = None if before is None else decode_manifest(before)
    if known is not None and known.files == digests:
        return False
    data = encode_manifest(
        FolderManifest(
            origin=ORIGIN,
            owner=owner,
            epoch=0,
            sequence=1 if known is None else known.sequence + 1,
            previous=None if before is None else _digest(before),
            files=digests,
        )
    )
    path.write_bytes(data)
    (home / SIGNATURE_FILE).write_bytes(signed(data, *signers))
    return True


def _digests(home: Path) -> Iterator[tuple[str, Digest]]:
    start = home.parent.parent.parent if home.name != REGISTRY else home.parent
    for path in sorted(p for p in home.iterdir() if p.is_file()):
        if path.name in _MADE:
            continue
        if path.suffix == ".csv":
            yield path.name, Digest(file_digest(path))
            continue
        file = source_file(path.relative_to(start).as_posix(), path.read_bytes())
        digest = content_digest(file)
        assert digest is not None, path
        yield path.name, digest


def _prove(declarations: Path, owner: OwnerId) -> None:
    said = VerificationFile(
        origin=ORIGIN,
        owner=owner,
        domain=owner.partition(":")[2],
        key=key_of(owner).public.fingerprint,
        method=Method.WELL_KNOWN,
        checked=CHECKED,
        body="{}",
        certificate=Digest("0" * 64),
    )
    path = declarations / verification_path(said)
    data = encode_verification(said)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    _beside(path, signed(data, INTAKE))


def _numbers(declarations: Path) -> Iterator[int]:
    found = (declarations / "registry/admissions").glob("*.json")
    number = max((int(path.stem) for path in found), default=0)
    while True:
        yield (number := number + 1)


def _admit(declarations: Path, home: Path, numbers: Iterator[int]) -> None:
    """Admit a folder with the bytes that it has, by the account it is named by."""
    place = place_of(home.relative_to(declarations).as_posix() + "/owner.yaml")
    assert isinstance(place, Place)
    files: Mapping[str, str | None] = {
        path.relative_to(declarations).as_posix(): blob_id(path.read_bytes())
        for path in sorted(home.iterdir())
    }
    number = next(numbers)
    data = encode_admission(
        AdmissionFile(
            number=number,
            origin=ORIGIN,
            owner=place.author,
            author=place.author,
            sender=place.author,
            pull_request=None,
            base=COMMIT,
            head=COMMIT,
            merge=COMMIT,
            admitted=CHECKED,
            files=files,
        )
    )
    path = declarations / f"registry/admissions/{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    _beside(path, signed(data, INTAKE))


def _beside(path: Path, signatures: bytes) -> None:
    path.with_name(path.name + ".sig").write_bytes(signatures)


def _digest(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())
