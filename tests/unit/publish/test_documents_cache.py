"""YAML files are parsed once, and what is remembered is what would be read anew."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec import msgpack

from sayso.errors import PublishError
from sayso.model.problem import Problem
from sayso.publish import cache as cache_module
from sayso.publish import remembered as remembered_module
from sayso.publish.cache import cache
from sayso.publish.reading import file as file_module
from sayso.publish.reading import readings as readings_module
from sayso.publish.reading import sources as sources_module
from sayso.publish.reading import stamps as stamps_module
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.layout import Place
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.said import Said, parse_yaml
from sayso.publish.reading.sources import read_tree
from tests.declared import FACTS, FERNWOOD, HARROW, MARA, declaration, owner, recordings

ONE, TWO, THREE = "XXF012600001", "XXF012600002", "XXF012600003"
DENY, ALLOW = "{any-ai: deny}", "{search: allow}"
SONGS = f"{FERNWOOD}/songs.yaml"
AGAIN = "cannot be used and is made anew"

Outcome = tuple[Documents, list[Problem]]


class Parser:
    """Parses YAML, and notes which files."""

    def __init__(self) -> None:
        self.parsed: list[str] = []

    def __call__(self, path: str, data: bytes, place: Place) -> Said:
        self.parsed.append(path)
        return parse_yaml(path, data, place)


@pytest.fixture(autouse=True)
def _fine_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the clock of this disk, so that tests need not wait for seconds."""
    monkeypatch.setattr(stamps_module, "_TICK", 0)


@pytest.fixture
def parser(monkeypatch: pytest.MonkeyPatch) -> Parser:
    found = Parser()
    monkeypatch.setattr(readings_module, "parse_yaml", found)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "declarations"
    for path, text in FACTS.items():
        write(place, path, text)
    write(place, SONGS, declaration(DENY, recordings(ONE, TWO)))
    rest()
    return place


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def write(folder: Path, path: str, text: str) -> Path:
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def rest() -> None:
    """Wait for the next tick of the disk's clock."""
    time.sleep(0.02)


def plainly(folder: Path) -> Outcome:
    """Read a folder without anything remembered."""
    tree = read_tree(folder)
    documents, problems = read_documents(tree.files, refused=tree.refused)
    return replace(documents, catalogues={}), [*tree.problems, *problems]


def warmly(folder: Path, kept: Path, *expected: str) -> Outcome:
    """Read a folder with what is remembered; warnings have the expected parts."""
    warnings: list[str] = []
    with cache(kept, warnings.append) as tables:
        known = tables.remembered
        tree = read_tree(folder, stamps=known.stamps)
        documents, problems = read_documents(
            tree.files, readings=known.readings, tables=tables, refused=tree.refused
        )
    assert len(warnings) == len(expected)
    for warning, part in zip(warnings, expected, strict=True):
        assert part in warning
    return replace(documents, catalogues={}), [*tree.problems, *problems]


def files(kept: Path) -> list[Path]:
    return sorted(kept.glob("*/yaml-*"))


