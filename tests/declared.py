"""Small folders of declarations, written as texts and published in memory."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sayso.model.answer import Answer
from sayso.model.isrc import Isrc
from sayso.model.problem import Problem
from sayso.publish.inputs import Inputs, Previous
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import SourceFile, SourceTree, source_file
from sayso.publish.release import make_release
from sayso.wire.header import Profile
from sayso.wire.registry import Registry, decode_registry
from sayso.wire.release import Release, decode_release
from sayso.wire.state import RegistryState, decode_state
from sayso.wire.text import Digest

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
OPERATORS = """\
schema: sayso/operators/1
operators:
  - {name: "Ada", account: "github:900000101"}
  - {name: "Ben", account: "github:900000102"}
"""
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


def proved(owner_id: str, level: str = "domain", *more: str) -> str:
    lines = [
        "schema: sayso/verification/1",
        f"owner: {owner_id}",
        f"level: {level}",
        "checked: 2026-11-01",
        "method: operator",
        *more,
    ]
    return "\n".join(lines) + "\n"


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
    "registry/verifications/2026/fernwood.yaml": proved("domain:fernwood.example"),
    "registry/verifications/2026/harrow.yaml": proved("domain:harrow.example"),
    "registry/verifications/2026/mara.yaml": proved("github:583231", "account"),
    "registry/decisions/2026/fernwood.yaml": decided(
        "reviewed", "owner: domain:fernwood.example", "prefixes: [XXF01]"
    ),
    f"{FERNWOOD}/owner.yaml": owner("Fernwood"),
    f"{HARROW}/owner.yaml": owner("Harrow"),
    f"{MARA}/owner.yaml": owner(
        "Mara Lindqvist", 'accounts: ["github:583231"]', role="artist"
    ),
}
"""Three owners and what is proved of them; declarations are added by each test."""


@dataclass(frozen=True)
class Published:
    """A release, read back as a consumer reads it."""

    files: Mapping[str, bytes]
    sources: Mapping[str, bytes] = field(repr=False)

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
) -> Published:
    """Publish declarations some days after the start; `after` is the release before."""
    tree = tree_of({**facts, **texts})
    documents, problems = read_documents(tree.files)
    assert not [problem for problem in problems if problem.is_error], problems
    sources = dict(after.sources) if after else {}
    sources |= {file.blob: file.data for file in tree.files}
    previous = None
    if after is not None:
        previous = Previous(
            digest=Digest(sha256(after.files["release.json"]).hexdigest()),
            header=after.release.header,
            state=after.state,
        )
    files = make_release(
        Inputs(
            tree=tree,
            documents=documents,
            blobs=lambda blobs: {blob: sources[blob] for blob in blobs},
            issued=START + timedelta(days=days),
            profile=Profile.OPERATOR,
            previous=previous,
        ),
        lambda _step, _done, _total: None,
    )
    return Published(files=files, sources=sources)
