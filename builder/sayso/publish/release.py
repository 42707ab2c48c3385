"""The release: from accepted declarations to the bytes that are signed.

"A release is a function of (commit, admissions, time, previous state, keys)."
Nothing here reads a clock, a folder or a key.
"""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from sayso.errors import PublishError
from sayso.model.owner import OwnerId
from sayso.publish.bulk import Bulk, write_bulk
from sayso.publish.core import CoreReader
from sayso.publish.dataset import dataset_lists, prefixes_of, registry_json
from sayso.publish.delta import make_delta
from sayso.publish.findings import Findings, find
from sayso.publish.history import Histories, continue_histories
from sayso.publish.inputs import Inputs, Previous, Steps
from sayso.publish.numbering import Numbering, number_policies
from sayso.publish.output import Output, pack
from sayso.publish.parts import listed
from sayso.publish.policy_tables import policies_file, prefixes_file
from sayso.publish.reading.documents import DEFAULT_POLICY
from sayso.publish.reading.layout import owner_folders
from sayso.publish.reading.schema import json_schemas
from sayso.publish.reading.sources import SourceTree
from sayso.publish.release_schemas import release_schemas
from sayso.publish.succession import delta_files
from sayso.wire.columns import Interval
from sayso.wire.contents import Contents
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.profile import encode
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


def make_release(inputs: Inputs, output: Output, steps: Steps) -> dict[str, bytes]:
    """Write the files of a release, and return those that are to be signed.

    Args:
        inputs: what it is made from.
        output: takes all other files.
        steps: is told what is being done.

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
    with closing(findings.covered.recordings):
        numbering = number_policies(
            findings.policies,
            state.policies if state is not None else {},
            state.next_policy if state is not None else 1,
        )
        found = _Found(
            header=header,
            findings=findings,
            numbering=numbering,
            prefixes=prefixes_of(findings.covered, numbering),
        )
        bulk = _write_bulk(inputs, found, output, steps)
    state = _state(found, histories)
    return _documents(inputs, found, bulk, state, output)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All that a release says, under its numbers."""

    header: ReleaseHeader
    findings: Findings
    numbering: Numbering
    prefixes: tuple[Interval, ...]


def _write_bulk(inputs: Inputs, found: _Found, output: Output, steps: Steps) -> Bulk:
    previous, policy = inputs.previous, inputs.documents.policy
    parts = () if previous is None else previous.parts
    return write_bulk(
        accepted=found.findings.accepted,
        reviewed=found.findings.facts.reviewed,
        covered=found.findings.covered,
        numbering=found.numbering,
        prefixes=found.prefixes,
        shape=(policy.leaf_items, policy.node_entries),
        old=None if previous is None else CoreReader(previous.core),
        kept={part.jsonl.content_sha256: part for part in parts},
        output=output,
        workers=inputs.workers,
        progress=lambda done, total: steps("Writing recordings", done, total),
    )


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


def _state(found: _Found, histories: Histories) -> RegistryState:
    return RegistryState(
        release=found.header.number,
        issued=found.header.issued,
        owners=histories,
        published=found.findings.published,
        policies=found.numbering.carried,
        next_policy=found.numbering.next_policy,
    )


def _documents(
    inputs: Inputs, found: _Found, bulk: Bulk, state: RegistryState, output: Output
) -> dict[str, bytes]:
    """Write what is few, and return registry.json and release.json."""
    lists = dataset_lists(found.findings, found.numbering, found.prefixes)
    counts = {name: len(items) for name, items in lists.items()}
    counts |= {"disputed": bulk.disputed, "recordings": bulk.recordings}
    registry = registry_json(lists, counts, found.header, bulk.parts, bulk.lines)
    files = [
        listed(REGISTRY_FILE, registry, _digest(registry)),
        *_bulk_files(inputs, found, bulk, output),
        *_small_files(state, output),
    ]
    release = Release(
        header=found.header,
        previous=inputs.previous.digest if inputs.previous is not None else None,
        source=_source(inputs.tree),
        counts=counts,
        files=tuple(sorted(files, key=lambda file: file.path)),
        lookup=bulk.lookup,
    )
    return {REGISTRY_FILE: registry, RELEASE_FILE: encode_release(release)}


def _bulk_files(
    inputs: Inputs, found: _Found, bulk: Bulk, output: Output
) -> Iterator[ReleaseFile]:
    policies = policies_file(found.numbering, output)
    prefixes = prefixes_file(found.prefixes, output)
    yield from (bulk.core, policies, prefixes)
    if inputs.previous is not None and bulk.changes is not None:
        contents = Contents(
            number=found.header.number,
            core=bulk.core.content_sha256,
            policies=policies.content_sha256,
            prefixes=prefixes.content_sha256,
        )
        items = {number: one.item for number, one in found.numbering.policies.items()}
        newest = make_delta(
            inputs.previous.contents,
            contents,
            recordings=bulk.changes,
            policies=(inputs.previous.policies, items),
            prefixes=(inputs.previous.prefixes, found.prefixes),
        )
        yield from delta_files(newest, inputs.previous.deltas, output)


def _small_files(state: RegistryState, output: Output) -> list[ReleaseFile]:
    carried = encode_state(state)
    content = _digest(carried)
    packed = pack(carried)
    path = f"state/{content}.json.gz"
    output.write(path, packed)
    files = [listed(path, packed, content)]
    for name, body in {**json_schemas(), **release_schemas()}.items():
        data = encode(body)
        output.write(f"schema/{name}.json", data)
        files.append(listed(f"schema/{name}.json", data, _digest(data)))
    return files


def _source(tree: SourceTree) -> Source:
    digests = [(file.path, Digest(file.sha256)) for file in tree.files]
    return Source(
        commit=tree.commit,
        clean=tree.clean,
        declarations_root=declarations_root(digests),
    )


def _digest(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())
