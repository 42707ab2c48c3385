"""The page about receipts names every field that receipts have, and no other."""

import re
from pathlib import Path
from typing import Any

import pytest

from sayso.client.answers_file import AnswersFile
from sayso.client.receipt_list import screen_list
from sayso.client.receipt_making import receipt_of_codes, receipt_of_file
from sayso.client.whole import open_core
from sayso.model.isrc import Isrc, isrc_of
from sayso.wire.profile import decode
from sayso.wire.receipt import RECEIPT_LIMIT
from sayso.wire.receipt_kinds import CODES_LIMIT
from tests.answered import decode_answered
from tests.receipts import SONGS_PATH, World
from tests.registries import CONTESTED

TEXT = (Path(__file__).parents[2] / "site/docs/spec/receipt.md").read_text("utf-8")
QUESTION = World().release().question()
ISRC = Isrc(CONTESTED)
LIST = screen_list(
    open_core(QUESTION.fetcher, QUESTION.release),
    [ISRC],
    salt=bytes(32),
    territory=None,
    now=QUESTION.asked,
)


def fields(heading: str, table: int = 0) -> set[str]:
    """Return the names in the first column of a table of a section."""
    section = re.split(rf"^#+ {heading}.*$", TEXT, flags=re.MULTILINE)[1]
    rows = section.split("|---|---|\n")[1 + table].split("\n\n")[0].splitlines()
    return {
        name for row in rows for name in re.findall("`([a-z0-9_]+)`", row.split("|")[1])
    }


@pytest.mark.parametrize(
    ("data", "heading"),
    [
        (receipt_of_codes(QUESTION, [ISRC], territory=None), "Of recordings"),
        (QUESTION.receipt(LIST.said), "Of a list"),
        (receipt_of_file(QUESTION, SONGS_PATH), "Of a declaration"),
    ],
)
def test_the_page_names_every_field(data: bytes, heading: str) -> None:
    value: dict[str, Any] = decode(data, limit=RECEIPT_LIMIT)
    assert set(value) == fields("Format") | fields(heading)
    assert set(value["evidence"]) == fields("Evidence")


def test_the_page_names_every_field_of_an_answer() -> None:
    data = receipt_of_codes(QUESTION, [ISRC], territory=None)
    value: dict[str, Any] = decode(data, limit=RECEIPT_LIMIT)
    (answer,) = value["answers"]
    assert set(answer) == fields("Of recordings", 1)
    sentence = next(line for line in TEXT.splitlines() if line.startswith("A cell has"))
    named = re.findall("`([a-z]+)`", sentence.partition(", as [the policy]")[0])
    assert set(answer["uses"]["clone-voice"]) == set(named)


def test_the_example_of_answers_is_one(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```text\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    answered = decode_answered(block.encode())
    assert answered.policies[-1] is None
    path = tmp_path / "receipt.answers.tsv"
    path.write_text(block, "utf-8")
    (keys,) = AnswersFile(path).keys()
    assert [isrc_of(key) for key in keys.tolist()] == answered.isrcs


def test_the_page_states_the_limits() -> None:
    assert f"{RECEIPT_LIMIT:,} bytes" in TEXT
    assert f"1 to {CODES_LIMIT}" in TEXT
