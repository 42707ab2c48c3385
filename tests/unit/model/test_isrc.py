import re

import pytest

from sayso.errors import InvalidIsrcError
from sayso.model.isrc import (
    Isrc,
    Prefix,
    explain,
    format_isrc,
    is_isrc,
    isrc_of,
    key_of,
    parse_isrc,
    parse_prefix,
    prefix_keys,
    prefix_of,
    year_keys,
    year_of,
)

VECTORS = [
    ("AA0000000000", 0),
    ("GBAYE6800011", 73391906800011),
    ("QZES92600001", 205944572600001),
    ("ZZZZZ9999999", 315394559999999),
]


@pytest.mark.parametrize(("isrc", "key"), VECTORS)
def test_the_published_vectors_hold(isrc: str, key: int) -> None:
    assert key_of(Isrc(isrc)) == key
    assert isrc_of(key) == isrc


@pytest.mark.parametrize(
    "text",
    [
        "XXF012600001",
        "xxf012600001",
        "XX-F01-26-00001",
        "XX F01 26 00001",
        "ISRC XX-F01-26-00001",
        "ISRC:XXF012600001",
        "isrc-xxf012600001",
        "ISRCXXF012600001",
    ],
)
def test_usual_spellings_are_read(text: str) -> None:
    assert parse_isrc(text) == "XXF012600001"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        (" - ", "missing"),
        ("XXF01260000", "11 letters and digits"),
        ("XXF0126000012", "13 letters and digits"),
        ("XXF01260000O", "'O' as character 12, .* (is it a 0?)"),
        ("XXF01260000l", "'L' as character 12, .* (is it a 1?)"),
        ("XXF01260000X", "'X' as character 12, where an ISRC has a digit 0-9$"),
        ("1XF012600001", "'1' as character 1, where an ISRC has a letter A-Z$"),
        ("XX_012600001", "'_' as character 3, .* a letter A-Z or a digit$"),
        ("XX-F012-6-00001", "spaces or hyphens where an ISRC has none"),
        ("XXF012600001\n", "spaces or hyphens"),
        ("XXF01260000\N{ARABIC-INDIC DIGIT ONE}", "as character 12"),
        ("1.23E+11", "spreadsheet"),
        ("6,02E+11", "spreadsheet"),
        ("XXF012600001 XXF012600002", "more than one code"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidIsrcError) as caught:
        parse_isrc(text)

    assert str(caught.value) == explain(text)
    pattern = reason.replace("(is", r"\(is").replace("?)", r"\?\)")
    assert re.search(pattern, explain(text))


@pytest.mark.parametrize("text", ["ßXF01260000", "ﬁXF012600001"])
def test_letters_that_grow_when_capitalised_are_refused(text: str) -> None:
    with pytest.raises(InvalidIsrcError):
        parse_isrc(text)


def test_only_the_plain_form_is_an_isrc_without_reading() -> None:
    assert is_isrc("XXF012600001")
    assert not is_isrc("xxf012600001")
    assert not is_isrc("XXF012600001\n")


def test_an_isrc_is_shown_in_four_parts() -> None:
    assert format_isrc(Isrc("XXF012600001")) == "XX-F01-26-00001"


def test_a_prefix_is_the_first_five_characters() -> None:
    assert prefix_of(Isrc("XXF012600001")) == "XXF01"


@pytest.mark.parametrize("text", ["XXF01", "xxf01", "XX-F01", "XX F01"])
def test_prefixes_are_read(text: str) -> None:
    assert parse_prefix(text) == "XXF01"


@pytest.mark.parametrize("text", ["XXF0", "XXF011", "X-XF01", "1XF01", "XX/F01", ""])
def test_what_is_no_prefix_is_refused(text: str) -> None:
    with pytest.raises(InvalidIsrcError, match="not an ISRC prefix"):
        parse_prefix(text)


def test_keys_of_a_prefix_and_of_a_year_are_ranges() -> None:
    prefix = Prefix("XXF01")
    keys = prefix_keys(prefix)
    year = year_keys(prefix, 2026)

    assert isrc_of(keys[0]) == "XXF010000000"
    assert isrc_of(keys[-1]) == "XXF019999999"
    assert isrc_of(year[0]) == "XXF012600000"
    assert isrc_of(year[-1]) == "XXF012699999"


@pytest.mark.parametrize(
    ("digits", "year"), [("00", 2000), ("26", 2026), ("85", 2085), ("86", 1986)]
)
def test_years_of_reference_turn_in_1986(digits: str, year: int) -> None:
    assert year_of(Isrc(f"XXF01{digits}00001")) == year


@pytest.mark.parametrize("key", [-1, 315394560000000, 2**49])
def test_what_is_no_key_is_refused(key: int) -> None:
    with pytest.raises(ValueError, match="not the key of an ISRC"):
        isrc_of(key)
