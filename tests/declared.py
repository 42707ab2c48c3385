"""Small folders of declarations, written as texts and published in memory."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import polars as pl

from sayso.client.core import Core, read_core
from sayso.model.answer import Answer
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.publish.authority.authorise import authorise
from sayso.publish.authority.before import Before
from sayso.publish.inputs import Inputs, Kept, Previous
from sayso.publish.output import Folder, pack
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.regular import REGULAR
from sayso.publish.reading.sources import SourceFile, SourceTree, source_file
from sayso.publish.reading.tables import HeldTables, Tables
from sayso.publish.release import make_release
from sayso.wire.contents import Contents
from sayso.wire.header import Profile
from sayso.wire.profile import decode, encode_item
from sayso.wire.registry import Registry, decode_registry
from sayso.wire.release import Release, decode_release
from sayso.wire.release_file import ReleaseFile, decode_index
from sayso.wire.state import RegistryState, decode_state
from sayso.wire.text import Digest
from tests.vouched import Proof, Voucher, is_made, operators_yaml, vouch_on_disk

START = datetime(2026, 11, 22, 11, tzinfo=UTC)
FERNWOOD = "domain/fe/fernwood.example"
HARROW = "domain/ha/harrow.example"
MARA = "github/31/583231-mara"

POLICY = """\
schema: sayso/policy/1
origin: sayso.example
waiting_days: 7
account_recordings: 500
example_prefixes: [XXF01, XXF02]
"""
OPERATORS = operators_yaml()
BOTH = '["github:900000101", "github:900000102"]'

Texts = Mapping[str, str]


def owner(name: str, *more: str, role: str = "label") -> str:
    lines = ["schema: sayso/owner/1", f'name: "{name}"', f"role: {role}", *more]
    return "\n".join(lines) + "\n"


def declaration(uses: str, scope: str, *more: str, capacity: str = "owner") -> str:
    """Return a declaration: `declaration("{search: deny}", "prefix: XXF01")`."""
    lines = [
        "schema: sayso/declaration/1",
        f"capacity: {capacity}",
        f"uses: {uses}",
        *more,
        scope,
    ]
    return "\n".join(lines) + "\n"


def recordings(*isrcs: str) -> str:
    rows = [f'  - {{isrc: {code}, title: "T{code}", artist: "A"}}' for code in isrcs]
    return "recordings:\n" + "\n".join(rows)


def decided(kind: str, *more: str, day: str = "2026-11-01") -> str:
    lines = [
        "schema: sayso/decision/1",
        f"kind: {kind}",
        f"decided: {day}",
        'evidence: "Seen."',
        f"operators: {BOTH}",
        *more,
    ]
    return "\n".join(lines) + "\n"


FACTS: dict[str, str] = {
    "registry/policy.yaml": POLICY,
    "registry/operators.yaml": OPERATORS,
    "registry/decisions/2026/fernwood.yaml": decided(
        "reviewed", "owner: domain:fernwood.example", "prefixes: [XXF01]"
    ),
    f"{FERNWOOD}/owner.yaml": owner("Fernwood"),
    f"{HARROW}/owner.yaml": owner("Harrow"),
    f"{MARA}/owner.yaml": owner(
        "Mara Lindqvist", 'accounts: ["github:583231"]', role="artist"
    ),
}
"""Three owners; declarations are added by each test."""

PROOFS: dict[str, Proof] = {
    "domain:fernwood.example": Proof(level="domain"),
    "domain:harrow.example": Proof(level="domain"),
    "github:583231": Proof(level="account"),
}
"""What is proved of them."""


@dataclass
class HeldOutput:
    """Holds the files of a release in memory.

    Attributes:
        old: the files of the release before.
        kept: which of these were taken over.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    old: Mapping[str, bytes] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)

    def write(self, path: str, data: bytes) -> None:
        assert path not in self.files
        self.files[path] = bytes(data)

    def write_packed(self, path: str, content: bytes) -> None:
        self.write(path, pack(content))

    def stream(self) -> BinaryIO:
        return BytesIO()

    def name(self, stream: BinaryIO, path: str) -> None:
        assert isinstance(stream, BytesIO)
        self.write(path, stream.getvalue())

    def keep(self, path: str, sha256: str) -> bool:
        if path not in self.old or digest_of(self.old[path]) != sha256:
            return False
        self.write(path, self.old[path])
        self.kept.append(path)
        return True

    def also(self, path: str, other: str) -> None:
        self.write(other, self.files[path])


