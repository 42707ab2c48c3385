"""What pages say, before any HTML."""

from dataclasses import fields, is_dataclass
from datetime import date

import pytest

from sayso.model.declaration import Capacity, Level
from sayso.model.isrc import Isrc, Prefix
from sayso.publish.site.pages import Page, count_pages, registry_pages
from sayso.publish.site.pages.disputes import DisputesPage
from sayso.publish.site.pages.facts import facts_of
from sayso.publish.site.pages.lists import page_step
from sayso.publish.site.pages.overview import OwnersPage
from sayso.publish.site.pages.owner import OwnerPage
from sayso.publish.site.pages.prefix import PrefixPage, spell_interval
from sayso.publish.site.pages.recording import RecordingPage
from sayso.publish.site.pages.words import (
    count_of,
    list_of,
    outside,
    spell_capacity,
    spell_countries,
    spell_day,
    spell_proof,
    spell_size,
    spell_territories,
)
from sayso.wire.columns import Interval
from sayso.wire.profile import decode
from tests.registries import SONGS, Document, cell, cells, policy, side, with_counts
from tests.shown import (
    ALLOWED,
    ASKED,
    CONTESTED,
    DENIED,
    DISPUTED,
    FERNWOOD,
    HOSTILE,
    ILSE,
    LOCAL,
    MARA,
    UNTITLED,
    WITHDRAWN,
    shelf_of,
    shown_document,
)


def pages_of(document: Document | None = None, **limits: int) -> dict[str, Page]:
    shelf = shelf_of(document, **limits)
    return {page.address: page for page in registry_pages(shelf, release_size=1234)}


PAGES = pages_of()


def recording(isrc: Isrc) -> RecordingPage:
    content = PAGES[f"isrc/{isrc}/"].content
    assert isinstance(content, RecordingPage)
    return content


def prefix(code: str, number: int = 1, pages: dict[str, Page] = PAGES) -> PrefixPage:
    address = f"prefix/{code}/" + (f"{number}/" if number > 1 else "")
    content = pages[address].content
    assert isinstance(content, PrefixPage)
    return content


def owner(slug: str, number: int = 1) -> OwnerPage:
    address = f"owner/{slug}/" + (f"{number}/" if number > 1 else "")
    content = PAGES[address].content
    assert isinstance(content, OwnerPage)
    return content


def texts_in(value: object) -> str:
    """Return every text of a page, in one."""
    match value:
        case str():
            return value
        case tuple() | list():
            return "\n".join(map(texts_in, value))
        case dict():
            return texts_in(list(value.values()))
        case _ if is_dataclass(value):
            return texts_in([getattr(value, field.name) for field in fields(value)])
        case _:
            return ""


def test_the_verdict_on_training_comes_first_with_who_since_when_and_how_sure() -> None:
    page = recording(ASKED)
    assert (page.lead.verdict, page.lead.word) == ("ask", "Only with a licence")
    assert page.lead.meaning == "A licence is needed: ask the owner first."
    assert [(s.name, s.since.words) for s in page.speakers] == [
        ("Fernwood Records", "22 November 2026")
    ]
    assert [(check.done, check.words) for check in page.checks] == [
        (True, "Web domain checked"),
        (False, "Ownership claimed, not reviewed"),
        (False, "In a release signed with a development key"),
    ]


def test_an_ask_shows_the_offer_with_its_conditions() -> None:
    (offer,) = recording(ASKED).offers
    assert offer.owner == "Fernwood Records"
    assert offer.offer.contact.href == "https://fernwood.example/licensing"
    assert offer.offer.conditions == "payment, per model version and no voice imitation"
    assert recording(DENIED).offers == ()


def test_an_allow_says_that_ownership_was_reviewed_and_until_when_it_holds() -> None:
    page = recording(ALLOWED)
    assert page.lead.verdict == "allow"
    assert page.checks[1].words == "Ownership reviewed by two operators"
    assert page.until is not None
    assert page.until.words == "1 January 2027"


def test_undeclared_says_that_it_is_not_permission_and_names_nobody() -> None:
    page = recording(WITHDRAWN)
    assert page.lead.meaning == "No declaration counts here. This is not permission."
    assert page.speakers == ()
    assert len(page.checks) == 1


