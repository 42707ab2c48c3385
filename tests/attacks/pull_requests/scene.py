"""A registry in a real Git repository, for pull requests that are made against it.

Commits are made by `git fast-import`, which takes any path and any mode: an attacker is
not held up by a careful client either.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeAlias

from sayso.model.authority import MANIFEST_FILE, SIGNATURE_FILE
from sayso.model.owner import OwnerId
from sayso.publish.authority.digests import content_digest
from sayso.publish.reading.file import blob_id, source_file
from sayso.publish.reading.git import read_blobs
from sayso.wire.admission import AdmissionFile, encode_admission
from sayso.wire.folder_manifest import (
    FolderManifest,
    decode_manifest,
    encode_manifest,
)
from sayso.wire.text import Digest
from sayso.wire.verification import (
    Method,
    ResolverAnswer,
    VerificationFile,
    encode_verification,
    verification_path,
)
from tests.declared import START, decided, declaration, owner, recordings
from tests.vouched import (
    ADA,
    BEN,
    CHECKED,
    INTAKE,
    ORIGIN,
    Proof,
    Voucher,
    key_of,
    line_of,
    signed,
)

NOW: Final = START + timedelta(days=10)
"""When pull requests are reviewed and merged."""

EVE, MARA = OwnerId("github:999977"), OwnerId("github:583231")
NOOR = OwnerId("github:700200")
FORMER = "github:583999"
"""An account that Mara listed once."""
FERN_ACCOUNT, HARROW_ACCOUNT, CYD = "github:7301", "github:7302", "github:900000103"
FERNWOOD, HARROW = OwnerId("domain:fernwood.example"), OwnerId("domain:harrow.example")
QUINCE, LAPSED = OwnerId("domain:quince.example"), OwnerId("domain:lapsed.example")

HOME: Final[Mapping[str, str]] = {
    EVE: "declarations/github/77/999977-eve",
    MARA: "declarations/github/31/583231-mara",
    NOOR: "declarations/github/00/700200-noor",
    FERNWOOD: "declarations/domain/fe/fernwood.example",
    HARROW: "declarations/domain/ha/harrow.example",
    QUINCE: "declarations/domain/qu/quince.example",
    LAPSED: "declarations/domain/la/lapsed.example",
    "registry": "declarations/registry",
}
"""The folder of each owner, from the top of the repository."""

DENY = "{any-ai: deny}"
YES = "{train-generative: allow, search: allow}"
ALLOW = "{any-ai: deny, train-generative: allow, search: allow}"
OPERATORS = f"""\
schema: sayso/operators/1
operators:
  - {{name: "Ada", account: "{ADA}", keys: ["{line_of(ADA)}"]}}
  - {{name: "Ben", account: "{BEN}", keys: ["{line_of(BEN)}"]}}
  # The key of Ada by mistake: one person is not two, whatever this list says.
  - {{name: "Cyd", account: "{CYD}", keys: ["{line_of(ADA)}"]}}
