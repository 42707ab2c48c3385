"""Laws of ISRCs and their keys (Declarations, *ISRC*; Release, *Key*)."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import InvalidIsrcError
from sayso.model.isrc import (
    KEY_LIMIT,
    Isrc,
    format_isrc,
    is_isrc,
    isrc_of,
    key_of,
    parse_isrc,
    prefix_keys,
    prefix_of,
    year_keys,
    year_of,
)
from sayso.publish.reading.catalogue import read_catalogue

isrcs = st.from_regex(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", fullmatch=True).map(Isrc)
# Texts that are nearly ISRCs: valid ones with a few characters changed or added.
near = st.builds(
    lambda isrc, place, mark, kept: isrc[:place] + mark + isrc[place + kept :],
    st.one_of(isrcs, isrcs.map(format_isrc), isrcs.map(lambda i: f"isrc {i}".lower())),
    st.integers(0, 16),
    st.sampled_from(["", "-", " ", "0", "O", "a", "ß", "٣", "--", "ISRC", "é", ":"]),
    st.integers(0, 2),
)


@given(isrcs, isrcs)
def test_the_order_of_keys_is_the_order_of_texts(first: Isrc, second: Isrc) -> None:
    assert (key_of(first) < key_of(second)) == (first < second)


@given(isrcs)
def test_a_key_is_turned_back_into_its_code(isrc: Isrc) -> None:
    key = key_of(isrc)

    assert 0 <= key < KEY_LIMIT
    assert isrc_of(key) == isrc


@given(isrcs)
def test_what_is_shown_is_read_again(isrc: Isrc) -> None:
    assert parse_isrc(format_isrc(isrc)) == isrc
    assert parse_isrc(isrc.lower()) == isrc


@given(near)
def test_what_is_read_is_an_isrc(text: str) -> None:
    try:
        isrc = parse_isrc(text)
    except InvalidIsrcError:
        return
    assert is_isrc(isrc)
    assert parse_isrc(isrc) == isrc


@given(isrcs)
def test_a_code_lies_in_the_ranges_of_its_prefix_and_year(isrc: Isrc) -> None:
    prefix = prefix_of(isrc)

    assert key_of(isrc) in prefix_keys(prefix)
    assert key_of(isrc) in year_keys(prefix, year_of(isrc))


@given(st.lists(near, min_size=1, max_size=8))
def test_columns_and_single_codes_are_read_alike(texts: list[str]) -> None:
    """A cell is trimmed of spaces; then both readers agree on every text."""
    expected: dict[int, str] = {}
    for text in texts:
        try:
            isrc = parse_isrc(text.strip(" "))
        except InvalidIsrcError:
            continue
        expected.setdefault(key_of(isrc), isrc)
    data = "".join(f"{text},t\n" for text in texts)

    frame, _ = read_catalogue("c.csv", f"isrc,title\n{data}".encode())

    assert dict(frame.select("key", "isrc").iter_rows()) == expected
    assert frame.schema["key"] == pl.Int64