def test_what_counts_as_a_no_is_not_put_into_the_owner_s_mouth() -> None:
    document = shown_document(0)
    unproved = cell("deny", "unproved-ask", f"{FERNWOOD}/ask-first")
    document["policies"][0] = policy(1, ("anywhere", cells(unproved)))
    page = pages_of(document)[f"isrc/{DENIED}/"].content
    assert isinstance(page, RecordingPage)
    assert page.lead.meaning == "This counts as a no."
    assert page.lead.why.startswith("The owner asks for a licence, but")


def test_every_use_has_a_row_in_the_order_of_the_vocabulary() -> None:
    rows = recording(ASKED).rows
    assert [row.use for row in rows][:2] == ["train-generative", "finetune-generative"]
    assert len(rows) == 11
    by_use = {row.use: row.verdict for row in rows}
    assert by_use["search"] == "allow"
    assert by_use["benchmark"] == "deny"


def test_a_conflict_shows_both_sides() -> None:
    conflict = recording(DISPUTED).conflict
    assert conflict is not None
    assert conflict.use == "Train generative AI"
    assert [(side.owner, side.word) for side in conflict.sides] == [
        ("Fernwood Records", "Not permitted"),
        ("Harrow & Vale <Sound>", "Permitted"),
    ]
    assert recording(ASKED).conflict is None


def test_an_open_dispute_is_part_of_the_conflict() -> None:
    conflict = recording(CONTESTED).conflict
    assert conflict is not None
    assert [side.owner for side in conflict.sides] == ["Mara Lindqvist"]
    assert [note.status for note in conflict.disputes] == ["accepted and open"]


def test_a_side_is_what_the_registry_says_and_not_worked_out_again() -> None:
    document = shown_document(0)
    default, songs = f"{FERNWOOD}/default", f"{MARA}/songs"
    both = cell(
        "deny",
        "named",
        default,
        disputed=True,
        sides=(
            side(FERNWOOD, "ask", f"{FERNWOOD}/ask-first", default),
            side(MARA, "deny", songs),
        ),
    )
    quiet = cell("deny", "named", songs)
    document["policies"][0] = policy(1, ("anywhere", cells(quiet, clone_voice=both)))
    page = pages_of(document)[f"isrc/{DENIED}/"].content
    assert isinstance(page, RecordingPage)
    assert page.conflict is not None
    assert page.conflict.use == "Clone a voice or playing"
    assert [(side.word, side.proof, side.href) for side in page.conflict.sides] == [
        (
            "Only with a licence",
            "Web domain checked",
            "owner/fernwood.example/#declaration-ask-first",
        ),
        (
            "Not permitted",
            "Account checked",
            "owner/github-583231/#declaration-songs",
        ),
    ]


def test_a_disputed_no_is_that_of_one_owner() -> None:
    assert recording(DISPUTED).lead.meaning == "An owner says no."
    assert recording(DENIED).lead.meaning.startswith("The owner says no.")


def test_countries_are_shown_where_their_answers_differ() -> None:
    places = recording(LOCAL).places
    assert [place.words for place in places] == ["In DE and FR", "In US"]
    assert [row.title for row in places[0].rows] == ["Train generative AI"]
    assert [row.verdict for row in places[1].rows] == ["deny"]
    assert recording(DENIED).places == ()


def test_history_holds_what_was_declared_ended_and_withdrawn_in_order() -> None:
    events = recording(WITHDRAWN).history
    assert [(e.day.iso, e.words, e.detail) for e in events] == [
        ("2026-01-10", "declared", None),
        ("2026-02-01", "declared", None),
        ("2026-08-01", "ended", None),
        ("2026-10-01", "was withdrawn", "Sold."),
    ]


def test_history_names_days_to_come_and_disputes() -> None:
    hostile = [event.words for event in recording(HOSTILE).history]
    assert "begins to apply" in hostile
    denied = recording(DENIED).history
    assert (denied[0].who, denied[0].words) == (
        "Mara Lindqvist",
        "filed a dispute (closed)",
    )


def test_an_untitled_recording_is_called_by_its_code() -> None:
    assert recording(UNTITLED).heading == "XX-M01-26-00005"
    assert "name" not in recording(UNTITLED).linked_data
    assert prefix("XXM01").recordings[-2].title == "No title given"


