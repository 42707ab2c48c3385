"""Releases of a builder gone bad: one thing is changed, and every digest is right."""

import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from sayso.columns.rows import read_rows
from sayso.publish.core import CoreWriter
from sayso.publish.output import pack
from sayso.publish.parts import as_parquet, listed
from sayso.wire.delta import decode_delta, encode_delta
from sayso.wire.lookup import lookup_path
from sayso.wire.profile import decode, encode
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    Release,
    decode_release,
    encode_release,
    registry_path,
)
from sayso.wire.release_file import (
    ReleaseFile,
    decode_index,
    encode_file,
    encode_index,
    index_path,
)
from sayso.wire.state import decode_state, encode_state
from sayso.wire.text import Digest
from tests.declared import HeldOutput

Document = dict[str, Any]


def digest(data: bytes) -> Digest:
    return Digest(sha256(data).hexdigest())


@dataclass(slots=True)
class Forgery:
    """A release in a folder, as somebody who signs it may change it."""

    folder: Path
    release: Release
    index: list[ReleaseFile]
    registry: Document

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    def find(self, start: str, end: str) -> ReleaseFile:
        """Return a file by how its path begins and ends."""
        files = (*self.index, *self.release.files)
        return next(
            f for f in files if f.path.startswith(start) and f.path.endswith(end)
        )

    def exchange(self, old: ReleaseFile, data: bytes, content: bytes | None) -> None:
        """Put another file in the place of one.

        Args:
            old: the file.
            data: its new bytes.
            content: what it holds; None to say that this is what it was.
        """
        stated = old.content_sha256 if content is None else digest(content)
        path = old.path.replace(old.content_sha256, stated)
        new = listed(path, data, stated)
        self.write(path, data)
        self.index = [new if each == old else each for each in self.index]
        files = tuple(new if each == old else each for each in self.release.files)
        self.release = replace(self.release, files=files)

    def settle(self) -> None:
        """Write what names the changed files, with the digests that they have now."""
        registry, index = encode(self.registry), encode_index(self.index)
        self.write(REGISTRY_FILE, registry)
        self.write(registry_path(digest(registry)), registry)
        self.write(index_path(digest(index)), index)
        files = (
            self.release.core,
            listed(index_path(digest(index)), index, digest(index)),
            listed(REGISTRY_FILE, registry, digest(registry)),
        )
        self.release = replace(self.release, files=files)
        self.write(RELEASE_FILE, encode_release(self.release))


Forge = Callable[[Forgery], None]


def forged(source: Path, folder: Path, forge: Forge) -> Path:
    """Return the folder of a release like another, but for what somebody changed."""
    shutil.copytree(source, folder)
    release = decode_release((folder / RELEASE_FILE).read_bytes())
    found = Forgery(
        folder=folder,
        release=release,
        index=[*decode_index((folder / release.index.path).read_bytes())],
        registry=decode((folder / REGISTRY_FILE).read_bytes(), limit=2**20),
    )
    forge(found)
    found.settle()
    return folder


def honest(_: Forgery) -> None:
    """Change nothing."""


def one_verdict_in_the_core(forgery: Forgery) -> None:
    keys, numbers = read_rows(forgery.read(forgery.release.core.path))
    numbers = numbers.copy()
    numbers[[0, -1]] = numbers[[-1, 0]]
    output = HeldOutput()
    writer = CoreWriter(output)
    writer.add(keys, numbers)
    core = writer.close()
    forgery.write(core.path, output.files[core.path])
    old = forgery.release.core
    files = tuple(core if each == old else each for each in forgery.release.files)
    forgery.release = replace(forgery.release, files=files)


def one_leaf(forgery: Forgery) -> None:
    root = forgery.release.lookup.root
    assert root is not None
    leaf = cast(
        "Document",
        decode(gzip.decompress(forgery.read(lookup_path(root))), limit=2**20),
    )
    items = leaf["items"]
    rows = [item for item in items if "title" in item]
    other = next(row for row in rows if row["policy"] != rows[0]["policy"])
    rows[0]["policy"], other["policy"] = other["policy"], rows[0]["policy"]
    data = encode(leaf)
    forgery.write(lookup_path(digest(data)), pack(data))
    lookup = replace(forgery.release.lookup, root=digest(data))
    forgery.release = replace(forgery.release, lookup=lookup)


def one_row_of_a_part(forgery: Forgery) -> None:
    part = forgery.registry["parts"][0]
    table = read_table(forgery.read(part["parquet"]["path"]))
    data = as_parquet(with_value(table, "search", 0, "allow"))
    change_part(forgery, "parquet", data)


