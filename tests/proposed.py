"""A registry in Git, and changes that people propose: each is a branch off `main`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path

from sayso.model.authority import Held
from sayso.model.owner import OwnerId
from sayso.wire.folder_manifest import decode_manifest
from tests.declared import FACTS, FERNWOOD, HARROW, MARA, declaration, recordings
from tests.operators import git
from tests.vouched import Proof, Voucher, line_of

FERN, HARR, SONGS = (
    OwnerId("domain:fernwood.example"),
    OwnerId("domain:harrow.example"),
    OwnerId("github:583231"),
)
"""Proved by a domain, by a key, and by an account."""
STRANGER = "github:6666"
ONE, TWO, THREE = "XXF012600001", "XXF012600002", "XXF012600003"
DENY = declaration("{any-ai: deny}", recordings(ONE, TWO))
TABLE = declaration("{any-ai: deny}", "catalogue: {file: catalogue.csv, rows: 2}")
ROWS = f"isrc,title,artist\n{ONE},First,A\n{TWO},Second,A\n"

Changes = Mapping[str, str | bytes | None]


def accepted(
    more: Mapping[str, str | bytes] | None = None, *, now: datetime | None = None
) -> dict[str, bytes]:
    """Return the files of a registry, by paths from `declarations/`."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    files = {
        **FACTS,
        f"{FERNWOOD}/catalogue.yaml": TABLE,
        f"{FERNWOOD}/catalogue.csv": ROWS,
        f"{HARROW}/live.yaml": declaration("{any-ai: deny}", recordings(THREE)),
        f"{MARA}/songs.yaml": DENY,
        **(more or {}),
    }
    proofs = {
        FERN: Proof(level="domain", checked=now),
        HARR: Proof(level="key"),
        SONGS: Proof(level="account"),
    }
    return Voucher(proofs=proofs).vouched(files)


def signed(
    files: Mapping[str, bytes], owner: OwnerId, changes: Changes
) -> dict[str, bytes]:
    """Return what an owner changes, with the manifest that comes after the accepted."""
    home = next(path for path in files if owner_of(path) == owner).rpartition("/")[0]
    path = f"{home}/manifest.json"
    held = Held(home=home)
    if path in files:
        manifest = decode_manifest(files[path])
        digest = sha256(files[path]).hexdigest()
        held = Held(home=home, sequence=manifest.sequence, manifest=digest)
    own = {p: data for p, data in files.items() if p.startswith(f"{home}/")}
    left = {p: data for p, data in {**own, **changes}.items() if data is not None}
    plain = {p: d for p, d in left.items() if "/manifest.json" not in p}
    voucher = Voucher(proofs={owner: Proof(level="key")}, held={owner: held})
    after = voucher.vouched(plain)
    return {p: data for p, data in after.items() if files.get(p) != data}


def owner_of(path: str) -> str:
    """Return the owner in whose folder a path is."""
    namespace, _, rest = path.partition("/")
    name = rest.partition("/")[2].partition("/")[0]
    return f"{namespace}:{name.partition('-')[0] if namespace == 'github' else name}"


@dataclass
class Repository:
    """A registry in Git.

    Attributes:
        folder: where `main` is checked out.
        files: what is accepted, by paths from `declarations/`.
    """

    folder: Path
    files: dict[str, bytes]
    _numbers: "count[int]" = field(default_factory=count)

    def propose(self, changes: Changes, others: Changes | None = None) -> str:
        """Commit changes below `declarations/`, and others, off `main`."""
        branch = f"change-{next(self._numbers)}"
        git(self.folder, "checkout", "--quiet", "-b", branch, "main")
        paths = {f"declarations/{path}": data for path, data in changes.items()}
        write(self.folder, {**paths, **(others or {})})
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--message=change")
        git(self.folder, "checkout", "--quiet", "main")
        return branch

    def sign(self, owner: OwnerId, changes: Changes) -> str:
        """Propose a change that its owner signed."""
        new = signed(self.files, owner, changes)
        gone = {path: None for path, data in changes.items() if data is None}
        return self.propose({**new, **gone})


def write(folder: Path, files: Changes) -> None:
    """Write files, or take away those that are None."""
    for path, data in files.items():
        place = folder / path
        if data is None:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if isinstance(data, bytes) else data.encode())


def registry_in_git(
    folder: Path, more: Mapping[str, str | bytes] | None = None, *options: str
) -> Repository:
    """Make a registry in Git."""
    files = accepted(more)
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main", *options)
    write(folder, {f"declarations/{path}": data for path, data in files.items()})
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=begin")
    return Repository(folder, files)


def with_key(owner: OwnerId, text: str) -> str:
    """Return an owner file that lists the key of its owner."""
    return text + f'keys: ["{line_of(owner)}"]\n'
