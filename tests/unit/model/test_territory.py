import pytest

from sayso.model.territory import (
    COUNTRIES,
    EVERYWHERE,
    GROUPS,
    is_territory,
    territories,
)


@pytest.mark.parametrize("code", ["worldwide", "EU", "EEA", "DE", "GB", "US"])
def test_codes_that_a_declaration_may_name(code: str) -> None:
    assert is_territory(code)


@pytest.mark.parametrize("code", ["", "de", "UK", "XX", "Germany", "WORLDWIDE"])
def test_codes_that_it_may_not(code: str) -> None:
    assert not is_territory(code)


def test_the_lists_are_those_of_the_specification() -> None:
    assert len(COUNTRIES) == 249
    assert len(GROUPS["EU"]) == 27
    assert GROUPS["EEA"] - GROUPS["EU"] == {"IS", "LI", "NO"}
    assert GROUPS["EEA"] <= COUNTRIES


def test_nothing_named_is_everywhere() -> None:
    assert territories([], []) == EVERYWHERE
    assert EVERYWHERE.covers("DE")
    assert EVERYWHERE.covers(None)


def test_worldwide_with_exceptions_covers_the_others() -> None:
    where = territories(["worldwide"], ["EU"])

    assert where.covers("US")
    assert where.covers(None)
    assert not where.covers("FR")


def test_countries_with_exceptions_cover_what_is_left() -> None:
    where = territories(["EEA", "GB"], ["FR"])

    assert where.covers("NO")
    assert where.covers("GB")
    assert not where.covers("FR")
    assert not where.covers("US")
    assert not where.covers(None)
