"""What a newcomer is told about a declaration before anybody else reads it."""

from collections.abc import Mapping

import pytest

from sayso.model.declaration import (
    Capacity,
    CatalogueFile,
    Declaration,
    DeclarationId,
)
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import PROFILES, Preference, Use
from sayso.publish.drafting.guidance import ACCOUNT_RECORDINGS, advice, next_steps


def said(owner: str, uses: Mapping[Use, Preference], count: int | None) -> str:
    return "\n".join(advice(declaration(owner, uses), count))


def declaration(owner: str, uses: Mapping[Use, Preference]) -> Declaration:
    return Declaration(
        id=DeclarationId(f"{owner}/catalogue"),
        author=OwnerId(owner),
        owner=OwnerId(owner),
        capacity=Capacity.OWNER,
        uses=uses,
        scope=CatalogueFile(file="catalogue.csv"),
    )


ACCOUNT = "github:583231"
DOMAIN = "domain:fernwood.example"


@pytest.mark.parametrize("owner", [ACCOUNT, DOMAIN])
def test_a_yes_counts_only_after_review_and_waiting(owner: str) -> None:
    text = said(owner, PROFILES["open"], 3)
    assert "after operators have reviewed" in text
    assert "seven days" in text
    assert "Your no" not in text


def test_a_no_by_account_counts_at_once_for_a_bounded_list() -> None:
    text = said(ACCOUNT, PROFILES["no-ai"], ACCOUNT_RECORDINGS)
    assert text == (
        "Your no counts from the next release, if it is handed in from this account."
    )
    assert "500 recordings" in said(ACCOUNT, PROFILES["no-ai"], ACCOUNT_RECORDINGS + 1)


def test_a_prefix_by_account_counts_for_nothing() -> None:
    assert said(ACCOUNT, PROFILES["no-ai"], None).endswith("this counts for nothing.")


def test_a_domain_has_no_limit() -> None:
    for count in (1, ACCOUNT_RECORDINGS + 1, None):
        text = said(DOMAIN, PROFILES["no-ai"], count)
        assert text.startswith("Your no counts from the next release, once")
        assert "\n" not in text


def test_ask_needs_a_domain() -> None:
    assert "Until then it is read as no" in said(ACCOUNT, PROFILES["licence-only"], 3)
    assert "once you have proved the domain" in said(
        DOMAIN, PROFILES["licence-only"], 3
    )


def test_the_next_steps_name_the_folder() -> None:
    text = next_steps(declaration(DOMAIN, PROFILES["no-ai"]), "declarations/x")
    assert "sayso validate declarations/x\n" in text
    assert "Without git" in text
    assert "git switch -c declare-catalogue\n" in text
