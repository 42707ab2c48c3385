"""A program that knows nothing of our code verifies receipts by the page about them."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from securesystemslib.signer import CryptoSigner

from sayso.client.receipt_list import screen_list
from sayso.client.receipt_making import receipt_of_codes, receipt_of_file
from sayso.client.whole import open_core
from sayso.model.isrc import Isrc
from sayso.wire.profile import decode, encode
from sayso.wire.receipt import RECEIPT_LIMIT
from tests.conftest import NeedsTool
from tests.logs import SEEN
from tests.receipts import SONGS, SONGS_PATH, World
from tests.registries import (
    ALLOWED,
    CONTESTED,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    UNTITLED,
)
from tests.roles import INSTITUTION, signers_of

PROGRAM = Path(__file__).with_name("receipt.js")
WIDE = "XXH010005000"
CODES = [ALLOWED, CONTESTED, LISTED, UNDECLARED, UNDER_PREFIX, UNTITLED, WIDE]


def world() -> World:
    """Return a registry that has changed to keys in hardware, and loosens much."""
    made = World(profile=INSTITUTION, witnesses=(1, 3))
    signers = signers_of(INSTITUTION, first=301)
    hardware = [CryptoSigner.generate_ecdsa() for _ in signers.targets]
    root = [*hardware, *signers.root[len(hardware) :]]
    made.rotate_to(replace(signers, root=root, targets=hardware))
    return made.release().release(loosened=10_001)


WORLD = world()
QUESTION = WORLD.question()
RECEIPT = receipt_of_codes(QUESTION, map(Isrc, CODES), territory="DE")


@dataclass(frozen=True)
class Reader:
    """Runs the program on files in a folder."""

    node: Path
    folder: Path

    def run(
        self, data: bytes, *more: bytes, root: int = 1
    ) -> subprocess.CompletedProcess[str]:
        files = [data, WORLD.roots[root - 1].data, *more]
        paths = [self.folder / name for name in ("receipt.json", "root.json", "more")]
        for path, content in zip(paths, files, strict=False):
            path.write_bytes(content)
        return subprocess.run(
            [self.node, PROGRAM, *paths[: len(files)]],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def proves(self, data: bytes, *more: bytes, root: int = 1) -> dict[str, Any]:
        done = self.run(data, *more, root=root)
        assert done.returncode == 0, done.stderr
        proved: dict[str, Any] = json.loads(done.stdout)
        return proved

    def refuses(self, data: bytes, *more: bytes) -> str:
        done = self.run(data, *more)
        assert (done.returncode, done.stdout) == (1, "")
        return done.stderr


@pytest.fixture
def reader(needs_tool: NeedsTool, tmp_path: Path) -> Reader:
    return Reader(needs_tool("node"), tmp_path)


@pytest.mark.parametrize("root", [1, 2])
def test_it_finds_every_answer_again(reader: Reader, root: int) -> None:
    proved = reader.proves(RECEIPT, root=root)
    answers = proved.pop("answers")
    seen = int(SEEN.timestamp())
    assert proved == {"number": 2, "root": 2, "seen": {"W1": seen, "W3": seen}}
    verdicts = {one["isrc"]: one["uses"]["search"]["verdict"] for one in answers}
    assert verdicts == {
        ALLOWED: "allow",
        CONTESTED: "deny",
        LISTED: "allow",
        UNDECLARED: "undeclared",
        UNDER_PREFIX: "allow",
        UNTITLED: "allow",
        WIDE: "deny",
    }


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("territory", [None, "CH", "US"])
def test_it_verifies_each_code_alone(
    reader: Reader, code: str, territory: str | None
) -> None:
    data = receipt_of_codes(QUESTION, [Isrc(code)], territory=territory)
    assert len(reader.proves(data)["answers"]) == 1


def test_it_verifies_that_a_file_was_declared(reader: Reader) -> None:
    data = receipt_of_file(QUESTION, SONGS_PATH)
    assert reader.proves(data)["answers"] is None
    assert reader.proves(data, SONGS)["number"] == 2
    assert "another file" in reader.refuses(data, SONGS + b"\n")


def test_it_opens_the_receipt_of_a_list(reader: Reader) -> None:
    screening = screen_list(
        open_core(QUESTION.fetcher, QUESTION.release),
        sorted(map(Isrc, CODES)),
        salt=bytes(range(32)),
        territory=None,
        now=QUESTION.asked,
    )
    data, answers = QUESTION.receipt(screening.said), screening.answers
    assert reader.proves(data)["number"] == 2
    assert reader.proves(data, answers)["number"] == 2
    assert "other answers" in reader.refuses(data, answers.replace(b"\t-", b"\tx"))


def member(*path: str | int) -> Callable[[dict[str, Any]], None]:
    """Return what changes one character of a text in the middle."""

    def change(value: Any) -> None:  # noqa: ANN401 - JSON
        for name in path[:-1]:
            value = value[name]
        text = value[path[-1]]
        middle = len(text) // 2
        other = "0" if text[middle] != "0" else "1"
        value[path[-1]] = text[:middle] + other + text[middle + 1 :]

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (member("notice"), "another notice"),
        (member("evidence", "roots", 0), ""),
        (member("evidence", "targets"), ""),
        (member("evidence", "policy"), "another policy"),
        (member("evidence", "release"), ""),
        (member("evidence", "proof"), ""),
        (member("evidence", "approval"), ""),
        (member("objects", 0), ""),
        (member("answers", 1, "title"), "another answer"),
        (lambda value: value["answers"].reverse(), "another answer"),
        (lambda value: value["objects"].pop(), "is missing"),
        (lambda value: value["evidence"].update(approval=None), "approval is missing"),
        (lambda value: value["made"].update(asked="2020-01-01T00:00:00Z"), "too early"),
        (lambda value: value.update(territory=None), "another answer"),
        (lambda value: value.update(more=1), "other members"),
    ],
)
def test_it_refuses_what_was_changed(
    reader: Reader, change: Callable[[dict[str, Any]], None], why: str
) -> None:
    """So that what it says of the others means something."""
    value: dict[str, Any] = decode(RECEIPT, limit=RECEIPT_LIMIT)
    change(value)
    assert why in reader.refuses(encode(value))
