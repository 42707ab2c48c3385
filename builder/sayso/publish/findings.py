"""Findings: everything that a release says, before it is written.

Declarations are accepted, the recordings they cover are grouped, and each group is
resolved once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sayso.errors import PublishError
from sayso.model.declaration import (
    Decision,
    DecisionKind,
    DeclarationId,
    Dispute,
    Level,
)
from sayso.model.owner import Owner, OwnerId
from sayso.model.policy import Policy
from sayso.publish.accepted import Accepted, accept
from sayso.publish.cover import Cover, cover
from sayso.publish.facts import Facts, gather
from sayso.publish.history import Histories
from sayso.publish.inputs import Inputs, Steps
from sayso.publish.pending import pending_allows
from sayso.publish.policies import Resolver, resolve_sets
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.file import CATALOGUE
from sayso.publish.reading.layout import owner_folders
from sayso.publish.reading.registry import read_owner_folder
from sayso.publish.reading.sources import SourceFile, source_file
from sayso.wire.status import Pending


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that one release says, before it is written.

    Attributes:
        owners: who declares, from the newest state that has them.
        policies: the policy of each set in `covered` of which anybody speaks.
        published: the first release that held each declaration.
        pending: what is to be allowed once it has waited in public.
    """

    accepted: Accepted
    facts: Facts
    covered: Cover
    policies: Mapping[int, Policy]
    owners: Mapping[OwnerId, Owner]
    levels: Mapping[OwnerId, Level]
    published: Mapping[DeclarationId, datetime]
    pending: Sequence[Pending]
    decisions: Sequence[Decision]
    disputes: Sequence[Dispute]


def find(
    inputs: Inputs, histories: Histories, waiting: timedelta, steps: Steps
) -> Findings:
    """Accept, cover and resolve.

    Args:
        inputs: what the release is made from.
        histories: the states that count, of every folder.
        waiting: how long loosening waits.
        steps: is told what is being done.

    Raises:
        PublishError: an earlier file is missing, or cannot be read any more.
    """
    said = dict(_said(inputs, histories))
    documents = inputs.documents
    accepted = accept(histories, said)
    steps("Covering recordings", 0, 1)
    decided = {one.id: since for one, since in _decided(inputs)}
    decisions = [one for one in documents.decisions if one.id in decided]
    facts = gather(
        accepted,
        decisions,
        documents.disputes,
        account_recordings=documents.policy.account_recordings,
        since=lambda decision: decided[decision.id],
        now=inputs.issued,
    )
    covered = cover(
        facts,
        inputs.spill(),
        progress=lambda done, total: steps("Covering recordings", done, total),
    )
    resolver = Resolver(accepted=accepted, facts=facts, waiting=waiting)
    policies = resolve_sets(
        covered.sets,
        resolver,
        lambda done, total: steps("Resolving policies", done, total),
    )
    owners = _owners(said)
    return Findings(
        accepted=accepted,
        facts=facts,
        covered=covered,
        policies=policies,
        owners=owners,
        levels=_levels(histories),
        published=_published(accepted, inputs),
        pending=pending_allows(covered.sets, policies, resolver, waiting),
        decisions=[d for d in decisions if decided[d.id] <= inputs.issued],
        # One stays a record where an owner is gone of whom nothing is published.
        disputes=[
            one
            for one in documents.disputes
            if {one.claimant, one.against} <= owners.keys()
        ],
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
            for name, blob in state.files.items()
            if not name.endswith(CATALOGUE)
        }
    )
    blobs = inputs.blobs(wanted) if wanted else {}
    folders = owner_folders(inputs.tree.files)
    for owner, states in histories.items():
        for place, state in enumerate(states[: newest[owner]]):
            files = [
                source_file(name, blobs[blob])
                if blob in blobs
                else _catalogue(name, blob, inputs)
                for name, blob in sorted(state.files.items())
            ]
            yield (owner, place), _read_earlier(owner, files, inputs)
        if owner in folders:
            yield (owner, newest[owner]), inputs.documents.of_owner(owner)


def _catalogue(name: str, blob: str, inputs: Inputs) -> SourceFile:
    """Return an earlier catalogue, which is read only where no table of it is known."""
    return SourceFile(
        path=name, blob=blob, sha256="", size=0, load=lambda: inputs.blobs([blob])[blob]
    )


def _read_earlier(owner: OwnerId, files: list[SourceFile], inputs: Inputs) -> Documents:
    documents, problems = read_owner_folder(
        owner, files, inputs.tables, inputs.readings
    )
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


def _decided(inputs: Inputs) -> Iterator[tuple[Decision, datetime]]:
    """Yield the accepted decisions of today and before, with when they count.

    One that loosens waits in public first.
    """
    for decision in inputs.documents.decisions:
        record = inputs.standing.records.get(decision.path)
        if record is not None and decision.decided <= inputs.issued.date():
            is_strict = decision.kind is DecisionKind.DISPUTE_ACCEPTED
            yield decision, inputs.issued if is_strict else record.since


def _levels(histories: Histories) -> dict[OwnerId, Level]:
    """Return how well control of each owner's name is proved now."""
    levels: dict[OwnerId, Level] = {}
    for owner, states in histories.items():
        newest = states[-1]
        if newest.signed:
            levels[owner] = Level.DOMAIN if newest.proved else Level.KEY
        elif newest.files:
            levels[owner] = Level.ACCOUNT
    return levels


def _published(accepted: Accepted, inputs: Inputs) -> dict[DeclarationId, datetime]:
    """Carry over when each declaration was first published."""
    earlier = inputs.previous.state.published if inputs.previous is not None else {}
    return {
        version.declaration.id: earlier.get(version.declaration.id, inputs.issued)
        for version in accepted.versions
    }
