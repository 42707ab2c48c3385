"""The members of release.json that are objects: each with its writer and its reader."""

import re
from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.model.settings import REASON_LENGTH, Brake, Revocation
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.text import Digest, parse_digest, shown

ENTRIES_LIMIT: Final = 4096
"""A leaf or node of the look-up tree never has more items or entries."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The look-up tree of a release, of which each file is named by its digest.

    Attributes:
        leaf_items: how many items a leaf holds at most.
        node_entries: how many children a node has at most.
        root: SHA-256 of the unpacked root; None where the release says nothing of
            any code.
    """

    leaf_items: int
    node_entries: int
    root: Digest | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a release was made from.

    Attributes:
        commit: the Git commit, or None outside of Git.
        clean: whether the bytes that were read are that commit's.
        declarations_root: see `sayso.wire.sources`.
    """

    commit: str | None
    clean: bool
    declarations_root: Digest


def encode_brake(brake: Brake) -> dict[str, Json]:
    """Return the limits as release.json has them."""
    return {"ranges": brake.ranges, "recordings": brake.recordings}


def read_brake(members: Members) -> Brake:
    """Return the limits that `encode_brake` wrote.

    Raises:
        MalformedError: they are not limits.
    """
    brake = Brake(
        recordings=members.number("recordings", least=1),
        ranges=members.number("ranges", least=1),
    )
    members.end()
    return brake


def encode_revocation(revocation: Revocation) -> dict[str, Json]:
    """Return a revocation as release.json has it."""
    return {"reason": revocation.reason, "release": revocation.release}


def read_revocation(value: Json) -> Revocation:
    """Return the revocation that `encode_revocation` wrote.

    Raises:
        MalformedError: it is not one.
    """
    members = Members(value, "a revocation")
    revocation = Revocation(
        release=members.number("release", least=1), reason=members.text("reason")
    )
    members.end()
    length = len(revocation.reason)
    if not 0 < length <= REASON_LENGTH or _CONTROL.search(revocation.reason):
        raise members.wrong("reason", f"a line of at most {REASON_LENGTH} characters")
    return revocation


def encode_lookup(lookup: Lookup) -> dict[str, Json]:
    """Return the look-up tree as release.json has it."""
    return {
        "leaf_items": lookup.leaf_items,
        "node_entries": lookup.node_entries,
        "root": lookup.root,
    }


def read_lookup(members: Members) -> Lookup:
    """Return the look-up tree that `encode_lookup` wrote.

    Raises:
        MalformedError: it is not one.
    """
    root = members.nullable_text("root")
    lookup = Lookup(
        leaf_items=members.number("leaf_items", least=1),
        node_entries=members.number("node_entries", least=2),
        root=None if root is None else parse_digest(root),
    )
    members.end()
    if max(lookup.leaf_items, lookup.node_entries) > ENTRIES_LIMIT:
        raise MalformedError(
            f"leaves or nodes of the look-up tree have more than {ENTRIES_LIMIT} "
            "entries"
        )
    return lookup


def encode_source(source: Source) -> dict[str, Json]:
    """Return what a release was made from, as release.json has it."""
    return {
        "clean": source.clean,
        "commit": source.commit,
        "declarations_root": source.declarations_root,
    }


def read_source(members: Members) -> Source:
    """Return the source that `encode_source` wrote.

    Raises:
        MalformedError: it is not one.
    """
    source = Source(
        commit=members.nullable_text("commit"),
        clean=members.flag("clean"),
        declarations_root=members.digest("declarations_root"),
    )
    members.end()
    if source.commit is not None and _COMMIT.fullmatch(source.commit) is None:
        raise MalformedError(f"not a Git commit: {shown(source.commit)}")
    return source
