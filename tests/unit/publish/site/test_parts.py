"""The pages of a registry whose recordings are in parts, and of large ones."""

import gc
import hashlib
import sys
import tracemalloc
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayso.errors import FetchError, MalformedError, RegistryError, UntrustedError
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use
from sayso.publish.site.draw import build_site
from sayso.publish.site.pages import Page, count_pages, registry_pages
from sayso.publish.site.pages.depth import share_pages
from sayso.publish.site.pages.facts import facts_of
from sayso.publish.site.pages.listed import ReadFile, no_files
from sayso.publish.site.pages.shelf import Limits, Shelf, Site
from sayso.wire.profile import decode, encode
from sayso.wire.registry import REGISTRY_LIMIT, decode_registry
from sayso.wire.release import decode_release
from sayso.wire.release_file import ReleaseFile
from tests.registries import (
    Document,
    parted,
    recording,
    release_document,
)
from tests.shown import (
    DISPUTED,
    FERNWOOD,
    MARA,
    UNDER_PREFIX,
    shown_document,
    shown_files,
)

ROOT = Path(__file__).parents[4]
NAMES = ("isrc", "title", "artist", "owner", "policy")
Files = dict[str, bytes]


def table_of(rows: list[Document]) -> pa.Table:
    """Return rows as the columns of a part."""
    columns = {name: pa.array([row[name] for row in rows]) for name in NAMES}
    for name in ("title", "artist", "owner"):
        columns[name] = columns[name].cast(pa.string())
    columns["policy"] = columns["policy"].cast(pa.int32())
    columns["disputed"] = pa.array([row["policy"] in {4, 8} for row in rows])
    columns["until"] = pa.nulls(len(rows), pa.timestamp("us", tz="UTC"))
    for use in Use:
        columns[use.replace("-", "_")] = pa.array(["undeclared"] * len(rows))
    return pa.table(columns)


def parquet(table: pa.Table) -> bytes:
    file = BytesIO()
    pq.write_table(
        table,
        file,
        compression="zstd",
        use_dictionary=[name for name in table.column_names if name != "isrc"],
        column_encoding={"isrc": "DELTA_BYTE_ARRAY"},
        store_schema=False,
    )
    return file.getvalue()


def in_parts(document: Document, size: int) -> tuple[Document, Files]:
    """Return a registry with its recordings in parts only, and their files."""
    rows = document["recordings"]
    divided, _ = parted(document, size=size)
    files = {}
    for place, part in enumerate(divided["parts"]):
        cut = rows[place * size : (place + 1) * size]
        file = part["parquet"]
        files[file["path"]] = renamed(file, parquet(table_of(cut)))
    return divided, files


def renamed(file: dict[str, Any], data: bytes) -> bytes:
    """Let an entry name other bytes, and return these."""
    file |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return data


def reader(files: Files) -> ReadFile:
    return lambda file: files[file.path]


def shelf_of(
    document: Document, read_file: ReadFile = no_files, /, **limits: int
) -> Shelf:
    data = encode(document)
    return Shelf(
        registry=decode_registry(data),
        raw=decode(data, limit=REGISTRY_LIMIT),
        release=decode_release(encode(release_document(data, document["counts"]))),
        site=Site(address="https://sayso.example/"),
        limits=Limits(**limits),
        read_file=read_file,
    )


def pages_of(shelf: Shelf) -> dict[str, Page]:
    pages = {page.address: page for page in registry_pages(shelf, release_size=1)}
    assert len(pages) == count_pages(shelf)
    return pages


SMALL = {"recordings": 7, "rows": 5, "pages": 3}


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
@pytest.mark.parametrize(
    "limits",
    [{}, SMALL, {**SMALL, "lists": 11}, {**SMALL, "lists": 3}, {"recordings": 0}],
)
def test_pages_are_the_same_however_the_recordings_are_divided(
    size: int, limits: dict[str, int]
) -> None:
    document = shown_document()
    whole = pages_of(shelf_of(document, no_files, **limits))
    divided, files = in_parts(document, size)
    pages = pages_of(shelf_of(divided, reader(files), **limits))
    assert list(pages) == list(whole)
    for address, page in pages.items():
        if address != "data/":
            assert page.content == whole[address].content
        assert (page.twin is None) is (whole[address].twin is None)
        assert unsigned(page.twin or b"") == unsigned(whole[address].twin or b"")


def unsigned(twin: bytes) -> bytes:
    """Return a twin without what it says of where it comes from."""
    return twin.replace(b", and of the parts that it names; this", b"; this")


