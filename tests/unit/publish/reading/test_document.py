import pytest

from sayso.publish.reading.document import (
    DEPTH,
    EVENTS,
    Group,
    Items,
    Node,
    Scalar,
    parse_document,
)
from sayso.publish.reading.sheet import Sheet
from tests.nodes import plain


def parse(text: str) -> tuple[Node | None, list[str]]:
    sheet = Sheet("file.yaml", text)
    node = parse_document(text, sheet)
    return node, [problem.rule.code for problem in sheet.problems]


@pytest.mark.parametrize(
    "text",
    ["NO", "no", "4:44", "012345670123", "1e3", "~", "2026-12-01", "0x1F", "true", "="],
)
def test_an_unquoted_value_is_the_text_that_was_typed(text: str) -> None:
    node, codes = parse(f"title: {text}\n")

    assert plain(node) == {"title": text}
    assert codes == []


def test_every_value_keeps_its_line_and_column() -> None:
    node, _ = parse('a: x\nb:\n  - {c: "yy"}\n')

    assert isinstance(node, Group)
    assert (node.line, node.column) == (1, 1)
    (_, first), (key, items) = node.entries
    assert first == Scalar("x", 1, 4, 1)
    assert key == Scalar("b", 2, 1, 1)
    assert isinstance(items, Items)
    (group,) = items.items
    assert (group.line, group.column, group.width) == (3, 5, 9)
    assert isinstance(group, Group)
    assert group.entries[0][1] == Scalar("yy", 3, 9, 4)


def test_columns_count_characters_not_bytes() -> None:
    node, _ = parse("{ü: é, ビ: x}\n")

    assert isinstance(node, Group)
    assert [key.column for key, _ in node.entries] == [2, 8]


def test_the_second_of_two_equal_keys_is_refused_and_left_out() -> None:
    node, codes = parse("a: 1\nb: 2\na: 3\n")

    assert plain(node) == {"a": "1", "b": "2"}
    assert codes == ["SAY202"]


def test_the_place_of_both_equal_keys_is_told() -> None:
    sheet = Sheet("file.yaml", "a: 1\nb: 2\na: 3\n")
    parse_document(sheet.text, sheet)

    (problem,) = sheet.problems
    assert (problem.line, problem.column) == (3, 1)
    assert "line 1" in problem.message


@pytest.mark.parametrize(
    ("typed", "read", "code"),
    [
        ("*NSYNC", "*NSYNC", "SAY203"),
        ("&ME too", "&ME too", "SAY203"),
        ("!!!", "!!!", "SAY204"),
        ("!!str x", "!!str x", "SAY204"),
        ("&a [1, 2]", "&a [1, 2]", "SAY203"),
        ("#1 Crush", "#1 Crush", "SAY209"),
    ],
)
def test_what_yaml_reads_otherwise_is_read_as_it_was_meant(
    typed: str, read: str, code: str
) -> None:
    node, codes = parse(f"title: {typed}\nartist: x\n")

    assert plain(node) == {"title": read, "artist": "x"}
    assert codes == [code]


def test_an_artist_in_curly_brackets_is_mended_alone() -> None:
    sheet = Sheet("f", "- {title: A, artist: *NSYNC, isrc: B}\n- [*a, *b]\n")
    node = parse_document(sheet.text, sheet)

    assert plain(node) == [
        {"title": "A", "artist": "*NSYNC", "isrc": "B"},
        ["*a", "*b"],
    ]
    assert [p.fix for p in sheet.problems] == ['artist: "*NSYNC"', '"*a"', '"*b"']


def test_merge_keys_are_refused() -> None:
    node, codes = parse("<<: {a: b}\nc: d\n")

    assert plain(node) == {"c": "d"}
    assert codes == ["SAY203"]


def test_depth_is_bounded_before_anything_is_built() -> None:
    deepest, codes = parse("[" * DEPTH + "]" * DEPTH)
    assert deepest is not None
    assert codes == []

    assert parse("[" * 200_000) == (None, ["SAY205"])
    assert parse("{a: " * 200_000) == (None, ["SAY205"])


def test_the_number_of_parts_is_bounded() -> None:
    assert parse("[" + "a," * EVENTS + "]") == (None, ["SAY205"])


def test_an_alias_bomb_does_not_unfold() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")

    _, codes = parse("\n".join(lines))

    assert set(codes) == {"SAY203"}


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "--- a\n--- b\n"])
def test_a_second_document_is_refused(text: str) -> None:
    assert parse(text) == (None, ["SAY206"])


def test_a_document_may_begin_with_three_hyphens() -> None:
    node, codes = parse("---\na: 1\n...\n")

    assert plain(node) == {"a": "1"}
    assert codes == []


def test_directives_are_refused() -> None:
    _, codes = parse("%YAML 1.1\n---\na: 1\n")

    assert codes == ["SAY206"]


@pytest.mark.parametrize("text", ["# nothing\n", "---\n---\n"])
def test_a_file_without_fields_is_no_group(text: str) -> None:
    node, _ = parse(text)

    assert not isinstance(node, Group)


@pytest.mark.parametrize("text", ["? [a]\n: b\n", "{[a]: b}\n", "{{a: b}: c}\n"])
def test_only_a_text_names_a_field(text: str) -> None:
    assert parse(text) == (None, ["SAY201"])


@pytest.mark.parametrize(
    "escape", ["\\0", "\\a", "\\u200b", "\\u202e", "\\x07", "\\u0041\\u030a"]
)
def test_escapes_bring_nothing_in_that_is_refused(escape: str) -> None:
    _, codes = parse(f'title: "x{escape}y"\n')

    assert len(codes) == 1
    assert codes[0] in {"SAY005", "SAY006", "SAY007"}


def test_escapes_of_letters_are_read() -> None:
    node, codes = parse('title: "\\u00e9t\\u00e9 \\"x\\""\n')

    assert plain(node) == {"title": 'été "x"'}
    assert codes == []


def test_a_comment_after_a_value_is_left_alone() -> None:
    node, codes = parse("a: b # a comment\nc: [d] #none\ne:  # later\n  - f\n")

    assert plain(node) == {"a": "b", "c": ["d"], "e": ["f"]}
    assert codes == []


@pytest.mark.parametrize(
    "text",
    [
        "[" + "*a, " * 50_000 + "]",
        "{a: *x " + "]" * 200_000 + "x",
        "{" + ", ".join(f"k{number}: *a" for number in range(14_000)) + "}",
        "a: " + "- " * 100_000,
        "a: 'x" + " '' #" * 50_000,
        "a: b" + " #c" * 80_000,
        "{" * 7 + "a: &b " * 30_000,
    ],
    ids=["aliases", "brackets", "fields", "hyphens", "quotes", "comments", "anchors"],
)
def test_hostile_lines_come_to_an_end(text: str) -> None:
    assert len(parse(text)[1]) > 0


@pytest.mark.parametrize("text", ["?", "? ", "a:\n- ?", "- &a", "!", "*"])
def test_what_is_missing_at_the_end_has_a_place_all_the_same(text: str) -> None:
    parse(text)
