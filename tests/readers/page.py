"""What the page about the data says, as tests run it: its tables and its examples."""

import re
from datetime import datetime
from pathlib import Path

from tests.readers.built import Built, Row

TEXT = (Path(__file__).parents[2] / "site/docs/use/data.md").read_text("utf-8")
PYTHON_CLOCK = "datetime.now(timezone.utc)"
SQL_CLOCK = "now()"


def section(heading: str) -> str:
    """Return what stands below a heading, up to the next."""
    return TEXT.partition(f"\n{heading}\n")[2].partition("\n##")[0]


def blocks(language: str, heading: str | None = None) -> list[str]:
    """Return the code blocks in a language, of the page or of a section."""
    text = TEXT if heading is None else section(heading)
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def example(name: str, now: datetime) -> str:
    """Return the Python example of a section, asked at a moment.

    All begin with the first, which finds the files.
    """
    clock = f"datetime.fromisoformat({now.isoformat()!r})"
    beginning = blocks("python")[0]
    assert PYTHON_CLOCK in beginning
    (program,) = blocks("python", f"### {name}")
    return beginning.replace(PYTHON_CLOCK, clock) + program


def permitted(built: Built, now: datetime) -> list[str]:
    """Return the codes that the examples find: those with a yes to search."""
    rows: list[Row] = built.expected("registry")
    return [
        row["isrc"]
        for row in rows
        if row["search"] == "allow" and (row["until"] is None or now < row["until"])
    ]
