"""Small registries for tests, written by hand as the specification says.

They are made of plain JSON values, not by the code that makes real releases: two
hands that agree prove more than one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sayso.model.policy import REASONS
from sayso.model.vocabulary import NOTICE, Use, Verdict, Words
from sayso.trust.keys import PrivateKey
from sayso.trust.minisign import sign
from sayso.wire.profile import encode, encode_item
from sayso.wire.text import format_time
from tests.trees import breakpoints_of, packed, reference_tree

ISSUED = datetime(2026, 11, 22, 11, 0, 0, tzinfo=UTC)
LASTS = timedelta(days=39, hours=13)
"""How long the policy of `ALLOWED` holds: until the end of 2026 after `ISSUED`."""
KEY = PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes(32)), development=True)
OTHER_KEY = PrivateKey(
    Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\1"), development=False
)

FERNWOOD = "domain:fernwood.example"
MARA = "github:583231"
CATALOGUE = f"{FERNWOOD}/catalogue"
SONGS = f"{MARA}/songs"

LISTED = "XXF012600001"
CONTESTED = "XXF012600002"
ALLOWED = "XXF012600003"
UNTITLED = "XXF012600004"
UNDER_PREFIX = "XXF012500000"
UNDECLARED = "XXG012600001"

Document = dict[str, Any]


def cell(
    verdict: str,
    rule: str = "named",
    *by: str,
    disputed: bool = False,
    ownership: str | None = "claimed",
    sides: tuple[Document, ...] = (),
) -> Document:
    """Return a policy's cell."""
    value: Document = {
        "by": sorted(by),
        "disputed": disputed,
        "rule": rule,
        "verdict": verdict,
    }
    if sides:
        value["sides"] = list(sides)
    return value if ownership is None else {**value, "ownership": ownership}


def side(owner: str, verdict: str, *by: str) -> Document:
    """Return what an owner says where it is disputed."""
    return {"by": sorted(by), "owner": owner, "verdict": verdict}


NOTHING = cell("undeclared", "nothing-declared", ownership=None)
DENY = cell("deny", "any-ai", CATALOGUE)


def cells(rest: Document, **named: Document) -> Document:
    """Return all cells: those named, with `_` for `-`, and the rest alike."""
    by_use = {name.replace("_", "-"): value for name, value in named.items()}
    return {use.value: by_use.get(use.value, rest) for use in Use}


def policy(
    number: int, *answers: tuple[Any, Document], until: str | None = None
) -> Document:
    """Return a policy of answers for places."""
    listed = [{"in": where, "uses": uses} for where, uses in answers]
    named = {name for _, uses in answers for c in uses.values() for name in c["by"]}
    return {
        "answers": listed,
        "declarations": sorted(named),
        "number": number,
        "until": until,
    }


def recording(
    isrc: str,
    number: int,
    title: str | None = None,
    artist: str | None = None,
    owner: str | None = None,
) -> Document:
    """Return a row of `recordings`."""
    return {
        "artist": artist,
        "isrc": isrc,
        "owner": owner,
        "policy": number,
        "title": title,
    }


def header(issued: datetime = ISSUED) -> Document:
    """Return what both files say of their release."""
    return {
        "issued": format_time(issued),
        "number": 1,
        "origin": "sayso.example",
        "profile": "development",
    }


