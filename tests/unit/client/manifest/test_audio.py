"""A folder of audio files: one row a file, and none vanishes unseen."""

import json
import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from sayso.client.manifest import gathered
from sayso.client.manifest.audio import open_audio
from sayso.client.manifest.rows import Manifest
from sayso.client.manifest.walk import Walk, suffix_of
from sayso.errors import MalformedError, ManifestError
from tests import audio
from tests.audio import ARTIST, ISRC, OTHER, TITLE


def rows(manifest: Manifest) -> list[dict[str, Any]]:
    return [row for part in manifest.read() for row in part.table.to_pylist()]


def codes(folder: Path) -> dict[str, list[str] | None]:
    return {row["path"]: row["isrc"] for row in rows(open_audio(folder))}


def described(path: Path, **members: object) -> None:
    path.with_suffix(".json").write_text(json.dumps(members), encoding="utf-8")


def test_each_audio_file_is_a_row(tmp_path: Path) -> None:
    for kind, (suffix, _, _) in audio.KINDS.items():
        audio.write(tmp_path / f"{kind}.{suffix}", kind, ISRC, OTHER)
    manifest = open_audio(tmp_path)
    assert (manifest.name, manifest.kind) == (str(tmp_path), "audio")
    assert (manifest.rows, manifest.size, manifest.done) == (None, None, 0.0)
    (part,) = manifest.read()
    assert manifest.schema.names == ["path", "isrc", "title", "artist"]
    assert part.table.schema == manifest.schema
    assert part.codes.to_pylist() == [[ISRC, OTHER]] * len(audio.KINDS)
    assert part.titles is not None
    assert part.artists is not None
    assert set(part.titles.to_pylist()) == {TITLE}
    assert set(part.artists.to_pylist()) == {ARTIST}
    assert (manifest.done, manifest.remarks.lines) == (1.0, [])


