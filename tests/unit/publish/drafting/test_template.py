"""The files of a first declaration: what is written is what is read."""

import csv
import re
import unicodedata

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from sayso.model.declaration import (
    Capacity,
    CatalogueFile,
    Declaration,
    DeclarationId,
    Offer,
    PrefixRange,
    RecordingList,
    Scope,
)
from sayso.model.isrc import Isrc, Prefix, isrc_of
from sayso.model.owner import Owner, OwnerId, Role
from sayso.model.vocabulary import PROFILES, Use
from sayso.publish.drafting.answers import AnswerError, parse_text
from sayso.publish.drafting.template import (
    declaration_text,
    folder_of,
    owner_text,
    quoted,
    recordings_text,
)
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.document import parse_document
from sayso.publish.reading.encoding import read_text
from tests.nodes import plain

MARA = OwnerId("github:583231")
ONE = RecordingList(
    isrcs=(Isrc("XXM022600001"),), titles=("Slow River",), artists=(None,)
)
AWKWARD = [
    "No",
    "~",
    "1e3",
    "012345670123",
    "2026-12-01",
    "4:44 at the Lake",
    "*Asterism",
    "&c.",
    "#1",
    "Prelude #4",
    '"Heroes"',
    "back\\slash \\n",
    "it's",
    "{flow}, [list]: text",
    "- dash",
    "🎈👩‍🎤",
    "می‌خواهم",
    "雨の手紙",
    " edges ",
    "Half-Lit\u00a0Moth",
    "=SUM(A1)",
]


def read(text: str) -> dict[str, object]:
    decoded, sheet = read_text("file.yaml", text.encode())
    assert decoded == text
    value = plain(parse_document(text, sheet))
    assert sheet.problems == []
    assert isinstance(value, dict)
    return value


def declaration(
    *,
    scope: Scope = ONE,
    profile: str = "no-ai",
    offer: Offer | None = None,
    capacity: Capacity = Capacity.OWNER,
) -> Declaration:
    return Declaration(
        id=DeclarationId(f"{MARA}/recordings"),
        author=MARA,
        owner=MARA,
        capacity=capacity,
        uses=PROFILES[profile],
        scope=scope,
        offer=offer,
    )


@pytest.mark.parametrize("title", AWKWARD)
def test_an_awkward_title_is_read_as_typed(title: str) -> None:
    assert read(f"title: {quoted(title)}\n") == {"title": title}


@given(st.text(min_size=1))
def test_a_title_that_is_taken_down_is_read_as_typed(typed: str) -> None:
    try:
        title = parse_text(typed)
    except AnswerError:
        reject()
    assert read(f"a: {{title: {quoted(title)}, artist: {quoted(title)}}}\n") == {
        "a": {"title": title, "artist": title}
    }


@given(st.text())
def test_a_quoted_text_is_one_line_that_nothing_leaves(text: str) -> None:
    line = quoted(text)
    assert len(line.splitlines()) == 1
    assert re.fullmatch(r'"(?:[^"\\]|\\["\\]|\\U[0-9A-F]{8})*"', line)
    unseen = {"Cc", "Cs", "Zl", "Zp"}
    assert not unseen & {unicodedata.category(character) for character in line}


def test_an_owner_known_by_an_account_lists_it() -> None:
    mara = Owner(id=MARA, name='Mara "M"', role=Role.ARTIST, accounts=(MARA,))
    assert read(owner_text(mara)) == {
        "schema": "sayso/owner/1",
        "name": 'Mara "M"',
        "role": "artist",
        "accounts": ["github:583231"],
    }