def test_linked_data_names_the_recording_and_where_a_licence_is_had() -> None:
    data = recording(ASKED).linked_data
    assert data["isrcCode"] == ASKED
    assert data["acquireLicensePage"] == "https://fernwood.example/licensing"
    assert "acquireLicensePage" not in recording(DENIED).linked_data


def test_addresses_of_owners_become_links_only_where_they_are_safe() -> None:
    assert outside("https://a.example/x").href == "https://a.example/x"
    assert outside("rights@a.example").href == "mailto:rights@a.example"
    assert outside("mailto:rights@a.example").text == "rights@a.example"
    for text in ("javascript:alert(1)", "https://a.example/\"onclick='", "data:x", ""):
        assert outside(text).href is None
    assert owner("github-583231").contact is not None
    assert owner("github-583231").contact.href is None  # type: ignore[union-attr]


def test_an_owner_is_shown_with_proof_declarations_and_recordings() -> None:
    page = owner("fernwood.example")
    assert page.role == "Label"
    assert page.proof == "Web domain checked"
    assert page.ownership.startswith("Reviewed")
    assert [entry.name for entry in page.declarations] == [
        "ask-first",
        "default",
        "old",
    ]
    assert page.declarations[0].scope == "234 recordings, listed in a catalogue."
    assert page.declarations[1].scope == (
        "Every code under XX-F01 that nobody lists, of 2015 to 2026, with exceptions."
    )
    assert page.declarations[2].ended == "Withdrawn"
    assert page.declarations[0].source == (
        "https://host.example/domain/fe/fernwood.example/ask-first.yaml"
    )
    assert [link.href for link in page.prefixes] == ["prefix/XXF01/"]
    assert [mandate.other.text for mandate in page.acts_for] == ["Mara Lindqvist"]


def test_a_declaration_says_what_its_level_leaves_out() -> None:
    proofs = {
        entry.name: entry.proof
        for slug in ("fernwood.example", "github-583231", "harrow-vale.example")
        for entry in owner(slug).declarations
    }
    assert proofs["open"] == (
        "Web domain checked; a yes counts where ownership was reviewed"
    )
    assert proofs["songs"] == (
        "Account checked; a no counts for a limited number of listed recordings"
    )


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("none", "Nothing proved yet; nothing in it counts yet"),
        (
            "account",
            (
                "Account checked; a no counts for a limited number of listed "
                "recordings; a yes needs a signing key and a review; an offer needs a "
                "proved web domain, and is a no until then"
            ),
        ),
        (
            "key",
            (
                "Signing key checked; a yes counts where ownership was reviewed; an "
                "offer needs a proved web domain, and is a no until then"
            ),
        ),
    ],
)
def test_each_level_says_what_does_not_count(level: str, words: str) -> None:
    document = shown_document(0)
    for entry in document["declarations"]:
        if entry["id"] == f"{FERNWOOD}/ask-first":
            entry["level"] = level
    page = pages_of(document)["owner/fernwood.example/"].content
    assert isinstance(page, OwnerPage)
    assert page.declarations[0].proof == words


def test_what_a_delegate_filed_stands_on_the_page_of_the_owner() -> None:
    entries = {entry.name: entry for entry in owner("github-583231").declarations}
    delegate = entries["for-mara"].on_behalf_of
    assert delegate is not None
    assert delegate.text == "Fernwood Records"
    assert entries["for-mara"].where == "DE and FR"
    assert entries["for-mara"].anchor == "declaration-fernwood.example-for-mara"
    assert entries["songs"].on_behalf_of is None


def test_declarations_that_ended_or_have_not_begun_say_so() -> None:
    ended = {e.name: e.ended for e in owner("harrow-vale.example").declarations}
    assert ended == {"open": None, "until-summer": "Ended"}
    (voice,) = owner("github-900004417").declarations
    assert voice.ended == "Not yet in effect"
    assert voice.capacity == "performer, who can restrict but not permit"


def test_an_owner_lists_what_it_speaks_of_even_where_another_one_decides() -> None:
    codes = [row.isrc for row in owner("harrow-vale.example").recordings]
    assert codes == [ALLOWED, DISPUTED, LOCAL, WITHDRAWN]


