"""A registry that has something for every kind of page, and hostile texts in it."""

import gzip
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.shelf import Limits, Shelf, Site
from sayso.publish.site.pages.signers import signers_of
from sayso.wire.folder_manifest import FolderManifest, encode_manifest
from sayso.wire.profile import decode, encode
from sayso.wire.registry import REGISTRY_LIMIT, decode_registry
from sayso.wire.release import decode_release
from sayso.wire.release_file import decode_index
from sayso.wire.signatures import SignedFolder, encode_signatures
from sayso.wire.status import decode_status
from sayso.wire.text import Digest
from tests.registries import (
    CORE,
    CORE_CONTENT,
    ISSUED,
    NOTHING,
    SCHEMA,
    Document,
    Files,
    cell,
    cells,
    listed,
    policy,
    recording,
    registry_document,
    release_document,
    release_files,
    side,
    with_counts,
)
from tests.vouched import ORIGIN, key_of, line_of, signed

FERNWOOD = "domain:fernwood.example"
HARROW = "domain:harrow-vale.example"
MARA = "github:583231"
ILSE = "github:900004417"

DENIED = Isrc("XXF012600001")
ASKED = Isrc("XXF012600002")
ALLOWED = Isrc("XXF012600003")
DISPUTED = Isrc("XXF012600004")
LOCAL = Isrc("XXF012600005")
WITHDRAWN = Isrc("XXF012600006")
HOSTILE = Isrc("XXM012600001")
LONG = Isrc("XXM012600002")
ARABIC = Isrc("XXM012600003")
JAPANESE = Isrc("XXM012600004")
UNTITLED = Isrc("XXM012600005")
CONTESTED = Isrc("XXM012600006")
UNDER_PREFIX = Isrc("XXF012099999")
UNKNOWN = Isrc("XXZ992600001")

SCRIPT = "</script><script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
MORE = 230


def declaration(
    name: str, owner: str, uses: dict[str, str], **fields: object
) -> Document:
    """Return a declaration of an owner, published with the release."""
    return {
        "author": owner,
        "capacity": "owner",
        "file": f"domain/fe/fernwood.example/{name}.yaml",
        "id": f"{owner}/{name}",
        "level": "domain",
        "owner": owner,
        "published": "2026-11-22T11:00:00Z",
        "sha256": "0a" * 32,
        "territories": ["worldwide"],
        "uses": uses,
        **fields,
    }


def listing(number: int, scope: str = "recordings") -> Document:
    """Return the scope of a declaration that lists recordings."""
    return {"recordings": number, "scope": scope}


def owner(name: str, text: str, level: str = "domain", **fields: object) -> Document:
    """Return an owner."""
    return {
        "id": name,
        "level": level,
        "name": text,
        "reviewed": False,
        "role": "label",
        **fields,
    }


def _declarations() -> list[Document]:
    offer = {
        "conditions": ["payment", "per-model-version", "no-voice-imitation"],
        "contact": "https://fernwood.example/licensing",
        "terms": {"sha256": "0b" * 32, "url": "https://fernwood.example/terms"},
    }
    return [
        declaration(
            "ask-first",
            FERNWOOD,
            {"any-ai": "deny", "search": "allow", "train-generative": "ask"},
            offer=offer,
            **listing(4 + MORE, "catalogue"),
        ),
        declaration(
            "default",
            FERNWOOD,
            {"any-ai": "deny"},
            prefix="XXF01",
            scope="prefix",
            years="2015-2026",
            **{"except": {"isrcs": ["XXF011600042"], "ranges": []}},
        ),
        declaration(
            "old",
            FERNWOOD,
            {"any-ai": "deny"},
            published="2026-01-10T09:00:00Z",
            withdrawn={"on": "2026-10-01", "reason": "Sold."},
            **listing(1),
        ),
        declaration(
            "open",
            HARROW,
            {"search": "allow", "train-generative": "allow"},
            capacity="exclusive-licensee",
            published="2026-10-01T09:00:00Z",
            **listing(3),
        ),
        declaration(
            "until-summer",
            HARROW,
            {"any-ai": "deny"},
            expires="2026-08-01",
            published="2026-02-01T09:00:00Z",
            **listing(1),
        ),
        declaration(
            "voice",
            ILSE,
            {"clone-voice": "deny"},
            capacity="performer",
            level="account",
            effective="2026-12-24",
            **listing(1),
        ),
        declaration("songs", MARA, {"any-ai": "deny"}, level="account", **listing(6)),
        declaration(
            "for-mara",
            MARA,
            {"benchmark": "deny"},
            author=FERNWOOD,
            id=f"{FERNWOOD}/for-mara",
            on_behalf_of=MARA,
            territories=["DE", "FR"],
            **listing(1),
        ),
    ]


