"""Marks of titles: one for what people hear as one, another for what they do not."""

import unicodedata

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sayso.columns.titles import NO_TITLE, marks_of

LETTERS = st.characters(codec="utf-8", categories=["L", "N"])
WORDS = st.text(LETTERS, min_size=1, max_size=8)
BETWEEN = st.sampled_from(
    [" ", "  ", "-", " - ", "! ", "\u2019", " \N{EM DASH} ", "\n"]
)
TITLES = st.lists(WORDS, min_size=1, max_size=3)
OTHERS = st.sampled_from(
    ["", " feat. B", " FT B", ", B", " & B", " x B", ";B", " Featuring\nB", "/B", "\0B"]
)


def marks(titles: list[str], artists: list[str]) -> list[int]:
    texts = pa.large_string()
    found: list[int] = marks_of(
        pa.array(titles, texts), pa.array(artists, texts)
    ).tolist()
    return found


def spoken(text: str) -> str:
    """Return what is compared, character by character."""
    small = unicodedata.normalize("NFKC", text)
    letters = unicodedata.normalize("NFKC", "".join(map(_small, small)))
    return "".join(c for c in letters if unicodedata.category(c)[0] in "LN")[:200]


def _small(character: str) -> str:
    small = character.lower()
    return small if len(small) == 1 else small[0]


@given(TITLES, st.sampled_from("aéж雨"), st.data())
def test_what_stands_between_words_and_other_artists_make_no_difference(
    words: list[str], artist: str, data: st.DataObject
) -> None:
    spaced = "".join(word + data.draw(BETWEEN) for word in words)
    written = ["".join(words), spaced, f" {spaced}"]
    found = marks(written, [artist + data.draw(OTHERS) for _ in written])
    assert len(set(found)) == 1
    assert NO_TITLE not in found


@given(st.text("abcdefghijklmnopqrstuvwxyzåäöéñžþжшщ", min_size=1))
def test_capitals_and_apart_accents_are_the_same(text: str) -> None:
    written = [
        text,
        text.upper(),
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFD", text.upper()),
    ]
    assert len(set(marks(written, ["a"] * len(written)))) == 1


def test_an_accent_that_only_small_letters_have_is_the_same() -> None:
    assert marks(["\u01f0"], ["a"]) == marks(["J\u030c"], ["A"])


@given(st.lists(st.tuples(st.text(max_size=4), st.text(LETTERS, max_size=4))))
def test_marks_differ_where_what_is_compared_differs(
    pairs: list[tuple[str, str]],
) -> None:
    titles, artists = [t for t, _ in pairs], [a for _, a in pairs]
    compared: dict[int, set[tuple[str, str]]] = {}
    for mark, title, artist in zip(
        marks(titles, artists), titles, artists, strict=True
    ):
        same = spoken(title), spoken(artist)
        if mark == NO_TITLE:
            assert "" in same
        else:
            compared.setdefault(mark, set()).add(same)
    assert all(len(same) == 1 for same in compared.values())


def test_a_large_sample_has_no_two_with_one_mark() -> None:
    count = 300_000
    numbers = pa.array(range(count)).cast(pa.large_string())
    artists = pa.array([f"a{n % 7}" for n in range(count)], pa.large_string())
    assert len(np.unique(marks_of(numbers, artists))) == count
    # Title and artist are not one text that may be cut anywhere.
    assert len({*marks(["ab", "a", "abc"], ["c", "bc", "x"])}) == 3