# What a page says of where the recordings are, and must differ.
WORDS = (
    ("the signed files", "the signed file"),
    ("Ask the files themselves", "Ask the file itself"),
    (
        "fetch signed files, verify them, and ask them",
        "fetch one signed file, verify it, and ask it",
    ),
    (
        (
            "file that names the parts of the recordings with their digests, with the "
            "public key that the operator gave you, and then compare the SHA-256 of "
            "the part:"
        ),
        (
            "file that every answer comes from, with the public key that the operator "
            "gave you:"
        ),
    ),
)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Return a folder with settings and a site of one document."""
    folder = tmp_path / "settings"
    (folder / "site").mkdir(parents=True)
    for name in ("theme", "static"):
        (folder / "site" / name).symlink_to(ROOT / "site" / name)
    docs = folder / "site" / "docs"
    docs.mkdir()
    (docs / "declare").symlink_to(ROOT / "site" / "docs" / "declare")
    (docs / "index.md").write_text("---\ntemplate: home.html\n---\n")
    return folder


SETTINGS = """\
site_name: Sayso
site_url: https://sayso.example/
site_description: A registry.
docs_dir: site/docs
theme: {name: null, custom_dir: site/theme, static_templates: [404.html]}
plugins:
  - sayso:
      release: out/registry
      static: site/static
LIMITS
extra: {doors: []}
validation:
  nav: {omitted_files: ignore}
  links: {not_found: ignore, unrecognized_links: ignore}