def test_long_lists_have_pages_that_know_their_first_and_last() -> None:
    first, second = prefix("XXF01"), prefix("XXF01", 2)
    assert [len(first.recordings), len(second.recordings)] == [200, 36]
    assert [page.href for page in first.pager.pages] == ["./", "2/"]
    assert [page.href for page in second.pager.pages] == ["../", "../2/"]
    assert first.pager.pages[1].first == second.recordings[0].isrc
    assert first.pager.pages[1].last == second.recordings[-1].isrc
    assert owner("fernwood.example", 2).recordings
    assert page_step(2, 3) == "../3/"


def test_what_does_not_fit_into_pages_is_counted() -> None:
    page = prefix("XXF01", pages=pages_of(rows=10, pages=2))
    assert len(page.pager.pages) == 2
    assert page.pager.left_out == 216


def test_a_prefix_says_up_to_which_code_its_pages_know() -> None:
    page = prefix("XXF01", pages=pages_of(rows=2, pages=2, spans=1))
    assert page.known.listed == DISPUTED
    assert page.known.default == "XXF011600041"
    assert page.left_out == "1"
    assert len(page.intervals) == 1
    whole = prefix("XXF01")
    assert (whole.known.listed, whole.known.default) == (None, None)
    assert whole.left_out is None


def test_the_mix_counts_each_answer_and_its_share() -> None:
    mix = owner("fernwood.example").mix
    assert [(part.verdict, part.count) for part in mix] == [
        ("ask", "231"),
        ("undeclared", "1"),
    ]
    assert sum(part.width for part in mix) == 1000
    assert sum(int(part.count) for part in owner("harrow-vale.example").mix) == 3


def test_what_somebody_else_permits_is_not_shown_as_a_performer_s_permission() -> None:
    document = shown_document(0)
    for entry in document["declarations"]:
        entry.pop("effective", None)
    songs, voice = f"{MARA}/songs", f"{ILSE}/voice"
    allow = cell("allow", "named", songs, ownership="reviewed")
    no = cell("deny", "named", voice)
    document["policies"][6] = policy(7, ("anywhere", cells(allow, any_ai=no)))
    document["policies"][6]["declarations"] = [songs, voice]
    pages = pages_of(document)
    page = pages["owner/github-900004417/"].content
    assert isinstance(page, OwnerPage)
    assert page.recordings[0].answer.verdict == "allow"
    assert page.mix == ()
    said = [("Clone a voice or playing", "Not permitted")]
    assert [(use.title, use.word) for use in page.own_word] == said
    owners = pages["owners/"].content
    assert isinstance(owners, OwnersPage)
    (line,) = [line for line in owners.owners if line.id == ILSE]
    assert (line.mix, line.own_word) == ((), page.own_word)
    mara = pages["owner/github-583231/"].content
    assert isinstance(mara, OwnerPage)
    assert mara.own_word == ()
    assert "allow" in {part.verdict for part in mara.mix}


def test_a_prefix_shows_its_defaults_and_what_is_left_out() -> None:
    page = prefix("XXF01")
    assert [(i.first, i.last, i.answer.verdict) for i in page.intervals] == [
        ("XXF011500000", "XXF011600041", "deny"),
        ("XXF011600043", "XXF012699999", "deny"),
    ]
    assert [view.words for view in page.policies] == ["2 ranges of codes"]
    assert not page.complete
    assert [view.words for view in page.exceptions] == ["XX-F01-16-00042"]


def test_a_prefix_without_a_default_has_no_intervals() -> None:
    page = prefix("XXM01")
    assert page.intervals == ()
    assert page.words == "6 recordings listed, and no default for the others."


