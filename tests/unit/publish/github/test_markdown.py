"""Markdown in which a stranger's text is text."""

import markdown
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.publish.github.markdown import block, code

TEXTS = (
    "",
    " ",
    "`",
    "``",
    " `a` ",
    "a|b",
    "a\\|b",
    "\\",
    "<b>",
    "a\nb",
    "@eve",
    "```",
)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_code_is_one_piece_of_code(text: str) -> None:
    drawn = markdown.markdown(code(text).replace("\\|", "|"))
    assert drawn.startswith("<p><code>")
    assert drawn.endswith("</code></p>")
    assert drawn.count("<code>") == 1


@given(st.text())
def test_nothing_ends_code_early(text: str) -> None:
    said = code(text)
    ticks = len(said) - len(said.lstrip("`"))
    inner = said[ticks:-ticks]
    assert "\n" not in said
    assert "`" * ticks not in inner.replace("`" * (ticks + 1), "")
    assert not inner.startswith("`")
    assert not inner.endswith("`")


@given(st.lists(st.text(), min_size=1))
def test_nothing_ends_a_block_early(texts: list[str]) -> None:
    first, *lines, last = block(*texts).split("\n")
    assert len(lines) == len(texts)
    assert first == f"{last}text"
    assert not any(last in line for line in lines)


def test_a_long_text_is_cut() -> None:
    assert code("x" * 300) == f"`{'x' * 200}…`"
    assert block("x" * 700) == f"```text\n{'x' * 600}…\n```"
