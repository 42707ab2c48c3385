"""Cells of manifests: what is plainly a code is one, and nothing else is guessed."""

import pytest

from sayso.model.cell import CELL_LIMIT, INVALID, NOTHING, Cell, read_cell
from sayso.model.isrc import Isrc

ONE, OTHER = Isrc("XXF012600001"), Isrc("XXF012600002")


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
