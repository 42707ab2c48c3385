"""Pages about what owners have to do with each other: mandates, transfers, disputes."""

import pytest

from sayso.publish.site.pages import Page, registry_pages
from sayso.publish.site.pages import mandates as mandates_module
from sayso.publish.site.pages import withdrawals as withdrawals_module
from sayso.publish.site.pages.disputes import DisputesPage
from sayso.publish.site.pages.overview import OwnersPage
from sayso.publish.site.pages.owner import OwnerPage
from sayso.publish.site.pages.prefix import PrefixPage
from sayso.publish.site.pages.recording import RecordingPage
from sayso.publish.site.pages.transfers import REASONS
from sayso.publish.site.pages.withdrawals import WithdrawalsPage, WithdrawnLine
from sayso.wire.profile import decode
from tests.registries import Document
from tests.shown import (
    FERNWOOD,
    HARROW,
    ILSE,
    MARA,
    WITHDRAWN,
    declaration,
    shelf_of,
    shown_document,
)

STRANGER = "domain:nobody.example"
OLD = f"{FERNWOOD}/old"


def pages_of(document: Document) -> dict[str, Page]:
    return {
        page.address: page
        for page in registry_pages(shelf_of(document), release_size=1234)
    }


def owner_page(document: Document, slug: str) -> OwnerPage:
    content = pages_of(document)[f"owner/{slug}/"].content
    assert isinstance(content, OwnerPage)
    return content


def withdrawals(document: Document) -> WithdrawalsPage:
    content = pages_of(document)["withdrawals/"].content
    assert isinstance(content, WithdrawalsPage)
    return content


def changed(kind: str, name: str, **fields: object) -> Document:
    """Return the registry with other fields in one owner or declaration."""
    document = shown_document(0)
    for entry in document[kind]:
        if entry["id"] == name:
            entry.update(fields)
    return document


def sold(successor: str | None, name: str = OLD) -> Document:
    """Return the registry in which a declaration was withdrawn for a successor."""
    end: dict[str, object] = {"on": "2026-10-01", "reason": "sold"}
    if successor is not None:
        end["successor"] = successor
    return changed("declarations", name, withdrawn=end)


def only(document: Document) -> WithdrawnLine:
    (line,) = withdrawals(document).withdrawals
    return line


def test_what_was_withdrawn_is_listed_with_day_and_reason() -> None:
    line = only(shown_document(0))
    assert line.statement.owner == "Fernwood Records"
    assert line.statement.href == "owner/fernwood.example/#declaration-old"
    assert (line.on.iso, line.past, line.reason) == ("2026-10-01", True, "Sold.")
    assert line.scope == "1 recording, listed in the file."
    assert line.successor is None


@pytest.mark.parametrize(("reason", "words"), REASONS.items(), ids=list(REASONS))
def test_a_reason_is_told_in_words_everywhere(reason: str, words: str) -> None:
    end = {"on": "2026-10-01", "reason": reason}
    document = changed("declarations", OLD, withdrawn=end)
    assert only(document).reason == words
    entry = owner_page(document, "fernwood.example").declarations[2]
    assert entry.withdrawn is not None
    assert entry.withdrawn.reason == words
    recording = pages_of(document)[f"isrc/{WITHDRAWN}/"].content
    assert isinstance(recording, RecordingPage)
    assert recording.history[-1].detail == words


def test_an_end_to_come_is_told_as_such() -> None:
    end = {"on": "2027-10-01", "reason": "other"}
    assert not only(changed("declarations", OLD, withdrawn=end)).past


def test_the_newest_withdrawal_stands_first_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end = {"on": "2026-11-01", "reason": "error"}
    document = changed("declarations", f"{HARROW}/until-summer", withdrawn=end)
    assert [line.on.iso for line in withdrawals(document).withdrawals] == [
        "2026-11-01",
        "2026-10-01",
    ]
    assert withdrawals(document).left_out is None
    monkeypatch.setattr(withdrawals_module, "_SHOWN", 1)
    page = withdrawals(document)
    assert ([line.on.iso for line in page.withdrawals], page.left_out) == (
        ["2026-11-01"],
        "1",
    )