def test_a_default_that_runs_over_several_prefixes_is_cut_at_their_ends() -> None:
    document = shown_document(0)
    document["prefixes"] = [
        {"first": "XXF010000000", "last": "XXM019999999", "policy": 1}
    ]
    page = prefix("XXM01", pages=pages_of(with_counts(document)))
    assert [(i.first, i.last) for i in page.intervals] == [
        ("XXM010000000", "XXM019999999")
    ]
    assert page.complete
    assert page.intervals[0].words == "All codes"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("0000000", "9999999", "all codes"),
        ("1500000", "2699999", "codes of 2015 to 2026"),
        ("2600000", "2699999", "codes of 2026"),
        ("8600000", "9999999", "codes of 1986 to 1999"),
        ("8500000", "8699999", "a range of codes"),
        ("2600001", "2600001", "one code"),
        ("2600001", "2600009", "a range of codes"),
    ],
)
def test_intervals_are_spelt_by_years_where_they_can_be(
    first: str, last: str, words: str
) -> None:
    code = Prefix("XXF01")
    span = Interval(first=Isrc(code + first), last=Isrc(code + last), policy=1)
    assert spell_interval(span) == words


def test_disputed_recordings_have_pages_before_others() -> None:
    pages = [address for address in pages_of(recordings=3) if address[:5] == "isrc/"]
    assert pages == [f"isrc/{DENIED}/", f"isrc/{DISPUTED}/", f"isrc/{CONTESTED}/"]


def test_rows_link_only_to_pages_that_exist() -> None:
    page = prefix("XXM01", pages=pages_of(recordings=0))
    assert {row.href for row in page.recordings} == {None}


def test_owners_are_listed_by_name() -> None:
    content = PAGES["owners/"].content
    assert isinstance(content, OwnersPage)
    assert [line.name.split()[0] for line in content.owners] == [
        "Fernwood",
        "Harrow",
        "Ilse",
        "Mara",
    ]


def test_disputes_are_newest_first_and_link_to_who_is_known() -> None:
    content = PAGES["disputes/"].content
    assert isinstance(content, DisputesPage)
    assert [view.id for view in content.disputes] == [
        "20261120-whose-song",
        "20260502-old-matter",
    ]
    newest, oldest = content.disputes
    assert newest.against.text == "Mara Lindqvist (songs)"
    assert oldest.against.href == "owner/fernwood.example/"
    assert [link.href for link in oldest.recordings] == [f"isrc/{DENIED}/", None]
    assert [row.isrc for row in content.contested] == [DISPUTED, CONTESTED]


def test_the_release_s_numbers_and_example_are_facts_of_every_page() -> None:
    facts = facts_of(shelf_of())
    assert facts.example == "XX-F01-26-00001"
    assert facts.development
    assert facts.notice_rest.startswith("Taking part is voluntary")
    assert [(n.count, n.words) for n in facts.numbers] == [
        ("242", "recordings listed"),
        ("4", "owners"),
        ("8", "declarations"),
        ("2", "ISRC prefixes"),
        ("2", "disputes"),
    ]


def test_only_the_page_of_the_data_changes_with_the_release() -> None:
    document = shown_document()
    later = {"number": 77, "issued": "2026-11-23T09:08:07Z"}
    pages = pages_of({**document, "release": {**document["release"], **later}})
    assert list(pages) == list(PAGES)
    assert [a for a, page in pages.items() if page != PAGES[a]] == ["data/"]


def test_an_empty_registry_has_its_pages_too() -> None:
    empty = shown_document(0)
    lists = ("owners", "declarations", "policies", "prefixes", "recordings", "disputes")
    empty |= {name: [] for name in lists}
    pages = pages_of(with_counts(empty))
    assert list(pages) == [
        "data/", "check/", "disputes/", "withdrawals/", "status/", "owners/",
    ]  # fmt: skip
    assert facts_of(shelf_of(with_counts(empty))).example is None


def test_the_number_of_pages_is_known_beforehand() -> None:
    shelf = shelf_of(more := shown_document(0))
    assert more
    made = len(list(registry_pages(shelf, release_size=1)))
    assert count_pages(shelf) == made


def test_no_page_promises_more_than_a_verdict_says() -> None:
    said = "\n".join(texts_in(page.content) for page in PAGES.values()).lower()
    for words in ("safe to", "is safe", "cleared", "ok to use", "free to use"):
        assert words not in said