def one_title_of_a_part(forgery: Forgery) -> None:
    path = forgery.registry["parts"][0]["jsonl"]["path"]
    with pa.input_stream(
        pa.BufferReader(forgery.read(path)), compression="zstd"
    ) as file:
        lines = file.read().replace(b'"title":"T', b'"title":"U')
    packed = pa.Codec("zstd").compress(lines, asbytes=True)
    change_part(forgery, "jsonl", packed)


def one_row_of_the_policies(forgery: Forgery) -> None:
    old = forgery.find("bulk/", ".policies.parquet")
    table = with_value(read_table(forgery.read(old.path)), "verdict", 0, "allow")
    forgery.exchange(old, as_parquet(table), None)


def one_line_of_a_delta(forgery: Forgery) -> None:
    old = forgery.find("delta/", f".1-{forgery.release.header.number}.jsonl.gz")
    delta = decode_delta(gzip.decompress(forgery.read(old.path)))
    delta.numbers[0] += 1
    content = encode_delta(delta)
    forgery.exchange(old, pack(content), content)


def a_date_in_the_state(forgery: Forgery) -> None:
    old = forgery.find("state/", ".json.gz")
    state = decode_state(gzip.decompress(forgery.read(old.path)))
    first = min(state.published)
    published = {**state.published, first: state.published[first].replace(year=2020)}
    content = encode_state(replace(state, published=published))
    forgery.exchange(old, pack(content), content)


def a_count(forgery: Forgery) -> None:
    counts = {**forgery.release.counts, "disputed": 7}
    forgery.registry["counts"] = counts
    forgery.release = replace(forgery.release, counts=counts)


def a_name_in_the_registry(forgery: Forgery) -> None:
    forgery.registry["owners"][0]["name"] = "Somebody Else"


def a_file_that_nobody_made(forgery: Forgery) -> None:
    forgery.write("bulk/more.txt", b"more")
    more = listed("bulk/more.txt", b"more", digest(b"more"))
    forgery.index = sorted([*forgery.index, more], key=lambda file: file.path)


def hidden_bytes_in_a_table(forgery: Forgery) -> None:
    """Put bytes between the columns and the footer, where no reader looks."""
    old = forgery.find("bulk/", ".prefixes.parquet")
    data = forgery.read(old.path)
    at = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    forgery.exchange(old, data[:at] + b"something else" + data[at:], None)


def another_content_than_it_has(forgery: Forgery) -> None:
    old = forgery.find("bulk/", ".prefixes.parquet")
    forgery.exchange(old, forgery.read(old.path), b"something else")


def no_table_at_all(forgery: Forgery) -> None:
    forgery.exchange(forgery.find("bulk/", ".prefixes.parquet"), b"PAR1PAR1", None)


def another_column(forgery: Forgery) -> None:
    old = forgery.find("bulk/", ".prefixes.parquet")
    table = read_table(forgery.read(old.path))
    more = table.append_column("more", pa.array([1] * len(table), pa.int32()))
    forgery.exchange(old, as_parquet(more), None)


def a_row_less(forgery: Forgery) -> None:
    old = forgery.find("bulk/", ".policies.parquet")
    table = read_table(forgery.read(old.path))
    forgery.exchange(old, as_parquet(table.slice(1)), None)


def a_name_within_a_gzip(forgery: Forgery) -> None:
    old = forgery.find("state/", ".json.gz")
    file = BytesIO()
    with gzip.GzipFile("something else", "wb", fileobj=file, mtime=0) as packed:
        packed.write(gzip.decompress(forgery.read(old.path)))
    forgery.exchange(old, file.getvalue(), None)


def a_part_that_is_not_packed(forgery: Forgery) -> None:
    change_part(forgery, "jsonl", b"{}\n")


def the_shape_of_the_tree(forgery: Forgery) -> None:
    lookup = replace(forgery.release.lookup, leaf_items=300)
    forgery.release = replace(forgery.release, lookup=lookup)


def change_part(forgery: Forgery, form: str, data: bytes) -> None:
    """Let the first part have another file of the same stated content."""
    old = forgery.registry["parts"][0][form]
    forgery.write(old["path"], data)
    new = listed(old["path"], data, old["content_sha256"])
    forgery.registry["parts"][0][form] = encode_file(new)


def read_table(data: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(data))


def with_value(table: pa.Table, name: str, row: int, value: str) -> pa.Table:
    values = table.column(name).to_pylist()
    values[row] = value
    at = table.column_names.index(name)
    return table.set_column(at, name, pa.array(values, table.schema.field(at).type))
