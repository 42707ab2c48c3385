"""Accounts of screenings, as a command would make them."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sayso.client.account import (
    Account,
    Asked,
    Believed,
    Screened,
    Speaker,
    Written,
)
from sayso.client.manifest.rows import Remarks
from sayso.model.owner import OwnerId
from sayso.model.screening import STRICT, Action, Status
from sayso.model.vocabulary import Use
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.text import Digest

MOMENT = datetime(2026, 11, 27, 10, 15, tzinfo=UTC)
ISSUED = datetime(2026, 11, 27, 6, tzinfo=UTC)
SCRIPT = "</style></script><script>alert(1)</script>"
TURNED = "annotated\u202evsc.exe"


def digest(text: str) -> Digest:
    return Digest(sha256(text.encode(errors="replace")).hexdigest())


MANIFEST = Screened(
    name="training/tracks-2026-11.parquet",
    kind="parquet",
    column="the column “isrc”, by its name",
    bytes=1_482_113_004,
    sha256=digest("manifest"),
    rows=12_482_113,
)
ASKED = Asked(
    use=Use.TRAIN_GENERATIVE,
    territory=None,
    reviewed_only=False,
    siblings=True,
    handling=STRICT,
    moment=MOMENT,
)
BELIEVED = Believed(
    release=ReleaseHeader(
        number=41, issued=ISSUED, origin="sayso.example", profile=Profile.OPERATOR
    ),
    digest=digest("release"),
    root=digest("root"),
    log="sayso.example/log",
    log_size=41,
    fresh_until=datetime(2026, 12, 4, 6, tzinfo=UTC),
    location="https://sayso.example",
)
SPEAKERS = (
    Speaker(
        owner=OwnerId("domain:fernwood.example"),
        name="Fernwood Records",
        contacts=(
            "https://fernwood.example/licensing",
            "licensing@fernwood.example",
        ),
        rows=1_204_331,
    ),
    Speaker(
        owner=OwnerId("domain:harrow-vale.example"),
        name="Harrow Vale Music",
        contacts=("mailto:ask@harrow-vale.example",),
        rows=88_120,
    ),
    Speaker(
        owner=OwnerId("github:583231"),
        name="مارا ليندكفيست",
        contacts=(),
        rows=312,
    ),
    Speaker(
        owner=OwnerId("github:900004417"),
        name="github:900004417",
        contacts=(),
        rows=1,
    ),
)
STATUSES = {
    Status.ALLOW: 3_310_002,
    Status.UNDECLARED: 7_721_000,
    Status.INVALID_IDENTIFIER: 811,
    Status.ASK: 402_119,
    Status.DENY: 1_030_001,
    Status.NO_IDENTIFIER: 18_180,
}
FILES = (
    ("annotated", "annotated.parquet", 12_482_113, 1_600_200_300),
    ("kept", "kept.parquet", 3_309_551, 410_200_300),
    ("excluded", "excluded.csv", 9_153_571, 800_200_300),
    ("apart", "apart.csv", 18_991, 2_200_300),
    ("receipt", "receipt.json", None, 24_310),
    ("answers", "receipt.answers.tsv", None, 190_000_112),
)


def account(**changes: Any) -> Account:  # noqa: ANN401 - passed on
    """Return the account of a large screening, with changes."""
    remarks = Remarks()
    for line in (12, 90, 113):
        remarks.add(
            "codes in a list", f"tracks-2026-11.parquet, row {line}: 2 codes in a list"
        )
    remarks.add("spaces", "tracks-2026-11.parquet, row 8113: a code ends in spaces")
    made = Account(
        maker="sayso 1.0.0",
        manifest=MANIFEST,
        asked=ASKED,
        believed=BELIEVED,
        statuses=STATUSES,
        actions={
            Action.KEEP: 3_309_551,
            Action.EXCLUDE: 9_153_571,
            Action.APART: 18_991,
        },
        disputed=2_204,
        siblings=451,
        several=90_121,
        codes=12_011_980,
        listed=3_991_204,
        speakers=SPEAKERS,
        speakers_beyond=1_204,
        remarks=remarks,
        files=tuple(
            Written(role=role, name=name, rows=rows, bytes=size, sha256=digest(name))
            for role, name, rows, size in FILES
        ),
    )
    return replace(made, **changes)


def empty() -> Account:
    """Return the account of a stream without rows, of which nothing was written."""
    return account(
        manifest=replace(MANIFEST, name="-", bytes=None, sha256=None, rows=0),
        asked=replace(ASKED, siblings=False),
        statuses=dict.fromkeys(Status, 0),
        actions=dict.fromkeys(Action, 0),
        disputed=0,
        siblings=0,
        several=0,
        codes=0,
        listed=0,
        speakers=(),
        speakers_beyond=0,
        remarks=Remarks(),
        files=(),
    )


def development() -> Account:
    """Return an account by a release of which the key was made for trying out."""
    release = replace(BELIEVED.release, profile=Profile.DEVELOPMENT)
    return account(believed=replace(BELIEVED, release=release))


def hostile() -> Account:
    """Return an account in which strangers, and counts, do their worst."""
    remarks = Remarks(counts={SCRIPT: 10**15})
    remarks.lines += [f"{SCRIPT} {'x' * 5_000}", f"line 3: {TURNED}\x1b[2J"]
    name = f"tracks\udcff '{SCRIPT}.csv"
    return account(
        manifest=replace(MANIFEST, name=name, column=SCRIPT, rows=4 * 10**15),
        believed=replace(BELIEVED, location=f"/data/{SCRIPT}", log_size=1),
        statuses={**dict.fromkeys(Status, 1), Status.DENY: 4 * 10**15 - 5},
        actions={Action.KEEP: 1, Action.EXCLUDE: 4 * 10**15 - 3, Action.APART: 2},
        speakers=(
            Speaker(
                owner=OwnerId("github:1"),
                name=f"{SCRIPT}{'W' * 300}",
                contacts=(
                    "javascript:alert(1)",
                    f"https://a.example/{SCRIPT}",
                    *(f"https://a.example/{number}" for number in range(9)),
                ),
                rows=10**15,
            ),
        ),
        speakers_beyond=10**6,
        remarks=remarks,
        files=(
            Written(role="kept", name=TURNED, rows=1, bytes=10**15, sha256=None),
            Written(role=SCRIPT, name=name, rows=1, bytes=1, sha256=digest(name)),
        ),
    )
