import os
from pathlib import Path

import pytest

from sayso.model.problem import Family
from sayso.model.rules import RULES
from sayso.publish.report import as_text
from tests.cases import MADE, Case, cases, read

ACCEPTED = list(cases("accepted"))
REJECTED = list(cases("rejected"))
SEVERAL = {"SAY203-alias-bomb"}
UNREACHED = {
    # Each has a test of its own in test_sources.py.
    "SAY112",
    "SAY113",
    # No file says who changed it: tests of reviews show these.
    *(code for code, rule in RULES.items() if rule.family is Family.AUTHORITY),
}


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: case.name)
def test_an_accepted_case_has_no_problem(case: Case, tmp_path: Path) -> None:
    _, problems = read(case.write(tmp_path))

    assert as_text(problems) == ""


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: case.name)
def test_a_rejected_case_is_told_apart_in_words(case: Case, tmp_path: Path) -> None:
    _, problems = read(case.write(tmp_path))
    text = as_text(problems, folder="declarations/")
    if os.environ.get("UPDATE_CORPUS"):
        case.expected.write_text(text, encoding="utf-8")

    codes = {problem.rule.code for problem in problems}
    assert codes == {case.code} or (case.code in codes and case.name in SEVERAL)
    assert text == case.expected.read_text(encoding="utf-8")


@pytest.mark.parametrize(("code", "write"), list(MADE.values()), ids=list(MADE))
def test_a_made_case_breaks_its_rule(code: str, write: object, tmp_path: Path) -> None:
    folder = Case(folder=REJECTED[0].folder.parents[1] / "base", code=code).write(
        tmp_path
    )
    assert callable(write)
    write(folder)

    _, problems = read(folder)

    assert code in {problem.rule.code for problem in problems}


def test_every_rule_has_a_rejected_case() -> None:
    shown = {case.code for case in REJECTED} | {code for code, _ in MADE.values()}

    assert shown | UNREACHED == set(RULES)