def test_the_twin_of_the_withdrawals_has_the_declarations() -> None:
    twin = pages_of(shown_document(0))["withdrawals/"].twin
    assert twin is not None
    document: Document = dict(decode(twin, limit=2**20))
    assert document["kind"] == "withdrawals"
    assert [entry["id"] for entry in document["declarations"]] == [OLD]


def confirmed(document: Document) -> tuple[bool, str]:
    successor = only(document).successor
    assert successor is not None
    return successor.confirmed, successor.words


def test_a_successor_who_is_not_here_does_not_confirm() -> None:
    successor = only(sold(STRANGER)).successor
    assert successor is not None
    assert (successor.confirmed, successor.who.href) == (False, None)
    assert successor.words == f"Not confirmed: {STRANGER} is not in this registry."


def test_a_statement_that_has_ended_confirms_nothing() -> None:
    # What Harrow said of the recording ended in the summer.
    assert confirmed(sold(HARROW)) == (
        False,
        "Not confirmed: Harrow & Vale <Sound> has not declared these recordings.",
    )


def test_a_successor_who_declared_all_of_it_confirms() -> None:
    document = sold(HARROW)
    document["policies"][5]["declarations"] = sorted([OLD, f"{HARROW}/open"])
    assert confirmed(document) == (
        True,
        "Confirmed: Harrow & Vale <Sound> has declared the same recordings itself.",
    )
    entry = owner_page(document, "fernwood.example").declarations[2]
    assert entry.withdrawn is not None
    assert entry.withdrawn.successor is not None
    assert entry.withdrawn.successor.confirmed


def test_a_successor_who_declared_a_part_confirms_a_part() -> None:
    document = sold(HARROW)
    document["policies"][5]["declarations"] = sorted([OLD, f"{HARROW}/open"])
    document["policies"][4]["declarations"] = sorted([OLD, f"{MARA}/songs"])
    assert confirmed(document) == (
        False,
        (
            "Confirmed in part: Harrow & Vale <Sound> has declared 1 of these 2 "
            "recordings itself."
        ),
    )


def test_what_somebody_filed_for_the_successor_without_a_mandate_confirms_nothing() -> (
    None
):
    document = sold(HARROW)
    document["declarations"].append(
        declaration(
            "for-harrow", HARROW, {"any-ai": "deny"}, author=ILSE,
            id=f"{ILSE}/for-harrow", on_behalf_of=HARROW, recordings=1,
            scope="recordings",
        )
    )  # fmt: skip
    document["declarations"].sort(key=lambda entry: entry["id"])
    document["policies"][5]["declarations"] = sorted([OLD, f"{ILSE}/for-harrow"])
    document["counts"]["declarations"] += 1
    assert confirmed(document)[0] is False


def test_a_default_that_changed_hands_is_confirmed_by_codes() -> None:
    default = f"{FERNWOOD}/default"
    document = sold(HARROW, default)
    document["declarations"] = [d for d in document["declarations"] if d["id"] != OLD]
    document["counts"]["declarations"] -= 1
    for policy in document["policies"]:
        policy["declarations"] = [d for d in policy["declarations"] if d != OLD]
    assert confirmed(document)[1].endswith("has declared some of these codes itself.")
    for policy in document["policies"]:
        if default in policy["declarations"]:
            policy["declarations"] = sorted({*policy["declarations"], f"{HARROW}/open"})
    assert confirmed(document)[0] is True


def test_a_mandate_that_both_sides_name_is_shown_on_both_pages() -> None:
    document = shown_document(0)
    (on_owner,) = owner_page(document, "github-583231").represented_by
    (on_delegate,) = owner_page(document, "fernwood.example").acts_for
    assert on_owner.other.text == "Fernwood Records"
    assert on_delegate.other.text == "Mara Lindqvist"
    assert on_owner.words == on_delegate.words
    assert on_owner.words.startswith("Both say so.")
    assert [link.href for link in on_delegate.filed] == [
        "owner/github-583231/#declaration-fernwood.example-for-mara"
    ]
    assert on_owner.counts


def test_who_files_for_an_owner_confirms_its_mandate() -> None:
    document = changed("owners", FERNWOOD, acts_for=[])
    (mandate,) = owner_page(document, "github-583231").represented_by
    assert mandate.words.startswith("Both say so.")