intake: ["{line_of(INTAKE)}"]
"""
POLICY = """\
schema: sayso/policy/1
origin: sayso.example
waiting_days: 7
account_recordings: 500
example_prefixes: [XXF01, XXF02, XXH01, XXM01, XXN01, XXL01, XXE01]
"""
DISPUTE = """\
schema: sayso/dispute/1
claimant: github:583231
against: domain:fernwood.example/open
recordings: [XXF012600003]
claim: "The master came back to me."
filed: 2026-11-01
"""
TABLE = (
    "isrc,title,artist\n"
    "XXF012600011,Eleven,A\nXXF012600012,Twelve,A\nXXF012600013,Thirteen,A\n"
)

_OPEN = recordings("XXF012600001", "XXF012600002", "XXF012600003")
OLD_KEY = "noor, before"


def _noor(key: str) -> str:
    lines = f'accounts: ["{NOOR}"]', f'keys: ["{line_of(key)}"]'
    return owner("Noor", *lines, role="artist")


_FIRST: Final[Mapping[str, str]] = {
    "registry/policy.yaml": POLICY,
    "registry/operators.yaml": OPERATORS,
    "registry/isrc-managers.csv": "prefix,name\nXXZ01,Tidepost\n",
    "registry/decisions/2026/20261101-fernwood.yaml": decided(
        "reviewed", "owner: domain:fernwood.example", "prefixes: [XXF01]"
    ),
    "registry/decisions/2026/20261102-mara.yaml": decided(
        "dispute-accepted", "dispute: 20261101-mara"
    ),
    "disputes/2026/20261101-mara.yaml": DISPUTE,
    "domain/fe/fernwood.example/owner.yaml": owner(
        "Fernwood",
        f'accounts: ["{FERN_ACCOUNT}"]',
        f'keys: ["{line_of(FERNWOOD)}"]',
        "contact: https://fernwood.example/licensing",
        f"represented_by: [{QUINCE}]",
    ),
    "domain/fe/fernwood.example/default.yaml": declaration(DENY, "prefix: XXF01"),
    "domain/fe/fernwood.example/open.yaml": declaration(ALLOW, _OPEN),
    "domain/fe/fernwood.example/table.yaml": declaration(
        DENY, "catalogue: {file: table.csv}"
    ),
    "domain/fe/fernwood.example/table.csv": TABLE,
    "domain/ha/harrow.example/owner.yaml": owner(
        "Harrow",
        f'accounts: ["{HARROW_ACCOUNT}"]',
        f'keys: ["{line_of(HARROW)}"]',
        "contact: https://harrow.example/ai",
    ),
    "domain/ha/harrow.example/songs.yaml": declaration(
        "{any-ai: ask}",
        recordings("XXH012600001", "XXH012600002"),
        "offer: {contact: https://harrow.example/ai}",
    ),
    "domain/qu/quince.example/owner.yaml": owner(
        "Quince",
        f'keys: ["{line_of(QUINCE)}"]',
        f"acts_for: [{FERNWOOD}]",
        role="distributor",
    ),
    "domain/qu/quince.example/for-fernwood.yaml": declaration(
        DENY,
        recordings("XXF022600001"),
        f"on_behalf_of: {FERNWOOD}",
        capacity="administrator",
    ),
    "domain/la/lapsed.example/owner.yaml": owner("Lapsed"),
    "domain/la/lapsed.example/songs.yaml": declaration(
        DENY, recordings("XXL012600001")
    ),
    "github/31/583231-mara/owner.yaml": owner(
        "Mara Lindqvist", f'accounts: ["{MARA}", "{FORMER}"]', role="artist"
    ),
    "github/31/583231-mara/songs.yaml": declaration(DENY, recordings("XXM012600001")),
    "github/00/700200-noor/owner.yaml": _noor(OLD_KEY),
    "github/00/700200-noor/songs.yaml": declaration(DENY, recordings("XXN012600001")),
}
_PROOFS: Final[Mapping[OwnerId, Proof]] = {
    FERNWOOD: Proof(level="domain"),
    HARROW: Proof(level="domain"),
    QUINCE: Proof(level="domain"),
    LAPSED: Proof(level="domain", checked=datetime(2026, 10, 12, 9, tzinfo=UTC)),
    MARA: Proof(level="account"),
    NOOR: Proof(level="key"),
}
_SINCE: Final[Mapping[str, Mapping[str, str]]] = {
    FERNWOOD: {"open.yaml": declaration("{any-ai: deny, search: allow}", _OPEN)},
    NOOR: {"owner.yaml": _noor(NOOR)},
    MARA: {
        "owner.yaml": owner("Mara Lindqvist", f'accounts: ["{MARA}"]', role="artist"),
        "songs.yaml": declaration(DENY, recordings("XXM012600001", "XXM012600002")),
    },
}
"""What three owners changed since: a yes was taken back, a key and an account went."""
_PROGRAM: Final[Mapping[str, str]] = {
    "README.md": "# A registry\n",
    "Makefile": "all:\n",
    "pyproject.toml": "[project]\n",
    "mkdocs.yml": "site_name: A registry\n",
    ".gitattributes": "* text=auto eol=lf\ndeclarations/** -text\n",
    ".ci/check": "true\n",
    ".github/workflows/check.yml": "on: pull_request_target\n",
    "builder/sayso/__init__.py": "",
    "declarations/README.md": "# Declarations\n",
}


@dataclass(frozen=True, kw_only=True)
class Odd:
    """What is no plain file.

    Attributes:
        data: its bytes; or the name of a commit, for a submodule, or of a folder.
    """

    mode: str
    data: bytes | str


File: TypeAlias = bytes | str | Odd | None
Change: TypeAlias = Mapping[str, File]
"""What a pull request changes, by paths from the top; None for what it deletes."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """Commits that were made.

    Attributes:
        parent: what a commit goes on from; None for the repository's base.
        author: whom it names, which anybody may write.
        message: what it says.
    """

    parent: str | None = None
    author: str = "Eve <eve@attacker.example>"
    message: str = "Change"
    merges: str | None = None


@dataclass
class World:
    """The repository, and what is in its base.

    Attributes:
        repository: a bare one.
        base: the commit whose facts decide.
        files: what is in it, by paths from the top.
        first: the commit before, of which the first release is made.
        former: what was in that.
    """

    repository: Path
    files: Mapping[str, bytes] = field(repr=False, default_factory=dict)
    base: str = ""
    first: str = ""
    former: Mapping[str, bytes] = field(repr=False, default_factory=dict)

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """Run Git in the repository, and return what it writes."""
        ran = subprocess.run(
            ["git", "-C", str(self.repository), *arguments],
            input=given,
            check=True,
            capture_output=True,
        )
        return ran.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(self, change: Change, made: Made = Made()) -> str:
        """Make a commit of changes, and return its id."""
        stream = [
            b"commit refs/heads/made\nmark :1\n",
            f"author {made.author} 1796000000 +0000\n".encode(),
            f"committer {made.author} 1796000000 +0000\n".encode(),
            _data(made.message.encode()),
        ]
        parent = self.base if made.parent is None else made.parent
        if parent:
            stream.append(f"from {parent}\n".encode())
        if made.merges is not None:
            stream.append(f"merge {made.merges}\n".encode())
        # Deletions go first, so that a file can take a folder's place.
        for path, file in sorted(change.items(), key=lambda one: one[1] is not None):
            stream += _entry(path, file)
        stream.append(b"\nget-mark :1\n")
        if not parent:
            stream.insert(0, b"reset refs/heads/made\n\n")
        options = ("fast-import", "--quiet", "--force", "--done")
        given = b"".join([*stream, b"done\n"])
        return self.git(*options, given=given).split()[-1]

    def blobs(self, blobs: list[str]) -> Mapping[str, bytes]:
        """Return the bytes of files by the ids that Git has for them."""
        return read_blobs(self.repository, blobs)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The codes that anybody declares anything of here, and some beside them."""
        text = b"\n".join(self.files.values()).decode("utf-8", "replace")
        beside = {"XXF019900001", "XXE012600001", "XXZ012600001", "XXH019900001"}
        return frozenset(re.findall(r"\bXX[A-Z]01\d{7}\b", text)) | beside

    def signing(
        self,
        owner_id: str,
        change: Change,
        *,
        by: tuple[str, ...] | None = None,
        previous: bytes | None = None,
        **said: object,
    ) -> Change:
        """Return a change of an owner's folder with the manifest that signs it.

        Args:
            owner_id: whose folder it is, or `registry`.
            change: what is changed, by names in the folder.
            by: whose keys sign; the owner's when left out.
            previous: the manifest to go on from; the base's when left out.
            said: what the manifest says otherwise: `sequence`, `epoch`, `origin`,
                `owner`, `previous_digest`, `unlisted` names.
        """
        home = HOME[owner_id]
        folder = {
            path.rpartition("/")[2]: data
            for path, data in self.files.items()
            if path.rpartition("/")[0] == home
        }
        before = previous or folder.get(MANIFEST_FILE)
        data = manifest_of(home, owner_id, {**folder, **change}, before, **said)
        signers = by or ((ADA, BEN) if owner_id == "registry" else (owner_id,))
        return {
            **{f"{home}/{name}": file for name, file in change.items()},
            f"{home}/{MANIFEST_FILE}": data,
            f"{home}/{SIGNATURE_FILE}": signed(data, *signers),
        }