def test_twins_hold_what_the_page_shows_as_the_registry_has_it() -> None:
    data = PAGES[f"isrc/{DISPUTED}/"].twin
    assert data is not None
    twin = decode(data, limit=10**6)
    document = shown_document()
    assert twin["policies"] == [document["policies"][3]]
    assert [row["isrc"] for row in twin["recordings"]] == [DISPUTED]  # type: ignore[index, union-attr, call-overload]
    assert twin["origin"] == document["release"]["origin"]
    assert twin["profile"] == document["release"]["profile"]
    assert twin["note"] == (
        "An extract of registry.json, which is signed; this file is not."
    )
    names = [entry["id"] for entry in twin["declarations"]]  # type: ignore[index, union-attr, call-overload]
    assert names == [
        "domain:fernwood.example/default",
        "domain:harrow-vale.example/open",
    ]


@pytest.mark.parametrize(
    "address", ["owner/fernwood.example/2/", "prefix/XXF01/", "disputes/"]
)
def test_owner_prefix_and_dispute_pages_have_twins(address: str) -> None:
    assert PAGES[address].twin is not None


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (42_300, "42.3 kB"),
        (5_000_000, "5 MB"),
        (12_345_678_901, "12.3 GB"),
    ],
)
def test_sizes_are_rounded(size: int, words: str) -> None:
    assert spell_size(size) == words


def test_days_have_the_month_as_a_word() -> None:
    day = spell_day(date(2026, 3, 1))
    assert (day.iso, day.words) == ("2026-03-01", "1 March 2026")


@pytest.mark.parametrize("capacity", list(Capacity))
def test_every_capacity_has_words(capacity: Capacity) -> None:
    assert spell_capacity(capacity).startswith(capacity.value.split("-")[0])


@pytest.mark.parametrize("level", list(Level))
def test_every_level_has_words(level: Level) -> None:
    assert spell_proof(level).endswith(("checked", "yet"))


def test_a_default_for_one_range_names_its_codes() -> None:
    document = shown_document(0)
    document["prefixes"] = [
        {"first": "XXF010000001", "last": "XXF010000009", "policy": 1}
    ]
    page = prefix("XXF01", pages=pages_of(with_counts(document)))
    assert page.policies[0].words == "XX-F01-00-00001 to XX-F01-00-00009"


def test_exceptions_are_named_as_codes_and_ranges() -> None:
    document = shown_document(0)
    for entry in document["declarations"]:
        if "except" in entry:
            entry["except"] = {
                "isrcs": ["XXF011600042"],
                "ranges": ["XXF011600050-XXF011600059", "XXF011600060-XXF011600060"],
            }
    page = prefix("XXF01", pages=pages_of(document))
    assert page.exceptions[0].words == (
        "XX-F01-16-00042, XX-F01-16-00050 to XX-F01-16-00059 and XX-F01-16-00060"
    )


def test_an_ask_without_an_offer_shows_none() -> None:
    document = shown_document(0)
    for entry in document["declarations"]:
        entry.pop("offer", None)
    page = pages_of(document)[f"isrc/{ASKED}/"].content
    assert isinstance(page, RecordingPage)
    assert page.offers == ()


def test_two_deciding_owners_are_both_named_with_their_proof() -> None:
    document = shown_document(0)
    both = cell("deny", "any-ai", f"{FERNWOOD}/ask-first", f"{FERNWOOD}/default", SONGS)
    document["policies"][0] = policy(1, ("anywhere", cells(both)))
    page = pages_of(document)[f"isrc/{DENIED}/"].content
    assert isinstance(page, RecordingPage)
    assert [speaker.name for speaker in page.speakers] == [
        "Fernwood Records",
        "Mara Lindqvist",
    ]
    assert [check.words for check in page.checks][:2] == [
        "Fernwood Records: web domain checked",
        "Mara Lindqvist: account checked",
    ]


def test_lists_counts_and_territories_read_as_sentences() -> None:
    assert list_of([]) == ""
    assert list_of(["a"]) == "a"
    assert list_of(["a", "b", "c"]) == "a, b and c"
    assert count_of(3214, "recording", "recordings") == "3,214 recordings"
    assert spell_territories(("worldwide",), ("CH",)) == "everywhere but CH"
    assert spell_territories(("worldwide",), ()) == "everywhere"
    union = (
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI "
        "SK"
    )
    assert spell_countries((*union.split(), "US")) == "the EU and US"
