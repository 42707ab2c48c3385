"""What owners signed is written in one way, read in no other, and compared."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from sayso.errors import MalformedError, UntrustedError
from sayso.model.owner import OwnerId
from sayso.wire.folder_manifest import FolderManifest, encode_manifest
from sayso.wire.profile import decode, encode
from sayso.wire.signatures import (
    SignedFolder,
    decode_signatures,
    encode_signatures,
    signatures_path,
)
from sayso.wire.text import Digest

FERNWOOD = OwnerId("domain:fernwood.example")
HOME = "domain/fe/fernwood.example"
TWIN = encode({"name": "Fernwood"})
TABLE = Digest("ab" * 32)
MANIFEST = FolderManifest(
    origin="sayso.example",
    owner=FERNWOOD,
    epoch=0,
    sequence=1,
    previous=None,
    files={"a.csv": TABLE, "owner.yaml": Digest(sha256(TWIN).hexdigest())},
)
FOLDER = SignedFolder(
    owner=FERNWOOD,
    home=HOME,
    keys=("ssh-ed25519 AAAA",),
    manifest=encode_manifest(MANIFEST),
    signatures=b"-----BEGIN SSH SIGNATURE-----\n",
    twins={"owner.yaml": TWIN},
)
SOURCES = {f"{HOME}/a.csv": TABLE}


def document() -> dict[str, Any]:
    value: dict[str, Any] = decode(encode_signatures([FOLDER]), limit=10**6)
    return value


@pytest.mark.parametrize("folders", [[], [FOLDER]], ids=["none", "one"])
def test_what_is_written_is_read(folders: list[SignedFolder]) -> None:
    found = decode_signatures(encode_signatures(folders))
    assert [*found.values()] == folders
    assert [*found] == [folder.owner for folder in folders]


def test_it_is_written_as_documented() -> None:
    assert document() == {
        "format": "sayso/signatures/1",
        "owners": [
            {
                "home": HOME,
                "keys": ["ssh-ed25519 AAAA"],
                "manifest": FOLDER.manifest.decode(),
                "owner": FERNWOOD,
                "signatures": "-----BEGIN SSH SIGNATURE-----\n",
                "twins": {"owner.yaml": {"name": "Fernwood"}},
            }
        ],
    }
    assert signatures_path(Digest("ab" * 32)) == f"signatures/{'ab' * 32}.json.gz"


def test_owners_ascend_and_none_stands_twice() -> None:
    other = replace(FOLDER, owner=OwnerId("github:1"))
    assert len(decode_signatures(encode_signatures([FOLDER, other]))) == 2
    for wrong in ([FOLDER, FOLDER], [other, FOLDER]):
        with pytest.raises(MalformedError, match="owners do not ascend"):
            decode_signatures(encode_signatures(wrong))


def test_another_spelling_is_refused() -> None:
    with pytest.raises(MalformedError):
        decode_signatures(encode_signatures([FOLDER]).replace(b",\n", b", "))


@pytest.mark.parametrize("name", sorted(document()["owners"][0]))
def test_no_member_is_missing_or_of_another_kind(name: str) -> None:
    (item,) = document()["owners"]
    rest = {key: value for key, value in item.items() if key != name}
    for wrong in (rest, {**item, name: 1}, {**item, "surprise": 1}):
        with pytest.raises(MalformedError):
            decode_signatures(encode({**document(), "owners": [wrong]}))


def test_a_twin_is_an_object() -> None:
    (item,) = document()["owners"]
    wrong = {**item, "twins": {"owner.yaml": "text"}}
    with pytest.raises(MalformedError, match="an object"):
        decode_signatures(encode({**document(), "owners": [wrong]}))


def test_what_was_signed_is_what_the_manifest_says() -> None:
    assert FOLDER.signed(SOURCES) == MANIFEST


@pytest.mark.parametrize(
    ("folder", "sources"),
    [
        (FOLDER, {}),
        (FOLDER, {f"{HOME}/a.csv": Digest("cd" * 32)}),
        (replace(FOLDER, twins={}), SOURCES),
        (replace(FOLDER, twins={"owner.yaml": TWIN + b"\n"}), SOURCES),
        (replace(FOLDER, owner=OwnerId("github:1")), SOURCES),
        (replace(FOLDER, home="github/01/1"), SOURCES),
    ],
    ids=["no-table", "other-table", "no-twin", "other-twin", "other-owner", "moved"],
)
def test_what_was_not_signed_is_not_believed(
    folder: SignedFolder, sources: dict[str, Digest]
) -> None:
    with pytest.raises(UntrustedError):
        folder.signed(sources)