def _owners() -> list[Document]:
    return [
        owner(
            FERNWOOD,
            "Fernwood Records",
            acts_for=[MARA],
            contact="https://fernwood.example/licensing",
            isni="0000000121032683",
            reviewed=True,
            website="https://fernwood.example",
        ),
        owner(HARROW, "Harrow & Vale <Sound>", contact="rights@harrow-vale.example"),
        owner(
            MARA,
            "Mara Lindqvist",
            "account",
            role="artist",
            contact="javascript:alert(1)",
            represented_by=[FERNWOOD],
        ),
        owner(ILSE, f"Ilse {IMAGE}", "account", role="artist"),
    ]


def _policies() -> list[Document]:
    ask_first, default = f"{FERNWOOD}/ask-first", f"{FERNWOOD}/default"
    songs, opened = f"{MARA}/songs", f"{HARROW}/open"
    deny = cell("deny", "any-ai", ask_first)
    allow = cell("allow", "named", opened, ownership="reviewed")
    both = cell(
        "deny",
        "strictest-owner",
        default,
        disputed=True,
        sides=(side(FERNWOOD, "deny", default), side(HARROW, "allow", opened)),
    )
    contested = cell(
        "deny",
        "any-ai",
        songs,
        disputed=True,
        sides=(side(MARA, "deny", songs),),
    )
    found = [
        policy(1, ("anywhere", cells(cell("deny", "any-ai", default)))),
        policy(
            2,
            (
                "anywhere",
                cells(
                    deny,
                    train_generative=cell("ask", "named", ask_first),
                    search=cell("allow", "named", ask_first, ownership="reviewed"),
                ),
            ),
        ),
        policy(
            3,
            ("anywhere", cells(NOTHING, train_generative=allow, search=allow)),
            until="2027-01-01T00:00:00Z",
        ),
        policy(4, ("anywhere", cells(both))),
        policy(
            5,
            ("anywhere", cells(NOTHING)),
            (["DE", "FR"], cells(NOTHING, train_generative=allow)),
            (["US"], cells(NOTHING, benchmark=cell("deny", "named", songs))),
            ("elsewhere", cells(NOTHING)),
        ),
        policy(6, ("anywhere", cells(NOTHING))),
        policy(7, ("anywhere", cells(cell("deny", "any-ai", songs)))),
        policy(8, ("anywhere", cells(contested))),
    ]
    found[3]["declarations"] = [default, opened]
    found[5]["declarations"] = [f"{FERNWOOD}/old", f"{HARROW}/until-summer"]
    found[6]["declarations"] = [f"{FERNWOOD}/for-mara", songs, f"{ILSE}/voice"]
    return found


def _recordings(more: int) -> list[Document]:
    return [
        recording(DENIED, 1, "Slow River", "Mara Lindqvist"),
        recording(ASKED, 2, "Northern Light", "Mara Lindqvist"),
        recording(ALLOWED, 3, "Open Window", "The Harrow Quartet"),
        recording(DISPUTED, 4, "Two Claims", "The Harrow Quartet"),
        recording(LOCAL, 5, "Only There", "The Harrow Quartet"),
        recording(WITHDRAWN, 6, "Sold Song", "The Harrow Quartet"),
        *(
            recording(f"XXF01{2_610_000 + n:07}", 2, f"Take {n}", "Mara Lindqvist")
            for n in range(more)
        ),
        recording(HOSTILE, 7, SCRIPT, IMAGE),
        recording(LONG, 7, "An" + " endless" * 30 + " Donaudampf" + "schiff" * 20, "M"),
        recording(ARABIC, 7, "أغنية الليل", "مارا"),
        recording(JAPANESE, 7, "雨の夜、静かな川のほとりで", "真良"),
        recording(UNTITLED, 7),
        recording(CONTESTED, 8, "Whose Song", "Mara Lindqvist"),
    ]


def shown_document(more: int = MORE) -> Document:
    """Return the registry; `more` recordings make its lists longer than a page."""
    document = {
        **registry_document(),
        "declarations": sorted(_declarations(), key=lambda entry: str(entry["id"])),
        "disputes": [
            {
                "against": FERNWOOD,
                "claim": "This was ours.",
                "claimant": MARA,
                "filed": "2026-05-02",
                "id": "20260502-old-matter",
                "recordings": [DENIED, UNKNOWN],
                "status": "closed",
            },
            {
                "against": f"{MARA}/songs",
                "claim": f"We bought it {SCRIPT}",
                "claimant": HARROW,
                "filed": "2026-11-20",
                "id": "20261120-whose-song",
                "recordings": [CONTESTED],
                "status": "open",
            },
        ],
        "owners": sorted(_owners(), key=lambda entry: str(entry["id"])),
        "policies": _policies(),
        "prefixes": [
            {"first": "XXF011500000", "last": "XXF011600041", "policy": 1},
            {"first": "XXF011600043", "last": "XXF012699999", "policy": 1},
            {"first": "XXH010000000", "last": "XXH019999999", "policy": 2},
        ],
        "recordings": _recordings(more),
    }
    return with_counts(document)


