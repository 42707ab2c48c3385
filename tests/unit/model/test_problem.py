from sayso.model.problem import Family, Problem, Rule, Severity

RULE = Rule(
    code="SAY999",
    family=Family.YAML,
    severity=Severity.WARNING,
    title="A title",
    sentence="A sentence.",
    fix="Do this.",
)


def problem(path: str, line: int = 0, column: int = 0) -> Problem:
    return Problem(rule=RULE, path=path, line=line, column=column, message="m", fix="f")


def test_problems_are_ordered_by_file_and_place() -> None:
    found = [problem("b"), problem("a", 10, 1), problem("a", 9, 2), problem("a", 9, 1)]

    ordered = sorted(found, key=lambda one: one.order)

    assert [(one.path, one.line, one.column) for one in ordered] == [
        ("a", 9, 1),
        ("a", 9, 2),
        ("a", 10, 1),
        ("b", 0, 0),
    ]


def test_a_warning_is_not_an_error() -> None:
    assert not problem("a").is_error


def test_a_rule_knows_its_place_in_the_documentation() -> None:
    assert RULE.anchor == "rules/yaml/#say999"
