"""The page *Attacks on pull requests* is what these tests try, and nothing else."""

import ast
from collections import Counter
from pathlib import Path

from tests.attacks.pull_requests.cases import ATTACKS, HONEST, all_of
from tests.attacks.pull_requests.page import PAGE, tables, written
from tests.attacks.pull_requests.rows import HONEST_ROWS, ROWS

HERE = Path(__file__).parent
APART = ("test_git.py", "test_one_after_another.py")


def test_the_page_has_the_tables_of_the_cases() -> None:
    """`python -m tests.attacks.pull_requests.page` writes them anew."""
    assert PAGE.read_text("utf-8") == written()
    assert tables() in PAGE.read_text("utf-8")


def test_each_row_of_several_pull_requests_has_its_test() -> None:
    tests = [
        node.name
        for name in APART
        for node in ast.parse((HERE / name).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    rows = [row for group in (*ROWS.values(), *HONEST_ROWS.values()) for row in group]
    assert sorted(tests) == sorted(
        "_".join(["test", *row.name.split()]) for row in rows
    )


def test_no_two_cases_have_one_name() -> None:
    names = Counter(case.id for case in all_of({**ATTACKS, **HONEST}))
    assert [name for name, count in names.items() if count > 1] == []


def test_there_are_as_many_as_the_page_says() -> None:
    text = PAGE.read_text("utf-8")
    rows = [len([*ROWS["With Git itself"], *ROWS["One after another"]])]
    attacks = len(all_of(ATTACKS)) + sum(rows)
    honest = len(all_of(HONEST)) + sum(map(len, HONEST_ROWS.values()))
    assert f"{attacks} hostile changes and {honest} honest ones" in text
