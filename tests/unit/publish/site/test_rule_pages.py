"""Rule pages are made from the rules."""

import re

import pytest
from markdown import markdown as html_of

from sayso.model.problem import Family, Rule, Severity
from sayso.model.rules import RULES
from sayso.publish.site.rule_pages import TITLES, markdown, rule_pages

PAGES = dict(rule_pages(RULES))


def test_every_family_has_a_page_and_a_title() -> None:
    assert set(PAGES) == {"rules/index.md", *(f"rules/{f}.md" for f in Family)}
    assert set(TITLES) == set(Family)


@pytest.mark.parametrize("code", list(RULES))
def test_every_rule_has_its_anchor_sentence_fix_and_examples(code: str) -> None:
    rule = RULES[code]
    page = html_of(
        PAGES[f"rules/{rule.family}.md"], extensions=["attr_list", "fenced_code"]
    )
    assert f'id="{code.lower()}"' in page
    assert rule.anchor == f"rules/{rule.family}/#{code.lower()}"
    words = re.sub(r"<[^>]+>", "", page).replace("`", "")
    for text in (rule.sentence, rule.fix):
        plain = text.replace("`", "").replace("&", "&amp;")
        plain = plain.replace("<", "&lt;").replace(">", "&gt;")
        assert re.sub(r"\s", "", plain) in re.sub(r"\s", "", words)


def test_a_warning_says_that_it_is_one() -> None:
    warning = Rule(
        code="SAY999",
        family=Family.YAML,
        severity=Severity.WARNING,
        title="Odd",
        sentence="Odd.",
        fix="Look.",
    )
    page = dict(rule_pages({"SAY999": warning}))["rules/yaml.md"]
    assert "## SAY999: Odd *(warning)* {#say999}" in page
    assert "Wrong:" not in page


@pytest.mark.parametrize(
    "text",
    [
        "*NSYNC",
        "a <b> & c",
        "_x_ [y](z)",
        "# not a heading",
        "- no list",
        r"back\slash",
    ],
)
def test_words_stay_as_they_are(text: str) -> None:
    page = html_of(markdown(text))
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert page == f"<p>{escaped}</p>"


def test_code_stays_code() -> None:
    assert html_of(markdown("write `*` or `a_b`")) == (
        "<p>write <code>*</code> or <code>a_b</code></p>"
    )
