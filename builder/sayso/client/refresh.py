"""Refreshing: what a registry says is its newest release, as far as it is believed.

Everything hangs from a root that was pinned, and never came from the registry itself:
root, timestamp, snapshot, targets, policy, releases, release, and the proof that the
release is in the log. Whatever was believed before is held against what is new: nothing
goes back, and the log only grows.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sayso.client.fetch import Fetcher
from sayso.client.log import check_grown
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RegistryError,
    StaleError,
    UntrustedError,
)
from sayso.trust.approval import APPROVAL_LIMIT, check_approval, decode_approval
from sayso.trust.chain import (
    Chain,
    follow_releases,
    follow_root,
    follow_snapshot,
    follow_targets,
    follow_timestamp,
    pin,
    settle,
)
from sayso.trust.evidence import check_kind
from sayso.trust.log import TrustedCheckpoint, check_inclusion
from sayso.trust.naming import Named, named_target
from sayso.trust.profiles import Role
from sayso.trust.roles import ROLE_LIMIT, RoleFile
from sayso.wire.log_policy import POLICY_LIMIT, LogPolicy, decode_log_policy
from sayso.wire.log_proof import PROOF_LIMIT, LogProof, decode_log_proof
from sayso.wire.places import (
    APPROVAL_NAME,
    POLICY_NAME,
    PROOF_NAME,
    RELEASE_NAME,
    TIMESTAMP,
    metadata_path,
    named_path,
)
from sayso.wire.release import RELEASE_LIMIT, Release
from sayso.wire.succession import Entry, check_follows, read_entry

_SMALL: Final = 4096
"""No timestamp or snapshot is longer, in bytes: each names a file or two."""

_ADVICE: Final[tuple[tuple[type[RegistryError], str], ...]] = (
    (StaleError, "Check the clock; then try again later, or ask another copy"),
    (
        UntrustedError,
        "Do not use this copy of the registry; if it stays so, tell the registry",
    ),
    (MalformedError, "Is this the address of a registry? If it is, tell the registry"),
    (FetchError, "Without this file there is no answer"),
)
"""What to do, by the first kind that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """What is believed of a registry.

    Attributes:
        chain: from the pinned root to the releases, without a gap.
        files: what it names: the policy of the log, the release, its proof and perhaps
            its approval, by name.
        entry: what the release says.
        checkpoint: of the log, which the proof leads to.
        checked: when the registry was asked.
    """

    chain: Chain
    files: Mapping[str, bytes]
    entry: Entry
    checkpoint: TrustedCheckpoint
    checked: datetime

    @property
    def release(self) -> Release:
        """The newest release."""
        return self.entry.release


class MemoryFetcher:
    """Brings files from memory: those of a receipt, or what was believed before."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file."""
        data = self._files.get(path)
        if data is None:
            raise MissingError(f"{path} is not there")
        if len(data) > limit:
            raise FetchError(f"{path} is longer than the {limit} bytes expected")
        return data


def refresh(
    fetcher: Fetcher,
    pinned: RoleFile,
    *,
    now: datetime,
    before: Trusted | None = None,
    keep: Callable[[Chain], None] | None = None,
) -> Trusted:
    """Return what a registry says now, when it follows what it said before.

    A first refresh takes eight small requests, and one that brings nothing new two.

    Args:
        fetcher: brings the files; it is not believed.
        pinned: the root by which everything is believed.
        now: in UTC, to the second.
        before: what was believed before, by the same pinned root.
        keep: is given each root as soon as it is believed, whatever comes of the rest:
            it may say that a key was stolen.

    Raises:
        FetchError: a file is missing, too long, too slow or cannot be reached.
        MalformedError: a file is not in its format.
        UntrustedError: a file is not what those before it name, is signed by too few,
            or goes back.
        StaleError: a file has expired, or the release is of the future.
    """
    files = _Files(fetcher, {} if before is None else files_of(before))
    chain = pin(pinned) if before is None else before.chain
    chain = _follow_roots(fetcher, chain, now, keep)
    chain = _follow_metadata(files, chain, now)
    trusted = _follow_release(files, chain, now)
    if before is not None:
        with _advice():
            _check_after(trusted, before, fetcher)
    return trusted


def files_of(trusted: Trusted) -> dict[str, bytes]:
    """Return the files by which a registry is believed, by their paths in it."""
    chain = trusted.chain
    roles = (Role.TIMESTAMP, Role.SNAPSHOT, Role.TARGETS, Role.RELEASES)
    metadata = [*chain.roots, *map(chain.file, roles)]
    files = {metadata_path(file.name): file.data for file in metadata}
    for name, data in trusted.files.items():
        by = chain.file(Role.TARGETS if name == POLICY_NAME else Role.RELEASES)
        files[named_path(name, named_target(by, name).sha256)] = data
    return files


