from sayso.model.problem import Problem
from sayso.model.rules import RULES
from sayso.publish.reading.sheet import Sheet
from sayso.publish.report import Tone, as_json, as_text, summary
from sayso.wire.profile import encode
from tests.answers import documented


def problem(
    code: str, text: str = "", line: int = 0, column: int = 0, width: int = 1
) -> Problem:
    sheet = Sheet("domain/fe/fernwood.example/live.yaml", text)
    sheet.report(
        RULES[code], "Wrong.", fix="Mend it.", line=line, column=column, width=width
    )
    return sheet.problems[0]


def lines(found: Problem) -> list[str]:
    return as_text([found]).splitlines()


def test_a_problem_is_shown_with_place_line_caret_fix_and_address() -> None:
    found = problem("SAY203", "schema: x\nartist: *NSYNC\n", 2, 9, 6)

    assert as_text([found], folder="declarations/") == (
        "declarations/domain/fe/fernwood.example/live.yaml:2:9: error SAY203: Wrong.\n"
        "     2 | artist: *NSYNC\n"
        "       |         ^^^^^^\n"
        "  fix: Mend it.\n"
        "  see: https://sayso.example/rules/yaml/#say203\n"
        "\n"
    )


def test_a_problem_of_a_whole_file_has_neither_line_nor_caret() -> None:
    place, *rest = lines(problem("SAY008"))

    assert place.startswith("domain/fe/fernwood.example/live.yaml: error SAY008:")
    assert [line[:6] for line in rest] == ["  fix:", "  see:", ""]


def test_a_problem_of_a_whole_line_has_no_caret() -> None:
    shown = lines(problem("SAY611", "isrc\n", 1))

    assert shown[0].startswith("domain/fe/fernwood.example/live.yaml:1: error")
    assert shown[1] == "     1 | isrc"
    assert "^" not in "".join(shown)


def test_tabs_and_wide_characters_do_not_misplace_the_caret() -> None:
    shown = lines(problem("SAY203", "\tビー: *x", 1, 6, 2))

    assert shown[1:3] == ["     1 | →ビー: *x", "       |        ^^"]


def test_the_caret_of_wide_characters_is_wide() -> None:
    assert lines(problem("SAY203", "a: ビー", 1, 4, 2))[2] == "       |    ^^^^"


def test_a_long_line_is_shortened_around_its_caret() -> None:
    _, shown, caret, *_ = lines(problem("SAY203", f"{'x' * 500}*{'y' * 500}", 1, 501))

    assert len(shown) < 140
    assert shown[caret.index("^")] == "*"


def test_what_is_behind_the_end_of_a_line_has_one_caret() -> None:
    assert lines(problem("SAY603", "XXF01", 1, 6))[2] == "       |      ^"


def test_hostile_names_are_harmless_on_a_terminal() -> None:
    found = Problem(rule=RULES["SAY104"], path="a\x1b[2Jb", message="m", fix="f")

    assert "\x1b" not in as_text([found])


def test_each_part_of_a_report_can_be_coloured() -> None:
    tones: list[Tone] = []

    def paint(tone: Tone, text: str) -> str:
        tones.append(tone)
        return text

    as_text([problem("SAY203", "a: *b", 1, 4)], paint=paint)
    as_text([problem("SAY003")], paint=paint)

    assert set(tones) == set(Tone)


def test_the_summary_counts() -> None:
    error, warning = problem("SAY203"), problem("SAY003")

    assert summary([], 0) == "0 files checked: no problems."
    assert summary([], 1) == "1 file checked: no problems."
    assert summary([error], 2) == "2 files checked: 1 error."
    assert summary([warning] * 2, 2) == "2 files checked: 2 warnings."
    assert summary([error, warning], 1000) == "1,000 files checked: 1 error, 1 warning."


def test_the_json_report_says_the_same() -> None:
    found = problem("SAY203", "artist: *NSYNC\n", 1, 9, 6)

    report = as_json([found, problem("SAY003")], 2)

    assert report["format"] == "sayso/problems/1"
    assert report["counts"] == {"errors": 1, "files": 2, "warnings": 1}
    problems = report["problems"]
    assert isinstance(problems, list)
    assert problems[0] == {
        "address": "https://sayso.example/rules/yaml/#say203",
        "code": "SAY203",
        "column": 9,
        "fix": "Mend it.",
        "line": 1,
        "message": "Wrong.",
        "path": "domain/fe/fernwood.example/live.yaml",
        "severity": "error",
        "title": RULES["SAY203"].title,
        "width": 6,
    }
    assert encode(report)


def test_the_specification_names_every_field_of_the_report() -> None:
    report = as_json([problem("SAY003")], 1)
    problems = report["problems"]

    assert isinstance(problems, list)
    assert documented("sayso validate", 0) == set(report)
    assert documented("sayso validate", 1) == set(problems[0])
