"""A release on disk, and what its bulk files must say: by registry.json, by hand.

Nothing here reads it with the code that made it. What the specification says of keys,
rows and contents is written out once more, from its pages: two hands that agree prove
more than one.
"""

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]

ISSUED = datetime.fromisoformat("2027-05-28T12:00:00Z")
"""Less than seven days before a permission in the shipped declarations ends."""

EXPIRY = datetime.fromisoformat("2027-06-01T00:00:00Z")
"""When it ends."""

USES = [
    "train-generative",
    "finetune-generative",
    "clone-voice",
    "train-analytic",
    "benchmark",
    "prompt",
    "index",
    "analyse",
    "search",
    "share",
    "any-ai",
]
COLUMNS = {
    "core": {"key": "int64", "policy": "int32"},
    "policies": {
        "policy": "int32",
        "territory": "string",
        "use": "string",
        "verdict": "string",
        "disputed": "bool",
        "ownership": "string",
        "rule": "string",
        "until": "timestamp",
        "by": "strings",
    },
    "prefixes": {
        "first": "string",
        "last": "string",
        "first_key": "int64",
        "last_key": "int64",
        "policy": "int32",
    },
    "registry": {
        "isrc": "string",
        "title": "string",
        "artist": "string",
        "owner": "string",
        "policy": "int32",
        "disputed": "bool",
        "until": "timestamp",
        **{use.replace("-", "_"): "string" for use in USES},
    },
}
"""The columns of each kind of Parquet file, in their order."""

KINDS = sorted(COLUMNS)
LINES = ["artist", "isrc", "owner", "policy", "title"]
"""The members of a line of JSON Lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A release that was built, as plain JSON.

    Attributes:
        folder: holds its files.
        key: the file with its public key.
        release: release.json.
        registry: registry.json.
        rows: its recordings as registry.json has them where it has them.
    """

    folder: Path
    key: Path
    release: Row
    registry: Row
    rows: list[Row]

    def listed(self) -> list[Row]:
        """Return the entry of every bulk file."""
        files = self.release["files"]
        (index,) = (f for f in files if f["path"].startswith("index/"))
        more = json.loads((self.folder / index["path"]).read_bytes())["files"]
        named = [f for f in (*files, *more) if f["path"].startswith("bulk/")]
        parts = self.registry["parts"]
        return [
            *named,
            *(part[form] for part in parts for form in ("jsonl", "parquet")),
        ]

    def paths(self, kind: str, form: str = "parquet") -> list[Path]:
        """Return the files of a kind, in the order of what they hold."""
        end = f".{kind}.{form}"
        entries = [entry for entry in self.listed() if entry["path"].endswith(end)]
        return [self.folder / entry["path"] for entry in entries]

    def lines(self) -> list[Path]:
        """Return the parts as JSON Lines."""
        return self.paths("registry", "jsonl.zst")

    def expected(self, kind: str) -> list[Row]:
        """Return what the Parquet files of a kind hold."""
        match kind:
            case "core":
                return [
                    {"key": key_of(row["isrc"]), "policy": row["policy"]}
                    for row in self.rows
                ]
            case "policies":
                return list(self._cells())
            case "prefixes":
                return [
                    {
                        "first": span["first"],
                        "last": span["last"],
                        "first_key": key_of(span["first"]),
                        "last_key": key_of(span["last"]),
                        "policy": span["policy"],
                    }
                    for span in self.registry["prefixes"]
                ]
            case _:
                return list(self._recordings())

    def _cells(self) -> Iterator[Row]:
        for policy in self.registry["policies"]:
            for answer in policy["answers"]:
                places = answer["in"]
                for place in [places] if isinstance(places, str) else places:
                    for use in USES:
                        cell = answer["uses"][use]
                        yield {
                            "policy": policy["number"],
                            "territory": place,
                            "use": use,
                            "verdict": cell["verdict"],
                            "disputed": cell["disputed"],
                            "ownership": cell.get("ownership"),
                            "rule": cell["rule"],
                            "until": moment(policy["until"]),
                            "by": cell["by"],
                        }

    def _recordings(self) -> Iterator[Row]:
        policies = {policy["number"]: policy for policy in self.registry["policies"]}
        for row in self.rows:
            policy = policies[row["policy"]]
            cells = [c for a in policy["answers"] for c in a["uses"].values()]
            anywhere = policy["answers"][0]["uses"]
            yield {
                **{name: row[name] for name in COLUMNS["registry"] if name in row},
                "disputed": any(cell["disputed"] for cell in cells),
                "until": moment(policy["until"]),
                **{use.replace("-", "_"): anywhere[use]["verdict"] for use in USES},
            }


def key_of(isrc: str) -> int:
    """Return the key of a code, as the page about ISRCs writes it."""
    c1, c2 = (ord(letter) - ord("A") for letter in isrc[:2])
    a1, a2, a3 = (int(character, 36) for character in isrc[2:5])
    return ((((c1 * 26 + c2) * 36 + a1) * 36 + a2) * 36 + a3) * 10**7 + int(isrc[5:])


def isrc_of(key: int) -> str:
    """Return the code of a key."""
    rest, designation = divmod(key, 10**7)
    characters = []
    for base in (36, 36, 36, 26, 26):
        rest, digit = divmod(rest, base)
        alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[10 if base == 26 else 0 :]
        characters.append(alphabet[digit])
    return "".join(reversed(characters)) + f"{designation:07}"


def moment(text: str | None) -> datetime | None:
    """Return the time in a text of JSON."""
    return None if text is None else datetime.fromisoformat(text)


def core_content(rows: list[Row]) -> str:
    """Return the content digest of a core: 12 bytes a recording."""
    packed = b"".join(struct.pack("<qI", row["key"], row["policy"]) for row in rows)
    return hashlib.sha256(packed).hexdigest()


def lines_content(items: list[Row]) -> str:
    """Return the content digest of items, each as a line of compact JSON."""
    text = "".join(
        json.dumps(item, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        + "\n"
        for item in items
    )
    return hashlib.sha256(text.encode()).hexdigest()
