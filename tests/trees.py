"""The look-up tree, built a second time: in plain loops, as the specification says.

Nothing here comes from the code that writes or reads real trees, so that two hands
that agree prove more than one.
"""

import gzip
import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sayso.model.isrc import Isrc, isrc_of, key_of

Document = dict[str, Any]
Keys = tuple[int, int]

ALL: Keys = (0, 2**49)
LAST = "ZZZZZ9999999"


def compact(value: object) -> str:
    """Return a value as it stands on a line of its own."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def document(value: Document) -> bytes:
    """Return a document of the JSON profile."""
    members = []
    for name in sorted(value):
        text = compact(value[name])
        if isinstance(value[name], list) and value[name]:
            text = "[\n" + ",\n".join(map(compact, value[name])) + "\n]"
        members.append(f'"{name}":{text}')
    return ("{\n" + ",\n".join(members) + "\n}\n").encode()


def digest_of(content: object) -> str:
    """Return the digest of a policy that stands without its number."""
    return hashlib.sha256(compact(content).encode()).hexdigest()


def breakpoints_of(intervals: Iterable[tuple[str, str, int]]) -> list[Document]:
    """Return the codes at which the policy of unlisted codes changes.

    Args:
        intervals: the first and last code of each, and its policy; ascending, apart.
    """
    changes: dict[int, int | None] = {}
    for first, last, policy in intervals:
        changes[key_of(Isrc(first))] = policy
        if last != LAST:
            changes[key_of(Isrc(last)) + 1] = None
    found: list[Document] = []
    in_force: int | None = None
    for key, policy_or_none in sorted(changes.items()):
        if policy_or_none != in_force:
            in_force = policy_or_none
            found.append({"isrc": isrc_of(key), "policy": in_force})
    return found


@dataclass(kw_only=True)
class _Builder:
    """One tree in the making.

    Attributes:
        items: with the key of each, ascending, a breakpoint before a recording.
        changes: the key and policy of each breakpoint, ascending.
        files: what was written, by name.
    """

    items: list[tuple[int, Document]]
    changes: list[tuple[int, int | None]]
    policies: Mapping[int, Document]
    leaf_items: int
    node_entries: int
    leaf_bytes: int
    files: dict[str, bytes] = field(default_factory=dict)

    def within(self, keys: Keys) -> list[Document]:
        start, end = (bisect_left(self.items, key, key=itemgetter(0)) for key in keys)
        return [item for _, item in self.items[start:end]]

    def default(self, key: int) -> int | None:
        """Return the policy of the last breakpoint strictly below a key."""
        after = bisect_left(self.changes, key, key=itemgetter(0))
        return self.changes[after - 1][1] if after else None

    def default_digest(self, key: int) -> str | None:
        number = self.default(key)
        return None if number is None else digest_of(self.policies[number])

    def leaf(self, keys: Keys) -> bytes:
        items = self.within(keys)
        used = {item["policy"] for item in items} | {self.default(keys[0])}
        numbers = sorted(number for number in used if number is not None)
        return document(
            {
                "default": self.default_digest(keys[0]),
                "format": "sayso/lookup/1",
                "from": keys[0],
                "items": items,
                "level": 0,
                "policies": [
                    {
                        "number": number,
                        "policy": self.policies[number],
                        "sha256": digest_of(self.policies[number]),
                    }
                    for number in numbers
                ],
                "to": keys[1],
            }
        )

    def leaf_ranges(self, keys: Keys) -> list[Keys]:
        """Return the largest halvings that a leaf can hold."""
        count = len(self.within(keys))
        if keys[1] - keys[0] == 1 or not count:
            return [keys]
        if count <= self.leaf_items and len(self.leaf(keys)) <= self.leaf_bytes:
            return [keys]
        return [part for half in halves(keys) for part in self.leaf_ranges(half)]

    def node_ranges(self, keys: Keys, below: Sequence[Keys]) -> list[Keys]:
        """Return the largest halvings that hold few ranges of the level below."""
        if len(inside(keys, below)) <= self.node_entries:
            return [keys]
        return [part for half in halves(keys) for part in self.node_ranges(half, below)]

    def write(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        self.files[name] = data
        return name

    def node(self, keys: Keys, level: int, names: Mapping[Keys, str | None]) -> bytes:
        children = []
        for part in inside(keys, list(names)):
            number = self.default(part[0])
            if names[part] is None and number is not None:
                self.write(compact(self.policies[number]).encode())
            children.append(
                {
                    "default": self.default_digest(part[0]),
                    "from": part[0],
                    "name": names[part],
                }
            )
        return document(
            {
                "children": children,
                "format": "sayso/lookup/1",
                "from": keys[0],
                "level": level,
                "to": keys[1],
            }
        )

    def build(self) -> str | None:
        names = {
            keys: self.write(self.leaf(keys)) if self.within(keys) else None
            for keys in self.leaf_ranges(ALL)
        }
        level = 0
        while len(names) > 1:
            level += 1
            ranges = self.node_ranges(ALL, list(names))
            names = {
                keys: self.write(self.node(keys, level, names))
                if self.within(keys)
                else None
                for keys in ranges
            }
        return names[ALL]


def halves(keys: Keys) -> tuple[Keys, Keys]:
    """Return both halves of a range."""
    middle = (keys[0] + keys[1]) // 2
    return (keys[0], middle), (middle, keys[1])


def inside(keys: Keys, ranges: Sequence[Keys]) -> list[Keys]:
    """Return those of some ranges that lie in another."""
    return [part for part in ranges if keys[0] <= part[0] and part[1] <= keys[1]]


def reference_tree(
    rows: Iterable[Document],
    breakpoints: Iterable[Document],
    policies: Mapping[int, Document],
    leaf_items: int = 256,
    node_entries: int = 64,
    *,
    leaf_bytes: int = 256 * 1024,
) -> tuple[str | None, dict[str, bytes]]:
    """Return the root's name and the unpacked files of the tree by their names.

    Args:
        rows: recordings as in `registry.json`, in any order.
        breakpoints: each with `isrc` and `policy`, in any order.
        policies: content, without its number, by number.
        leaf_items: how many items a leaf holds at most.
        node_entries: how many children a node has at most.
        leaf_bytes: how long a leaf is at most.
    """
    listed = [(row["isrc"], 1, row) for row in rows]
    changes = [(change["isrc"], 0, change) for change in breakpoints]
    ordered = sorted([*listed, *changes], key=lambda item: item[:2])
    builder = _Builder(
        items=[(key_of(Isrc(isrc)), item) for isrc, _, item in ordered],
        changes=[
            (key_of(Isrc(isrc)), change["policy"])
            for isrc, kind, change in ordered
            if kind == 0
        ],
        policies=policies,
        leaf_items=leaf_items,
        node_entries=node_entries,
        leaf_bytes=leaf_bytes,
    )
    return builder.build(), builder.files


def packed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of a tree as a release keeps them, by path."""
    return {
        f"lookup/{name[:2]}/{name}.json.gz": gzip.compress(data, mtime=0)
        for name, data in files.items()
    }