"""


def settings(folder: Path, **limits: int) -> Path:
    lines = "".join(f"      {name}: {limit}\n" for name, limit in limits.items())
    text = SETTINGS.replace("LIMITS\n", lines)
    (folder / "mkdocs.yml").write_text(text, encoding="utf-8")
    return folder / "mkdocs.yml"


def written(document: Document, files: Files, folder: Path) -> Path:
    release = shown_files(document).write(folder)
    for path, data in files.items():
        (release / path).parent.mkdir(exist_ok=True)
        (release / path).write_bytes(data)
    return release


def site_of(release: Path, mkdocs_yml: Path, out: Path) -> dict[str, bytes]:
    build_site(mkdocs_yml=mkdocs_yml, release=release, out=out)
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


def test_files_are_the_same_but_for_where_the_recordings_are(
    documents: Path, tmp_path: Path
) -> None:
    document = shown_document(210)
    divided, files = in_parts(document, 50)
    mkdocs_yml = settings(documents, rows=20, pages=4)
    whole = site_of(
        written(document, {}, tmp_path / "1"), mkdocs_yml, tmp_path / "whole"
    )
    site = site_of(
        written(divided, files, tmp_path / "2"), mkdocs_yml, tmp_path / "parted"
    )
    assert list(site) == list(whole)
    for path, data in site.items():
        text = data.decode()
        for one, other in WORDS:
            text = text.replace(one, other)
        if path != "data/index.html":
            assert unsigned(text.encode()) == unsigned(whole[path]), path
    shown = site["data/index.html"].decode()
    assert "222 recordings are in 5 parts" in shown
    assert "parts of its recordings" in shown
    assert " parts" not in whole["data/index.html"].decode()


def test_a_twin_has_the_row_of_the_recording_as_the_registry_has_it() -> None:
    document = shown_document(0)
    document["recordings"][3]["owner"] = FERNWOOD
    divided, files = in_parts(document, 3)
    twin = decode(
        pages_of(shelf_of(divided, reader(files)))[f"isrc/{DISPUTED}/"].twin or b"",
        limit=10**6,
    )
    assert twin["recordings"] == [document["recordings"][3]]
    assert twin["note"] == (
        "An extract of registry.json, which is signed, and of the parts that it names; "
        "this file is not."
    )


def test_a_twin_says_how_much_of_its_list_is_left_out() -> None:
    pages = pages_of(shelf_of(shown_document(), rows=1, pages=1))

    def left_out(address: str) -> object:
        return decode(pages[address].twin or b"", limit=10**7).get("left_out")

    assert left_out("prefix/XXF01/") == 235
    assert left_out("owner/fernwood.example/") == 231
    assert left_out("disputes/") == 1
    assert left_out(f"isrc/{DISPUTED}/") is None


def test_what_there_is_no_room_for_is_said_and_never_linked(
    documents: Path, tmp_path: Path
) -> None:
    # One page for four owners, and two for two prefixes.
    mkdocs_yml = settings(documents, lists=3)
    release = written(shown_document(0), {}, tmp_path / "release")
    site = site_of(release, mkdocs_yml, tmp_path / "out")
    owners = {path.split("/")[1] for path in site if path.startswith("owner/")}
    assert owners == {"fernwood.example"}
    assert {path.split("/")[1] for path in site if path[:7] == "prefix/"} == {
        "XXF01",
        "XXM01",
    }
    assert "Without one: 3 owners, whose" in site["owners/index.html"].decode()
    for path, data in site.items():
        if path.endswith(".html"):
            assert b"owner/github-583231/" not in data, path
            assert b"None" not in data, path


def test_prefixes_without_a_page_are_said(documents: Path, tmp_path: Path) -> None:
    mkdocs_yml = settings(documents, lists=1)
    release = written(shown_document(0), {}, tmp_path / "release")
    site = site_of(release, mkdocs_yml, tmp_path / "out")
    check = site["check/index.html"].decode()
    assert "Without one: 1 prefix; what was declared there" in check
    assert "has no declaration at all" not in check
    missing = site["404.html"].decode()
    assert "not every prefix with a declaration has one" in missing
    assert "nobody here has declared anything" not in missing
    recordings = [path for path in site if path.startswith("isrc/XXM01")]
    assert all(b"prefix/XXM01" not in site[path] for path in recordings)


def test_prefixes_and_owners_with_a_default_keep_their_pages_first() -> None:
    document = shown_document(0)
    document["recordings"] += [
        recording(f"XXZ01{number:07}", 6) for number in range(20)
    ]
    document["counts"]["recordings"] += 20
    document, files = in_parts(document, 10)
    shelf = shelf_of(document, reader(files), lists=2)
    assert list(shelf.of_prefix) == [UNDER_PREFIX[:5]]
    assert shelf.speakers.shown == {FERNWOOD}
    assert shelf.prefixes_left_out == 2
    assert facts_of(shelf).prefixes_left_out


@pytest.mark.parametrize(
    ("owners", "prefixes", "limit", "expected"),
    [
        ([3, 1], [2], 6, ([3, 1], [2])),
        # Each is cut at the same page.
        ([9, 5, 1], [1], 6, ([2, 2, 1], [1])),
        # One kind uses what the other leaves of its half.
        ([1], [9, 9], 10, ([1], [4, 4])),
        ([9, 9], [1], 10, ([4, 4], [1])),
        # Not even one page for each: the last have none.
        ([5, 5, 5], [5, 5, 5], 4, ([1, 1, 0], [1, 1, 0])),
        ([5], [5], 0, ([0], [0])),
        ([], [], 5, ([], [])),
    ],
)
def test_lists_share_the_pages_that_there_are(
    owners: list[int],
    prefixes: list[int],
    limit: int,
    expected: tuple[list[int], list[int]],
) -> None:
    shared = share_pages(
        np.array(owners, np.int64), np.array(prefixes, np.int64), limit=limit
    )
    assert (shared[0].tolist(), shared[1].tolist()) == expected


def large(recordings: int) -> tuple[Document, Files]:
    """Return a registry with many recordings of few prefixes, in equal parts."""
    document = shown_document(0)
    document["recordings"] = [
        recording(
            f"XX{number // 5_000:03}{number % 5_000:07}", number % 8 + 1, "T", "A"
        )
        for number in range(recordings)
    ]
    document["counts"]["recordings"] = recordings
    return in_parts(document, 2_500)


def cost(recordings: int) -> tuple[int, int]:
    """Return how many objects a shelf keeps, and the most bytes its making takes."""
    document, files = large(recordings)
    data = encode(document)
    arguments: dict[str, Any] = {
        "registry": decode_registry(data),
        "raw": decode(data, limit=REGISTRY_LIMIT),
        "release": decode_release(encode(release_document(data, document["counts"]))),
        "site": Site(address="https://sayso.example/"),
        "limits": Limits(recordings=50, rows=20, pages=5, lists=20),
        "read_file": reader(files),
    }
    gc.collect()
    before = sys.getallocatedblocks()
    shelf = Shelf(**arguments)
    gc.collect()
    kept = sys.getallocatedblocks() - before
    tracemalloc.start()
    pages = 0
    try:
        shelf = Shelf(**arguments)
        pages += sum(1 for _ in registry_pages(shelf, release_size=1))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert pages == count_pages(shelf)
    return kept, peak


def test_what_is_kept_does_not_grow_with_the_recordings() -> None:
    cost(5_000)  # what is made once
    kept, peak = cost(20_000)
    kept_of_more, peak_of_more = cost(40_000)
    # Of 20,000 recordings more there is nothing; of four prefixes more, a little.
    assert kept_of_more - kept < 500
    assert peak_of_more - peak < 200_000


def broken(change: Callable[[list[Document]], pa.Table | bytes]) -> Shelf:
    """Return the shelf of a registry whose first part is another than it should be."""
    document = shown_document(0)
    divided, files = in_parts(document, 4)
    file = divided["parts"][0]["parquet"]
    made = change(document["recordings"][:4])
    data = made if isinstance(made, bytes) else parquet(made)
    files[file["path"]] = renamed(file, data)
    return shelf_of(divided, reader(files))


def without(name: str) -> Callable[[list[Document]], pa.Table]:
    return lambda rows: table_of(rows).drop_columns([name])


def other(name: str, values: pa.Array) -> Callable[[list[Document]], pa.Table]:
    def change(rows: list[Document]) -> pa.Table:
        table = table_of(rows)
        return table.set_column(table.column_names.index(name), name, values)

    return change


def damaged(rows: list[Document]) -> bytes:
    """Return a file whose description is right, and whose first page is not."""
    data = bytearray(parquet(table_of(rows)))
    data[4:60] = bytes(56)
    return bytes(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda _: b"not Parquet at all", "is not Parquet"),
        (without("policy"), "has not the columns of a part"),
        (other("policy", pa.array([1, 2, 3, 4], pa.int64())), "has not the columns"),
        (lambda rows: table_of(rows[:3]), "has 3 recordings, and the registry says 4"),
        (other("policy", pa.array([1, 2, None, 4], pa.int32())), "without code or pol"),
        (other("policy", pa.array([1, 2, 99, 4], pa.int32())), "names a policy that"),
        (other("policy", pa.array([1, 2, 0, 4], pa.int32())), "names a policy that"),
        (other("isrc", pa.array(["XXF012600001"] * 4)), "do not ascend"),
        (other("isrc", pa.array(["XXF01260000"] * 4)), "is no ISRC"),
        (other("isrc", pa.array(["xxf012600001"] * 4)), "do not ascend"),
        (
            other("isrc", pa.array([f"XXF01260000{n}" for n in range(4)])),
            "outside of its range",
        ),
        (damaged, "is broken"),
    ],
)
def test_a_part_that_is_none_makes_no_pages(
    change: Callable[[list[Document]], pa.Table | bytes], words: str
) -> None:
    with pytest.raises(MalformedError, match=words):
        broken(change)


def test_a_part_that_was_tampered_with_makes_no_site(
    documents: Path, tmp_path: Path
) -> None:
    divided, files = in_parts(shown_document(0), 5)
    path = divided["parts"][1]["parquet"]["path"]
    for name, data in {
        "another": files[path][:-1] + bytes([files[path][-1] ^ 1]),
        "longer": files[path] + b"x",
        "shorter": files[path][:-1],
    }.items():
        release = written(divided, {**files, path: data}, tmp_path / name)
        with pytest.raises(UntrustedError, match="not the one that the registry names"):
            site_of(release, settings(documents), tmp_path / "out")


def test_a_part_that_is_missing_makes_no_site(documents: Path, tmp_path: Path) -> None:
    divided, files = in_parts(shown_document(0), 5)
    files.popitem()
    release = written(divided, files, tmp_path / "release")
    with pytest.raises(FetchError, match="cannot be read: No such file"):
        site_of(release, settings(documents), tmp_path / "out")


def test_parts_are_read_only_where_somebody_can() -> None:
    divided, _ = in_parts(shown_document(0), 5)
    with pytest.raises(RegistryError, match="cannot be read here"):
        shelf_of(divided)


def test_each_part_is_verified_whenever_it_is_read() -> None:
    divided, files = in_parts(shown_document(0), 5)
    read: list[str] = []

    def changing(file: ReleaseFile) -> bytes:
        read.append(file.path)
        # The second time, the files are others.
        return files[file.path] if len(read) <= len(files) else b""

    with pytest.raises(UntrustedError):
        shelf_of(divided, changing)
    assert len(read) == len(files) + 1


def test_an_owner_is_shown_with_what_it_speaks_of_and_not_with_its_rows() -> None:
    document = shown_document(0)
    for row in document["recordings"]:
        row["owner"] = MARA
    divided, files = in_parts(document, 2)
    shelf = shelf_of(divided, reader(files))
    assert shelf.of_owner[OwnerId(FERNWOOD)].total == 2
    assert shelf.of_owner[OwnerId(MARA)].total == 7
