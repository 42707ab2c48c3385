"""Adopting: a commit taken as accepted, whoever made it.

So the base of a pull request is read, and the commits of releases whose state was lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.model.settings import RegistryPolicy
from sayso.publish.authority.folder import adopted
from sayso.publish.authority.homes import homes_of
from sayso.publish.authority.intake import Intake
from sayso.publish.authority.office import (
    OPERATORS_FILE,
    POLICY_FILE,
    SETTINGS,
    held_settings,
    office_of,
    policy_of,
)
from sayso.publish.authority.records import is_record
from sayso.publish.reading.file import SourceFile
from sayso.wire.folder_manifest import REGISTRY
from sayso.wire.state import FolderState


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What a commit held.

    Attributes:
        held: each owner's folder.
        proved: the owners of whom a domain named a key then.
        records: the blob of each file of operators, and of each dispute, by path.
    """

    policy: RegistryPolicy
    held: Mapping[OwnerId, Held]
    proved: frozenset[OwnerId]
    records: Mapping[str, str]

    def state(self, owner: OwnerId, accepted: datetime) -> FolderState:
        """Return an owner's folder as if a release had accepted it."""
        held = self.held.get(owner, Held())
        return FolderState(
            accepted=accepted,
            files=dict(held.files),
            signed=held.signed,
            proved=owner in self.proved,
        )


def adopt(files: Mapping[str, SourceFile], *, now: datetime) -> Adopted:
    """Return what a commit held.

    Args:
        files: all its files, by path.
        now: when proofs of domains have to hold.
    """
    policy = policy_of(files.get(POLICY_FILE))
    intake = Intake(files, office_of(files.get(OPERATORS_FILE)).intake)
    # What was admitted until then is spent, whether anything came of it or not.
    held = {
        owner: replace(
            adopted(owner, found[min(found)]), home=min(found), admission=intake.newest
        )
        for owner, found in homes_of(files.values()).items()
    }
    proofs = intake.proofs(policy=policy, now=now)
    return Adopted(
        policy=policy,
        held={**held, OwnerId(REGISTRY): held_settings(files)},
        proved=frozenset(
            owner
            for owner, one in held.items()
            if one.keys & proofs.get(owner, {}).keys()
        ),
        records={
            path: file.blob
            for path, file in files.items()
            if path in SETTINGS or is_record(path)
        },
    )
