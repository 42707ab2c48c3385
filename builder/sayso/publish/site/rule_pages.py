"""Rule pages: one Markdown page for each family of rules, and an overview.

They are made from `sayso.model.rules`, so that a message, its address and the page
at that address never differ.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final

from sayso.model.problem import Family, Rule, Severity

TITLES: Final[Mapping[Family, tuple[str, str]]] = {
    Family.BYTES: ("Files", "what the bytes of a file must be, before it is read"),
    Family.PLACE: ("Places", "where files lie and what they are called"),
    Family.YAML: ("YAML", "how YAML files must be written"),
    Family.FIELDS: ("Fields", "which fields there are and what they hold"),
    Family.IDENTIFIERS: ("Codes and names", "ISRCs, prefixes and the ids of owners"),
    Family.MEANING: ("Meaning", "what a declaration may say as a whole"),
    Family.CATALOGUE: ("Catalogues", "CSV files of recordings"),
    Family.AUTHORITY: ("Authority", "Who may change what"),
    Family.REGISTRY: ("Registry", "the operators’ own files, and disputes"),
}
"""The heading of each family and what it is about."""

_SPECIAL = re.compile(r"([\\`*_\[\]{}#!+-])")
_CODE = re.compile(r"(`[^`]+`)")


def rule_pages(rules: Mapping[str, Rule]) -> Iterator[tuple[str, str]]:
    """Yield the path, from the root of the documents, and text of each page.

    Args:
        rules: every rule by its code, in order.
    """
    yield "rules/index.md", "\n".join(_overview(rules))
    for family in Family:
        members = [rule for rule in rules.values() if rule.family is family]
        yield f"rules/{family}.md", "\n".join(_family_page(family, members))


def markdown(text: str) -> str:
    """Return plain words as Markdown that says just that, but for `code`."""
    return "".join(
        part if _CODE.fullmatch(part) else _SPECIAL.sub(r"\\\1", _escape(part))
        for part in _CODE.split(text)
    )


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


def _overview(rules: Mapping[str, Rule]) -> Iterator[str]:
    yield from _front("Rules", "Every rule that files must keep, and how to mend them.")
    yield "# Rules"
    yield ""
    yield (
        "Every file is checked, on your computer with `sayso validate` and again when "
        "you send it. Each rule has a code that never changes. An *error* must be "
        "mended; a *warning* is a question. `sayso explain SAY203` shows a rule where "
        "you are."
    )
    yield ""
    for family in Family:
        title, words = TITLES[family]
        yield f"## [{title}]({family}.md)"
        yield ""
        yield f"Rules about {words}."
        yield ""
        for rule in rules.values():
            if rule.family is family:
                place = f"{family}.md#{rule.code.lower()}"
                yield f"- [{rule.code}]({place}): {markdown(rule.title)}"
        yield ""


def _family_page(family: Family, rules: list[Rule]) -> Iterator[str]:
    title, words = TITLES[family]
    yield from _front(f"Rules: {title}", f"Rules about {words}, with examples.")
    yield f"# Rules: {title}"
    yield ""
    yield f"Rules about {words}."
    yield ""
    for rule in rules:
        warning = " *(warning)*" if rule.severity is Severity.WARNING else ""
        heading = f"{rule.code}: {markdown(rule.title)}{warning}"
        yield f"## {heading} {{#{rule.code.lower()}}}"
        yield ""
        yield markdown(rule.sentence)
        yield ""
        yield f"**What to do:** {markdown(rule.fix)}"
        yield ""
        for label, example in (("Wrong", rule.wrong), ("Right", rule.right)):
            if example:
                yield f"{label}:"
                yield ""
                yield from ("```text", example, "```", "")


def _front(title: str, description: str) -> Iterator[str]:
    yield from ("---", f'title: "{title}"', f'description: "{description}"', "---")