def test_a_mandate_that_only_the_owner_names_is_told_as_such() -> None:
    document = changed("owners", HARROW, represented_by=[STRANGER])
    (mandate,) = owner_page(document, "harrow-vale.example").represented_by
    assert (mandate.other.text, mandate.other.href) == (STRANGER, None)
    assert mandate.words == (
        f"Harrow & Vale <Sound> says so. {STRANGER} has filed nothing for it, and does "
        "not say that it acts for it."
    )
    assert mandate.filed == ()


def test_who_is_not_named_by_the_owner_is_told_to_count_for_nothing() -> None:
    document = changed("owners", MARA, represented_by=[])
    (mandate,) = owner_page(document, "github-583231").represented_by
    assert not mandate.counts
    assert mandate.words == (
        "Only Fernwood Records says so. Mara Lindqvist does not name it, so what it "
        "files for Mara Lindqvist does not count."
    )


def test_what_a_stranger_filed_is_not_put_into_the_owner_s_mouth() -> None:
    document = changed("owners", MARA, represented_by=[])
    page = owner_page(document, "github-583231")
    assert [entry.name for entry in page.declarations] == ["songs"]
    assert [(entry.name, entry.ended) for entry in page.claims] == [
        ("for-mara", "No mandate")
    ]
    assert page.words.startswith("1 declaration,")
    assert owner_page(shown_document(0), "github-583231").claims == ()


def test_a_stranger_s_claim_is_no_word_of_the_owner_in_the_list_of_owners() -> None:
    document = changed("declarations", f"{MARA}/songs", uses={"search": "deny"})
    assert said_by_mara(document) == ["Benchmark", "Search and recommend"]
    for entry in document["owners"]:
        if entry["id"] == MARA:
            entry["represented_by"] = []
    assert said_by_mara(document) == ["Search and recommend"]


def said_by_mara(document: Document) -> list[str]:
    content = pages_of(document)["owners/"].content
    assert isinstance(content, OwnersPage)
    (line,) = (line for line in content.owners if line.id == MARA)
    return [chip.title for chip in line.own_word]


def test_the_exceptions_of_a_stranger_s_default_are_not_shown() -> None:
    document = shown_document(0)
    document["declarations"].append(
        declaration(
            "all", FERNWOOD, {"any-ai": "deny"}, author=HARROW, id=f"{HARROW}/all",
            on_behalf_of=FERNWOOD, prefix="XXF01", scope="prefix",
            **{"except": {"isrcs": ["XXF011600099"], "ranges": []}},
        )
    )  # fmt: skip
    document["declarations"].sort(key=lambda entry: entry["id"])
    document["counts"]["declarations"] += 1
    page = pages_of(document)["prefix/XXF01/"].content
    assert isinstance(page, PrefixPage)
    assert [entry.words for entry in page.exceptions] == ["XX-F01-16-00042"]


def test_many_files_for_one_owner_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mandates_module, "_SHOWN", 0)
    (mandate,) = owner_page(shown_document(0), "github-583231").represented_by
    assert (mandate.filed, mandate.left_out) == ((), "1 declaration")


def test_an_owner_s_page_names_its_disputes_from_both_sides() -> None:
    document = shown_document(0)
    lines = owner_page(document, "github-583231").disputes
    assert [(one.words, one.other.text, one.status) for one in lines] == [
        ("by", "Harrow & Vale <Sound>", "accepted and open"),
        ("against", "Fernwood Records", "closed"),
    ]
    assert lines[0].href == "disputes/#20261120-whose-song"
    assert owner_page(document, "github-900004417").disputes == ()


def test_a_dispute_says_what_is_answered_meanwhile() -> None:
    document = shown_document(0)
    document["disputes"].append(
        {**document["disputes"][1], "id": "20261121-new", "status": "filed"}
    )
    document["counts"]["disputes"] += 1
    content = pages_of(document)["disputes/"].content
    assert isinstance(content, DisputesPage)
    meanings = {entry.status: entry.meaning for entry in content.disputes}
    assert meanings["filed"].startswith("It changes no answer.")
    assert "“ask” means no" in meanings["open"]
    assert meanings["closed"].startswith("It is over")
