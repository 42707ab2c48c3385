"""What the files of a registry say, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sayso.model.declaration import (
    Decision,
    Declaration,
    DeclarationId,
    Dispute,
)
from sayso.model.isrc import Prefix
from sayso.model.owner import Owner, OwnerId
from sayso.model.settings import RegistryPolicy
from sayso.publish.reading.schema import Operators
from sayso.publish.reading.sources import SourceFile
from sayso.publish.reading.tables import Table

NOBODY = Operators(operators=())
"""Where there is no file that says who runs the registry."""

DEFAULT_POLICY = RegistryPolicy(origin="registry.example")
"""The policy of a folder without one, such as an earlier state of an owner's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The documents of a registry, or of one owner.

    Attributes:
        catalogues: the recordings of declarations with a catalogue, as columns.
        files: the file of each declaration.
        twins: the JSON twin of each YAML file in each owner's folder, by its name.
        authored: the declarations in each owner's folder, in order.
        managers: prefixes that many owners share, with the manager's name.
    """

    owners: Mapping[OwnerId, Owner] = field(default_factory=dict)
    declarations: Mapping[DeclarationId, Declaration] = field(default_factory=dict)
    catalogues: Mapping[DeclarationId, Table] = field(default_factory=dict)
    files: Mapping[DeclarationId, SourceFile] = field(default_factory=dict)
    twins: Mapping[OwnerId, Mapping[str, bytes]] = field(default_factory=dict)
    authored: Mapping[OwnerId, tuple[DeclarationId, ...]] = field(default_factory=dict)
    disputes: tuple[Dispute, ...] = ()
    decisions: tuple[Decision, ...] = ()
    policy: RegistryPolicy = DEFAULT_POLICY
    managers: Mapping[Prefix, str] = field(default_factory=dict)
    operators: Operators = NOBODY

    @property
    def partners(self) -> set[OwnerId]:
        """The owners whom owners and declarations name."""
        named: set[OwnerId] = set()
        for owner in self.owners.values():
            named |= {*owner.represented_by, *owner.acts_for}
        for said in self.declarations.values():
            named.add(said.owner)
            if said.withdrawn is not None and said.withdrawn.successor is not None:
                named.add(said.withdrawn.successor)
        return named

    def of_owner(self, owner: OwnerId) -> "Documents":
        """Return what is in the folder of one owner."""
        names = self.authored.get(owner, ())
        return replace(
            self,
            owners={owner: self.owners[owner]} if owner in self.owners else {},
            declarations={name: self.declarations[name] for name in names},
            catalogues={
                name: self.catalogues[name] for name in names if name in self.catalogues
            },
            files={name: self.files[name] for name in names},
            authored={owner: names} if names else {},
        )
