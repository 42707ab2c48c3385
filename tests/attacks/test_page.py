"""The page *What it withstands* has a row for each of these tests, and no others."""

import ast
import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "site/docs/security.md"
_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)


def rows() -> list[list[str]]:
    """Return the cells of the rows of the page, but for their headings."""
    found = [
        [cell.strip() for cell in row.split("|")]
        for row in _ROW.findall(PAGE.read_text("utf-8"))
    ]
    return [cells for cells in found if cells[0] != "Attack" and cells[0].strip("-")]


def attacks() -> list[str]:
    """Return the names of the tests beside this one."""
    return [
        node.name
        for path in sorted(HERE.glob("test_*.py"))
        if path != Path(__file__)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_each_attack_is_in_the_table_once_and_nothing_else() -> None:
    named = ["_".join(["test", *cells[-1].split()]) for cells in rows()]
    assert sorted(named) == sorted(attacks())
    assert len({*named}) == len(named)


def test_each_row_says_what_is_tried_and_what_they_get() -> None:
    for cells in rows():
        assert len(cells) == 4, cells
        assert all(cells[:2]), cells
