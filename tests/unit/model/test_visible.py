import pytest

from sayso.model.visible import escaped, is_visible, printable, unseen, width

PERSIAN = "می\u200cشود"
SINGER = "👩\u200d🎤"
JAPANESE = "雨\u3000の手紙"


@pytest.mark.parametrize("text", [PERSIAN, SINGER, JAPANESE, "Björk", "", "a b"])
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert list(unseen(text)) == []
    assert printable(text) == escaped(text) == text


@pytest.mark.parametrize(
    ("text", "shown", "numbers"),
    [
        ("a\u200db", "a�b", "a\\u200db"),
        ("雨\u200d", "雨�", "雨\\u200d"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}", "a�", "a\\u202e"),
        ("\N{HANGUL FILLER}", "�", "\\u3164"),
        ("\x1b\udce9\ue000", "���", "\\u001b\\udce9\\ue000"),
        ("a\tb", "a→b", "a\\u0009b"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(
    text: str, shown: str, numbers: str
) -> None:
    assert printable(text) == shown
    assert escaped(text) == numbers
    assert len(printable(text)) == len(text)


def test_narrow_spaces_are_shown_as_spaces() -> None:
    assert printable("a\N{NO-BREAK SPACE}b") == "a b"
    assert is_visible("a\N{NO-BREAK SPACE}b", 1)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("ビー", 4),
        ("\u200d", 0),
        (JAPANESE, 10),
        (PERSIAN, 5),
    ],
)
def test_wide_and_combining_characters_are_measured(text: str, columns: int) -> None:
    assert width(text) == columns
