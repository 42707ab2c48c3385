"""`sayso receipt`, and `sayso verify` of what it makes: offline, and held to today."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.model.settings import Revocation
from sayso.model.vocabulary import NOTICE
from tests.answers import documented
from tests.receipts import SONGS, SONGS_PATH, World
from tests.registries import (
    ALLOWED,
    CONTESTED,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    registry_document,
)
from tests.roles import DEV
from tests.webserver import files, serve

NOW = datetime.now(UTC).replace(microsecond=0)
WORLD = World(now=NOW - timedelta(hours=5)).release()


def run(*arguments: object, **environment: str) -> Result:
    result = CliRunner().invoke(main, [*map(str, arguments)], env=environment)
    assert "fault in sayso" not in result.output
    assert "Traceback" not in result.output
    return result


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def refused(result: Result, code: int = 40) -> str:
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


def write(by_path: Mapping[str, bytes], folder: Path) -> Path:
    for path, data in by_path.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


@dataclass(frozen=True)
class Place:
    """A folder with a registry, its root, and receipts in the making."""

    folder: Path

    @property
    def root(self) -> list[object]:
        return ["--root", self.folder / "root.json"]

    @property
    def registry(self) -> list[object]:
        return ["--registry", self.folder / "registry", *self.root]

    @property
    def out(self) -> Path:
        return self.folder / "receipt.json"

    @property
    def answers(self) -> Path:
        return self.folder / "receipt.answers.tsv"

    def make(self, *arguments: object) -> Result:
        return run("receipt", *arguments, *self.registry, "--out", self.out)

    def verify(self, *arguments: object) -> Result:
        return run("verify", self.out, *self.root, *arguments)

    def document(self, *arguments: object) -> dict[str, Any]:
        result = self.verify("--json", *arguments)
        assert result.exit_code == 0, result.output
        value: dict[str, Any] = json.loads(result.stdout)
        return value

    def list(self, *codes: str) -> Path:
        path = self.folder / "codes.txt"
        path.write_text("".join(f"{code}\n" for code in codes), "utf-8")
        return path

    def change(self, old: str, new: str) -> None:
        text = self.out.read_text("utf-8")
        assert old in text
        self.out.write_text(text.replace(old, new), "utf-8")

    def publish(self, world: World) -> None:
        write(world.files, self.folder / "registry")


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_STORE", str(tmp_path / "store"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    write(WORLD.files, tmp_path / "registry")
    (tmp_path / "root.json").write_bytes(WORLD.roots[0].data)
    return Place(tmp_path)


def test_a_receipt_of_codes_is_made_and_verified_in_words(place: Place) -> None:
    line = said(place.make(LISTED, "XX-F01-26-00002", ALLOWED, UNDECLARED))
    assert "a receipt of what release 1 of sayso.example says of 4 recordings" in line
    words = said(place.verify())
    assert "receipt.json: good receipt" in words
    assert "release 1 of sayso.example, issued" in words
    assert "W1 saw it in the log 2026-11-22T11:05:00Z" in words
    assert f"root 1, SHA-256 {WORLD.roots[0].digest}" in words
    assert "says sayso 0" in words
    assert "XX-F01-26-00001 “Slow River” by Mara Lindqvist, as declared; owner" in words
    assert "only with a licence: Index for AI retrieval" in words
    assert "permitted: Search and recommend" in words
    assert "not permitted, disputed: Clone a voice or playing" in words
    assert "what was permitted then ends" in words
    assert "XX-G01-26-00001 not listed by itself" in words
    assert "no declaration: every use" in words
    assert "Asked about: any country" in words
    assert "does not prove that the release was the newest" in words
    assert "Whether the release was revoked since, a receipt cannot know" in words
    assert NOTICE in words
    assert "\x1b" not in words


def test_the_registry_is_not_needed_any_more(place: Place) -> None:
    said(place.make(LISTED, "--in", "de"))
    for path in (place.folder / "registry").rglob("*"):
        if path.is_file():
            path.unlink()
    assert "Asked about: DE" in said(place.verify())
    assert "good receipt" in said(
        run("verify", place.out, SAYSO_ROOT=str(place.folder / "root.json"))
    )


def test_a_receipt_is_made_from_a_web_address(place: Place) -> None:
    with serve(files(WORLD.files)) as site:
        standard = ["--registry", site.address, *place.root, "--out", place.out]
        said(run("receipt", LISTED, *standard))
        assert not any("bulk" in path for path in site.asked)
        site.asked.clear()
        assert "not revoked; the newest release is 1" in said(
            place.verify("--registry", site.address)
        )
        assert not any("lookup" in path for path in site.asked)


def test_who_serves_the_registry_learns_nothing_of_a_list(place: Place) -> None:
    with serve(files(WORLD.files)) as site:
        standard = ["--registry", site.address, *place.root, "--out", place.out]
        said(run("receipt", "--list", place.list(LISTED), *standard))
        assert not any("lookup" in path for path in site.asked)
        assert any("core" in path for path in site.asked)


def test_nothing_is_overwritten(place: Place) -> None:
    place.out.write_text("mine")
    assert "exists already" in refused(place.make(LISTED), 2)
    place.out.unlink()
    place.answers.write_text("mine")
    assert "exists already" in refused(place.make("--list", place.list(LISTED)), 2)
    assert not place.out.exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "give codes, or --list"),
        ([LISTED, "--declaration", SONGS_PATH], "give codes, or --list"),
        (["XXF01260000"], "an ISRC has 12"),
        ([LISTED, "--in", "Narnia"], "not a country's two-letter code"),
        ([LISTED, "--file", __file__], "--file goes with --declaration"),
        (["--declaration", SONGS_PATH, "--in", "DE"], "--in goes with codes"),
        ([f"XXF0126{n:05}" for n in range(201)], "at most 200 codes"),
        (["--list", "absent"], "does not exist"),
    ],
)
def test_a_mistake_in_the_question_is_2(
    place: Place, arguments: list[str], why: str
) -> None:
    assert why in refused(place.make(*arguments), 2)
    assert not place.out.exists()


def test_no_root_is_40(place: Place) -> None:
    said(place.make(LISTED))
    assert "no root was given" in refused(run("verify", place.out))
    arguments = ("--registry", place.folder / "registry", "--out", "other.json")
    assert "no root was given" in refused(run("receipt", LISTED, *arguments))


def test_what_is_no_root_is_a_mistake(place: Place) -> None:
    said(place.make(LISTED))
    for path in (place.out, place.folder / "absent.json"):
        refused(run("verify", place.out, "--root", path), 2)


def test_another_root_is_40(place: Place) -> None:
    said(place.make(LISTED))
    other = place.folder / "other.json"
    other.write_bytes(World(first=901).roots[0].data)
    assert "1.targets.json is signed by 0" in refused(
        run("verify", place.out, "--root", other)
    )


def test_a_newer_root_needs_an_older_one_beside_it(place: Place) -> None:
    said(place.make(LISTED))
    world = World(now=NOW - timedelta(hours=5))
    world.rotate(201)
    newer = place.folder / "2.root.json"
    newer.write_bytes(world.roots[1].data)
    assert "root 2 came later" in refused(run("verify", place.out, "--root", newer))
    assert "good receipt" in said(place.verify("--root", newer))


def test_roots_after_the_pinned_one_are_named(tmp_path: Path) -> None:
    world = World(now=NOW - timedelta(hours=5))
    world.rotate(201)
    place = Place(tmp_path)
    place.publish(world.release())
    (tmp_path / "root.json").write_bytes(world.roots[0].data)
    said(place.make(LISTED))
    assert "and the roots after it, up to 2" in said(place.verify())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"verdict":"ask"', '"verdict":"allow"', "states another answer"),
        ('"kind":"recordings"', '"kind":"list"', "has no 'counts'"),
        ("index 0", "index 1", "has no leaf 1"),
        ("sayso.example", "other.example", "policy.txt is not the one"),
    ],
)
def test_a_changed_receipt_is_40(place: Place, old: str, new: str, why: str) -> None:
    said(place.make(LISTED))
    place.change(old, new)
    assert why in refused(place.verify())


def test_a_revoked_release_is_shown_and_40(place: Place) -> None:
    said(place.make(LISTED))
    world = World(now=WORLD.now).release()
    place.publish(world.release(revoked=[Revocation(release=1, reason="Bad keys")]))
    result = place.verify("--registry", place.folder / "registry")
    words = " ".join(result.output.split())
    assert result.exit_code == 40
    assert "today revoked; the newest release is 2" in words
    assert "REVOKED: Bad keys. Do not rely on it." in words
    assert "good receipt" in words
    result = place.verify("--registry", place.folder / "registry", "--json")
    assert result.exit_code == 40
    assert json.loads(result.stdout)["revoked"] == "Bad keys"
    assert "good receipt" in said(place.verify())


def test_a_registry_that_says_otherwise_today_is_40(place: Place) -> None:
    document = registry_document(WORLD.now)
    document["recordings"][0]["title"] = "Fast River"
    other = World(now=WORLD.now).release(document)
    said(place.make(LISTED))
    folder = write(other.files, place.folder / "other")
    store = ("--store", place.folder / "other store")
    said_today = refused(place.verify("--registry", folder, *store))
    assert "has another release 1" in said_today


def test_a_list_is_kept_to_oneself(place: Place) -> None:
    codes = place.list(
        "XX-F01-26-00001", "", CONTESTED, UNDER_PREFIX, LISTED, UNDECLARED
    )
    line = said(place.make("--list", codes))
    assert "a list of 4 codes" in line
    assert "receipt.answers.tsv: the answers. Keep it with the receipt" in line
    assert LISTED not in place.out.read_text("utf-8")
    words = said(place.verify())
    assert "A list of 4 codes, of which 2 are listed by themselves" in words
    assert "Prompt 3 not permitted, 1 no declaration" in words
    assert "These numbers are the word of whoever made the receipt" in words
    words = said(place.verify("--answers", place.answers, "--list", codes))
    assert "That the release gives them is not checked" in words
    words = said(place.verify("--answers", place.answers, *place.registry[:2]))
    assert "The registry's core gives these answers again." in words
    document = place.document(
        "--answers", place.answers, "--list", codes, *place.registry[:2]
    )
    assert document["checked"] == ["answers", "list", "core"]
    assert document["said"]["counts"]["prompt"] == {
        "allow": 0,
        "ask": 0,
        "deny": 3,
        "undeclared": 1,
    }


def test_a_list_and_answers_that_are_others_are_40(place: Place) -> None:
    said(place.make("--list", place.list(LISTED, UNDECLARED)))
    answers = place.answers
    assert "is not the list that the receipt is of" in refused(
        place.verify("--answers", answers, "--list", place.list(LISTED))
    )
    text = answers.read_text("utf-8")
    answers.write_text(text.replace(LISTED, CONTESTED), "utf-8")
    assert "not the answers that the receipt commits to" in refused(
        place.verify("--answers", answers)
    )
    answers.write_text(LISTED, "utf-8")
    assert "not a file of answers" in refused(place.verify("--answers", answers))


def test_numbers_that_the_core_does_not_give_are_40(place: Place) -> None:
    said(place.make("--list", place.list(LISTED)))
    place.change('"listed":1', '"listed":0')
    assert "other answers than those of its release" in refused(
        place.verify("--answers", place.answers, *place.registry[:2])
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "has no codes"),
        (f"{LISTED}\nXXF0126\n", "line 2: 'XXF0126' has 7 letters"),
        ("\udcff", "not UTF-8"),
    ],
)
def test_a_list_that_cannot_be_read_is_2(place: Place, text: str, why: str) -> None:
    codes = place.folder / "codes.txt"
    codes.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert why in refused(place.make("--list", codes), 2)


def test_an_owner_proves_what_was_declared(place: Place) -> None:
    mine = place.folder / "songs.yaml"
    mine.write_bytes(SONGS)
    line = said(place.make("--declaration", SONGS_PATH, "--file", mine))
    assert f"says of {SONGS_PATH}" in line
    words = said(place.verify())
    assert f"The release was made from {SONGS_PATH}, among others." in words
    assert "compare yours with --file" in words
    assert "your file is the same" in said(place.verify("--file", mine))
    mine.write_bytes(SONGS + b"more")
    assert "not the file that the receipt is of" in refused(
        place.verify("--file", mine)
    )
    place.out.unlink()
    assert "not the file that the receipt is of" in refused(
        place.make("--declaration", SONGS_PATH, "--file", mine)
    )
    assert not place.out.exists()


def test_a_declaration_that_is_not_in_the_release_is_40(place: Place) -> None:
    assert "was not made from" in refused(place.make("--declaration", "no.yaml"))


def test_what_a_receipt_is_compared_with_must_fit(place: Place) -> None:
    said(place.make(LISTED))
    for more in (["--file"], ["--answers"], ["--list"]):
        assert "goes with the receipt of a declaration" in refused(
            place.verify(*more, place.out), 2
        )
    other = place.folder / "root.json"
    assert "is no receipt: --registry" in refused(
        run("verify", other, "--answers", other, "--key", "x"), 2
    )


def test_a_named_pipe_is_no_receipt(place: Place) -> None:
    """It is not even opened, so that nothing waits for what never comes."""
    pipe = place.folder / "pipe"
    os.mkfifo(pipe)
    result = run("verify", pipe, *place.root)
    assert result.exit_code == 40


@pytest.mark.parametrize(
    ("question", "kind", "table"),
    [
        ([LISTED], "recordings", 1),
        (["--declaration", SONGS_PATH], "declaration", 3),
    ],
)
def test_the_document_is_as_documented(
    place: Place, question: list[str], kind: str, table: int
) -> None:
    said(place.make(*question))
    document = place.document()
    name = "sayso verify of a receipt"
    assert set(document) == documented(name, 0)
    assert document["said"]["kind"] == kind
    assert set(document["said"]) == documented(name, table)
    assert document["newest"] is document["revoked"] is None
    assert document["witnesses"] == [{"name": "W1", "seen": "2026-11-22T11:05:00Z"}]
    assert document["root"] == {"sha256": WORLD.roots[0].digest, "version": 1}


def test_the_document_of_a_list_is_as_documented(place: Place) -> None:
    said(place.make("--list", place.list(LISTED)))
    found = set(place.document()["said"])
    assert found == documented("sayso verify of a receipt", 2)


def test_a_development_registry_proves_nothing(tmp_path: Path) -> None:
    world = World(now=WORLD.now, profile=DEV).release()
    place = Place(tmp_path)
    place.publish(world)
    (tmp_path / "root.json").write_bytes(world.roots[0].data)
    said(place.make(LISTED))
    assert "DEVELOPMENT: this release was signed" in said(place.verify())


def test_without_witnesses_time_is_the_operators_word(tmp_path: Path) -> None:
    world = World(now=WORLD.now, witnesses=()).release()
    place = Place(tmp_path)
    place.publish(world)
    (tmp_path / "root.json").write_bytes(world.roots[0].data)
    said(place.make(LISTED))
    assert "none: the time is the operator's word alone" in said(place.verify())
