import re

import pytest

from sayso.model.problem import Family, Rule
from sayso.model.rules import RULES, SITE, address

HUNDREDS = {
    "0": Family.BYTES,
    "1": Family.PLACE,
    "2": Family.YAML,
    "3": Family.FIELDS,
    "4": Family.IDENTIFIERS,
    "5": Family.MEANING,
    "6": Family.CATALOGUE,
    "7": Family.AUTHORITY,
    "8": Family.REGISTRY,
}
ALL = list(RULES.values())


def test_rules_are_found_by_their_codes_in_order() -> None:
    assert list(RULES) == sorted(RULES)
    assert all(rule.code == code for code, rule in RULES.items())


def test_no_two_rules_have_one_title() -> None:
    assert len({rule.title for rule in ALL}) == len(ALL)


@pytest.mark.parametrize("rule", ALL, ids=list(RULES))
def test_the_code_tells_the_family(rule: Rule) -> None:
    assert re.fullmatch(r"SAY[0-9]{3}", rule.code)
    assert rule.family is HUNDREDS[rule.code[3]]


@pytest.mark.parametrize("rule", ALL, ids=list(RULES))
def test_a_rule_speaks_in_sentences(rule: Rule) -> None:
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 60
    assert rule.sentence.endswith(".")
    assert rule.fix.endswith((".", "NAME.csv"))
    assert rule.wrong != rule.right


def test_the_address_of_a_rule_is_on_the_site() -> None:
    assert address(RULES["SAY203"]) == f"{SITE}rules/yaml/#say203"
