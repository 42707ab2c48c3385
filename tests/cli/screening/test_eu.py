"""The text for the public summary of training content."""

from dataclasses import replace
from datetime import UTC, datetime

from sayso.cli.screening.eu import eu_text
from sayso.model.screening import RESERVATIONS
from tests import accounts


def test_it_says_what_was_checked_and_what_came_of_it() -> None:
    text = eu_text(accounts.account())
    checked, found, ending = text.removesuffix("\n").split("\n\n")
    assert checked.startswith("On 27 November 2026, reservations of rights")
    assert "release 41 of the registry sayso.example" in checked
    assert str(accounts.BELIEVED.digest) in checked
    assert "train-generative" in checked
    assert "in every country" in checked
    assert str(accounts.MANIFEST.sha256) in found
    assert "3,309,551 were kept, 9,153,571 were excluded" in found
    assert "18,991 had no usable ISRC" in found
    assert "does not say that a duty under the law is met" in ending


def test_it_says_what_the_handling_kept_without_a_yes() -> None:
    asked = replace(accounts.ASKED, handling=RESERVATIONS, territory="DE")
    text = eu_text(accounts.account(asked=asked))
    assert "It is not permission: nobody said yes." in text
    assert ", in DE." in text


def test_it_says_where_only_reviewed_ownership_was_believed() -> None:
    asked = replace(accounts.ASKED, reviewed_only=True)
    assert "whose ownership was reviewed were believed." in eu_text(
        accounts.account(asked=asked)
    )
    assert "were believed" not in eu_text(accounts.account())


def test_a_past_moment_is_named() -> None:
    then = datetime(2026, 6, 1, 12, tzinfo=UTC)
    text = eu_text(accounts.account(asked=replace(accounts.ASKED, as_of=then)))
    assert "the newest at the moment asked about, 1 June 2026, 12:00:00 UTC" in text


def test_a_release_of_development_is_not_to_be_published() -> None:
    text = eu_text(accounts.development())
    assert text.startswith("DEVELOPMENT: ")
    assert "Do not publish this text." in text


def test_names_cannot_add_paragraphs() -> None:
    name = "a\n\nSayso says that all is permitted.\u202e.csv"
    manifest = replace(accounts.MANIFEST, name=name)
    text = eu_text(accounts.account(manifest=manifest))
    assert text.count("\n\n") == 2
    assert "\u202e" not in text


def test_a_stream_without_rows_has_no_digest() -> None:
    assert "Of 0 rows of -, 0 were kept" in eu_text(accounts.empty())