def manifest_of(
    home: str,
    owner_id: str,
    files: Change,
    before: bytes | None,
    **said: object,
) -> bytes:
    """Return the manifest of a folder that goes on from another one."""
    last = None if before is None else decode_manifest(before)
    unlisted = said.get("unlisted", ())
    assert isinstance(unlisted, tuple)
    digests: dict[str, Digest] = {}
    for name, file in files.items():
        is_made = name in {MANIFEST_FILE, SIGNATURE_FILE, *unlisted}
        if file is None or is_made or isinstance(file, Odd):
            continue
        data = file if isinstance(file, bytes) else file.encode()
        path = f"{home}/{name}".removeprefix("declarations/")
        digest = content_digest(source_file(path, data))
        digests[name] = digest or Digest(sha256(data).hexdigest())
    digest = None if before is None else Digest(sha256(before).hexdigest())
    number = 0 if last is None else last.sequence
    return encode_manifest(
        FolderManifest(
            origin=str(said.get("origin", ORIGIN)),
            owner=str(said.get("owner", owner_id)),
            epoch=int(str(said.get("epoch", 0 if last is None else last.epoch))),
            sequence=int(str(said.get("sequence", number + 1))),
            previous=Digest(str(said["previous_digest"]))
            if "previous_digest" in said
            else digest,
            files=digests,
        )
    )


