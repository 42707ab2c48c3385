"""The release: from accepted declarations to the bytes that are signed.

"A release is a function of (commit, admissions, time, previous state, keys)."
Nothing here reads a clock, a folder or a key.
"""

import gzip
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.errors import PublishError
from sayso.model.declaration import DeclarationId, Level, Verification
from sayso.model.owner import Owner, OwnerId
from sayso.publish.accepted import Accepted, accept
from sayso.publish.cover import cover
from sayso.publish.dataset import Dataset, Findings, make_dataset, registry_head
from sayso.publish.history import Histories, continue_histories
from sayso.publish.policies import resolve_sets
from sayso.publish.reading.documents import DEFAULT_POLICY, Documents
from sayso.publish.reading.layout import owner_folders
from sayso.publish.reading.registry import read_owner_folder
from sayso.publish.reading.schema import json_schemas
from sayso.publish.reading.sources import SourceFile, SourceTree
from sayso.publish.release_schemas import release_schemas
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.profile import encode, encode_lines
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    Release,
    ReleaseFile,
    Source,
    declarations_root,
    encode_release,
)
from sayso.wire.state import RegistryState, encode_state
from sayso.wire.text import Digest, format_time

Steps = Callable[[str, int, int], None]
"""Is told a step in words, how much of it is done, and of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """The release before this one, verified.

    Attributes:
        digest: SHA-256 of its `release.json`.
    """

    digest: Digest
    header: ReleaseHeader
    state: RegistryState


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """All that a release is made from.

    Attributes:
        documents: what the files of `tree` say.
        blobs: returns the bytes of earlier files by Git blob id; raises
            `PublishError` where one is missing.
        issued: the time of the release, a whole second in UTC.
        previous: the release before; None for a genesis.
    """

    tree: SourceTree
    documents: Documents
    blobs: Callable[[list[str]], Mapping[str, bytes]]
    issued: datetime
    profile: Profile
    previous: Previous | None


def make_release(inputs: Inputs, steps: Steps) -> dict[str, bytes]:
    """Return the files of a release by path, without signatures.

    Raises:
        PublishError: the time does not advance, an earlier file is missing, or an
            operator's registry has no policy.
    """
    previous = inputs.previous
    _check_policy(inputs)
    header = ReleaseHeader(
        number=1 if previous is None else previous.header.number + 1,
        issued=inputs.issued,
        origin=inputs.documents.policy.origin,
        profile=inputs.profile,
    )
    _check_sequence(header, previous)
    state = previous.state if previous is not None else None
    waiting = timedelta(days=inputs.documents.policy.waiting_days)
    histories = continue_histories(
        _folders(inputs.tree), state, now=header.issued, waiting=waiting
    )
    findings = _find(inputs, histories, waiting, steps)
    dataset = make_dataset(
        findings,
        state.policies if state is not None else {},
        state.next_policy if state is not None else 1,
    )
    steps("Writing the registry", 0, 1)
    carried = RegistryState(
        release=header.number,
        issued=header.issued,
        owners=histories,
        published=findings.published,
        policies=dataset.numbers,
        next_policy=dataset.next_policy,
    )
    files = _data_files(header, dataset, carried)
    files[RELEASE_FILE] = encode_release(_release(inputs, header, dataset, files))
    return files


def _check_policy(inputs: Inputs) -> None:
    if inputs.documents.policy is DEFAULT_POLICY and inputs.profile is Profile.OPERATOR:
        raise PublishError(
            "registry/policy.yaml is missing, which names the registry's origin and "
            "its waiting period; only a development release does without"
        )


def _check_sequence(header: ReleaseHeader, previous: Previous | None) -> None:
    if previous is None:
        return
    if header.issued <= previous.header.issued:
        raise PublishError(
            f"release {header.number} would be issued at {format_time(header.issued)}, "
            f"not after release {previous.header.number} "
            f"({format_time(previous.header.issued)}); give a later --time"
        )
    if header.origin != previous.header.origin:
        raise PublishError(
            f"the previous release is of {previous.header.origin}, and policy.yaml "
            f"says {header.origin}; a registry never changes its origin"
        )


def _folders(tree: SourceTree) -> dict[OwnerId, dict[str, str]]:
    return {
        owner: {name: file.blob for name, file in files.items()}
        for owner, files in owner_folders(tree.files).items()
    }


def _find(
    inputs: Inputs, histories: Histories, waiting: timedelta, steps: Steps
) -> Findings:
    """Accept, cover and resolve."""
    said = dict(_said(inputs, histories))
    documents = inputs.documents
    day = inputs.issued.date()
    accepted = accept(histories, said, documents.verifications, day=day)
    steps("Covering recordings", 0, 1)
    decisions = [d for d in documents.decisions if d.decided <= day]
    covered = cover(
        accepted,
        decisions,
        documents.disputes,
        account_recordings=documents.policy.account_recordings,
    )
    policies = resolve_sets(
        accepted,
        covered,
        now=inputs.issued,
        waiting=waiting,
        progress=lambda done, total: steps("Resolving policies", done, total),
    )
    return Findings(
        accepted=accepted,
        covered=covered,
        policies=policies,
        owners=_owners(said),
        levels=_levels(documents.verifications, inputs.issued),
        published=_published(accepted, inputs),
        decisions=decisions,
        disputes=documents.disputes,
    )


def _said(
    inputs: Inputs, histories: Histories
) -> Iterator[tuple[tuple[OwnerId, int], Documents]]:
    """Yield what each state of each folder says; earlier states come from Git."""
    newest = {owner: len(states) - 1 for owner, states in histories.items()}
    wanted = sorted(
        {
            blob
            for owner, states in histories.items()
            for state in states[: newest[owner]]
            for blob in state.files.values()
        }
    )
    blobs = inputs.blobs(wanted) if wanted else {}
    folders = owner_folders(inputs.tree.files)
    for owner, states in histories.items():
        for place, state in enumerate(states[: newest[owner]]):
            files = [
                SourceFile(path=name, data=blobs[blob], blob=blob)
                for name, blob in sorted(state.files.items())
            ]
            yield (owner, place), _read_earlier(owner, files)
        if owner in folders:
            yield (owner, newest[owner]), inputs.documents.of_owner(owner)


def _read_earlier(owner: OwnerId, files: list[SourceFile]) -> Documents:
    documents, problems = read_owner_folder(owner, files)
    errors = [problem for problem in problems if problem.is_error]
    if errors:
        raise PublishError(
            f"an earlier accepted state of {owner} can no longer be read: "
            f"{errors[0].path}: {errors[0].message}"
        )
    return documents


def _owners(said: Mapping[tuple[OwnerId, int], Documents]) -> dict[OwnerId, Owner]:
    return {
        owner: documents.owners[owner]
        for (owner, _), documents in sorted(said.items())
        if owner in documents.owners
    }


def _levels(
    verifications: tuple[Verification, ...], now: datetime
) -> dict[OwnerId, Level]:
    levels: dict[OwnerId, Level] = {}
    for proof in verifications:
        if proof.checked <= now.date():
            known = levels.get(proof.owner, Level.NONE)
            levels[proof.owner] = max(known, proof.level)
    return levels


def _published(accepted: Accepted, inputs: Inputs) -> dict[DeclarationId, datetime]:
    """Carry over when each declaration was first published."""
    earlier = inputs.previous.state.published if inputs.previous is not None else {}
    return {
        version.declaration.id: earlier.get(version.declaration.id, inputs.issued)
        for version in accepted.versions
    }


def _data_files(
    header: ReleaseHeader, dataset: Dataset, state: RegistryState
) -> dict[str, bytes]:
    carried = encode_state(state)
    digest = hashlib.sha256(carried).hexdigest()
    head = registry_head(dataset.counts, header)
    schemas = {**json_schemas(), **release_schemas()}
    files = {f"schema/{name}.json": encode(body) for name, body in schemas.items()}
    files[f"state/{digest}.json.gz"] = gzip.compress(carried, mtime=0)
    files[REGISTRY_FILE] = b"".join(encode_lines(head, dataset.lists))
    return files


def _release(
    inputs: Inputs,
    header: ReleaseHeader,
    dataset: Dataset,
    files: Mapping[str, bytes],
) -> Release:
    tree = inputs.tree
    digests = [(file.path, _digest(file.data)) for file in tree.files]
    return Release(
        header=header,
        previous=inputs.previous.digest if inputs.previous is not None else None,
        source=Source(
            commit=tree.commit,
            clean=tree.clean,
            declarations_root=declarations_root(digests),
        ),
        counts=dataset.counts,
        files=tuple(_file(path, data) for path, data in sorted(files.items())),
    )


def _file(path: str, data: bytes) -> ReleaseFile:
    content = gzip.decompress(data) if path.endswith(".gz") else data
    return ReleaseFile(
        path=path,
        bytes=len(data),
        sha256=_digest(data),
        content_sha256=_digest(content),
    )


def _digest(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())