def test_rows_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    names = ["b/z.mp3", "b.mp3", "a/b/c.MP3", "a/ä.mp3", "a-b/c.mp3", "c/d/e/f.mp3"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(audio.mp3())
    assert list(codes(tmp_path)) == sorted(names)


def test_rows_come_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        audio.write(tmp_path / f"{number}.mp3", "ID3v2.4", ISRC)
    monkeypatch.setattr(gathered, "_MOST_ROWS", 2)
    manifest = open_audio(tmp_path)
    dones = [(len(part.table), manifest.done) for part in manifest.read()]
    assert dones == [(2, 0.4), (2, 0.8), (1, 1.0)]
    monkeypatch.setattr(gathered, "_MOST_ROWS", 5)
    assert [len(part.table) for part in open_audio(tmp_path).read()] == [5]
    monkeypatch.setattr(gathered, "_MOST_TEXT", 40)
    assert [len(part.table) for part in open_audio(tmp_path).read()] == [1] * 5


def test_the_name_of_a_file_does_not_say_what_it_is(tmp_path: Path) -> None:
    audio.write(tmp_path / "song.mp3", "FLAC", ISRC)
    assert codes(tmp_path) == {"song.mp3": [ISRC]}


def test_a_file_that_cannot_be_read_stays_a_row(tmp_path: Path) -> None:
    audio.write(tmp_path / "a.mp3", "ID3v2.4", ISRC)
    (tmp_path / "b\n\x1b[2J.flac").write_bytes(b"fLaC")
    (tmp_path / "c.wv").write_bytes(b"")
    manifest = open_audio(tmp_path)
    assert [row["isrc"] for row in rows(manifest)] == [[ISRC], None, None]
    assert manifest.remarks.lines == [
        "b\\u000a\\u001b[2J.flac: its tags cannot be read (it ends too early)",
        "c.wv: its tags cannot be read (it is empty)",
    ]
    assert manifest.remarks.counts == {"tags that cannot be read": 2}


def test_a_name_that_is_no_text_is_shown_with_numbers(tmp_path: Path) -> None:
    for name in (b"\xff.mp3", b"\xfe.mp3"):
        (tmp_path / os.fsdecode(name)).write_bytes(audio.mp3())
    assert list(codes(tmp_path)) == ["\\udcfe.mp3", "\\udcff.mp3"]


def test_a_folder_without_audio_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none", encoding="utf-8")
    with pytest.raises(ManifestError, match="has no audio files"):
        open_audio(tmp_path)
    with pytest.raises(ManifestError, match=r"cannot be read \(No such file"):
        open_audio(tmp_path / "none")


def test_other_files_are_counted(tmp_path: Path) -> None:
    for name in ("a.mp3", "a.json", "mp3", "cover.jpg", "b.tar", ".c.mp3", ".d/e.mp3"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"{}" if name == "a.json" else audio.mp3())
    manifest = open_audio(tmp_path)
    assert [row["path"] for row in rows(manifest)] == ["a.mp3"]
    assert manifest.remarks.counts == {"hidden files": 1, "other files": 1, "tars": 1}
    assert manifest.remarks.lines == [
        "hidden files and folders that were passed over: 2",
        "files without the name of an audio file, which are no rows: 2",
        "tars that were not opened; screen them by themselves: 1",
    ]


def test_the_end_of_a_name_is_found() -> None:
    names = ["a.MP3", "x/a.b.mp3", ".mp3", "a.", "mp3", "a.mp3/b"]
    assert list(map(suffix_of, names)) == ["mp3", "mp3", "", "", "", ""]


# Links, pipes, folders that cannot be read ------------------------------------------


def test_links_are_followed_only_within_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    (folder / "sub").mkdir(parents=True)
    outside = audio.write(tmp_path / "outside.mp3", "ID3v2.4", OTHER)
    inside = audio.write(folder / "sub" / "a.mp3", "ID3v2.4", ISRC)
    (folder / "b.mp3").symlink_to(inside)
    (folder / "c.mp3").symlink_to(outside)
    (folder / "d.mp3").symlink_to("d.mp3")
    (folder / "e.mp3").symlink_to("nothing.mp3")
    (folder / "f").symlink_to(tmp_path)
    (folder / "g").symlink_to(folder / "sub")
    manifest = open_audio(folder)
    assert {row["path"]: row["isrc"] for row in rows(manifest)} == {
        "b.mp3": [ISRC],
        "c.mp3": None,
        "d.mp3": None,
        "e.mp3": None,
        "sub/a.mp3": [ISRC],
    }
    assert sorted(manifest.remarks.lines) == [
        "c.mp3: its tags cannot be read (it is a link out of the folder)",
        "d.mp3: its tags cannot be read (Too many levels of symbolic links)",
        "e.mp3: its tags cannot be read (No such file or directory)",
        *(
            f"{name}: this link to a folder is not followed; what is behind it is not "
            "among the rows"
            for name in "fg"
        ),
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.mp3")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "b.mp3"))
        manifest = open_audio(tmp_path)
        assert [row["isrc"] for row in rows(manifest)] == [None, None]
    assert manifest.remarks.lines == [
        f"{name}.mp3: its tags cannot be read (it is no regular file)" for name in "ab"
    ]


def test_a_pipe_that_takes_the_place_of_a_file_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "a.mp3")
    answers = [False, True]
    monkeypatch.setattr("stat.S_ISREG", lambda _mode: answers.pop())
    with pytest.raises(MalformedError, match="no regular file"):
        Walk(folder=tmp_path).open("a.mp3")


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """So deep that its path is longer than the system takes."""
    audio.write(tmp_path / "a.mp3", "ID3v2.4", ISRC)
    place = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=place)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=place)
        os.close(place)
        place = below
    os.close(place)
    manifest = open_audio(tmp_path)
    assert len(rows(manifest)) == 1
    (line,) = manifest.remarks.lines
    assert "this folder cannot be read (File name too long)" in line
    assert manifest.remarks.counts == {"folders that cannot be read": 1}


# JSON beside ------------------------------------------------------------------------


