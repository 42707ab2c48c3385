"""The release: from accepted declarations to the bytes that are signed.

"A release is a function of (commit, admissions, time, previous state, keys)."
Nothing here reads a clock, a folder or a key.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from sayso.publish.authority.authorised import Authorised
from sayso.publish.bulk import Bulk, breakpoints_of, write_bulk
from sayso.publish.comparison import Comparison
from sayso.publish.core import CoreReader
from sayso.publish.dataset import dataset_lists, prefixes_of, registry_json
from sayso.publish.delta import make_delta
from sayso.publish.findings import Findings, find
from sayso.publish.history import Histories, continue_histories
from sayso.publish.inputs import Inputs, Steps
from sayso.publish.numbering import Numbering, number_policies
from sayso.publish.output import Output
from sayso.publish.policy_tables import policies_file, prefixes_file
from sayso.publish.sequence import brakes, check_inputs, next_header
from sayso.publish.signatures import signed_folders
from sayso.publish.small_files import (
    index_file,
    registry_file,
    schema_files,
    signatures_file,
    sources_file,
    state_file,
    status_file,
)
from sayso.publish.standing import status_of
from sayso.publish.succession import delta_files
from sayso.wire.columns import Interval
from sayso.wire.contents import Contents
from sayso.wire.header import ReleaseHeader
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    Release,
    encode_release,
)
from sayso.wire.release_file import ReleaseFile
from sayso.wire.release_members import Source
from sayso.wire.sources import declarations_root
from sayso.wire.state import RegistryState
from sayso.wire.text import Digest


def make_release(inputs: Inputs, output: Output, steps: Steps) -> dict[str, bytes]:
    """Write the files of a release, and return those that are to be signed.

    Args:
        inputs: what it is made from.
        output: takes the files.
        steps: is told what is being done.

    Raises:
        PublishError: the time does not advance, an earlier file is missing, an
            operator's registry has no policy, or what the policy says of releases
            cannot be.
    """
    check_inputs(inputs)
    header = next_header(inputs)
    previous = inputs.previous
    state = previous.state if previous is not None else None
    waiting = timedelta(days=inputs.documents.policy.waiting_days)
    histories = continue_histories(
        inputs.standing.held,
        state,
        proved=inputs.standing.proved,
        now=header.issued,
        waiting=waiting,
    )
    findings = find(inputs, histories, waiting, steps)
    with closing(findings.covered.recordings):
        numbering = number_policies(
            findings.policies,
            state.policies if state is not None else {},
            previous.release.next_policy if previous is not None else 1,
        )
        prefixes = prefixes_of(findings.covered, numbering)
        found = _Found(
            header=header,
            findings=findings,
            numbering=numbering,
            prefixes=prefixes,
            comparison=_comparison(inputs, prefixes),
        )
        bulk = _write_bulk(inputs, found, output, steps)
    handed_on = _state(found, histories, inputs.standing)
    return _documents(inputs, found, bulk, handed_on, output)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All that a release says, under its numbers.

    Attributes:
        comparison: with the release before; None where there are no data of it.
    """

    header: ReleaseHeader
    findings: Findings
    numbering: Numbering
    prefixes: tuple[Interval, ...]
    comparison: Comparison | None


def _comparison(inputs: Inputs, prefixes: tuple[Interval, ...]) -> Comparison | None:
    if inputs.kept is None:
        return None
    return Comparison(
        CoreReader(inputs.kept.core),
        breakpoints_of(inputs.kept.prefixes),
        breakpoints_of(prefixes),
    )


def _write_bulk(inputs: Inputs, found: _Found, output: Output, steps: Steps) -> Bulk:
    kept, policy = inputs.kept, inputs.documents.policy
    return write_bulk(
        accepted=found.findings.accepted,
        reviewed=found.findings.facts.reviewed,
        covered=found.findings.covered,
        numbering=found.numbering,
        breakpoints=breakpoints_of(found.prefixes),
        shape=(policy.leaf_items, policy.node_entries),
        comparison=found.comparison,
        kept={part.jsonl.content_sha256: part for part in kept.parts} if kept else {},
        output=output,
        workers=inputs.workers,
        progress=lambda done, total: steps("Writing recordings", done, total),
    )


def _state(found: _Found, histories: Histories, standing: Authorised) -> RegistryState:
    return RegistryState(
        release=found.header.number,
        issued=found.header.issued,
        owners=histories,
        published=found.findings.published,
        policies=found.numbering.carried,
        held=standing.held,
        records=standing.records,
        left_out=standing.left_out,
        admitted=standing.admitted,
    )


def _documents(
    inputs: Inputs, found: _Found, bulk: Bulk, state: RegistryState, output: Output
) -> dict[str, bytes]:
    """Write what is few, and return registry.json and release.json."""
    previous, policy = inputs.previous, inputs.documents.policy
    lists = dataset_lists(found.findings, found.numbering, found.prefixes)
    counts = {name: len(items) for name, items in lists.items()}
    counts |= {"disputed": bulk.disputed, "recordings": bulk.recordings}
    counts |= _loosened(inputs, found)
    counts["left_out"] = len(inputs.standing.left_out)
    registry = registry_json(lists, counts, found.header, bulk.parts, bulk.lines)
    sources = [(file.path, Digest(file.sha256)) for file in inputs.tree.files]
    listed = [
        *_bulk_files(inputs, found, bulk, output),
        *schema_files(output),
        signatures_file(signed_folders(inputs), output),
        sources_file(sources, output),
        state_file(state, output),
        status_file(status_of(inputs, found.findings), output),
    ]
    brake, next_brake = brakes(inputs)
    release = Release(
        header=found.header,
        previous=previous.digest if previous is not None else None,
        source=Source(
            commit=inputs.tree.commit,
            clean=inputs.tree.clean,
            declarations_root=declarations_root(sources),
        ),
        counts=counts,
        files=(
            bulk.core,
            index_file(listed, output),
            registry_file(registry, output),
        ),
        lookup=bulk.lookup,
        brake=brake,
        next_brake=next_brake,
        next_policy=found.numbering.next_policy,
        recovery=previous is not None and previous.kept is None,
        revoked=policy.revoked,
    )
    data = encode_release(release)
    output.write(RELEASE_FILE, data)
    return {REGISTRY_FILE: registry, RELEASE_FILE: data}


def _loosened(inputs: Inputs, found: _Found) -> dict[str, int]:
    recordings = ranges = 0
    if inputs.kept is not None and found.comparison is not None:
        recordings, ranges = found.comparison.loosened(
            inputs.kept.policies, found.numbering.policies
        )
    return {"loosened": recordings, "loosened_ranges": ranges}


def _bulk_files(
    inputs: Inputs, found: _Found, bulk: Bulk, output: Output
) -> Iterator[ReleaseFile]:
    policies = policies_file(found.numbering, output)
    prefixes = prefixes_file(found.prefixes, output)
    yield from (policies, prefixes)
    changes = found.comparison.changes if found.comparison is not None else None
    if inputs.kept is not None and changes is not None:
        contents = Contents(
            number=found.header.number,
            core=bulk.core.content_sha256,
            policies=policies.content_sha256,
            prefixes=prefixes.content_sha256,
        )
        items = {number: one.item for number, one in found.numbering.policies.items()}
        newest = make_delta(
            inputs.kept.contents,
            contents,
            recordings=changes,
            policies=(inputs.kept.policies, items),
            prefixes=(inputs.kept.prefixes, found.prefixes),
        )
        yield from delta_files(newest, inputs.kept.deltas, output)
