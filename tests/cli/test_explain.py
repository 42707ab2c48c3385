"""`sayso explain`: rules in words."""

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.model.rules import RULES, address


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(code: str) -> None:
    result = explain(code)

    assert result.exit_code == 0
    assert result.output.startswith(f"{code} {RULES[code].title} (")
    assert result.output.endswith(f"{address(RULES[code])}\n")
    assert max(map(len, result.output.splitlines())) <= 88


@pytest.mark.parametrize("spelling", ["SAY203", "say203", "203", " SAY203 "])
def test_a_code_may_be_typed_as_people_do(spelling: str) -> None:
    assert "artist: *NSYNC" in explain(spelling).output


def test_all_rules_are_listed() -> None:
    result = explain()

    assert result.exit_code == 0
    for rule in RULES.values():
        assert f"  {rule.code}  {rule.title}" in result.output


def test_an_unknown_code_is_a_wrong_usage() -> None:
    result = explain("SAY2O3")

    assert result.exit_code == 2
    assert "there is no rule 'SAY2O3'" in result.output
    assert "Did you mean SAY2" in result.output
    assert "Did you mean" not in explain("xyz").output
