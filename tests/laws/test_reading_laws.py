"""Laws of reading: what was typed stays what was typed, and nothing crashes."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.document import Group, Scalar, parse_document
from sayso.publish.reading.encoding import read_text
from sayso.publish.reading.quoting import quoted
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sheet import Sheet
from sayso.publish.reading.sources import SourceFile, source_file
from tests.cases import CORPUS

# Everything that people can type and see, and every sign that YAML knows.
visible = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"])
    | st.sampled_from(" #:,-?*&!|>@`'\"%[]{}\\~=<"),
    min_size=1,
    max_size=40,
)
PLACES = [
    "domain/fe/fernwood.example/owner.yaml",
    "domain/fe/fernwood.example/live.yaml",
    "domain/fe/fernwood.example/live.csv",
    "registry/policy.yaml",
    "registry/operators.yaml",
    "registry/isrc-managers.csv",
    "registry/verifications/2026/a.yaml",
    "registry/decisions/2026/a.yaml",
    "disputes/2026/20261122-a.yaml",
]
CORPUS_FILES = [
    source_file(file.relative_to(folder).as_posix(), file.read_bytes())
    for kind in ("accepted", "rejected")
    for folder in sorted((CORPUS / kind).iterdir())
    for file in sorted(folder.rglob("*"))
    if file.is_file() and file.name != "expected.txt"
]
WHOLE = list({file.path: file for file in CORPUS_FILES}.values())
"""One file of each path: a registry with much that is right and wrong in it."""

MARKS = [b"", b"\t", b"[", b"{", b"*", b"&a ", b"!!", b"- ", b": ", b"#", b'"', b"\n"]


def title_of(text: str) -> str | None:
    sheet = Sheet("f", text)
    node = parse_document(text, sheet)
    if not isinstance(node, Group) or sheet.problems:
        return None
    values = {key.text: value for key, value in node.entries}
    title = values.get("title")
    return title.text if isinstance(title, Scalar) else None


@given(visible)
def test_a_text_in_quotes_is_read_as_it_is(text: str) -> None:
    readable, _ = read_text("f", text.encode())

    if readable is not None and text.strip():
        assert title_of(f"title: {quoted(text)}\n") == text


@given(visible)
def test_an_unquoted_text_is_read_as_it_is_or_refused(text: str) -> None:
    """ "Every scalar is text" (Declarations): never a number, a date or a no."""
    read = title_of(f"title: {text}\nrole: artist\n")

    if read is not None and text[0] not in "\"'|>":
        # YAML takes a space and a # for a comment, which the rules cannot forbid.
        assert text.strip(" ").startswith(read)
        assert read == text.strip(" ") or " #" in f" {text}"


@given(visible)
def test_a_refused_text_is_shown_in_quotes_that_are_read(text: str) -> None:
    source, sheet = read_text("f", f"title: {text}\n".encode())
    if source is None:
        return
    parse_document(source, sheet)
    fixes = [p.fix for p in sheet.problems if p.fix.startswith("title: ")]

    if fixes and "a space after" not in fixes[0] and len(text) < 40:
        assert title_of(f"{fixes[0]}\n") is not None


@given(st.sampled_from(PLACES), st.binary(max_size=200))
def test_no_bytes_end_in_an_exception(path: str, data: bytes) -> None:
    read_documents([source_file(path, data)])


@given(st.sampled_from(CORPUS_FILES), st.data())
def test_no_change_of_a_file_ends_in_an_exception(
    file: SourceFile, draw: st.DataObject
) -> None:
    start = draw.draw(st.integers(0, len(file.data)))
    end = draw.draw(st.integers(start, min(start + 20, len(file.data))))
    put = draw.draw(st.sampled_from(MARKS))
    data = file.data[:start] + put + file.data[end:]

    _, problems = read_documents([source_file(file.path, data)])

    for problem in problems:
        assert problem.path
        assert problem.fix
        assert problem.message.isprintable()
        assert problem.line <= data.count(b"\n") + 1 + data.count(b"\r")


@settings(max_examples=20)
@given(st.permutations(WHOLE))
def test_the_order_of_files_never_matters(files: list[SourceFile]) -> None:
    documents, problems = read_documents(files)
    expected, expected_problems = read_documents(WHOLE)

    assert problems == expected_problems
    assert documents.declarations == expected.declarations
    assert documents.owners == expected.owners
    assert documents.disputes == expected.disputes
    assert list(documents.catalogues) == list(expected.catalogues)


cell = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]) | st.just(" "),
    max_size=20,
)


@given(st.lists(st.tuples(cell, cell), max_size=6))
def test_cells_in_quotes_are_read_as_they_are(cells: list[tuple[str, str]]) -> None:
    lines = ["title,isrc,artist"]
    for number, pair in enumerate(cells):
        title, artist = (f'"{text.replace(chr(34), chr(34) * 2)}"' for text in pair)
        lines.append(f"{title},XXF0126{number:05d},{artist}")
    data = "\n".join([*lines, ""]).encode()
    if read_text("f", data)[0] is None:
        return

    frame, _ = read_catalogue("c.csv", data)

    assert frame.select("title", "artist").rows() == [
        (title.strip(" ") or None, artist.strip(" ") or None) for title, artist in cells
    ]


def test_the_corpus_is_here() -> None:
    assert Path(CORPUS).is_dir()
    assert len(CORPUS_FILES) > 100