def test_an_owner_known_by_a_domain_says_how_to_be_reached() -> None:
    fernwood = Owner(
        id=OwnerId("domain:fernwood.example"),
        name="Fernwood Records",
        role=Role.LABEL,
        contact="licensing@fernwood.example",
        website="https://fernwood.example",
        language="en",
    )
    assert read(owner_text(fernwood)) == {
        "schema": "sayso/owner/1",
        "name": "Fernwood Records",
        "role": "label",
        "contact": "licensing@fernwood.example",
        "website": "https://fernwood.example",
        "language": "en",
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_is_expanded_into_its_uses(profile: str) -> None:
    text = declaration_text(declaration(profile=profile))
    expected = {use.value: said.value for use, said in PROFILES[profile].items()}
    assert read(text)["uses"] == expected
    assert profile not in text
    silent = "Nothing is said about a use that is not named"
    assert (silent in text) == (Use.ANY_AI not in PROFILES[profile])


def test_a_declaration_lists_recordings_with_what_is_known_of_them() -> None:
    scope = RecordingList(
        isrcs=(Isrc("XXM022600001"), Isrc("XXM022600002"), Isrc("XXM022600003")),
        titles=("4:44 at the Lake", None, None),
        artists=("Mara", "*Asterism", None),
    )
    assert read(declaration_text(declaration(scope=scope)))["recordings"] == [
        {"isrc": "XXM022600001", "title": "4:44 at the Lake", "artist": "Mara"},
        {"isrc": "XXM022600002", "artist": "*Asterism"},
        {"isrc": "XXM022600003"},
    ]


@pytest.mark.parametrize("rows", [None, 3000])
def test_a_declaration_names_its_catalogue(rows: int | None) -> None:
    scope = CatalogueFile(file="catalogue.csv", rows=rows)
    expected = {"file": "catalogue.csv"} | ({} if rows is None else {"rows": "3000"})
    assert read(declaration_text(declaration(scope=scope)))["catalogue"] == expected


@pytest.mark.parametrize("years", [None, (2015, 2026)])
def test_a_declaration_names_a_prefix(years: tuple[int, int] | None) -> None:
    scope = PrefixRange(prefix=Prefix("XXF01"), years=years)
    value = read(declaration_text(declaration(scope=scope)))
    assert value["prefix"] == "XXF01"
    assert value.get("years") == (None if years is None else "2015-2026")


@pytest.mark.parametrize("conditions", [(), ("payment", "attribution")])
def test_an_offer_says_where_and_how(conditions: tuple[str, ...]) -> None:
    offer = Offer(contact="https://fernwood.example/licensing", conditions=conditions)
    value = read(declaration_text(declaration(profile="licence-only", offer=offer)))
    expected: dict[str, object] = {"contact": "https://fernwood.example/licensing"}
    if conditions:
        expected["conditions"] = list(conditions)
    assert value["offer"] == expected


@pytest.mark.parametrize("capacity", Capacity)
def test_the_capacity_is_explained(capacity: Capacity) -> None:
    text = declaration_text(declaration(capacity=capacity))
    assert read(text)["capacity"] == capacity.value
    assert re.search(rf"^capacity: {capacity}  # \S", text, re.MULTILINE)


@pytest.mark.parametrize(
    "scope", [ONE, PrefixRange(prefix=Prefix("XXF01"))], ids=["recordings", "prefix"]
)
def test_what_is_commented_out_can_be_switched_on(scope: Scope) -> None:
    text = declaration_text(declaration(scope=scope))
    value = read(re.sub(r"^#(?! )|^#(?=  )", "", text, flags=re.MULTILINE))
    assert value["territories"] == ["DE", "FR"]
    assert value["effective"] == "2027-01-01"
    assert value["expires"] == "2032-01-01"
    if isinstance(scope, PrefixRange):
        assert value["except"] == {
            "ranges": ["XXF011900001-XXF011900250"],
            "isrcs": ["XXF012100017"],
        }


def test_every_use_is_explained_in_its_line() -> None:
    text = declaration_text(declaration(profile="open"))
    for use in PROFILES["open"]:
        assert re.search(rf"^  {use}: allow +# \S", text, re.MULTILINE)


def test_a_table_is_read_as_typed_and_holds_no_formula() -> None:
    recordings = RecordingList(
        isrcs=tuple(isrc_of(number) for number in range(4)),
        titles=('Enough, "Enough"', None, "=HYPERLINK(A1)", "雨の手紙"),
        artists=("Mara", "Mara", "-1", "- (Intro)"),
    )
    text = recordings_text(recordings)
    assert [row[1:] for row in csv.reader(text.splitlines())] == [
        ["title", "artist"],
        ['Enough, "Enough"', "Mara"],
        ["", "Mara"],
        ["", ""],
        ["雨の手紙", "- (Intro)"],
    ]
    _, problems = read_catalogue("c.csv", text.encode())
    assert problems == []


@pytest.mark.parametrize(
    ("owner", "login", "folder"),
    [
        ("github:583231", "mara", "github/31/583231-mara"),
        ("github:8", "", "github/08/8"),
        ("domain:fernwood.example", "", "domain/fe/fernwood.example"),
    ],
)
def test_an_owner_has_a_folder(owner: str, login: str, folder: str) -> None:
    assert folder_of(OwnerId(owner), login) == folder