def test_what_the_tags_lack_is_taken_from_the_file_beside(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(audio.mp3())
    described(tmp_path / "a.mp3", isrc="XX-F01-26-00001", title="T", artist="A")
    audio.write(tmp_path / "b.mp3", "ID3v2.4", OTHER)
    described(tmp_path / "b.mp3", isrc=[ISRC, OTHER, None], title="T", artist="A")
    (tmp_path / "c.mp3").write_bytes(b"")
    described(tmp_path / "c.mp3", isrc=ISRC)
    manifest = open_audio(tmp_path)
    first, second, third = rows(manifest)
    assert first == {"path": "a.mp3", "isrc": [ISRC], "title": "T", "artist": "A"}
    assert second["isrc"] == [OTHER, ISRC]
    assert (second["title"], second["artist"]) == (TITLE, ARTIST)
    assert third["isrc"] == [ISRC]
    assert manifest.remarks.counts == {"tags that cannot be read": 1}


def test_the_files_of_audiocraft_are_understood(tmp_path: Path) -> None:
    (tmp_path / "electro_1.mp3").write_bytes(audio.mp3())
    described(
        tmp_path / "electro_1.mp3",
        key="",
        name="electro_1",
        duration=15.0,
        moods=["uplifting"],
        artist="Voyager I",
        title="Enracinement",
    )
    (row,) = rows(open_audio(tmp_path))
    assert (row["isrc"], row["title"]) == (None, "Enracinement")
    assert row["artist"] == "Voyager I"


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        ({"ISRC": ISRC}, [ISRC]),
        ({"isrcs": [ISRC, OTHER]}, [ISRC, OTHER]),
        ({"external_ids": {"isrc": ISRC, "upc": OTHER}}, [ISRC]),
        ({"track": {"external_ids": {"isrc": ISRC}}, "isrc": OTHER}, [OTHER, ISRC]),
        ({"similar": [{"isrc": OTHER}], "isrc": ISRC}, [ISRC]),
        ({"isrc": None}, None),
        ({"isrc": float("nan")}, None),
        ({"isrc": []}, None),
        ({"isrc": [[ISRC]]}, None),
        ({"isrc": 12}, ["12"]),
        ({"isrc": "\ud800"}, ["?"]),
    ],
)
def test_codes_in_json_are_found(
    tmp_path: Path, members: dict[str, object], wanted: list[str] | None
) -> None:
    (tmp_path / "a.mp3").write_bytes(audio.mp3())
    described(tmp_path / "a.mp3", **members)
    assert codes(tmp_path) == {"a.mp3": wanted}


def test_a_member_that_stands_twice_counts_twice(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(audio.mp3())
    text = f'\ufeff{{"isrc":"{ISRC}","isrc":"{OTHER}"}}'
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    assert codes(tmp_path) == {"a.mp3": [ISRC, OTHER]}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "not JSON"),
        (b'{"isrc":' + b"[" * 100_000, "not JSON"),
        (b'{"isrc":' + b"1" * 5_000 + b"}", "not JSON"),
        (b"[]", "no.* JSON object"),
        (b'{"isrc":"\xff"}', "not UTF-8"),
        (b" " * 2**20 + b"{}", "1048577 bytes"),
    ],
)
def test_json_that_cannot_be_read_is_said(
    tmp_path: Path, data: bytes, words: str
) -> None:
    audio.write(tmp_path / "a.mp3", "ID3v2.4", ISRC)
    (tmp_path / "a.json").write_bytes(data)
    manifest = open_audio(tmp_path)
    assert [row["isrc"] for row in rows(manifest)] == [[ISRC]]
    (line,) = manifest.remarks.lines
    assert re.match(rf"a\.json: it cannot be read \(.*{words}", line)
    assert manifest.remarks.counts == {"JSON files that cannot be read": 1}


def test_json_beside_is_not_waited_for_or_found_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "music"
    folder.mkdir()
    (folder / "a.mp3").write_bytes(audio.mp3())
    described(tmp_path / "outside", isrc=OTHER)
    (folder / "a.json").symlink_to(tmp_path / "outside.json")
    (folder / "b.mp3").write_bytes(audio.mp3())
    os.mkfifo(folder / "b.json")
    manifest = open_audio(folder)
    assert [row["isrc"] for row in rows(manifest)] == [None, None]
    assert manifest.remarks.lines == [
        "a.json: it cannot be read (it is a link out of the folder)",
        "b.json: it cannot be read (it is no regular file)",
    ]


def test_a_folder_that_loses_its_files_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(audio.mp3())
    manifest = open_audio(tmp_path)
    (tmp_path / "a.mp3").unlink()
    assert rows(manifest) == []