HOME = "domain/fe/fernwood.example"
QUIET: Document = {
    "ageing": [],
    "format": "sayso/status/1",
    "left_out": [],
    "pending": [],
    "recovering": [],
}
"""The status of a registry in which nothing was left out and nothing waits."""

STATUS: Document = {
    **QUIET,
    "ageing": [
        {
            "checked": "2026-10-20T09:00:00Z",
            "owner": HARROW,
            "until": "2026-12-03T09:00:00Z",
        }
    ],
    "left_out": [
        {
            "blob": "0a" * 20,
            "detail": "",
            "ground": "signed-file",
            "path": f"{HOME}/ask-first.yaml",
            "since": "2026-11-21T11:00:00Z",
        },
        {
            "blob": None,
            "detail": "github:77 github:78",
            "ground": "not-yours",
            "path": "github/31/583231-mara/songs.yaml",
            "since": "2026-11-22T11:00:00Z",
        },
        {
            "blob": "0b" * 20,
            "detail": IMAGE,
            "ground": "incomplete",
            "path": SCRIPT,
            "since": "2026-11-20T11:00:00Z",
        },
    ],
    "pending": [
        {
            "announced": "2026-11-22T11:00:00Z",
            "declaration": f"{HARROW}/open",
            "since": "2026-11-29T11:00:00Z",
            "uses": ["train-generative", "search"],
        }
    ],
    "recovering": [{"owner": ILSE, "since": "2026-12-20T11:00:00Z"}],
}
"""A status with a case of everything, and hostile texts in it."""


def signed_folder(*files: str, old: bool = False) -> SignedFolder:
    """Return what Fernwood signed.

    Args:
        files: the names of the declarations.
        old: whether other keys have taken the place of the one that signed.
    """
    twins = {name: encode({"schema": name}) for name in ("owner.yaml", *files)}
    digests = {n: Digest(sha256(data).hexdigest()) for n, data in twins.items()}
    manifest = encode_manifest(
        FolderManifest(
            origin=ORIGIN,
            owner=FERNWOOD,
            epoch=0,
            sequence=3,
            previous=Digest("ab" * 32),
            files=digests,
        )
    )
    return SignedFolder(
        owner=OwnerId(FERNWOOD),
        home=HOME,
        keys=(line_of("new" if old else FERNWOOD),),
        manifest=manifest,
        signatures=signed(manifest, FERNWOOD),
        twins=twins,
    )


FINGERPRINT = key_of(FERNWOOD).public.fingerprint
SIGNED = signed_folder("ask-first.yaml")


def told(status: Document, *folders: SignedFolder) -> Mapping[str, bytes]:
    """Return the files of a status and of signatures, by path, as a release has them.

    The signatures of `SIGNED` where none are given.
    """
    data, lines = encode(status), encode_signatures(folders or (SIGNED,))
    return {
        f"signatures/{sha256(lines).hexdigest()}.json.gz": gzip.compress(
            lines, mtime=0
        ),
        f"status/{sha256(data).hexdigest()}.json": data,
    }


def shown_files(
    document: Document, status: Document = STATUS, **fields: object
) -> Files:
    """Return a signed release of a registry, with a status and signatures.

    Args:
        document: the registry.
        status: what was left out and what waits.
        fields: members of release.json that are to be others.
    """
    more = told(status)
    index = encode(
        {
            "files": [
                listed(SCHEMA, b"{}"),
                *(listed(path, data, _content(path)) for path, data in more.items()),
            ],
            "format": "sayso/index/1",
        }
    )
    path = f"index/{sha256(index).hexdigest()}.json"
    members = [
        listed(CORE, b"(core)", CORE_CONTENT),
        listed(path, index),
        listed("registry.json", encode(document)),
    ]
    made = release_files(document, ISSUED, files=members, **fields)
    return Files(by_path={**made.by_path, path: index, **more})


def _content(path: str) -> str:
    return path.partition("/")[2].partition(".")[0]


def shown_release(folder: Path, more: int = MORE) -> Path:
    """Write the registry as a signed release and return its folder."""
    return shown_files(shown_document(more)).write(folder)


def shelf_of(
    document: Document | None = None, status: Document = STATUS, /, **limits: int
) -> Shelf:
    """Return a registry, the one of this module when left out, arranged for pages."""
    document = document or shown_document()
    data = encode(document)
    files = shown_files(document, status).by_path
    release = decode_release(encode(release_document(data, document["counts"])))
    index = next(files[path] for path in files if path.startswith("index/"))
    return Shelf(
        registry=decode_registry(data),
        raw=decode(data, limit=REGISTRY_LIMIT),
        release=release,
        index=decode_index(index),
        status=decode_status(encode(status)),
        signers=signers_of({OwnerId(FERNWOOD): SIGNED}),
        site=Site(address="https://sayso.example/", source="https://host.example/"),
        limits=Limits(**limits),
    )
