"""What a release shows that an owner signed, and all that must not pass for it."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from sayso.client.refresh import MemoryFetcher
from sayso.client.signed import Signed, signed_by
from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.declaration import Level
from sayso.model.owner import OwnerId
from sayso.wire.folder_manifest import decode_manifest, encode_manifest
from sayso.wire.profile import Json, decode, encode
from sayso.wire.release import Release, encode_release, registry_path
from sayso.wire.release_file import ReleaseFile, encode_index, index_path
from sayso.wire.signatures import (
    SignedFolder,
    decode_signatures,
    encode_signatures,
    signatures_path,
)
from sayso.wire.text import Digest
from tests.declared import (
    FACTS,
    FERNWOOD,
    MARA,
    PROOFS,
    Published,
    declaration,
    index_of,
    owner,
    publish,
    recordings,
)
from tests.vouched import Proof, key_of, line_of, signed

OWNER = OwnerId("domain:fernwood.example")
ACCOUNT = OwnerId("github:583231")
SONGS = declaration("{any-ai: deny, search: ask}", recordings("XXF012600001"), (
    "offer: {contact: https://fernwood.example/x}"
))  # fmt: skip
TEXTS = {
    f"{FERNWOOD}/catalogue.csv": "isrc,title,artist\nXXF012600002,B,A\n",
    f"{FERNWOOD}/catalogue.yaml": declaration(
        "{any-ai: deny}", "catalogue: {file: catalogue.csv}"
    ),
    f"{FERNWOOD}/songs.yaml": SONGS,
    f"{MARA}/mine.yaml": declaration("{any-ai: deny}", recordings("XXF022600001")),
}
MADE = publish(TEXTS)
Change = Callable[[SignedFolder], SignedFolder]


def asked(made: Published, who: OwnerId = OWNER) -> Signed:
    return signed_by(MemoryFetcher(made.files), made.release, who)


def entry(path: str, data: bytes, content: bytes) -> ReleaseFile:
    return ReleaseFile(
        path=path,
        bytes=len(data),
        sha256=Digest(sha256(data).hexdigest()),
        content_sha256=Digest(sha256(content).hexdigest()),
    )


def listing(made: Published, start: str, file: ReleaseFile, data: bytes) -> Published:
    """Return a release whose index lists another file in place of one."""
    kept = [one for one in index_of(made.files) if not one.path.startswith(start)]
    index = encode_index([*kept, file])
    named = entry(index_path(Digest(sha256(index).hexdigest())), index, index)
    files = [one for one in made.release.files if one.path != made.release.index.path]
    release = replace(made.release, files=in_order(*files, named))
    return released(made, release, {file.path: data, named.path: index})


def in_order(*files: ReleaseFile) -> tuple[ReleaseFile, ...]:
    return tuple(sorted(files, key=lambda one: one.path))


def released(made: Published, release: Release, more: dict[str, bytes]) -> Published:
    data = encode_release(release)
    return replace(made, files={**made.files, **more, "release.json": data})


def signatures_of(made: Published) -> dict[OwnerId, SignedFolder]:
    path = next(path for path in made.files if path.startswith("signatures/"))
    return decode_signatures(gzip.decompress(made.files[path]))


def altered(change: Change, made: Published = MADE) -> Published:
    """Return a release that shows other signatures of Fernwood."""
    folders = signatures_of(made)
    folders[OWNER] = change(folders[OWNER])
    data = encode_signatures(sorted(folders.values(), key=lambda one: one.owner))
    packed = gzip.compress(data, mtime=0)
    file = entry(signatures_path(Digest(sha256(data).hexdigest())), packed, data)
    return listing(made, "signatures/", file, packed)


def resaid(old: bytes, new: bytes, made: Published = MADE) -> Published:
    """Return a release whose registry.json says something else."""
    data = made.files["registry.json"]
    assert old in data
    data = data.replace(old, new)
    file = entry("registry.json", data, data)
    files = [one for one in made.release.files if one.path != "registry.json"]
    release = replace(made.release, files=in_order(*files, file))
    more = {"registry.json": data, registry_path(file.sha256): data}
    return released(made, release, more)


def test_what_an_owner_signed_holds_and_is_told() -> None:
    found = asked(MADE)
    assert found.holds
    assert found.problems == found.unsigned == ()
    assert found.entry is not None
    assert (found.entry.name, found.entry.level) == ("Fernwood", Level.DOMAIN)
    assert found.signers == found.keys == (key_of(OWNER).public.fingerprint,)
    assert not found.replaced
    assert found.manifest is not None
    assert found.manifest.sequence == 1
    assert sorted(found.manifest.files) == [
        "catalogue.csv",
        "catalogue.yaml",
        "owner.yaml",
        "songs.yaml",
    ]


def test_an_owner_who_signed_nothing_is_told_so() -> None:
    found = asked(MADE, ACCOUNT)
    assert not found.holds
    assert (found.manifest, found.problems) == (None, ())
    assert found.unsigned == (f"{MARA}/mine.yaml",)
    nobody = asked(MADE, OwnerId("domain:nobody.example"))
    assert (nobody.entry, nobody.manifest, nobody.unsigned) == (None, None, ())
    assert not nobody.holds


def test_what_no_key_signed_beside_what_one_did_is_named() -> None:
    proofs = {
        **PROOFS,
        "github:583231": Proof(level="key", files=frozenset({"owner.yaml"})),
    }
    found = asked(publish(TEXTS, proofs=proofs), ACCOUNT)
    assert found.holds
    assert found.unsigned == (f"{MARA}/mine.yaml",)


def test_an_older_key_that_others_replaced_still_counts_and_is_told() -> None:
    old, new = line_of(OWNER), line_of("new")
    files = {
        **FACTS,
        f"{FERNWOOD}/owner.yaml": owner("Fernwood", f'keys: ["{new}", "{old}"]'),
    }
    both = publish(TEXTS, facts=files)
    files[f"{FERNWOOD}/owner.yaml"] = owner("Fernwood", f'keys: ["{new}"]')
    found = asked(publish(TEXTS, facts=files, after=both, days=1))
    assert found.keys == (key_of("new").public.fingerprint,)
    assert found.signers == (key_of(OWNER).public.fingerprint,)
    assert found.replaced == {*found.signers}
    assert found.problems == ()
    assert found.holds


def other_signer(folder: SignedFolder) -> SignedFolder:
    return replace(folder, signatures=signed(folder.manifest, "thief"))


def no_signature(folder: SignedFolder) -> SignedFolder:
    return replace(folder, signatures=signed(folder.manifest + b" ", OWNER))


def thief_s_keys(folder: SignedFolder) -> SignedFolder:
    return replace(other_signer(folder), keys=(line_of("thief"),))


def other_twin(folder: SignedFolder) -> SignedFolder:
    twin = decode(folder.twins["songs.yaml"], limit=10**6)
    twins = {**folder.twins, "songs.yaml": encode({**twin, "capacity": "performer"})}
    return replace(folder, twins=twins)


def remade(folder: SignedFolder, **fields: object) -> SignedFolder:
    """Return a folder whose owner signed another manifest."""
    manifest = replace(decode_manifest(folder.manifest), **fields)  # type: ignore[arg-type]
    data = encode_manifest(manifest)
    return replace(folder, manifest=data, signatures=signed(data, OWNER))


def without(*names: str) -> Change:
    def change(folder: SignedFolder) -> SignedFolder:
        files = dict(decode_manifest(folder.manifest).files)
        twins = dict(folder.twins)
        for name in names:
            del files[name]
            twins.pop(name, None)
        return replace(remade(folder, files=files), twins=twins)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_signer, "neither lists nor listed such a key"),
        (no_signature, "No signature over the manifest holds."),
        (thief_s_keys, "The keys are not those of the owner.yaml that was signed."),
        (
            other_twin,
            "signed: songs.yaml of domain:fernwood.example is not what was signed.",
        ),
        (
            lambda folder: remade(folder, owner="domain:harrow.example"),
            "the manifest of domain:fernwood.example is of somebody else.",
        ),
        (
            lambda folder: remade(folder, origin="other.example"),
            "The manifest is for 'other.example', and not for this registry.",
        ),
        (without("owner.yaml"), "owner.yaml is not signed."),
        (
            without("songs.yaml"),
            "songs.yaml is not signed, and registry.json gives it domain.",
        ),
        (without("catalogue.csv"), "The catalogue of catalogue.yaml is not signed."),
    ],
    ids=[
        "another-key",
        "no-signature",
        "other-keys",
        "twin",
        "other-owner",
        "other-registry",
        "owner-file",
        "declaration",
        "catalogue",
    ],
)
def test_what_is_not_as_it_was_signed_is_told(change: Change, words: str) -> None:
    found = asked(altered(change))
    assert not found.holds
    assert any(words in problem for problem in found.problems), found.problems


def test_a_catalogue_is_what_the_sources_say() -> None:
    def change(folder: SignedFolder) -> SignedFolder:
        files = dict(decode_manifest(folder.manifest).files)
        return remade(folder, files={**files, "catalogue.csv": Digest("ab" * 32)})

    (problem,) = asked(altered(change)).problems
    assert "catalogue.csv of domain:fernwood.example is not what was signed" in problem


def test_other_uses_in_the_registry_than_were_signed_are_told() -> None:
    old = b'"uses":{"any-ai":"deny","search":"ask"}'
    found = asked(resaid(old, old.replace(b"ask", b"deny")))
    assert found.problems == (
        "registry.json says of songs.yaml other uses than those that were signed.",
    )


def test_a_level_without_any_signature_is_told() -> None:
    made = altered(lambda folder: replace(folder, owner=OwnerId("domain:z.example")))
    found = asked(made)
    assert found.manifest is None
    assert found.problems == (
        "registry.json gives domain:fernwood.example the level domain.",
        "registry.json gives domain:fernwood.example/catalogue the level domain.",
        "registry.json gives domain:fernwood.example/songs the level domain.",
    )
    stranger = asked(made, OwnerId("domain:z.example"))
    assert "registry.json does not know domain:z.example." in stranger.problems


def test_keys_that_are_one_text_are_read_and_others_count_for_none() -> None:
    twin: dict[str, Json] = {"schema": "sayso/owner/1", "keys": {"a": "b"}}

    def change(folder: SignedFolder) -> SignedFolder:
        return replace(folder, twins={**folder.twins, "owner.yaml": encode(twin)})

    words = "The keys are not those of the owner.yaml that was signed."
    assert words in asked(altered(change)).problems
    twin["keys"] = line_of(OWNER)
    assert words not in asked(altered(change)).problems


def test_a_catalogue_that_names_no_file_is_not_signed() -> None:
    def change(folder: SignedFolder) -> SignedFolder:
        twin = decode(folder.twins["catalogue.yaml"], limit=10**6)
        data = encode({**twin, "catalogue": "catalogue.csv"})
        return replace(folder, twins={**folder.twins, "catalogue.yaml": data})

    found = asked(altered(change))
    assert "The catalogue of catalogue.yaml is not signed." in found.problems


def test_one_good_signature_is_enough_beside_a_false_one() -> None:
    def change(folder: SignedFolder) -> SignedFolder:
        false = signed(folder.manifest + b" ", "thief")
        return replace(folder, signatures=false + folder.signatures)

    assert asked(altered(change)).holds


def test_a_manifest_that_is_none_gives_no_answer() -> None:
    with pytest.raises(MalformedError):
        asked(altered(lambda folder: replace(folder, manifest=b"{}\n")))


def test_sources_that_the_release_does_not_commit_to_give_no_answer() -> None:
    release = MADE.release
    source = replace(release.source, declarations_root=Digest("ab" * 32))
    made = released(MADE, replace(release, source=source), {})
    with pytest.raises(UntrustedError, match="list of sources"):
        asked(made)


@pytest.mark.parametrize("start", ["signatures/", "source/", "index/", "registry/"])
def test_a_file_that_is_missing_or_false_gives_no_answer(start: str) -> None:
    path = next(path for path in MADE.files if path.startswith(start))
    rest = {name: data for name, data in MADE.files.items() if name != path}
    with pytest.raises(FetchError):
        asked(replace(MADE, files=rest))
    false = bytes(len(MADE.files[path]))
    with pytest.raises(UntrustedError):
        asked(replace(MADE, files={**rest, path: false}))


def test_a_release_without_signatures_gives_no_answer() -> None:
    file = entry("schema/x.json", b"{}", b"{}")
    with pytest.raises(MalformedError, match="the index lists 0 files signatures/"):
        asked(listing(MADE, "signatures/", file, b"{}"))