class _Files:
    """Brings files that others name by their SHA-256, each only once."""

    def __init__(self, fetcher: Fetcher, known: Mapping[str, bytes]) -> None:
        self.fetcher = fetcher
        self._known = known

    def bring(self, named: Named, path: str, limit: int) -> bytes:
        known = self._known.get(path)
        if known is not None and named.is_of(known):
            return known
        data = self.fetcher.fetch(path, limit=limit)
        named.check(data)
        return data

    def metadata(self, named: Named, limit: int) -> bytes:
        return self.bring(named, metadata_path(named.name), limit)

    def target(self, by: RoleFile, name: str, limit: int) -> bytes:
        named = named_target(by, name)
        return self.bring(named, named_path(name, named.sha256), limit)


def _follow_roots(
    fetcher: Fetcher,
    chain: Chain,
    now: datetime,
    keep: Callable[[Chain], None] | None,
) -> Chain:
    while True:
        path = metadata_path(chain.next_root)
        with _advice():
            try:
                data = fetcher.fetch(path, limit=ROLE_LIMIT)
            except MissingError:
                return settle(chain, now=now)
            chain = follow_root(chain, data)
        if keep is not None:
            keep(chain)


def _follow_metadata(files: _Files, chain: Chain, now: datetime) -> Chain:
    with _advice():
        timestamp = files.fetcher.fetch(TIMESTAMP, limit=_SMALL)
        chain = follow_timestamp(chain, timestamp, now=now)
        snapshot = files.metadata(chain.named_snapshot, _SMALL)
        chain = follow_snapshot(chain, snapshot, now=now)
        targets = files.metadata(chain.named_role(Role.TARGETS), ROLE_LIMIT)
        chain = follow_targets(chain, targets, now=now)
        releases = files.metadata(chain.named_role(Role.RELEASES), ROLE_LIMIT)
        return follow_releases(chain, releases, now=now)


def _follow_release(files: _Files, chain: Chain, now: datetime) -> Trusted:
    targets, releases = chain.file(Role.TARGETS), chain.file(Role.RELEASES)
    with _advice():
        found = {
            POLICY_NAME: files.target(targets, POLICY_NAME, POLICY_LIMIT),
            RELEASE_NAME: files.target(releases, RELEASE_NAME, RELEASE_LIMIT),
            PROOF_NAME: files.target(releases, PROOF_NAME, PROOF_LIMIT),
        }
        data = found[RELEASE_NAME]
        proof = decode_log_proof(found[PROOF_NAME])
        policy = decode_log_policy(found[POLICY_NAME])
        checkpoint = _check_logged(data, proof, policy)
        entry = read_entry(data, index=proof.index, before=None, now=now)
        check_kind(entry.release, chain.root)
        if entry.release.is_braked:
            approval = files.target(releases, APPROVAL_NAME, APPROVAL_LIMIT)
            found[APPROVAL_NAME] = approval
            check_approval(
                decode_approval(approval), entry.release, data, root=chain.root
            )
    return Trusted(
        chain=chain, files=found, entry=entry, checkpoint=checkpoint, checked=now
    )


def _check_logged(data: bytes, proof: LogProof, policy: LogPolicy) -> TrustedCheckpoint:
    try:
        return check_inclusion(data, proof, policy)
    except UntrustedError as error:
        raise UntrustedError(
            f"the release is not proved to be in the log: {error}"
        ) from error


def _check_after(trusted: Trusted, before: Trusted, fetcher: Fetcher) -> None:
    """Check that neither the release nor the log goes back."""
    old, new = before.checkpoint.checkpoint, trusted.checkpoint.checkpoint
    policy = decode_log_policy(trusted.files[POLICY_NAME])
    # Another log takes the place of one that holders, with offline keys, believe no
    # more: what it said last may be a thief's word, and keeps nobody away. Of two that
    # they believe, the key of one could pass by the other.
    if old.origin not in {log.key.name for log in policy.logs}:
        return
    check_grown(fetcher, old, new)
    if trusted.entry.digest != before.entry.digest:
        check_follows(trusted.entry, before.entry)


@contextmanager
def _advice() -> Iterator[None]:
    """Say in every error what to do."""
    try:
        yield
    except RegistryError as error:
        advice = next(said for kind, said in _ADVICE if isinstance(error, kind))
        stop = "" if str(error).endswith("?") else "."
        raise type(error)(f"{error}{stop} {advice}") from error