def registry_document(issued: datetime = ISSUED) -> Document:
    """Return the value of a registry.json that has a case of everything."""
    both = cell(
        "deny",
        "strictest-owner",
        CATALOGUE,
        SONGS,
        disputed=True,
        sides=(side(FERNWOOD, "deny", CATALOGUE), side(MARA, "deny", SONGS)),
    )
    asks = cell("ask", "named", CATALOGUE)
    allows = cell("allow", "named", CATALOGUE, ownership="reviewed")
    mostly = cells(DENY, search=allows, index=asks)
    open_uses = cells(allows, any_ai=NOTHING)
    document: Document = {
        "declarations": [
            {
                "author": FERNWOOD,
                "capacity": "owner",
                "effective": "2026-12-01",
                "except_territories": ["CH"],
                "expires": "2031-12-01",
                "file": "domain/fe/fernwood.example/catalogue.yaml",
                "id": CATALOGUE,
                "level": "domain",
                "offer": {
                    "conditions": ["payment", "per-model-version"],
                    "contact": "https://fernwood.example/licensing",
                    "terms": {
                        "sha256": "ab" * 32,
                        "url": "https://fernwood.example/terms",
                    },
                },
                "owner": FERNWOOD,
                "published": format_time(issued),
                "recordings": 4,
                "scope": "catalogue",
                "sha256": "01" * 32,
                "territories": ["worldwide"],
                "uses": {"any-ai": "deny", "index": "ask", "search": "allow"},
            },
            {
                "author": FERNWOOD,
                "capacity": "administrator",
                "except": {
                    "isrcs": ["XXF012500001"],
                    "ranges": ["XXF012500002-XXF012500009"],
                },
                "file": "domain/fe/fernwood.example/for-mara.yaml",
                "id": f"{FERNWOOD}/for-mara",
                "level": "domain",
                "on_behalf_of": MARA,
                "owner": MARA,
                "prefix": "XXF01",
                "published": format_time(issued),
                "scope": "prefix",
                "sha256": "02" * 32,
                "territories": ["DE", "FR"],
                "uses": {"any-ai": "deny"},
                "withdrawn": {
                    "on": "2026-11-20",
                    "reason": "sold",
                    "successor": FERNWOOD,
                },
                "years": "2015-2026",
            },
            {
                "author": MARA,
                "capacity": "performer",
                "file": "github/31/583231-mara/songs.yaml",
                "id": SONGS,
                "level": "account",
                "owner": MARA,
                "published": format_time(issued),
                "recordings": 1,
                "scope": "recordings",
                "sha256": "03" * 32,
                "territories": ["worldwide"],
                "uses": {"clone-voice": "deny"},
            },
        ],
        "disputes": [
            {
                "against": FERNWOOD,
                "claim": "I never signed this \x1b[2Jcontract",
                "claimant": MARA,
                "filed": "2026-11-20",
                "id": "20261120-slow-river",
                "recordings": [CONTESTED],
                "status": "open",
            }
        ],
        "format": "sayso/registry/1",
        "licence": "CC0-1.0",
        "notice": NOTICE,
        "owners": [
            {
                "acts_for": [MARA],
                "contact": "https://fernwood.example/licensing",
                "dpid": "PADPIDA2014021901K",
                "id": FERNWOOD,
                "ipi": "00123456789",
                "isni": "0000000121032683",
                "language": "en",
                "level": "domain",
                "name": "Fernwood Records",
                "reviewed": True,
                "role": "label",
                "website": "https://fernwood.example",
            },
            {
                "id": MARA,
                "level": "account",
                "name": "Mara Lindqvist",
                "represented_by": [FERNWOOD],
                "reviewed": False,
                "role": "artist",
            },
        ],
        "policies": [
            policy(1, ("anywhere", mostly)),
            policy(2, ("anywhere", cells(DENY, clone_voice=both))),
            policy(
                4,
                ("anywhere", cells(NOTHING)),
                (["DE", "FR"], open_uses),
                (["US"], cells(DENY)),
                ("elsewhere", cells(NOTHING)),
                until=format_time(issued + LASTS),
            ),
        ],
        "prefixes": [
            {"first": "XXF011500000", "last": "XXF012699999", "policy": 1},
            {"first": "XXH010000000", "last": "XXH019999999", "policy": 2},
        ],
        "recordings": [
            recording(LISTED, 1, "Slow River", "Mara Lindqvist", FERNWOOD),
            recording(CONTESTED, 2, "Evil \u202etxt\x1b]0;", None, MARA),
            recording(ALLOWED, 4, "Ærlig talt – 雨", "Mara & Friends", FERNWOOD),
            recording(UNTITLED, 1),
        ],
        "release": header(issued),
        "vocabulary": {
            "id": "uses/1",
            "reasons": {reason.value: text for reason, text in REASONS.items()},
            "uses": [
                {
                    "boundary": Words.BOUNDARIES[use],
                    "use": use.value,
                    "words": Words.USES[use],
                }
                for use in Use
            ],
            "verdicts": {v.value: Words.MEANINGS[v] for v in Verdict},
        },
    }
    return with_counts(document)


def with_counts(document: Document) -> Document:
    """Return a registry with the counts, and the part, of what it holds now."""
    lists = ("declarations", "disputes", "owners", "policies", "prefixes", "recordings")
    counts = {name: len(document[name]) for name in lists}
    counts |= {"loosened": 0, "loosened_ranges": 0}
    rows = document["recordings"]
    return {**document, "counts": counts, "parts": [part(rows)] if rows else []}


