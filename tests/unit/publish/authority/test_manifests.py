"""Manifests: numbered and chained by the tool, and signed by whoever signs."""

from collections.abc import Mapping
from hashlib import sha256

import pytest

from sayso.errors import PublishError
from sayso.publish.authority.manifests import next_manifest, with_signature
from sayso.publish.reading.file import SourceFile, source_file
from sayso.trust.sshsig import verify
from sayso.wire.folder_manifest import decode_manifest
from sayso.wire.sshsig import split
from tests.declared import FERNWOOD, owner
from tests.vouched import ADA, BEN, ORIGIN, key_of, signed

OWNER = "domain:fernwood.example"
ROWS = b"isrc,title,artist\n"


def files(
    name: str = "Fernwood", more: Mapping[str, bytes] | None = None
) -> dict[str, SourceFile]:
    plain = {"owner.yaml": owner(name).encode(), "all.csv": ROWS, **(more or {})}
    return {
        name: source_file(f"{FERNWOOD}/{name}", data) for name, data in plain.items()
    }


def following(
    accepted: bytes | None,
    name: str = "Fernwood",
    *,
    origin: str = ORIGIN,
    whose: str = OWNER,
    recovers: bool = False,
) -> bytes:
    return next_manifest(whose, origin, files(name), accepted, recovers=recovers)


FIRST = following(None)


def test_the_first_has_nothing_before_it() -> None:
    first = decode_manifest(FIRST)
    assert (first.owner, first.origin) == (OWNER, ORIGIN)
    assert (first.epoch, first.sequence, first.previous) == (0, 1, None)
    assert first.files["all.csv"] == sha256(ROWS).hexdigest()
    assert {*first.files} == {"owner.yaml", "all.csv"}


def test_the_next_goes_on_from_the_accepted_one() -> None:
    after = decode_manifest(following(FIRST, "Other"))
    assert (after.epoch, after.sequence) == (0, 2)
    assert after.previous == sha256(FIRST).hexdigest()


def test_what_says_the_same_is_the_same() -> None:
    assert following(FIRST) == FIRST


@pytest.mark.parametrize(
    ("origin", "whose"), [("other.example", OWNER), (ORIGIN, "domain:harrow.example")]
)
def test_one_of_another_registry_or_owner_is_not_kept(origin: str, whose: str) -> None:
    after = decode_manifest(following(FIRST, origin=origin, whose=whose))
    assert (after.origin, after.owner, after.sequence) == (origin, whose, 2)


def test_a_recovery_begins_an_epoch_though_nothing_else_changed() -> None:
    after = decode_manifest(following(FIRST, recovers=True))
    assert (after.epoch, after.sequence) == (1, 2)


def test_a_manifest_does_not_list_itself() -> None:
    found = files(more={"manifest.json": b"{}", "manifest.json.sig": b"x"})
    assert next_manifest(OWNER, ORIGIN, found, None, recovers=False) == FIRST


def test_what_cannot_be_read_is_not_signed() -> None:
    bad = {"owner.yaml": source_file(f"{FERNWOOD}/owner.yaml", b"[")}
    with pytest.raises(PublishError, match=r"owner\.yaml cannot be read; see sayso"):
        next_manifest(OWNER, ORIGIN, bad, None, recovers=False)
    with pytest.raises(PublishError, match=r"the accepted manifest\.json cannot be"):
        following(b"{}")


def test_signatures_of_others_stay_where_they_are_right() -> None:
    one = with_signature(FIRST, None, key_of(ADA))
    two = with_signature(FIRST, one, key_of(BEN))
    again = with_signature(FIRST, two, key_of(BEN))

    assert one == signed(FIRST, ADA)
    assert two == again == signed(FIRST, ADA, BEN)
    assert with_signature(b"other", two, key_of(ADA)) == signed(b"other", ADA)


@pytest.mark.parametrize("before", [b"", b"text", b"-----BEGIN SSH SIGNATURE-----\n"])
def test_what_are_no_signatures_are_replaced(before: bytes) -> None:
    (block,) = split(with_signature(FIRST, before, key_of(ADA)))
    assert verify(block, FIRST) == key_of(ADA).public


def test_a_signature_without_an_end_of_line_gets_one() -> None:
    two = with_signature(FIRST, signed(FIRST, ADA).rstrip(b"\n"), key_of(BEN))
    assert two == signed(FIRST, ADA, BEN)
