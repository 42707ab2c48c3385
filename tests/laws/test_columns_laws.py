"""Laws of columns: they say what is said one by one, wherever they are cut."""

from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from sayso.columns.codes import NO_KEY, Bytes, Keys, cuts, isrcs_of, keys_of
from sayso.model.isrc import Isrc, is_isrc, isrc_of, key_of
from sayso.publish.ranges import Range, halvings, rank_in, slices, whole
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.regular import REGULAR, read_regular
from sayso.publish.reading.sources import source_file
from sayso.publish.reading.tables import HeldTable, parse_table
from sayso.publish.spill import Spill
from tests.declared import table_of

LAST = key_of(Isrc("ZZZZZ9999999"))
EDGES = st.sampled_from([0, 1, 10**7 - 1, 10**7, 2**48 - 1, 2**48, LAST - 1, LAST])
KEYS = EDGES | st.integers(0, LAST) | st.integers(73391906800000, 73391906800040)
ASCENDING = st.sets(KEYS, max_size=40).map(sorted)


def column(keys: list[int]) -> Keys:
    return np.array(keys, np.int64)


def bytes_of(codes: list[bytes]) -> Bytes:
    return np.frombuffer(b"".join(codes), np.uint8)


@given(st.lists(KEYS, max_size=60))
def test_codes_and_keys_are_each_other_s(keys: list[int]) -> None:
    codes = isrcs_of(column(keys)).to_pylist()
    assert codes == [isrc_of(key) for key in keys]
    assert keys_of(bytes_of([code.encode() for code in codes])).tolist() == keys


@given(
    st.lists(
        st.binary(min_size=12, max_size=12)
        | st.text("AZ09az-/:@[` ", min_size=12, max_size=12).map(str.encode)
        | KEYS.map(lambda key: isrc_of(key).encode()),
        max_size=20,
    ),
    st.integers(1, 8),
)
def test_a_code_has_a_key_if_it_is_one(codes: list[bytes], piece: int) -> None:
    with patch("sayso.columns.codes._PIECE", piece):
        found = keys_of(bytes_of(codes)).tolist()
    texts = [code.decode("latin-1") for code in codes]
    assert found == [key_of(Isrc(t)) if is_isrc(t) else NO_KEY for t in texts]


@given(KEYS, st.integers(0, 11), st.integers(0, 255))
def test_one_wrong_byte_anywhere_makes_no_code(key: int, place: int, byte: int) -> None:
    code = bytearray(isrc_of(key).encode())
    code[place] = byte
    text = code.decode("latin-1")
    expected = key_of(Isrc(text)) if is_isrc(text) else NO_KEY
    assert keys_of(bytes_of([bytes(code)])).tolist() == [expected]


# What cells hold, from the most ordinary to what breaks a rule.
PLAIN = st.sampled_from(
    [
        "Slow River",
        "",
        "Älv",
        "夜の川",
        "نهر",
        "O'Hare & Sons",
        "7",
        'Say "no"',
        '"',
        "a,b",
        " Slow River  ",
        "- Intro -",
        "+",
        "a < b > c",
        "a; b [live]",
        "Meet Me @ Ten",
        "👩\u200d🚀",
        "ä" * 200,
    ]
)
ODD = st.sampled_from(
    [
        '""',
        "=A1",
        "+44",
        "-1",
        "@home",
        "= A1",
        " =A1",
        "e\u0301",
        "\u0301a",
        "\u0338",
        "\ufeffSlow",
        "\u202eevil",
        "a\u200bb",
        "\u200d",
        "نه\u200cر",
        "a\u200d🚀",
        "\u00a0",
        "\u2028",
        "\x85",
        "a\tb",
        "a\x07b",
        "a\rb",
        "a\nb",
        "\\N",
        "\\",
        "null",
        "NaN",
        "a" * 201,
        "ä" * 201,
        "M\u0430ra",
        "https://x.example",
        "http\u017f://x.example",
        "WWW.x",
        "www. x",
        "\u0130www.x",
        "me@x.example",
        "<b>",
        "&amp;",
        "[a](b)",
        "![a",
        "\U000105d2\u0307",
    ]
)
NAMES = ODD | st.text(st.characters(codec="utf-8"), max_size=6)
FAULTS = st.sampled_from(
    [
        *('"', '""', ",", " ", "=", "\n", "\r", "\r\n", "\n\n", "\n,,\n", "\x00"),
        *("\u0301", "\u200d", "\u202e", "\ufeff", "*" * 12),
        *("XXF012600001\n", "XXF01260000O\n"),
    ]
) | st.text("XF01\"', \r\n\u0301\u200d\ufeffé=", max_size=14)
COLUMNS = st.sampled_from(
    [
        ["isrc", "title", "artist"],
        ["title", "isrc", "artist"],
        ["artist", "title", "isrc"],
        ["isrc"],
        ["title", "isrc"],
        ["ISRC", " Title", '"Artist"'],
        ["isrc", "title", "title"],
        ["isrc", "year"],
    ]
)
SPELLINGS: list[Callable[[str], str]] = [
    str,
    str,
    str.lower,
    lambda code: f"{code[:2]}-{code[2:5]}-{code[5:7]}-{code[7:]}",
    lambda code: f"{code[:2]} {code[2:5]} {code[5:7]} {code[7:]}",
    lambda code: f"ISRC {code}",
    lambda code: f"isrc:{code}",
    lambda code: f" {code} ",
]
MISSPELLINGS: list[Callable[[str], str]] = [
    lambda code: f"{code[:5]}--{code[5:]}",
    lambda code: f"{code}0",
    lambda code: code[:11],
    lambda code: f"{code[:11]}O",
    lambda code: f"{code[:11]}\u0661",
    lambda code: code.replace("X", "\uff38"),
    lambda _code: "",
    lambda _code: "*" * 12,
    lambda _code: "XXF012600000",
]


