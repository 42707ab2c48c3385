"""Making receipts: of a release that was verified, when somebody asks it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sayso.client.fetch import Fetcher
from sayso.client.lookup import PACKED_LIMIT, unpack
from sayso.client.receipt import listing_among
from sayso.client.refresh import Trusted
from sayso.client.registry import fetch_index, fetch_listed
from sayso.model.isrc import Isrc
from sayso.trust.profiles import Role
from sayso.trust.roles import ROLE_LIMIT, RoleFile, read_role
from sayso.trust.signing import check_signed
from sayso.wire.evidence import Evidence
from sayso.wire.lookup import OBJECT_LIMIT, lookup_path
from sayso.wire.places import (
    APPROVAL_NAME,
    POLICY_NAME,
    PROOF_NAME,
    RELEASE_NAME,
    metadata_path,
)
from sayso.wire.receipt import Receipt, encode_receipt
from sayso.wire.receipt_kinds import Asked, Filed, Said
from sayso.wire.release import Release
from sayso.wire.release_file import file_named
from sayso.wire.said import cells_of, encode_said
from sayso.wire.sources import SOURCES_LIMIT, decode_sources, prove_source
from sayso.wire.text import Digest

_SECOND = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All of a receipt but what is said.

    Attributes:
        fetcher: brings the files of the release that is asked.
        release: verified.
        evidence: proves the release.
        asked: when, a whole second in UTC.
        maker: the program that makes the receipt, such as `sayso 1.0.0`.
    """

    fetcher: Fetcher
    release: Release
    evidence: Evidence
    asked: datetime
    maker: str

    def receipt(self, said: Said) -> bytes:
        """Return the receipt of something that the release says.

        Raises:
            MalformedError: it would break a rule of the format, or be too long.
        """
        return encode_receipt(
            Receipt(
                asked=self.asked,
                maker=self.maker,
                said=said,
                evidence=self.evidence,
                notice=self.release.notice,
            )
        )


def ask(trusted: Trusted, fetcher: Fetcher, *, maker: str, asked: datetime) -> Question:
    """Return what a receipt of the newest release begins with.

    Where the pinned root is not the first, the roots before it are fetched too, so that
    whoever has only the first can verify the receipt.

    Args:
        trusted: what is believed of the registry.
        fetcher: brings its files.
        maker: the program that asks.
        asked: now, a whole second in UTC.

    Raises:
        FetchError: a root is missing, or cannot be reached.
        MalformedError: one is not in its format.
        UntrustedError: one does not lead to the pinned root.
    """
    roots = trusted.chain.roots
    targets = trusted.chain.file(Role.TARGETS)
    files = trusted.files
    evidence = Evidence(
        roots=tuple(
            root.data
            for root in (*_earlier(fetcher, roots[0]), *roots)
            if root.version >= _SECOND
        ),
        targets=targets.data,
        targets_version=targets.version,
        policy=files[POLICY_NAME],
        release=files[RELEASE_NAME],
        proof=files[PROOF_NAME],
        approval=files.get(APPROVAL_NAME),
    )
    return Question(
        fetcher=fetcher,
        release=trusted.release,
        evidence=evidence,
        asked=asked,
        maker=maker,
    )


def receipt_of_codes(
    question: Question, isrcs: Iterable[Isrc], *, territory: str | None
) -> bytes:
    """Return the receipt of what a release says of some codes.

    Who serves the files learns a range of some 256 recordings around each code.

    Args:
        question: which release, and when.
        isrcs: the codes, at most `CODES_LIMIT`.
        territory: the country that is asked about, or None.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that is named for its place.
        MalformedError: a file is not in its format, or the receipt would be too long.
    """
    objects: dict[Digest, bytes] = {}

    def bring(name: Digest) -> bytes:
        if name not in objects:
            data = question.fetcher.fetch(lookup_path(name), limit=PACKED_LIMIT)
            objects[name] = unpack(data, limit=OBJECT_LIMIT)
        return objects[name]

    codes = tuple(sorted(set(isrcs)))
    answers = []
    for isrc in codes:
        listing, digest = listing_among(bring, question.release, isrc)
        cells = cells_of(listing, territory, now=question.asked)
        answers.append(encode_said(listing, digest, cells))
    said = Asked(
        isrcs=codes,
        territory=territory,
        answers=tuple(answers),
        objects=tuple(objects[name] for name in sorted(objects)),
    )
    return question.receipt(said)


def receipt_of_file(question: Question, path: str) -> bytes:
    """Return the receipt of a file of declarations that a release was made from.

    Args:
        question: which release.
        path: of the file, relative to `declarations/`.

    Raises:
        FetchError: the list of files is missing, too long or cannot be reached.
        UntrustedError: it is not the one that the release names.
        MalformedError: it is not in its format, or has no such file.
    """
    fetcher = question.fetcher
    listed = file_named(
        fetch_index(fetcher, question.release), "source/", ".txt.gz", place="the index"
    )
    data = unpack(fetch_listed(fetcher, listed), limit=SOURCES_LIMIT)
    files = decode_sources(data)
    proof = prove_source(files, path)
    return question.receipt(Filed(path=path, sha256=dict(files)[path], proof=proof))


def _earlier(fetcher: Fetcher, pinned: RoleFile) -> list[RoleFile]:
    """Return the roots from the second to the one before a pinned one."""
    names = [
        f"{version}.{Role.ROOT}.json" for version in range(_SECOND, pinned.version)
    ]
    roots = [
        read_role(name, fetcher.fetch(metadata_path(name), limit=ROLE_LIMIT))
        for name in names
    ]
    for before, root in pairwise([*roots, pinned]):
        check_signed(root, authority=before)
    return roots
