"""The files of a release that is made from columns, and what proves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq

from sayso.columns.codes import Keys
from sayso.columns.rows import Numbers, content_of, read_rows
from sayso.model.settings import Brake
from sayso.publish.delta import difference, make_delta
from sayso.publish.output import pack
from sayso.publish.parts import PARQUET
from sayso.publish.policy_tables import policies_file, prefixes_file
from sayso.wire.columns import Interval
from sayso.wire.contents import Contents
from sayso.wire.delta import encode_delta
from sayso.wire.header import Profile, ReleaseHeader, encode_header
from sayso.wire.parts import PART_RECORDINGS
from sayso.wire.profile import encode
from sayso.wire.release import Release, encode_release, registry_path
from sayso.wire.release_file import ReleaseFile, encode_index, index_path
from sayso.wire.release_members import Lookup, Source
from sayso.wire.sources import declarations_root, encode_sources, sources_path
from sayso.wire.text import Digest
from tests.bench.made_documents import End, document_of, numbering_of
from tests.receipts import World, digest, listed
from tests.registries import Document

Rows = tuple[Keys, Numbers]

_LOOKUP = Lookup(leaf_items=256, node_entries=64, root=Digest("cd" * 32))
_FEW = Brake()
_CORE = pa.schema([("key", pa.int64()), ("policy", pa.int32())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A release as it was made, for the one that follows."""

    contents: Contents
    core: bytes

    def rows(self) -> Rows:
        """Return its recordings."""
        return read_rows(self.core)


@dataclass(slots=True)
class _Kept:
    """Takes files into a world's; an `Output` as far as tables need one."""

    files: dict[str, bytes]

    def write(self, path: str, data: bytes) -> None:
        self.files[path] = data


def publish(
    world: World,
    spans: tuple[Interval, ...],
    parts: Iterator[Rows],
    policies: int,
    *,
    after: tuple[Made, Rows] | None = None,
) -> Made:
    """Publish a release more in a world.

    Args:
        world: takes the files and signs; it has published nothing else.
        spans: the policies of codes that nobody lists.
        parts: recordings, ascending over all.
        policies: how many there are; each owner's differ in what they say.
        after: the release before with its recordings, for a delta.
    """
    number = world.log.log.size + 1
    core, ends = _core(parts)
    rows = read_rows(core)
    numbering = numbering_of(policies)
    kept = _Kept(world.files)
    tables = [policies_file(numbering, kept), prefixes_file(spans, kept)]  # type: ignore[arg-type] # they write alone
    contents = Contents(
        number=number,
        core=content_of(*rows),
        policies=tables[0].content_sha256,
        prefixes=tables[1].content_sha256,
    )
    if after is not None:
        tables.append(_delta(world, contents, after, rows))
    document = document_of(numbering, spans, ends)
    document |= {"release": encode_header(_header(world, number))}
    files = _files(world, document, (core, contents.core), tables)
    release = _release(world, number, document, files)
    world.enter(encode_release(release))
    return Made(contents=contents, core=core)


def _core(parts: Iterator[Rows]) -> tuple[bytes, list[End]]:
    """Return the core, and where parts of it would begin and end, with their sizes."""
    out, ends = BytesIO(), []
    options = {"use_dictionary": ["policy"]}
    encoding = {"key": "DELTA_BINARY_PACKED"}
    with pq.ParquetWriter(
        out, _CORE, **PARQUET, **options, column_encoding=encoding
    ) as writer:
        for keys, numbers in parts:
            table = pa.table([pa.array(keys), pa.array(numbers)], schema=_CORE)
            writer.write_table(table, 2**20)
            for start in range(0, len(keys), PART_RECORDINGS):
                part = keys[start : start + PART_RECORDINGS]
                ends.append((int(part[0]), int(part[-1]), len(part)))
    return out.getvalue(), ends


def _delta(
    world: World, now: Contents, after: tuple[Made, Rows], rows: Rows
) -> ReleaseFile:
    before, old = after
    keys, _, numbers = difference(old, rows)
    delta = make_delta(
        before.contents,
        now,
        recordings=(keys, numbers),
        policies=({}, {}),
        prefixes=((), ()),
    )
    data = encode_delta(delta)
    path = f"delta/{digest(data)}.{before.contents.number}-{now.number}.jsonl.gz"
    world.files[path] = pack(data)
    return listed(path, world.files[path], data)


def _files(
    world: World,
    document: Document,
    core: tuple[bytes, Digest],
    tables: list[ReleaseFile],
) -> tuple[ReleaseFile, ...]:
    """Put the files of a release into a world, and return what release.json names."""
    registry, sources = encode(document), encode_sources([])
    packed = pack(sources)
    source = listed(sources_path(digest(sources)), packed, sources)
    index = encode_index(sorted([*tables, source], key=lambda file: file.path))
    path = f"bulk/{core[1]}.core.parquet"
    world.files |= {
        registry_path(digest(registry)): registry,
        path: core[0],
        source.path: packed,
        index_path(digest(index)): index,
    }
    core_file = ReleaseFile(
        path=path, bytes=len(core[0]), sha256=digest(core[0]), content_sha256=core[1]
    )
    entries = [
        listed("registry.json", registry),
        core_file,
        listed(index_path(digest(index)), index),
    ]
    return tuple(sorted(entries, key=lambda file: file.path))


def _header(world: World, number: int) -> ReleaseHeader:
    return ReleaseHeader(
        number=number,
        issued=world.now + timedelta(seconds=number - 1),
        origin="sayso.example",
        profile=Profile.OPERATOR,
    )


def _release(
    world: World, number: int, document: Document, files: tuple[ReleaseFile, ...]
) -> Release:
    entries = world.log.log.entries
    root = declarations_root([])
    return Release(
        header=_header(world, number),
        previous=digest(entries[-1]) if entries else None,
        source=Source(commit=None, clean=False, declarations_root=root),
        counts=document["counts"],
        files=files,
        lookup=_LOOKUP,
        brake=_FEW,
        next_brake=_FEW,
        next_policy=len(document["policies"]) + 1,
    )
