"""The folder of the holders: what they made and signed, from the first on.

    1.root.json  1.targets.json  2.root.json  2.targets.json …
    policy.txt          who is believed about the log; the newest targets name it
    keys/mara.pub       a holder's public key, by the name that messages call it

Root and targets are made together and have one version. Nothing in the folder is
believed for being there: it is what somebody proposes.
"""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuf.api.metadata import TargetFile

from sayso.errors import MalformedError, PublishError
from sayso.trust.holder_key import load_holder_key
from sayso.trust.profiles import Role
from sayso.trust.roles import (
    ROLE_LIMIT,
    RoleFile,
    metadata_of,
    profile_of,
    read_role,
    targets_of,
)
from sayso.trust.signing import Tally, tally
from sayso.wire.log_policy import POLICY_LIMIT
from sayso.wire.minisign import FILE_LIMIT
from sayso.wire.places import POLICY_NAME
from sayso.wire.text import from_utf8

KEYS: Final = "keys"
"""The folder of public keys within."""

_SUFFIX: Final = ".pub"
_PAIR: Final = (Role.ROOT, Role.TARGETS)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustFolder:
    """What holders made and signed; no signature was checked.

    Attributes:
        roots: from version 1, each the one before and 1; at least one.
        targets: as many.
        policy: the bytes of `policy.txt`.
        names: of holders, by the ids of their keys.
    """

    roots: tuple[RoleFile, ...]
    targets: tuple[RoleFile, ...]
    policy: bytes
    names: Mapping[str, str]

    @property
    def files(self) -> Iterator[RoleFile]:
        """All roots and targets, by version."""
        for pair in zip(self.roots, self.targets, strict=True):
            yield from pair

    @property
    def newest(self) -> tuple[RoleFile, RoleFile]:
        """The newest root and targets."""
        return self.roots[-1], self.targets[-1]

    @property
    def names_policy(self) -> bool:
        """Whether the newest targets name this `policy.txt`."""
        named = targets_of(self.targets[-1]).targets.get(POLICY_NAME)
        return named == TargetFile.from_data(POLICY_NAME, self.policy)

    @property
    def in_force(self) -> tuple[tuple[RoleFile, RoleFile], ...]:
        """The last root and targets that are complete, and those made after them."""
        pairs = [*zip(self.roots, self.targets, strict=True)]
        first = len(pairs) - 1
        while first and not all(map(self.is_complete, pairs[first])):
            first -= 1
        return tuple(pairs[first:])

    def before(self, file: RoleFile) -> RoleFile | None:
        """Return the file of the same role that one follows."""
        files = self.roots if file.role is Role.ROOT else self.targets
        return files[file.version - 2] if file.version > 1 else None

    def authority(self, file: RoleFile) -> RoleFile | None:
        """Return the file that says who may sign one, as for `trust.signing.tally`."""
        if file.role is Role.ROOT:
            return self.before(file)
        return self.roots[file.version - 1]

    def tally(self, file: RoleFile) -> tuple[Tally, ...]:
        """Return who signed one of the files, as `trust.signing.tally`."""
        return tally(file, authority=self.authority(file))

    def strangers(self, file: RoleFile) -> tuple[str, ...]:
        """Return the ids of keys whose signatures of a file count for nobody."""
        signed = {key.keyid for part in self.tally(file) for key in part.signed}
        return tuple(sorted(metadata_of(file).signatures.keys() - signed))

    def is_complete(self, file: RoleFile) -> bool:
        """Return whether enough holders signed a file, and nobody else did."""
        enough = all(part.enough for part in self.tally(file))
        return enough and not self.strangers(file)


def read_trust_folder(folder: Path) -> TrustFolder:
    """Return what is in a folder; other files than those above are passed over.

    Raises:
        MalformedError: a file is not what its name says, or one is missing, or a root
            is for development.
        PublishError: there is no first root, or a file cannot be read.
    """
    found: dict[Role, dict[int, RoleFile]] = {role: {} for role in _PAIR}
    for name in _names(folder):
        if name.endswith(tuple(f".{role}.json" for role in _PAIR)):
            file = read_role(name, _read(folder / name, ROLE_LIMIT))
            found[file.role][file.version] = file
    count = max((version for files in found.values() for version in files), default=0)
    if count == 0:
        raise PublishError(
            f"there is no {folder / '1.root.json'}; `sayso trust init` makes it"
        )
    for version in range(1, count + 1):
        for role, files in found.items():
            if version not in files:
                raise MalformedError(
                    f"{folder / f'{version}.{role}.json'} is missing: root and targets "
                    "are made together and have one version, and none is deleted; if "
                    "making them was interrupted, take the other away and begin again"
                )
    for root in found[Role.ROOT].values():
        if (profile := profile_of(root)).one_key:
            raise MalformedError(
                f"{folder / root.name} is of the profile {profile.name}, which is for "
                "trying out: real holders begin with a root of their own"
            )
    return TrustFolder(
        roots=tuple(found[Role.ROOT][number + 1] for number in range(count)),
        targets=tuple(found[Role.TARGETS][number + 1] for number in range(count)),
        policy=_read(folder / POLICY_NAME, POLICY_LIMIT),
        names=dict(_holders(folder / KEYS)),
    )


def _holders(folder: Path) -> Iterator[tuple[str, str]]:
    for name in _names(folder):
        if name.endswith(_SUFFIX):
            path = folder / name
            try:
                holder = load_holder_key(
                    from_utf8(_read(path, FILE_LIMIT), limit=FILE_LIMIT)
                )
            except MalformedError as error:
                raise MalformedError(f"{path}: {error}") from error
            yield holder.key.keyid, name.removesuffix(_SUFFIX)


def _names(folder: Path) -> list[str]:
    try:
        names = sorted((each.name for each in folder.iterdir()), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise PublishError(f"{folder} cannot be read: {error.strerror}") from error
    # macOS leaves a ._1.root.json beside each file on a stick.
    return [name for name in names if not name.startswith(".")]


def _read(path: Path, limit: int) -> bytes:
    try:
        # A link may lead anywhere, and a named pipe would wait for ever.
        if not stat.S_ISREG(path.lstat().st_mode):
            raise MalformedError(f"{path} is not an ordinary file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise PublishError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise MalformedError(f"{path} is longer than {limit} bytes")
    return data
