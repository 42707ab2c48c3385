"""Cells of manifests: what is plainly a code is one, and nothing else is guessed."""

import pytest

from sayso.model.cell import CELL_LIMIT, INVALID, NOTHING, Cell, read_cell
from sayso.model.isrc import Isrc

ONE, OTHER = Isrc("XXF012600001"), Isrc("XXF012600002")
READ = Cell((ONE,))


@pytest.mark.parametrize(
    "text",
    [
        "XXF012600001",
        "xxf012600001",
        "XX-F01-26-00001",
        "xx f01 26 00001",
        "ISRC XX-F01-26-00001",
        "ISRC:XXF012600001",
        "  XXF012600001\r\n",
        "\ufeffXXF012600001",
        "XXF012600001\x00",
        '["XXF012600001"]',
    ],
)
def test_a_code_is_read_in_every_usual_spelling(text: str) -> None:
    assert read_cell(text) == Cell((ONE,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "nan",
        "NaN",
        "None",
        "null",
        "N/A",
        "-",
        "?",
        "<NA>",
        "\\N",
        "[]",
        "tbd",
    ],
)
def test_a_missing_value_names_nothing(text: str) -> None:
    assert read_cell(text) == NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "XXF012600001;XXF012600002",
        "XXF012600001, XXF012600002",
        "XXF012600001/XX-F01-26-00002",
        "XXF012600001 | XXF012600002",
        "XXF012600001 XXF012600002",
        "XXF012600001\x00XXF012600002",
        "XXF012600001\nXXF012600002",
        "XXF012600001;;nan;XXF012600002;XXF012600001",
        '["XXF012600001", "XXF012600002"]',
        "['XXF012600001', 'XXF012600002', null]",
    ],
)
def test_several_codes_are_all_read_and_each_once(text: str) -> None:
    assert read_cell(text) == Cell((ONE, OTHER))


@pytest.mark.parametrize(
    "text",
    [
        "bad",
        "XXF01260000",
        "XXF0126000011",
        "XXF01260000\N{ARABIC-INDIC DIGIT ONE}",
        "\N{FULLWIDTH LATIN CAPITAL LETTER X}XF012600001",
        "XXF012600001XXF012600002",
        "1.23E+11",
        "012345678905",
        "XXF0126ooo01",
        "XXF01-2600001-",
        '[["XXF012600001"]]',
        '["XXF012600001"',
        '["XXF012600001",]',
        '["XXF0126\\u00300001"]',
        '["XXF012600001"] and more]',
        '[{"isrc": "XXF012600001"}]',
        "[" + '{"":' * 1023 + "]",
        "X" * (CELL_LIMIT + 1),
    ],
)
def test_what_is_no_code_is_not_guessed(text: str) -> None:
    assert read_cell(text) == INVALID


@pytest.mark.parametrize(
    "text", ["XXF012600001;bad", "https://x.example/XXF012600001", '["x", 1]']
)
def test_a_fault_beside_codes_is_said(text: str) -> None:
    cell = read_cell(text)
    assert cell.invalid
    assert set(cell.codes) <= {ONE}


def display(between: str) -> str:
    return between.join(["XX", "F01", "26", "00001"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xxf012600001", READ),
        ("XX-F01-26-00001", READ),
        ("XXF012600001 ", READ),
        ("ISRC XX-F01-26-00001", READ),
        ("ISRC: XX-F01-26-00001", READ),
        ("isrcXXF012600001", READ),
        ("XX F01 26 00001", READ),
        ("\N{ZERO WIDTH NO-BREAK SPACE}XXF012600001", READ),
        ("XXF012600001\N{NO-BREAK SPACE}", READ),
        ("XXF012600001\n", READ),
        ("urn:isrc:XXF012600001", INVALID),
        (display("\N{HYPHEN}"), INVALID),
        (display("\N{NON-BREAKING HYPHEN}"), INVALID),
        (display("\N{EN DASH}"), INVALID),
        (display("\N{MINUS SIGN}"), INVALID),
        (display("\N{SOFT HYPHEN}"), INVALID),
        ("\N{ZERO WIDTH SPACE}XXF012600001", INVALID),
        ('"XXF012600001"', INVALID),
        ("'XXF012600001", INVALID),
        ("XX-F012-6-00001", INVALID),
        ("XXFAAA19213812", INVALID),
        ("X_F__2600001", INVALID),
        ("DUM_22832", INVALID),
        ("0", INVALID),
        ("000000000000", INVALID),
        ("\N{LATIN SMALL LETTER SHARP S}F012600001", INVALID),
        ("\N{LATIN SMALL LIGATURE FI}F012600001", INVALID),
        ("XX\N{CYRILLIC CAPITAL LETTER ER}012600001", INVALID),
        ("XXF01260000O", INVALID),
        ("XXF01260000l", INVALID),
        ("XXF01260000", INVALID),
        ("XXF0126000010", INVALID),
        ("XXF012600001999", INVALID),
        ("XX-F01-26-00001XX", INVALID),
        ("XXI012600001", Cell((Isrc("XXI012600001"),))),
    ],
    ids=ascii,
)
def test_what_was_seen_in_manifests_is_read_or_said_to_be_wrong(
    text: str, expected: Cell
) -> None:
    """A code that looks like a slip is another code, and nobody can tell."""
    assert read_cell(text) == expected
