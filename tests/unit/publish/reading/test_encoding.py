import unicodedata
from typing import Literal

import pytest

from sayso.publish.reading import encoding
from sayso.publish.reading.encoding import hidden, read_text
from sayso.publish.reading.sheet import SHOWN


def codes(data: bytes) -> list[str]:
    return [problem.rule.code for problem in read_text("f", data)[1].problems]


@pytest.mark.parametrize(
    "text",
    [
        "a\n",
        "Mötley Crüe\n",
        "می\N{ZERO WIDTH NON-JOINER}خواهم\n",
        "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\n",
        "a\tb\n",
        "ビートルズ",
    ],
)
def test_ordinary_text_is_read_as_it_is(text: str) -> None:
    read, sheet = read_text("f", text.encode())

    assert read == text
    assert sheet.problems == []


def test_line_ends_of_windows_are_made_plain() -> None:
    assert read_text("f", b"a\r\nb\r\n")[0] == "a\nb\n"


def test_a_byte_order_mark_is_left_out_with_a_warning() -> None:
    text, sheet = read_text("f", b"\xef\xbb\xbfa\n")

    assert text == "a\n"
    assert [problem.is_error for problem in sheet.problems] == [False]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SAY009"),
        (b" \n", "SAY009"),
        (b"\xef\xbb\xbf\n", "SAY009"),
        ("a: b\n".encode("utf-16"), "SAY002"),
        ("a: b\n".encode("utf-16-le"), "SAY002"),
        ("a: b\n".encode("utf-16-be"), "SAY002"),
        (b"ab\x00cd", "SAY004"),
        (b"a: \xff\n", "SAY001"),
        (b"a: b\x81\n", "SAY001"),
        (b"a: \x1b[31m\n", "SAY005"),
        (b"a\rb\r", "SAY005"),
        ("a: \N{RIGHT-TO-LEFT OVERRIDE}b\n".encode(), "SAY006"),
        ("a: b\N{ZERO WIDTH JOINER}\n".encode(), "SAY006"),
        ("a\N{NO-BREAK SPACE}\N{SOFT HYPHEN}\n".encode(), "SAY006"),
        ("a: \x85\n".encode(), "SAY006"),
        ("Bjo\N{COMBINING DIAERESIS}rk\n".encode(), "SAY007"),
    ],
)
def test_bytes_that_are_refused(data: bytes, code: str) -> None:
    text, sheet = read_text("f", data)

    assert text is None
    assert {problem.rule.code for problem in sheet.problems} == {code}


def test_the_first_wrong_byte_is_placed() -> None:
    _, sheet = read_text("f", b"a: x\nb: Beyonc\xe9!\n")

    (problem,) = sheet.problems
    assert (problem.line, problem.column) == (2, 10)
    assert "é" in problem.message
    assert problem.excerpt == "b: Beyoncé!"


def test_a_byte_that_no_encoding_explains_is_only_placed() -> None:
    (problem,) = read_text("f", b"ab\x81")[1].problems

    assert "Windows" not in problem.message


def test_each_fault_has_its_line_and_column() -> None:
    text = "a\nbc\N{ZERO WIDTH SPACE}\n\N{RIGHT-TO-LEFT OVERRIDE}\n"

    places = [(p.line, p.column) for p in read_text("f", text.encode())[1].problems]

    assert places == [(2, 3), (3, 1)]


def test_the_mended_spelling_is_shown() -> None:
    (problem,) = read_text("f", "a Bjo\u0308rk b\n".encode())[1].problems

    assert problem.column == 5
    assert problem.fix.endswith(" Björk")


def test_many_faults_of_one_kind_are_counted() -> None:
    found = read_text("f", b"\x07" * 1000)[1].problems

    assert len(found) == SHOWN + 1
    assert found[-1].message == "980 more of these are in this file."


def test_faults_of_all_kinds_are_found_at_once() -> None:
    data = "\x07\N{ZERO WIDTH SPACE}o\u0308".encode()

    assert codes(data) == ["SAY005", "SAY006", "SAY007"]


def test_hidden_characters_of_a_value_are_named() -> None:
    assert hidden("Slow River") is None
    assert hidden("two\nlines") is None
    fault = hidden("x\N{ZERO WIDTH SPACE}")
    assert fault is not None
    assert "zero width space" in fault[1]


def test_only_little_is_composed_of_a_long_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python takes the square of the time for marks that are not in their order."""

    class Small:
        def __getattr__(self, name: str) -> object:
            return getattr(unicodedata, name)

        def normalize(self, form: Literal["NFC"], text: str) -> str:
            assert len(text) <= 1000
            return unicodedata.normalize(form, text)

    monkeypatch.setattr(encoding, "unicodedata", Small())
    marks = "\N{COMBINING ACUTE ACCENT}\N{COMBINING CEDILLA}" * 20_000
    before = "Björk " * 1000
    _, sheet = read_text("f", f"a\n{before}o{marks}\n{marks}".encode())

    assert [(p.rule.code, p.line, p.column) for p in sheet.problems] == [
        ("SAY007", 2, len(before) + 1),
        ("SAY007", 3, 1),
    ]
