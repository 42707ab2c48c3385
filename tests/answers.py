"""What the specification says that the command writes for programs."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "site" / "docs" / "spec" / "answers.md"


def documented(command: str, table: int) -> set[str]:
    """Return the names of the fields in a table of a command's section."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {command}\n")[1]
    tables = section.split("\n## ")[0].split("|---|---|\n")[1:]
    rows = tables[table].split("\n\n")[0].splitlines()
    return {
        name
        for row in rows
        for name in re.findall("`([a-z][a-z0-9_-]*)`", row.split("|")[1])
    }