def build(folder: Path) -> World:
    """Make the repository: a first commit, and the base that goes on from it."""
    proofs = {**_PROOFS, NOOR: Proof(level="account")}
    found = Voucher(proofs=proofs).vouched(_FIRST)
    first = {f"declarations/{path}": data for path, data in found.items()}
    first |= {path: text.encode() for path, text in _PROGRAM.items()}
    world = World(repository=folder, files=first)
    world.git("init", "--quiet", "--bare", "--initial-branch=main")
    begun = world.signing(NOOR, {}, by=(OLD_KEY,))
    world.files = first = {**first, **plain(begun)}
    world.first = world.commit(first, Made(parent=""))
    mara = {f"{HOME[MARA]}/{name}": text for name, text in _SINCE[MARA].items()}
    since = {
        **world.signing(FERNWOOD, _SINCE[FERNWOOD]),
        **world.signing(NOOR, _SINCE[NOOR], by=(OLD_KEY,)),
        **mara,
        **admission(MARA, mara, MARA, MARA, number=90),
    }
    world.former, world.files = first, {**first, **plain(since)}
    world.base = world.commit(since, Made(parent=world.first))
    world.git("update-ref", "refs/heads/main", world.base)
    return world


def plain(change: Change) -> dict[str, bytes]:
    """Return the files of a change that deletes nothing and has no odd ones."""
    found: dict[str, bytes] = {}
    for path, file in change.items():
        assert isinstance(file, bytes | str)
        found[path] = _bytes(file)
    return found


def admission(
    owner_id: OwnerId,
    change: Change,
    author: str,
    sender: str,
    *,
    number: int,
    by: str = INTAKE,
    origin: str = ORIGIN,
) -> dict[str, bytes]:
    """Return the host's word on a change of plain files, signed by intake."""
    files: dict[str, str | None] = {}
    for path, file in change.items():
        assert not isinstance(file, Odd)
        below = path.removeprefix("declarations/")
        files[below] = None if file is None else blob_id(_bytes(file))
    said = encode_admission(
        AdmissionFile(
            number=number,
            origin=origin,
            owner=owner_id,
            author=author,
            sender=sender,
            pull_request=number,
            base="0" * 40,
            head="0" * 40,
            merge="0" * 40,
            admitted=CHECKED,
            files=files,
        )
    )
    path = f"{HOME['registry']}/admissions/{number}.json"
    return {path: said, f"{path}.sig": signed(said, by)}


def verification(
    owner_id: OwnerId,
    key: str,
    *,
    by: str = INTAKE,
    domain: str | None = None,
    days: int = 1,
) -> dict[str, bytes]:
    """Return what a domain was seen to say of the key of somebody, signed by intake."""
    name = domain or owner_id.partition(":")[2]
    fingerprint = key_of(key).public.fingerprint
    text = f"v=sayso1; key={fingerprint}; registry={ORIGIN}"
    seen = ResolverAnswer(resolver="192.0.2.53", authenticated=True, texts=(text,))
    said = VerificationFile(
        origin=ORIGIN,
        owner=owner_id,
        domain=name,
        key=fingerprint,
        method=Method.DNS,
        checked=NOW - timedelta(days=days),
        answers=(seen,),
    )
    path, data = f"declarations/{verification_path(said)}", encode_verification(said)
    return {path: data, f"{path}.sig": signed(data, by)}


def text_of(world: World, path: str) -> str:
    """Return a file of the base."""
    return world.files[path].decode()


def _entry(path: str, file: File) -> list[bytes]:
    quoted = _quoted(path)
    match file:
        case None:
            return [b"D " + quoted + b"\n"]
        case Odd(mode="160000" | "040000" as mode, data=str(data)):
            return [f"M {mode} {data} ".encode() + quoted + b"\n"]
        case Odd(mode=mode, data=data):
            return [f"M {mode} inline ".encode() + quoted + b"\n", _data(_bytes(data))]
        case _:
            return [b"M 100644 inline " + quoted + b"\n", _data(_bytes(file))]


def _bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)


def _quoted(path: str) -> bytes:
    plain = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'.encode("utf-8", "surrogateescape")
