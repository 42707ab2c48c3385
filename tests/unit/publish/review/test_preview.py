"""The preview: differences only, however many recordings there are."""

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sayso.model.declaration import Level
from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Use, Verdict
from sayso.publish.reading.registry import read_owner_folder
from sayso.publish.reading.sources import source_file
from sayso.publish.review.preview import SHOWN, Preview, Side, preview
from tests.declared import START, declaration, owner, recordings

OWNER = OwnerId("domain:fernwood.example")
CODES = [f"XXF0126{number:05}" for number in range(1, 40)]


def side(files: Mapping[str, str], level: Level = Level.DOMAIN) -> Side:
    found = [
        source_file(name, text.encode())
        for name, text in {"owner.yaml": owner("Fernwood"), **files}.items()
    ]
    documents, problems = read_owner_folder(OWNER, found)
    assert not [one for one in problems if one.is_error], problems
    return Side(
        documents=documents, levels=dict.fromkeys(documents.declarations, level)
    )


def shown(before: Mapping[str, str], after: Mapping[str, str]) -> Preview:
    return preview(side(before), side(after), now=START)


def said(found: Preview) -> list[tuple[str, str, str]]:
    """Return name and verdicts on searching of each row."""
    return [
        (row.name, row.before[Use.SEARCH], row.after[Use.SEARCH]) for row in found.rows
    ]


def listed(uses: str, *codes: str) -> str:
    return declaration(uses, recordings(*codes))


def table(rows: int, title: str = "T") -> dict[str, str]:
    lines = [f"XXF0126{number:05},{title}{number},A" for number in range(1, rows + 1)]
    scope = f"catalogue: {{file: all.csv, rows: {rows}}}"
    return {
        "all.yaml": declaration("{any-ai: deny}", scope),
        "all.csv": "isrc,title,artist\n" + "\n".join(lines) + "\n",
    }


def test_only_codes_of_which_another_thing_is_said_are_shown() -> None:
    before = {"a.yaml": listed("{any-ai: deny}", *CODES[:3])}
    after = {"a.yaml": listed("{any-ai: deny}", CODES[0], CODES[2], CODES[3])}

    found = shown(before, after)

    assert said(found) == [
        (CODES[1], "deny", "undeclared"),
        (CODES[3], "undeclared", "deny"),
    ]
    assert [row.title for row in found.rows] == [f"T{CODES[1]}", f"T{CODES[3]}"]
    assert found.more == 0


def test_only_uses_that_change_are_shown() -> None:
    found = shown(
        {"a.yaml": listed("{any-ai: deny}", CODES[0])},
        {"a.yaml": listed("{search: deny}", CODES[0])},
    )

    (row,) = found.rows
    assert Use.SEARCH not in row.after
    assert {*row.after.values()} == {Verdict.UNDECLARED}


def test_what_another_file_says_as_well_does_not_change() -> None:
    before = {
        "a.yaml": listed("{any-ai: deny}", *CODES[:2]),
        "b.yaml": listed("{any-ai: deny}", CODES[0]),
    }

    found = shown(before, {"b.yaml": before["b.yaml"]})

    assert said(found) == [(CODES[1], "deny", "undeclared")]


def test_titles_alone_are_no_difference() -> None:
    assert shown(table(3), table(3, "Other ")) == Preview()


def test_of_a_table_the_first_rows_are_shown_and_the_others_counted() -> None:
    found = shown({}, table(50_000))

    assert (len(found.rows), found.more) == (SHOWN, 50_000 - SHOWN)
    assert found.rows[9].name == "XXF012600010"
    assert found.rows[9].title == "T10"


def test_a_table_and_a_list_are_the_same_to_it() -> None:
    codes = [f"XXF0126{number:05}" for number in range(1, 4)]
    assert shown(table(3), {"a.yaml": listed("{any-ai: deny}", *codes)}) == Preview()


def test_a_prefix_is_one_row() -> None:
    after = {"p.yaml": declaration("{any-ai: deny}", "prefix: XXF01\nyears: 2015-2026")}

    found = shown({}, after)

    assert said(found) == [("XXF01 2015-2026", "undeclared", "deny")]
    assert found.more == 0
    assert [name for name, *_ in said(shown(after, {}))] == ["XXF01 2015-2026"]


def test_a_prefix_without_years_is_named_alone() -> None:
    after = {"p.yaml": declaration("{any-ai: deny}", "prefix: XXF01")}
    assert said(shown({}, after)) == [("XXF01", "undeclared", "deny")]


def test_a_list_beside_a_prefix_wins_by_what_it_says() -> None:
    prefix = {"p.yaml": declaration("{any-ai: deny}", "prefix: XXF01")}
    after = {**prefix, "a.yaml": listed("{search: deny}", CODES[0])}

    found = shown(prefix, after)

    assert all(row.name == CODES[0] for row in found.rows)


def test_what_begins_to_count_with_a_signature_is_a_difference() -> None:
    text = {"a.yaml": listed("{any-ai: deny}", *CODES[:2])}
    unproved, proved = side(text, Level.NONE), side(text, Level.ACCOUNT)

    found = preview(unproved, proved, now=START)

    assert [row.name for row in found.rows] == CODES[:2]


def test_without_any_owner_there_is_nothing() -> None:
    empty = side({})
    assert preview(empty, empty, now=START) == Preview()


USES = st.sampled_from(["{any-ai: deny}", "{search: deny}", "{train-generative: deny}"])
FOLDERS = st.dictionaries(
    st.sampled_from(["a.yaml", "b.yaml", "c.yaml"]),
    st.one_of(
        st.builds(
            lambda uses, codes: listed(uses, *sorted(codes)),
            USES,
            st.sets(st.sampled_from(CODES), min_size=1, max_size=20),
        ),
        st.builds(
            lambda uses, years: declaration(uses, f"prefix: XXF01\nyears: {years}"),
            USES,
            st.sampled_from(["2015-2020", "2018-2026"]),
        ),
    ),
)


@given(FOLDERS)
def test_no_change_shows_nothing(files: dict[str, str]) -> None:
    assert shown(files, files) == Preview()
    later = START + timedelta(days=400)
    assert preview(side(files), side(files), now=later) == Preview()


@given(FOLDERS, FOLDERS)
def test_the_way_back_shows_the_same_turned_round(
    before: dict[str, str], after: dict[str, str]
) -> None:
    there, back = shown(before, after), shown(after, before)

    turned = {row.name: row for row in back.rows if row.name in CODES}
    for row in there.rows:
        other = turned.get(row.name)
        if other is not None:
            assert (row.before, row.after) == (other.after, other.before)
    for row in (*there.rows, *back.rows):
        assert row.before.keys() == row.after.keys() != set()
        assert all(row.before[use] is not row.after[use] for use in row.before)
    assert (there == Preview()) is (back == Preview())
    assert len(there.rows) <= SHOWN + 3