@dataclass(frozen=True)
class Published:
    """A release, read back as a consumer reads it."""

    files: Mapping[str, bytes]
    sources: Mapping[str, bytes] = field(repr=False)
    tree: SourceTree = field(repr=False)

    @property
    def release(self) -> Release:
        return decode_release(self.files["release.json"])

    @property
    def registry(self) -> Registry:
        return decode_registry(self.files["registry.json"])

    @property
    def state(self) -> RegistryState:
        name = next(name for name in self.files if name.startswith("state/"))
        return decode_state(gzip.decompress(self.files[name]))

    def answer(self, isrc: str, use: str, territory: str | None = None) -> Answer:
        now = self.release.header.issued
        return self.registry.answer(Isrc(isrc), use, territory, now=now)

    def policy(self, isrc: str) -> int | None:
        return self.registry.policy_of(Isrc(isrc))

    def verdict(self, isrc: str, use: str, territory: str | None = None) -> str:
        return self.answer(isrc, use, territory).verdict.value


def digest_of(data: bytes) -> Digest:
    return Digest(sha256(data).hexdigest())


def files_of(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder by their paths."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def table_of(rows: Mapping[int, str | None]) -> pl.DataFrame:
    """Return a catalogue's table: a title for each key, in any order."""
    artists = dict.fromkeys(rows)
    columns = {"key": [*rows], "title": [*rows.values()], "artist": [*artists.values()]}
    return pl.DataFrame(columns, schema=REGULAR).sort("key")


def tree_of(texts: Mapping[str, str | bytes]) -> SourceTree:
    files = [
        source_file(path, text if isinstance(text, bytes) else text.encode())
        for path, text in texts.items()
    ]
    return SourceTree(
        files=tuple(sorted(files, key=lambda file: file.path)),
        problems=(),
        commit="c" * 40,
        clean=True,
    )


def errors_in(files: tuple[SourceFile, ...]) -> list[Problem]:
    return [problem for problem in read_documents(files)[1] if problem.is_error]


def publish(
    texts: Mapping[str, str | bytes],
    *,
    after: Published | None = None,
    days: float = 0,
    facts: Mapping[str, str] = FACTS,
    proofs: Mapping[str, Proof] = PROOFS,
    output: HeldOutput | Folder | None = None,
    tables: Tables | None = None,
    readings: Readings | None = None,
    workers: int = 1,
    lost: Previous | None = None,
) -> Published:
    """Publish declarations some days after the start.

    Args:
        texts: the files, beside the facts.
        after: the release before.
        days: when, from the start.
        facts: who declares, and what operators say.
        proofs: what is proved of owners; all else is given authority by it.
        output: takes the files; memory when left out.
        tables: reads catalogues; into memory when left out.
        readings: reads YAML files; anew when left out.
        workers: how many threads there are.
        lost: the release before, where only that is left of it.
    """
    tables = tables or HeldTables()
    readings = readings or Readings()
    previous = lost
    if after is not None and lost is None:
        previous = previous_of(after)
    sources = dict(after.sources) if after else {}
    before = Before(
        state=None if previous is None else previous.state,
        blobs=lambda blobs: {blob: sources[blob] for blob in blobs},
    )
    kept = admissions_in(after.tree) if after else {}
    tree = tree_of({**kept, **vouched({**facts, **texts}, before, proofs, sources)})
    sources |= {file.blob: file.data for file in tree.files}
    issued = START + timedelta(days=days)
    tree, standing = authorise(tree, before, now=issued)
    documents, problems = read_documents(
        tree.files, readings=readings, tables=tables, refused=tree.refused
    )
    errors = [one for one in problems if one.is_error and not standing.excuses(one)]
    assert not errors, errors
    output = output or HeldOutput()
    signed = make_release(
        Inputs(
            tree=tree,
            documents=documents,
            standing=standing,
            blobs=before.blobs,
            issued=issued,
            profile=Profile.OPERATOR,
            previous=previous,
            tables=tables,
            readings=readings,
            workers=workers,
        ),
        output,
        lambda _step, _done, _total: None,
    )
    held = output.files if isinstance(output, HeldOutput) else files_of(output.folder)
    return Published(files={**held, **signed}, sources=sources, tree=tree)


def admissions_in(tree: SourceTree) -> dict[str, bytes]:
    """Return the admissions of a tree, which stay in those that follow."""
    start = "registry/admissions/"
    return {f.path: f.data for f in tree.files if f.path.startswith(start)}


def vouched(
    files: Mapping[str, str | bytes],
    before: Before,
    proofs: Mapping[str, Proof],
    sources: Mapping[str, bytes],
) -> dict[str, bytes]:
    """Return files with all that gives them authority after a release."""
    held = before.held()
    known = {digest_of(data): data for data in sources.values()}
    manifests = {
        owner: known[Digest(one.manifest)]
        for owner, one in held.items()
        if one.manifest is not None
    }
    voucher = Voucher(
        proofs={OwnerId(owner): proof for owner, proof in proofs.items()},
        held=held,
        manifests=manifests,
        number=max((one.admission for one in held.values()), default=0),
    )
    return voucher.vouched(files)


def put(
    folder: Path,
    texts: Mapping[str, str | bytes],
    *,
    alone: bool = False,
    proofs: Mapping[str, Proof] = PROOFS,
) -> None:
    """Write files into a folder of declarations, and give them authority.

    Args:
        folder: the folder `declarations/`.
        texts: the files, by path.
        alone: whether these are all that people wrote; others are taken away.
        proofs: what is proved of owners.
    """
    for path in list(files_of(folder)) if alone else []:
        if path not in texts and not is_made(path):
            (folder / path).unlink()
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
    vouch_on_disk(folder, {OwnerId(owner): proof for owner, proof in proofs.items()})


def index_of(files: Mapping[str, bytes]) -> tuple[ReleaseFile, ...]:
    """Return the files that the index of a release lists."""
    release = decode_release(files["release.json"])
    return decode_index(files[release.index.path])


def previous_of(published: Published) -> Previous:
    """Return a release as the next one goes on from it."""
    release, files = published.release, published.files
    index = index_of(files)
    contents = {
        file.path.split(".")[1]: file.content_sha256
        for file in (*release.files, *index)
        if file.path.startswith("bulk/")
    }
    raw = decode(files["registry.json"], limit=2**28)
    return Previous(
        digest=digest_of(files["release.json"]),
        release=release,
        state=published.state,
        kept=Kept(
            contents=Contents(number=release.header.number, **contents),
            core=files[release.core.path],
            policies={
                item["number"]: encode_item(item)
                for item in cast("Any", raw["policies"])
            },
            prefixes=published.registry.prefixes,
            parts=published.registry.parts,
            deltas=tuple(
                gzip.decompress(files[file.path])
                for file in index
                if file.path.startswith("delta/")
            ),
        ),
    )


def core_of(published: Published) -> Core:
    """Return the core of a release, as a client reads it."""
    kept = previous_of(published).kept
    assert kept is not None
    raw = decode(published.files["registry.json"], limit=2**28)
    return read_core(
        kept.core,
        cast("Any", raw["policies"]),
        cast("Any", raw["prefixes"]),
        contents=kept.contents,
    )
