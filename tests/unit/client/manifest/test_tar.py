"""Tars of samples: one row a sample, as webdataset would read them."""

import gzip
import io
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import webdataset

from sayso.client.manifest import gathered
from sayso.client.manifest.audio import open_audio
from sayso.client.manifest.rows import Manifest
from sayso.client.manifest.tar import is_tar, open_tar
from sayso.errors import ManifestError
from tests import audio
from tests.audio import ARTIST, ISRC, OTHER, TITLE

THIRD = "XXF012600003"


def rows(manifest: Manifest) -> list[dict[str, Any]]:
    return [row for part in manifest.read() for row in part.table.to_pylist()]


def tagged(tmp_path: Path, kind: str, *codes: str) -> bytes:
    return audio.write(tmp_path / "tagged", kind, *codes).read_bytes()


def write_shard(path: Path, samples: Iterable[dict[str, Any]]) -> Path:
    """Write samples with webdataset's own writer."""
    compress = path.name.endswith("gz")
    with webdataset.TarWriter(str(path), compress=compress) as writer:
        for sample in samples:
            writer.write(sample)
    return path


def write_tar(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def codes(path: Path) -> dict[str, list[str] | None]:
    return {row["key"]: row["isrc"] for row in rows(open_tar(path))}


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz"])
def test_each_sample_is_a_row(tmp_path: Path, name: str) -> None:
    samples = [
        {
            "__key__": f"{place:04}",
            suffix: tagged(tmp_path, kind, ISRC, OTHER),
            "txt": "a caption",
        }
        for place, (kind, (suffix, _, _)) in enumerate(audio.KINDS.items())
    ]
    path = write_shard(tmp_path / name, samples)
    manifest = open_tar(path)
    assert (manifest.name, manifest.kind) == (str(path), "webdataset")
    assert (manifest.rows, manifest.size) == (None, path.stat().st_size)
    assert manifest.schema.names == ["key", "isrc", "title", "artist"]
    assert manifest.done == 0.0
    assert rows(manifest) == [
        {
            "key": sample["__key__"],
            "isrc": [ISRC, OTHER],
            "title": TITLE,
            "artist": ARTIST,
        }
        for sample in samples
    ]
    assert (manifest.done, manifest.remarks.lines) == (1.0, [])


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_what_is_said_beside_comes_first(tmp_path: Path, name: str) -> None:
    flac = tagged(tmp_path, "FLAC", ISRC)
    nested = {"external_ids": {"isrc": OTHER}, "title": "Other", "artist": "One"}
    samples: list[dict[str, Any]] = [
        {"__key__": "a", "flac": flac, "json": nested},
        {"__key__": "b", "json": {"isrc": [ISRC, OTHER]}},
        {"__key__": "c", "flac": flac, "isrc": f"{OTHER}\n{THIRD}\n".encode()},
        {"__key__": "d", "txt": f"{THIRD}\n"},
        {"__key__": "e", "txt": "Guitar", "meta.json": {"isrc": THIRD}, "cls": 1},
        {"__key__": "f", "isrc": b"DUM_22832", "left.flac": flac, "x.txt": "A" * 9999},
    ]
    shard = write_shard(tmp_path / name, samples)
    assert codes(shard) == {
        "a": [OTHER, ISRC],
        "b": [ISRC, OTHER],
        "c": [OTHER, THIRD, ISRC],
        "d": [THIRD],
        "e": [THIRD],
        "f": ["DUM_22832", ISRC],
    }
    first = rows(open_tar(shard))[0]
    assert (first["title"], first["artist"]) == ("Other", "One")


def test_keys_are_those_of_webdataset(tmp_path: Path) -> None:
    names = [
        *(
            "a/x.flac",
            "a/x.json",
            "a/y.flac",
            "x.left.FLAC",
            "x.right.flac",
            "b.c/z.flac",
        ),
        *("a/x.flac", "__index__/a.json", "__meta__", "README", ".hidden", "d/", "e."),
        *("é/ü.flac", "long/" * 60 + "name.flac"),
    ]
    path = write_tar(
        tmp_path / "a.tar",
        [(name, b"{}" if name.endswith("json") else audio.flac()) for name in names],
    )
    with path.open("rb") as file:
        members = webdataset.tariterators.tar_file_iterator(file)
        named = ({**member, "__url__": "a"} for member in members)
        samples = list(webdataset.tariterators.group_by_keys(named))
    wanted = [sample["__key__"] for sample in samples]
    manifest = open_tar(path)
    assert [row["key"] for row in rows(manifest)] == wanted
    (line,) = manifest.remarks.lines
    assert line == (
        f"{path}: members without the name of a sample, such as 0001.flac, which are "
        "no rows: 5"
    )


def test_several_shards_are_one_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    (folder / "more").mkdir(parents=True)
    with webdataset.ShardWriter(
        str(folder / "%04d.tar"), maxcount=2, verbose=0
    ) as writer:
        for place in range(3):
            sample = {"__key__": f"{place}", "json": {"isrc": ISRC}}
            writer.write(sample)
    write_tar(folder / "more" / "b.TAR.GZ".lower(), [("2.txt", OTHER.encode())])
    (folder / "sizes.json").write_text("{}", encoding="utf-8")
    manifest = open_audio(folder)
    assert manifest.kind == "webdataset"
    assert manifest.schema.names[0] == "shard"
    assert [(row["shard"], row["key"], row["isrc"]) for row in rows(manifest)] == [
        ("0000.tar", "0", [ISRC]),
        ("0000.tar", "1", [ISRC]),
        ("0001.tar", "2", [ISRC]),
        ("more/b.tar.gz", "2", [OTHER]),
    ]
    assert manifest.remarks.lines == ["files that are no tars and are not read: 1"]
    assert manifest.done == 1.0


def test_a_sample_does_not_go_on_in_another_shard(tmp_path: Path) -> None:
    write_tar(tmp_path / "a.tar", [("1.json", b"{}")])
    write_tar(tmp_path / "b.tar", [("1.txt", ISRC.encode())])
    found = [(row["shard"], row["isrc"]) for row in rows(open_tar(tmp_path))]
    assert found == [("a.tar", None), ("b.tar", [ISRC])]


def test_rows_come_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathered, "_MOST_ROWS", 2)
    members = [(f"{place}.json", b"{}") for place in range(4)]
    manifest = open_tar(write_tar(tmp_path / "a.tar", members))
    dones = [(len(part.table), manifest.done) for part in manifest.read()]
    assert [rows for rows, _ in dones] == [2, 2]
    assert 0 < dones[0][1] < dones[1][1] <= 1


