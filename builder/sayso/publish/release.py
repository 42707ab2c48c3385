"""The release: from accepted declarations to the bytes that are signed.

"A release is a function of (commit, admissions, time, previous state, keys)."
Nothing here reads a clock, a folder or a key.
"""

import gzip
import hashlib
from collections.abc import Mapping
from datetime import timedelta

from sayso.errors import PublishError
from sayso.model.owner import OwnerId
from sayso.publish.dataset import Dataset, make_dataset, registry_head
from sayso.publish.findings import find
from sayso.publish.history import continue_histories
from sayso.publish.inputs import Inputs, Previous, Steps
from sayso.publish.reading.documents import DEFAULT_POLICY
from sayso.publish.reading.layout import owner_folders
from sayso.publish.reading.schema import json_schemas
from sayso.publish.reading.sources import SourceTree
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
    findings = find(inputs, histories, waiting, steps)
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
