"""A registry that is published whole, with log and roles, to ask for receipts."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from sayso.client.receipt_making import Question, ask
from sayso.client.refresh import MemoryFetcher, Trusted, refresh
from sayso.model.isrc import Isrc, key_of
from sayso.model.settings import Brake, Revocation
from sayso.trust.approval import approval_of, approve, encode_approval
from sayso.trust.profiles import Profile, Role
from sayso.trust.renewal import make_releases
from sayso.trust.roles import RoleFile
from sayso.trust.targets import make_targets, sign_targets
from sayso.wire.header import Profile as Keys
from sayso.wire.header import ReleaseHeader, encode_header
from sayso.wire.log_policy import LogPolicy, encode_log_policy
from sayso.wire.log_proof import encode_log_proof
from sayso.wire.places import (
    APPROVAL_NAME,
    FIRST_ROOT,
    POLICY_NAME,
    PROOF_NAME,
    RELEASE_NAME,
)
from sayso.wire.profile import encode
from sayso.wire.release import Release, decode_release, encode_release, registry_path
from sayso.wire.release_file import ReleaseFile, encode_index, index_path
from sayso.wire.release_members import Lookup, Source
from sayso.wire.sources import declarations_root, encode_sources, sources_path
from sayso.wire.text import Digest
from tests.cores import core_parquet, lines
from tests.logs import policy
from tests.published import Published
from tests.registries import ISSUED, Document, registry_document, tree_of
from tests.roles import SOLO, Repository, Signers, keys_of, signed, signers_of

MAKER = "sayso 0.1.0"
SONGS = b"schema: sayso/declaration/1\n"
SONGS_PATH = "github/31/583231-mara/songs.yaml"
SOURCES: Mapping[str, bytes] = {
    "domain/fe/fernwood.example/catalogue.yaml": b"catalogue",
    "domain/fe/fernwood.example/for-mara.yaml": b"for mara",
    SONGS_PATH: SONGS,
}
LIMITS = {"leaf_items": 2, "node_entries": 8}
OPEN = Brake()


def digest(data: bytes) -> Digest:
    return Digest(sha256(data).hexdigest())


def listed(path: str, data: bytes, content: bytes | None = None) -> ReleaseFile:
    """Return the entry of a file."""
    return ReleaseFile(
        path=path,
        bytes=len(data),
        sha256=digest(data),
        content_sha256=digest(data if content is None else content),
    )


@dataclass(slots=True, kw_only=True)
class World:
    """All that is published, and who signs it.

    Attributes:
        first: the seed of the first of their keys.
        files: by path.
        witnesses: who cosign each checkpoint.
    """

    log_policy: LogPolicy = field(default_factory=policy)
    profile: Profile = SOLO
    first: int = 101
    now: datetime = ISSUED
    witnesses: Sequence[int] = (1,)
    log: Published = field(default_factory=Published)
    tuf: Repository = field(init=False)
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        signers = signers_of(self.profile, first=self.first)
        self.tuf = Repository(profile=self.profile, signers=signers, now=self.now)
        self.rotate(self.first)
        self.files[FIRST_ROOT] = self.tuf.roots[0].data

    @property
    def roots(self) -> list[RoleFile]:
        return self.tuf.roots

    def rotate(self, first: int) -> None:
        """Make a root that follows, or the first, and targets that it signs."""
        self.rotate_to(signers_of(self.profile, first=first))

    def rotate_to(self, signers: Signers) -> None:
        """Do likewise with these keys."""
        self.tuf.rotate(self.profile, signers)
        said = encode_log_policy(self.log_policy)
        self.tuf.targets_by_name[POLICY_NAME] = said
        targets = make_targets(
            self.tuf.root,
            releases=keys_of(self.tuf.signers.releases),
            policy=said,
            now=self.now,
            after=self.tuf.last(Role.TARGETS),
        )
        for each in self.tuf.signers.targets[: self.profile.targets.least]:
            targets = sign_targets(
                targets, each, root=self.tuf.root, policy=said, now=self.now
            )
        self.tuf.in_force[Role.TARGETS] = targets

    def release(
        self,
        document: Document | None = None,
        *,
        revoked: Sequence[Revocation] = (),
        loosened: int = 0,
    ) -> "World":
        """Publish a release more."""
        number = self.log.log.size + 1
        issued = self.now + timedelta(hours=number - 1)
        document = document or registry_document(issued)
        release = self._data(document, number, issued, revoked, loosened)
        return self.enter(encode_release(release))

    def enter(self, data: bytes) -> "World":
        """Enter a release into the log, and sign it."""
        release = decode_release(data)
        self.log.add([data], *self.witnesses)
        index = release.header.number - 1
        proof = encode_log_proof(self.log.log.proof(index, *self.witnesses))
        by_name = {RELEASE_NAME: data, PROOF_NAME: proof}
        if release.is_braked:
            approval = approval_of(release, data)
            for each in self.tuf.signers.targets[: self.profile.targets.least]:
                approval = approve(approval, each, root=self.tuf.root)
            by_name[APPROVAL_NAME] = encode_approval(approval)
        self.tuf.targets_by_name.update(by_name)
        self.tuf.in_force[Role.RELEASES] = signed(
            make_releases(
                self.tuf.root,
                by_name,
                now=self.now,
                after=self.tuf.last(Role.RELEASES),
            ),
            self.tuf.signers.releases,
            authority=self.tuf.in_force[Role.TARGETS],
        )
        self.tuf.snapshot()
        self.files |= {**self.tuf.files(), **self.log.files}
        return self

    def trusted(self, pinned: int = 1) -> Trusted:
        """Return what a client believes, by the root of a version."""
        return refresh(self.fetcher, self.roots[pinned - 1], now=self.today)

    @property
    def today(self) -> datetime:
        """The moment at which the newest release is asked."""
        return self.now + timedelta(hours=self.log.log.size - 1, minutes=10)

    def question(self, pinned: int = 1) -> Question:
        """Return what receipts of the newest release begin with."""
        trusted = self.trusted(pinned)
        return ask(trusted, self.fetcher, maker=MAKER, asked=self.today)

    @property
    def fetcher(self) -> MemoryFetcher:
        return MemoryFetcher(self.files)

    def _data(
        self,
        document: Document,
        number: int,
        issued: datetime,
        revoked: Sequence[Revocation],
        loosened: int,
    ) -> Release:
        lookup, tree = tree_of(document, *LIMITS.values())
        previous = self.log.log.entries[-1] if number > 1 else None
        counts = {**document["counts"], "loosened": loosened, "loosened_ranges": 0}
        counts.pop("disputes", None)
        header = ReleaseHeader(
            number=number,
            issued=issued,
            origin="sayso.example",
            profile=Keys.DEVELOPMENT if self.profile.one_key else Keys.OPERATOR,
        )
        both_say = {"counts": counts, "release": encode_header(header)}
        entries, index = self._bulk({**document, **both_say})
        self.files |= tree
        sources = [(path, digest(data)) for path, data in SOURCES.items()]
        return Release(
            header=header,
            previous=None if previous is None else digest(previous),
            source=Source(
                commit=None, clean=False, declarations_root=declarations_root(sources)
            ),
            counts=counts,
            files=tuple(sorted([*entries, index], key=lambda file: file.path)),
            lookup=Lookup(**LIMITS, root=lookup["root"]),
            brake=OPEN,
            next_brake=OPEN,
            next_policy=99,
            revoked=tuple(revoked),
        )

    def _bulk(self, document: Document) -> tuple[list[ReleaseFile], ReleaseFile]:
        registry = encode(document)
        rows = {
            key_of(Isrc(row["isrc"])): row["policy"] for row in document["recordings"]
        }
        core = core_parquet(rows)
        core_content = b"".join(
            key.to_bytes(8, "little") + number.to_bytes(4, "little")
            for key, number in rows.items()
        )
        stem = digest(core_content)
        sources = encode_sources([(p, digest(data)) for p, data in SOURCES.items()])
        index = [
            listed(f"bulk/x.{kind}.parquet", b"(columns)", lines(*document[kind]))
            for kind in ("policies", "prefixes")
        ]
        packed = gzip.compress(sources, mtime=0)
        index.append(listed(sources_path(digest(sources)), packed, sources))
        written = encode_index(index)
        entries = [
            listed("registry.json", registry),
            listed(f"bulk/{stem}.core.parquet", core, core_content),
        ]
        self.files |= {
            registry_path(digest(registry)): registry,
            entries[1].path: core,
            index_path(digest(written)): written,
            sources_path(digest(sources)): packed,
        }
        return entries, listed(index_path(digest(written)), written)