def test_what_is_remembered_is_neither_parsed_nor_opened(
    folder: Path, kept: Path, parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = plainly(folder)
    parser.parsed.clear()
    assert warmly(folder, kept) == expected
    assert len(parser.parsed) == len(FACTS) + 1
    before = files(kept)
    parser.parsed.clear()

    for module in (file_module, sources_module):
        monkeypatch.delattr(module, "opened")
    assert warmly(folder, kept) == expected
    assert parser.parsed == []
    assert files(kept) == before


def test_only_what_changed_is_parsed(folder: Path, kept: Path, parser: Parser) -> None:
    warmly(folder, kept)
    write(folder, SONGS, declaration(DENY, recordings(THREE)))
    expected = plainly(folder)
    parser.parsed.clear()
    rest()

    assert warmly(folder, kept) == expected
    assert parser.parsed == [SONGS]
    assert len(files(kept)) == 1


def test_a_file_that_has_just_changed_is_opened_again(
    folder: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another write may fall on the same tick of the clock."""
    monkeypatch.setattr(stamps_module, "_TICK", 2 * 10**9)
    for text in ("a", "b"):
        place = write(folder, SONGS, declaration(DENY, recordings(ONE), f"# {text}"))
        os.utime(place, ns=(10**18, 10**18))
        assert warmly(folder, kept) == plainly(folder)


def test_a_warning_is_remembered_and_found_at_its_place(
    folder: Path, kept: Path, parser: Parser
) -> None:
    write(folder, SONGS, declaration(ALLOW, recordings(ONE), capacity="performer"))
    write(folder, f"{MARA}/owner.yaml", owner("Mara", "acts_for: [domain:no.example]"))
    rest()
    expected = plainly(folder)
    assert {problem.rule.code for problem in expected[1]} == {"SAY509", "SAY506"}
    warmly(folder, kept)
    parser.parsed.clear()

    assert warmly(folder, kept) == expected
    assert parser.parsed == []


def test_the_same_bytes_say_another_thing_at_another_place(
    folder: Path, kept: Path, parser: Parser
) -> None:
    warmly(folder, kept)
    text = (folder / SONGS).read_text("utf-8")
    (folder / SONGS).rename(folder / FERNWOOD / "renamed.yaml")
    write(folder, f"{HARROW}/songs.yaml", text)
    expected = plainly(folder)
    parser.parsed.clear()

    found = warmly(folder, kept)
    assert found == expected
    assert set(found[0].declarations) == {
        "domain:fernwood.example/renamed",
        "domain:harrow.example/songs",
    }
    assert len(parser.parsed) == 2


def test_a_file_that_changes_after_it_was_found_stops_the_build(
    folder: Path, kept: Path
) -> None:
    warmly(folder, kept)
    with cache(kept, print) as tables:
        tree = read_tree(folder, stamps=tables.remembered.stamps)
    (found,) = [file for file in tree.files if file.path == SONGS]
    write(folder, SONGS, declaration(ALLOW, recordings(THREE)))

    with pytest.raises(PublishError, match=r"songs.yaml changed while it was read"):
        read_documents(tree.files)
    assert found.size != len((folder / SONGS).read_bytes())


EDITS: list[Callable[[random.Random], tuple[str, str | None]]] = [
    lambda r: (
        f"{r.choice((FERNWOOD, HARROW, MARA))}/{r.choice('abc')}.yaml",
        declaration(
            r.choice((DENY, ALLOW, "{any-ai: no}", "{search: ask}")),
            r.choice(
                (recordings(ONE, TWO), recordings(THREE), "prefix: XXF01", "x: [")
            ),
        ),
    ),
    lambda r: (f"{FERNWOOD}/{r.choice('abc')}.yaml", None),
    lambda r: (f"{r.choice((HARROW, MARA))}/{r.choice('abc')}.yaml", None),
    lambda r: (
        f"{r.choice((FERNWOOD, MARA))}/owner.yaml",
        owner(r.choice("AB"), r.choice(("", "represented_by: [domain:no.example]"))),
    ),
    lambda r: (f"{HARROW}/{r.choice(('c.csv', '.DS_Store'))}", f"isrc\n{ONE}\n"),
    lambda _: (f"{HARROW}/.DS_Store", None),
]


@pytest.mark.parametrize("seed", range(6))
def test_after_any_edits_the_same_is_said(folder: Path, kept: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - edits, no secrets
    for _ in range(12):
        for _ in range(dice.randint(0, 3)):
            path, text = dice.choice(EDITS)(dice)
            if text is not None:
                write(folder, path, text)
            else:
                (folder / path).unlink(missing_ok=True)
        if dice.random() < 0.3:
            (folder / SONGS).chmod(dice.choice((0o644, 0o755)))
        assert warmly(folder, kept) == plainly(folder)


def flip(entry: Path) -> None:
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 1
    entry.write_bytes(data)


def truncate(entry: Path) -> None:
    os.truncate(entry, entry.stat().st_size // 2)


def foreign(entry: Path) -> None:
    """Have a name that fits, and something else inside."""
    data = msgpack.encode([["a", "b"], []])
    entry.unlink()
    digest = sha256(data).hexdigest()
    (entry.parent / f"yaml-{digest}.msgpack").write_bytes(data)


def become_folder(entry: Path) -> None:
    entry.unlink()
    (entry.parent / "x").mkdir()
    entry.symlink_to(entry.parent / "x")


@pytest.mark.parametrize("harm", [flip, truncate, foreign, become_folder])
def test_a_broken_file_is_made_anew_and_told(
    folder: Path, kept: Path, parser: Parser, harm: Callable[[Path], None]
) -> None:
    expected = plainly(folder)
    warmly(folder, kept)
    harm(*files(kept))
    parser.parsed.clear()

    assert warmly(folder, kept, AGAIN) == expected
    assert len(parser.parsed) == len(FACTS) + 1
    assert warmly(folder, kept) == expected
    assert len(parser.parsed) == len(FACTS) + 1
    assert len(files(kept)) == 1


def test_what_a_file_says_is_parsed_anew_where_its_bytes_are_no_such_thing(
    folder: Path, kept: Path, parser: Parser
) -> None:
    """Only another program that fills the cache can do that: digests fit."""
    expected = plainly(folder)
    warmly(folder, kept)
    (entry,) = files(kept)
    said, known = msgpack.decode(entry.read_bytes())
    entry.unlink()
    data = msgpack.encode(([(key, b"\xc1") for key, _ in said[:3]] + said[3:], known))
    (entry.parent / f"yaml-{sha256(data).hexdigest()}.msgpack").write_bytes(data)
    parser.parsed.clear()

    assert warmly(folder, kept, "3 files in the cache could not be used") == expected
    assert len(parser.parsed) == 3
    assert warmly(folder, kept) == expected


def test_another_version_reads_anew(
    folder: Path, kept: Path, parser: Parser, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmly(folder, kept)
    parser.parsed.clear()
    monkeypatch.setattr(cache_module, "_version", lambda: "another")

    warmly(folder, kept)
    assert len(parser.parsed) == len(FACTS) + 1
    assert [file.parent.name for file in files(kept)] == ["another"]


@pytest.mark.parametrize("library", ["yaml", "msgspec"])
def test_a_version_is_also_of_what_reads_yaml(
    monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    before = cache_module._version()
    monkeypatch.setattr(getattr(cache_module, library), "__version__", "0")
    assert cache_module._version() != before


def test_a_version_is_also_of_the_parser_that_a_distribution_may_replace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = cache_module._version()
    monkeypatch.setattr(cache_module, "get_version_string", lambda: "0.2.2")
    assert cache_module._version() != before


def test_what_is_gone_is_forgotten(folder: Path, kept: Path) -> None:
    warmly(folder, kept)
    before = files(kept)[0].stat().st_size
    (folder / SONGS).unlink()

    assert warmly(folder, kept) == plainly(folder)
    assert files(kept)[0].stat().st_size < before


@pytest.mark.parametrize("dear", [1, 1000])
def test_a_build_that_fails_keeps_what_took_long(
    folder: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, dear: int
) -> None:
    monkeypatch.setattr(remembered_module, "_DEAR", dear)

    def fail() -> None:
        with cache(kept, print) as tables:
            tree = read_tree(folder, stamps=tables.remembered.stamps)
            read_documents(tree.files, readings=tables.remembered.readings)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(files(kept)) == (dear == 1)
    assert warmly(folder, kept) == plainly(folder)


def test_two_builds_at_once_leave_two_files_and_the_next_one_a_single(
    folder: Path, kept: Path, parser: Parser
) -> None:
    with cache(kept, print) as tables:
        known = tables.remembered
        tree = read_tree(folder, stamps=known.stamps)
        write(folder, f"{FERNWOOD}/other.yaml", declaration(DENY, recordings(THREE)))
        rest()
        warmly(folder, kept)
        assert len(files(kept)) == 1
        read_documents(tree.files, readings=known.readings)
        (folder / f"{FERNWOOD}/other.yaml").unlink()
    assert len(files(kept)) == 2
    parser.parsed.clear()

    assert warmly(folder, kept) == plainly(folder)
    assert len(files(kept)) == 1


def test_a_disk_that_is_full_costs_time_and_no_release(
    folder: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(remembered_module, "new_file", refuse)
    expected = plainly(folder)
    assert warmly(folder, kept, "No space left on device") == expected
    assert files(kept) == []


def test_what_was_being_written_when_a_build_was_killed_is_deleted(
    folder: Path, kept: Path
) -> None:
    warmly(folder, kept)
    (files(kept)[0].parent / "new-abc").write_bytes(b"half")

    warmly(folder, kept)
    assert [path.name[:5] for path in files(kept)[0].parent.iterdir()] == ["yaml-"]
