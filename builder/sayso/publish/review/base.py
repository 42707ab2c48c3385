"""The accepted side of a review: files of a commit, read as they are needed.

"Cross-owner facts come from the last release's data, not from reading the tree": only
the folders that a change touches are read here, and the operators' few files.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sayso.model.authority import OWNER_FILE, Held
from sayso.model.owner import OwnerId, shard_of
from sayso.model.settings import RegistryPolicy
from sayso.publish.authority.before import Before
from sayso.publish.authority.folder import Files, adopted
from sayso.publish.authority.intake import Intake
from sayso.publish.authority.office import (
    MANIFEST,
    MANIFEST_SIGNATURE,
    OPERATORS_FILE,
    POLICY_FILE,
    SETTINGS,
    Office,
    office_of,
    policy_of,
)
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.git import read_blobs
from sayso.publish.reading.git_changes import Entry, blobs_at, entries
from sayso.publish.reading.layout import Place, place_of
from sayso.wire.verification import verifications_of


@dataclass(frozen=True)
class Base:
    """A commit whose facts decide.

    Attributes:
        repository: any folder of the Git repository.
        commit: its id.
        folder: where declarations are, from the top of the repository.
    """

    repository: Path
    commit: str
    folder: str = "declarations"

    def entries(self, below: str) -> list[Entry]:
        """Return what a folder below the declarations holds."""
        return entries(self.repository, self.commit, f"{self.folder}/{below}")

    def homes(self, owner: OwnerId) -> list[str]:
        """Return the folders of an owner, which should be one."""
        shard = f"{owner.partition(':')[0]}/{shard_of(owner)}"
        if shard not in self._shards:
            found = self._shards[shard] = defaultdict(list)
            for entry in self.entries(shard):
                place = place_of(f"{shard}/{entry.name}/{OWNER_FILE}")
                if isinstance(place, Place) and place.owner is not None:
                    found[place.owner].append(place.folder)
        return self._shards[shard].get(owner, [])

    @cached_property
    def _shards(self) -> dict[str, dict[OwnerId, list[str]]]:
        """The folders of the owners of each shard that was looked at."""
        return {}

    def owner_files(self, owners: Iterable[OwnerId]) -> list[SourceFile]:
        """Return who owners are, of those who are known.

        However many there are, few questions are asked: a mandate may name thousands.
        """
        start = f"{self.folder}/"
        homes = (home for owner in sorted(owners) for home in self.homes(owner))
        paths = [f"{start}{home}/{OWNER_FILE}" for home in homes]
        blobs = blobs_at(self.repository, self.commit, paths)
        found = {path.removeprefix(start): blob for path, blob in blobs.items()}
        return [file for _, file in sorted(self.read(found).items())]

    def files(self, home: str) -> Files:
        """Return the files of an owner's folder by their names."""
        found = {f"{home}/{one.name}": one.blob for one in self.entries(home)}
        return {
            path.rpartition("/")[2]: file for path, file in self.read(found).items()
        }

    def held(self, owner: OwnerId) -> Held:
        """Return an owner's folder as what is accepted."""
        homes = self.homes(owner)
        if not homes:
            return Held()
        return replace(adopted(owner, self.files(homes[0])), home=homes[0])

    def read(self, wanted: Mapping[str, str]) -> dict[str, SourceFile]:
        """Return files by their paths; catalogues are read when they are needed."""
        before = Before(
            state=None, blobs=lambda blobs: read_blobs(self.repository, blobs)
        )
        return before.files(wanted)

    @cached_property
    def settings(self) -> dict[str, SourceFile]:
        """The files that say how the registry is run, and who signed them."""
        names = {*SETTINGS, MANIFEST, MANIFEST_SIGNATURE}
        return self.read(
            {
                path: entry.blob
                for entry in self.entries("registry")
                if (path := f"registry/{entry.name}") in names
            }
        )

    @cached_property
    def office(self) -> Office:
        """The operators."""
        return office_of(self.settings.get(OPERATORS_FILE))

    @cached_property
    def policy(self) -> RegistryPolicy:
        """The operators' settings."""
        return policy_of(self.settings.get(POLICY_FILE))

    def verifications(self, owner: OwnerId) -> dict[str, SourceFile]:
        """Return the verifications of an owner, and what intake signed of them."""
        part = verifications_of(owner)
        found: dict[str, str] = {}
        for year in sorted(self.entries("registry/verifications"), key=_name)[-2:]:
            below = f"registry/verifications/{year.name}"
            for entry in self.entries(below):
                if part in entry.name:
                    found[f"{below}/{entry.name}"] = entry.blob
        return self.read(found)

    def intake(self, files: Iterable[SourceFile]) -> Intake:
        """Return what intake signed among files."""
        return Intake({file.path: file for file in files}, self.office.intake)


def _name(entry: Entry) -> str:
    return entry.name
