"""Verifying receipts, without a network.

Whatever a receipt states is found again from its evidence, by the code that answers
look-ups, and must come out the same to the byte.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import assert_never

from sayso.client.lookup import Bring, find_among
from sayso.errors import MalformedError, MissingError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.trust.evidence import Believed, check_evidence
from sayso.trust.roles import RoleFile
from sayso.wire.listing import Listing
from sayso.wire.profile import encode_item
from sayso.wire.receipt import Receipt, decode_receipt
from sayso.wire.receipt_kinds import Asked, Filed, Screened
from sayso.wire.release import Release
from sayso.wire.said import cells_of, encode_said
from sayso.wire.sources import check_source
from sayso.wire.succession import AHEAD
from sayso.wire.text import Digest, format_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """A receipt that was verified.

    Attributes:
        receipt: what it says; also when it was asked, which nothing proves.
        believed: the release that it is of.
        listings: what the release says of each code of a receipt of recordings.
    """

    receipt: Receipt
    believed: Believed
    listings: tuple[Listing, ...] = ()


def verify_receipt(data: bytes, pinned: Collection[RoleFile]) -> Proved:
    """Return what a receipt proves, from nothing but a pinned root.

    Of a receipt of a list only the release is proved: see `client.receipt_list`.

    Args:
        data: the bytes of the receipt.
        pinned: as for `check_evidence`.

    Raises:
        MalformedError: it is no receipt, or a file in it is not in its format.
        UntrustedError: its evidence is not believed, or proves other answers.
    """
    receipt = decode_receipt(data)
    believed = check_evidence(pinned, receipt.evidence)
    header = believed.release.header
    if receipt.asked < header.issued - AHEAD:
        raise UntrustedError(
            f"the receipt says that it was asked {format_time(receipt.asked)}, before "
            f"its release was issued, {format_time(header.issued)}"
        )
    if receipt.notice != believed.release.notice:
        raise UntrustedError("the receipt has another notice than its release")
    listings: tuple[Listing, ...] = ()
    match receipt.said:
        case Asked() as said:
            listings = _check_asked(said, receipt.asked, believed.release)
        case Filed() as said:
            root = believed.release.source.declarations_root
            check_source(said.path, said.sha256, said.proof, root)
        case Screened():
            pass
        case said:
            assert_never(said)
    return Proved(receipt=receipt, believed=believed, listings=listings)


def check_file(said: Filed, data: bytes) -> None:
    """Check that a file is the one that a receipt is of.

    Raises:
        UntrustedError: it is another, or was changed since.
    """
    if sha256(data).hexdigest() != said.sha256:
        raise UntrustedError(
            f"this is not the file that the receipt is of: {said.path} had the "
            f"SHA-256 {said.sha256}"
        )


def listing_among(
    bring: Bring, release: Release, isrc: Isrc
) -> tuple[Listing, Digest | None]:
    """Return what a release says of a code, and the SHA-256 of its policy.

    Args:
        bring: gives files of the look-up tree; they are verified.
        release: verified.
        isrc: the code.

    Raises:
        FetchError: as `bring` says.
        UntrustedError: a file is not the one that is named for its place.
        MalformedError: a file is not in its format.
    """
    lookup = release.lookup
    found = find_among(
        bring,
        lookup.root,
        isrc,
        leaf_items=lookup.leaf_items,
        node_entries=lookup.node_entries,
    )
    listing = found.listing(isrc)
    return listing, found.digest


def _check_asked(said: Asked, asked: datetime, release: Release) -> tuple[Listing, ...]:
    objects = {Digest(sha256(each).hexdigest()): each for each in said.objects}
    used: set[Digest] = set()

    def bring(name: Digest) -> bytes:
        if name not in objects:
            raise MissingError("the receipt has no such file")
        used.add(name)
        return objects[name]

    listings = []
    for isrc, answer in zip(said.isrcs, said.answers, strict=True):
        try:
            listing, digest = listing_among(bring, release, isrc)
        except RegistryError as error:
            raise UntrustedError(
                f"the receipt does not prove its answer for {isrc}: {error.__cause__}"
            ) from error
        cells = cells_of(listing, said.territory, now=asked)
        if encode_item(answer) != encode_item(encode_said(listing, digest, cells)):
            raise UntrustedError(
                f"the receipt states another answer for {isrc} than its evidence proves"
            )
        listings.append(listing)
    if objects.keys() != used:
        raise MalformedError("the receipt has files of the look-up tree for no code")
    return tuple(listings)
