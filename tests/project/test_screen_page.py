"""The page about screening names what the command knows, and nothing else."""

import re
from pathlib import Path

import pytest

from sayso.cli.screening.doing import ANSWERS as ANSWERS_FILE
from sayso.cli.screening.doing import EU, RECEIPT, REPORT, SUMMARY
from sayso.client.screening.kernel import ANSWERS, PREFIX, SIBLING
from sayso.client.screening.lane import ANNOTATED, LISTS
from sayso.model.screening import HANDLINGS, STATUSES, Status

TEXT = (Path(__file__).parents[2] / "site/docs/use/screen.md").read_text("utf-8")


def first_cells(heading: str, table: int = 0) -> list[str]:
    """Return the words in the first column of a table of a section."""
    section = re.split(rf"^## {heading}.*$", TEXT, flags=re.MULTILINE)[1]
    rows = section.split("|---|---|\n")[1 + table].split("\n\n")[0].splitlines()
    return [
        name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])
    ]


def test_the_page_names_every_status() -> None:
    assert set(first_cells("What is said of a row")) == set(Status)


def test_the_page_says_which_status_is_stricter() -> None:
    sentence = re.search(r"the strictest status holds: (.*)\.", TEXT)
    assert sentence is not None
    expected = [each for each in reversed(STATUSES) if each != Status.NO_IDENTIFIER]
    assert re.findall(r"`([^`]+)`", sentence[1]) == expected


def test_the_page_names_every_column() -> None:
    fields = [*ANSWERS, SIBLING]
    expected = [PREFIX + field.name for field in fields]
    assert first_cells("What is written", table=1) == expected


def test_the_page_names_every_file() -> None:
    tables = {f"{role}.csv" for role in (ANNOTATED, *LISTS)}
    named = {*tables, SUMMARY, REPORT, EU, RECEIPT, ANSWERS_FILE}
    assert set(first_cells("What is written")) == named


@pytest.mark.parametrize("name", HANDLINGS)
def test_the_page_names_every_policy(name: str) -> None:
    assert name in first_cells("What is kept")
