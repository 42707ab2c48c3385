"""Finding the columns: by their names, by what stands in them, or as asked."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest

from sayso.client.manifest.finding import Found, find
from sayso.errors import ManifestError
from tests.manifests import CODES

NOTHING = ["", "nan"]
WORDS = ["a", "b"]


def found(columns: Mapping[str, Sequence[object]], wanted: str | None = None) -> Found:
    sample = {n: pa.array(values) for n, values in enumerate(columns.values())}
    return find("t.csv", list(columns), sample, wanted=wanted)


@pytest.mark.parametrize(
    "name",
    [
        *("isrc", "ISRC", " Isrc ", "ISRC Code", "isrc_code", "isrcs", "TSRC"),
        *("recording_isrc", "Track ISRC", "external_ids.isrc", "a.b.isrc", "I.S.R.C."),
        *("ISRC(s)", "recording-isrcs"),
    ],
)
def test_a_column_is_known_by_its_name(name: str) -> None:
    columns = {"id": WORDS, name: CODES[:2], "code": CODES[:2]}
    assert found(columns).codes == 1
    assert (
        found(columns).words
        == f"{name if name.strip() == name else repr(name)}, by its name"
    )
    assert found({"id": WORDS, name: NOTHING}).words.endswith(", by its name")


@pytest.mark.parametrize("name", ["isrc_source", "has isrc", "misrc", "code", ""])
def test_other_names_say_nothing(name: str) -> None:
    with pytest.raises(ManifestError, match=r"t.csv has no column with ISRCs, neither"):
        found({"id": WORDS, name: WORDS})


def test_a_column_is_known_by_what_stands_there() -> None:
    codes = ["xx-f01-26-00001", *CODES[:96], "no", "nor", "this", *CODES[:50], *NOTHING]
    columns = {"title": ["x"] * 152, "": codes}
    assert found(columns).codes == 1
    assert found(columns).words == (
        "'', by its content: 97 of the first 100 values are ISRCs"
    )
    assert found({"a": [*CODES[:2], *WORDS, "c"], "b": [*CODES[:3], *WORDS]}).codes == 1
    with pytest.raises(ManifestError, match=r"its columns are a, b$"):
        found({"a": [*CODES[:2], *WORDS], "b": NOTHING})


def test_of_two_the_one_with_more_codes_is_taken() -> None:
    columns = {"isrc": [CODES[1], ""], "ISRC": CODES[:2], "tsrc": CODES[:2]}
    assert found(columns).codes == 1
    assert found(columns).words == (
        "ISRC, by its name, and the most ISRCs: 2 of the first 2 values are ISRCs"
    )
    assert found({"a": [CODES[1], ""], "b": CODES[:2], "c": CODES[:2]}).codes == 1


def test_a_name_that_holds_no_code_gives_way_to_one_that_does() -> None:
    assert found({"isrc": WORDS, "code": CODES[:2]}).codes == 1
    alone = found({"isrc": WORDS, "code": WORDS})
    assert alone.codes == 0
    assert (
        alone.words == "isrc, by its name, though none of the first 2 values are ISRCs"
    )


def test_the_user_knows_best() -> None:
    columns = {"isrc": CODES[:2], "Old Code": WORDS, "old code": WORDS, "b": WORDS}
    assert found(columns, "Old Code").codes == 1
    assert found(columns, "old code").codes == 2
    assert found(columns, "B").words == "b, as asked"
    with pytest.raises(
        ManifestError, match="no column 'OLD CODE'; its columns are isrc"
    ):
        found(columns, "OLD CODE")
    with pytest.raises(
        ManifestError, match=r"no column 'isrk'; is it isrc\?; its colum"
    ):
        found(columns, "isrk")


def test_a_message_names_no_more_columns_than_anybody_reads() -> None:
    with pytest.raises(ManifestError, match=r"c38, c39 and 9,?960 more$"):
        found({f"c{n}": [] for n in range(10_000)}, "isrc")
    with pytest.raises(ManifestError) as refused:
        found({"\x1b[2J" * 999: WORDS})
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("names", "title", "artist"),
    [
        (["isrc", "name", "artist_name"], "name", "artist_name"),
        (["isrc", "Track Name", "Artist Name(s)"], "Track Name", "Artist Name(s)"),
        (["isrc", "track", "title", "performer", "artist"], "title", "artist"),
        (["track.isrc", "name", "track.name", "artists"], "track.name", "artists"),
        (["a.isrc", "b.title", "artist.name"], None, None),
        (["isrc", "subtitle", "artist_id"], None, None),
    ],
)
def test_titles_and_artists_are_known_by_their_names(
    names: list[str], title: str | None, artist: str | None
) -> None:
    columns = {name: CODES[:2] if name.endswith("isrc") else WORDS for name in names}
    result = found(columns)
    assert (None if result.titles is None else names[result.titles]) == title
    assert (None if result.artists is None else names[result.artists]) == artist


def test_the_column_with_the_codes_is_no_title() -> None:
    assert found({"title": CODES[:2], "artist": WORDS}).titles is None


def test_two_columns_of_one_name_with_codes_are_refused() -> None:
    codes = pa.array(CODES[:1])
    words = pa.array(["a"])
    for wanted in (None, "isrc"):
        with pytest.raises(ManifestError, match="two columns called isrc"):
            find("t.csv", ["isrc", "isrc"], {0: codes, 1: codes}, wanted=wanted)
    lone = find("t.csv", ["isrc", "isrc"], {0: codes, 1: words}, wanted=None)
    assert lone.codes == 0