def test_tags_at_the_end_of_a_member_are_read(tmp_path: Path) -> None:
    ape = tagged(tmp_path, "APEv2", ISRC)
    end = tagged(tmp_path, "MP4", OTHER)
    xml = audio.chunk(b"axml", audio.axml(THIRD))
    wav = audio.with_chunks(audio.wav(bytes(2**20)), xml)
    members = [("a.mp3", ape), ("b.m4a", end), ("c.wav", wav), ("d.json", b"{}")]
    for name in ("a.tar", "a.tar.gz"):
        assert codes(write_tar(tmp_path / name, members)) == {
            "a": [ISRC],
            "b": [OTHER],
            "c": [THIRD],
            "d": None,
        }


def test_a_tar_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="cannot be read: No such file"):
        open_tar(tmp_path / "a.tar")
    with pytest.raises(ManifestError, match="has no tars"):
        open_tar(tmp_path)


def test_a_tar_without_samples_is_refused(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar", [("README", b"x")])
    with pytest.raises(ManifestError, match=r"has no samples, such as 0001\.flac"):
        rows(open_tar(path))


def test_a_tar_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"")
    manifest = open_tar(tmp_path / "a.tar")
    assert manifest.done == 1.0
    with pytest.raises(ManifestError, match="empty file"):
        rows(manifest)


def test_tars_are_known_by_their_names() -> None:
    names = ["a.tar", "a.TAR.gz", "a.tgz", "a.tar.zst", "tar", "a.gz"]
    assert list(map(is_tar, names)) == [True, True, True, False, False, False]


def test_what_is_compressed_twice_is_said(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar.gz", [("a.json", b"{}")])
    path.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(ManifestError, match="it ends within a header"):
        rows(open_tar(path))