@st.composite
def written(draw: st.DrawFn, cell: str) -> str:
    """Return a cell as people write it: in quotes where it must be, or always."""
    quoted = f'"{cell.replace(chr(34), chr(34) * 2)}"'
    must = any(sign in cell for sign in '",\n')
    return quoted if must or not draw(st.integers(0, 3)) else cell


@st.composite
def catalogues(draw: st.DrawFn) -> bytes:
    """Return a catalogue with no fault, or with a few."""
    faults = draw(st.sampled_from([0, 0, 1, 1, 2]))
    columns = draw(COLUMNS)
    rows = []
    for number in range(draw(st.integers(0, 6))):
        code = draw(st.sampled_from(SPELLINGS))(f"XXF0126{number:05}")
        row = [code if c.lower() == "isrc" else draw(PLAIN) for c in columns]
        if faults and draw(st.booleans()):
            place = draw(st.integers(0, len(columns) - 1))
            fault = draw(st.sampled_from(MISSPELLINGS))(code)
            row[place] = fault if row[place] == code else draw(NAMES)
            faults -= 1
        rows.append(",".join([draw(written(cell)) for cell in row]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = end.join([",".join(columns), *rows]) + draw(st.sampled_from([end, end, ""]))
    for _ in range(faults):
        place = draw(st.integers(0, len(text)))
        stop = draw(st.integers(place, min(place + 3, len(text))))
        text = text[:place] + draw(FAULTS) + text[stop:]
    mark = draw(st.sampled_from([b"", b"", b"\xef\xbb\xbf"]))
    data = mark + text.encode("utf-8", "surrogatepass")
    cut = len(data) - draw(st.sampled_from([0, 0, 0, 0, 1]))
    return data[:cut]


def check_reads_alike(data: bytes) -> bool:
    """Compare both readers; return whether the quick one took the file."""
    quick = read_regular("c.csv", data)
    slow, problems = read_catalogue("c.csv", data)
    if quick is None:
        return False
    assert problems == []
    assert dict(quick.schema) == REGULAR
    assert quick.rows() == slow.select(list(REGULAR)).sort("key").rows()
    return True


CHUNKS = st.sampled_from([1, 2, 7, 16, 40, 64, 2**23])


@settings(max_examples=500)
@given(catalogues(), CHUNKS)
@example(b"isrc,title\nXXF012600001,a\nXXF012600002,b", 40)
@example(b"isrc,title\n************,a\n", 40)
def test_what_the_quick_reader_takes_has_no_fault_and_the_same_rows(
    data: bytes, chunk: int
) -> None:
    with patch("sayso.publish.reading.regular._CHUNK", chunk):
        event(f"taken: {check_reads_alike(data)}")


@pytest.mark.parametrize("columns", ["isrc", "isrc,title", "title,isrc"])
@pytest.mark.parametrize("chunk", [26, 2**23])
def test_a_mark_within_a_table_is_seen_by_the_quick_reader(
    columns: str, chunk: int
) -> None:
    """Who reads CSV passes over a byte order mark, wherever a piece begins."""
    cells = {"isrc": "XXF0126{:05}", "title": "Slow River"}
    row = ",".join(cells[name] for name in columns.split(","))
    rows = [row.format(number) for number in range(4)]
    for place in range(len(rows)):
        marked = [*rows[:place], f"\ufeff{rows[place]}", *rows[place + 1 :]]
        data = "\n".join([columns, *marked, ""]).encode()
        with patch("sayso.publish.reading.regular._CHUNK", chunk):
            check_reads_alike(data)


@given(st.binary(max_size=60), st.sampled_from([b"isrc\n", b"isrc,title\n", b""]))
def test_no_bytes_end_the_quick_reader_in_an_exception(
    data: bytes, header: bytes
) -> None:
    check_reads_alike(header + data)


@given(catalogues())
def test_a_table_has_the_rows_and_problems_of_the_close_look(data: bytes) -> None:
    frame, about = parse_table(source_file("c.csv", data))
    slow, problems = read_catalogue("c.csv", data)
    assert frame.rows() == slow.select(list(REGULAR)).sort("key").rows()
    assert list(about.problems) == problems
    if not problems:
        assert about.lines == frame.height


@given(ASCENDING, st.integers(1, 6))
def test_halvings_are_the_largest_that_fit_and_leave_nothing_out(
    keys: list[int], most: int
) -> None:
    rank = rank_in(column(keys))

    def fits(here: Range) -> bool:
        return here.count <= most

    found = list(halvings(whole(rank), rank, fits))
    assert found == plain_halvings(keys, whole(rank), fits)
    held = [key for here in found for key in keys[here.first : here.end]]
    assert held == keys
    for here in found:
        assert all(here.start <= key < here.stop for key in keys[here.first : here.end])


def plain_halvings(
    keys: list[int], here: Range, fits: Callable[[Range], bool]
) -> list[Range]:
    if fits(here) or here.is_one_key:
        return [here]
    middle = (here.start + here.stop) // 2
    place = sum(key < middle for key in keys)
    lower = Range(here.start, middle, here.first, place)
    upper = Range(middle, here.stop, place, here.end)
    return [*plain_halvings(keys, lower, fits), *plain_halvings(keys, upper, fits)]


@given(ASCENDING, KEYS, st.integers(1, 6))
def test_one_more_key_moves_no_range_but_its_own(
    keys: list[int], more: int, most: int
) -> None:
    assume(more not in keys)

    def ranges(some: list[int]) -> set[tuple[int, int]]:
        rank = rank_in(column(some))
        found = halvings(whole(rank), rank, lambda r: r.count <= most)
        return {(here.start, here.stop) for here in found}

    before, after = ranges(keys), ranges(sorted([*keys, more]))
    (gone,) = {r for r in before if r[0] <= more < r[1]}
    assert before - after <= {gone}
    assert all(gone[0] <= start < stop <= gone[1] for start, stop in after - before)


@given(
    st.lists(ASCENDING, max_size=4),
    st.sets(KEYS.filter(bool), max_size=6).map(lambda keys: [0, *sorted(keys)]),
)
def test_slices_are_the_rows_between_each_two_bounds(
    tables: list[list[int]], bounds: list[int]
) -> None:
    held = [HeldTable(table_of(dict.fromkeys(keys, ""))) for keys in tables]
    found = slices(held, column(bounds))
    assert len(found) == len(bounds)
    for part, start, stop in zip(found, bounds, [*bounds[1:], LAST + 1], strict=True):
        rows = {place: tables[place][first:end] for place, first, end in part}
        expected = {
            place: [key for key in keys if start <= key < stop]
            for place, keys in enumerate(tables)
        }
        assert rows == {place: keys for place, keys in expected.items() if keys}


@given(st.integers(0, 2**32), st.lists(st.integers(0, 900), max_size=4))
def test_cuts_leave_about_so_many_rows_between_them(
    seed: int, sizes: list[int]
) -> None:
    chance = np.random.default_rng(seed)
    columns = [np.unique(chance.integers(0, LAST, size)) for size in sizes]
    bounds = cuts(columns, 256)
    assert bounds[0] == 0
    assert (np.diff(bounds) > 0).all()
    joined = np.sort(np.concatenate([column([]), *columns]))
    counts = np.diff(np.searchsorted(joined, [*bounds, LAST + 1]))
    assert counts.sum() == len(joined)
    assert counts.max() <= 512


def test_keys_that_all_columns_share_are_never_cut_apart() -> None:
    same = column([7] * 1000)
    assert cuts([same, same], 256).tolist() == [0, 7]
    assert cuts([column([0] * 1000)], 256).tolist() == [0]


@settings(max_examples=50)
@given(
    st.integers(0, 2**32),
    st.lists(st.sampled_from([0, 1, 5, 1023, 1024, 1025, 3000]), max_size=5),
    st.lists(KEYS, max_size=10),
)
def test_what_is_spilled_is_ranked_as_if_it_were_held(
    seed: int, sizes: list[int], asked: list[int]
) -> None:
    chance = np.random.default_rng(seed)
    keys = np.unique(chance.integers(0, LAST, sum(sizes)))
    sets = chance.integers(0, 2**32, len(keys), np.uint32)
    with closing(Spill()) as spill:
        for start, stop in pairwise(np.cumsum([0, *sizes])):
            spill.append(keys[start:stop], sets[start:stop])
        spill.seal()
        assert spill.height == len(keys)
        around = [k + step for k in keys[::512].tolist() for step in (-1, 0, 1)]
        for key in [*asked, *around, 0, LAST + 1]:
            assert spill.rank(key) == int(np.searchsorted(keys, key))
        middle = len(keys) // 3
        assert (spill.keys(middle, len(keys)) == keys[middle:]).all()
        assert (spill.sets(middle, len(keys)) == sets[middle:]).all()


def test_a_spill_leaves_no_file(tmp_path: Path) -> None:
    with closing(Spill(tmp_path)) as spill:
        spill.append(column([1, 2]), np.array([3, 4], np.uint32))
        spill.seal()
        assert list(tmp_path.iterdir()) == []
        assert spill.keys(0, 2).tolist() == [1, 2]