def part(
    rows: list[Document], first: str = "AA0000000000", last: str = "ZZZZZ9999999"
) -> Document:
    """Return an item of `parts`; its files are as in `part_files`."""
    files = {
        path.rpartition("registry.")[2].partition(".")[0]: {
            "bytes": len(data),
            "content_sha256": path.split("/")[1].split(".")[0],
            "path": path,
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for path, data in part_files(rows).items()
    }
    return {"first": first, "last": last, "recordings": len(rows), **files}


def part_files(rows: list[Document]) -> dict[str, bytes]:
    """Return the files of a part by path, with bytes that stand for the packed ones."""
    content = hashlib.sha256(b"".join(encode_item(row) + b"\n" for row in rows))
    stem = f"bulk/{content.hexdigest()}.registry"
    return {f"{stem}.jsonl.zst": b"(lines)", f"{stem}.parquet": b"(columns)"}


def parted(document: Document, *, size: int = 2) -> tuple[Document, dict[str, bytes]]:
    """Return a registry whose recordings are in parts only, and the files of these.

    Args:
        document: one that holds its recordings.
        size: how many recordings a part has.
    """
    rows = document["recordings"]
    cuts = [rows[start : start + size] for start in range(0, len(rows), size)]
    parts = [part(cut, cut[0]["isrc"], cut[-1]["isrc"]) for cut in cuts]
    files: dict[str, bytes] = {}
    for cut in cuts:
        files |= part_files(cut)
    return {**document, "parts": parts, "recordings": []}, files


def tree_of(
    document: Document, leaf_items: int = 256, node_entries: int = 64
) -> tuple[Document, dict[str, bytes]]:
    """Return the member `lookup` of the release of a registry, and the tree's files.

    Args:
        document: a registry that holds its recordings.
        leaf_items: how many items a leaf holds at most.
        node_entries: how many children a node has at most.
    """
    spans = [(p["first"], p["last"], p["policy"]) for p in document["prefixes"]]
    contents = {
        item["number"]: {name: item[name] for name in item if name != "number"}
        for item in document["policies"]
    }
    root, files = reference_tree(
        document["recordings"],
        breakpoints_of(spans),
        contents,
        leaf_items,
        node_entries,
    )
    member = {"leaf_items": leaf_items, "node_entries": node_entries, "root": root}
    return member, packed(files)


def listed(path: str, data: bytes, content: str | None = None) -> Document:
    """Return the entry of a file, whose content are its bytes if it says no other."""
    digest = hashlib.sha256(data).hexdigest()
    return {
        "bytes": len(data),
        "content_sha256": content or digest,
        "path": path,
        "sha256": digest,
    }


CORE_CONTENT = "c0" * 32
CORE = f"bulk/{CORE_CONTENT}.core.parquet"
SCHEMA = "schema/owner.json"
INDEX_JSON = encode({"files": [listed(SCHEMA, b"{}")], "format": "sayso/index/1"})
INDEX = f"index/{hashlib.sha256(INDEX_JSON).hexdigest()}.json"


def release_document(
    registry: bytes, counts: Mapping[str, int], **fields: object
) -> Document:
    """Return the value of a release.json for a registry.json.

    Its core has bytes that stand for the columns; its index names one schema.
    """
    return {
        **header(),
        "brake": {"ranges": 100, "recordings": 10_000},
        "counts": dict(counts),
        "files": [
            listed(CORE, b"(core)", CORE_CONTENT),
            listed(INDEX, INDEX_JSON),
            listed("registry.json", registry),
        ],
        "format": "sayso/release/1",
        "licence": "CC0-1.0",
        "lookup": {
            "leaf_items": 256,
            "node_entries": 64,
            "root": "cd" * 32 if counts["recordings"] or counts["prefixes"] else None,
        },
        "next_brake": {"ranges": 100, "recordings": 10_000},
        "next_policy": 5,
        "notice": NOTICE,
        "previous": None,
        "recovery": False,
        "revoked": [],
        "source": {"clean": False, "commit": None, "declarations_root": "ef" * 32},
        "vocabulary": "uses/1",
        **fields,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a release, to be changed by the tests that need bad ones."""

    by_path: dict[str, bytes]

    def write(self, folder: Path) -> Path:
        """Write the files and return their folder."""
        for path, data in self.by_path.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder


def signed(files: Mapping[str, bytes], issued: datetime = ISSUED) -> dict[str, bytes]:
    """Return the files with a signature beside each."""
    signatures = {
        f"{path}.minisig": sign(
            data,
            KEY,
            trusted_comment=f"sayso {path} release=1 issued={format_time(issued)} "
            "origin=sayso.example",
        ).encode()
        for path, data in files.items()
    }
    return {**files, **signatures}


def release_files(
    document: Document | None = None, issued: datetime = ISSUED, **fields: object
) -> Files:
    """Return a signed release of a registry.

    Args:
        document: the registry; the one that has everything when left out.
        issued: when.
        fields: members of release.json that are to be others.
    """
    document = document or registry_document(issued)
    registry = encode(document)
    release = {
        **release_document(registry, document["counts"]),
        **header(issued),
        **fields,
    }
    files = {"registry.json": registry, "release.json": encode(release)}
    fixed = {f"registry/{hashlib.sha256(registry).hexdigest()}.json": registry}
    return Files(by_path={**signed(files, issued), **fixed, INDEX: INDEX_JSON})


def parted_files(
    issued: datetime = ISSUED, leaf_items: int = 2, node_entries: int = 16
) -> Files:
    """Return a signed release whose recordings are in parts, with its look-up tree."""
    whole = registry_document(issued)
    member, tree = tree_of(whole, leaf_items, node_entries)
    document, parts = parted(whole)
    release = release_files(document, issued, lookup=member)
    return Files(by_path={**release.by_path, **parts, **tree})
