"""Files to copy, and the links that open them in a host's editor."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import source_file
from sayso.publish.site.starters import ADDRESS_LIMIT, FOLDER, new_file, starters

EXAMPLES = Path(__file__).parents[4] / "site" / "docs" / FOLDER
TEXTS = {
    path.relative_to(EXAMPLES).as_posix(): path.read_text(encoding="utf-8")
    for path in EXAMPLES.rglob("*.*")
}
REPOSITORY = "https://github.com/example/sayso"


def test_every_example_is_offered_with_its_place_and_text() -> None:
    offered = [
        (file.href.removeprefix(FOLDER), file.text)
        for starter in starters(TEXTS, REPOSITORY)
        for file in starter.files
    ]
    assert dict(offered) == TEXTS


def test_every_example_passes_the_checks() -> None:
    facts = EXAMPLES.parents[3] / "declarations" / "registry"
    files = [
        source_file(f"registry/{name}", (facts / name).read_bytes())
        for name in ("policy.yaml", "operators.yaml", "isrc-managers.csv")
    ]
    files += [
        source_file(file.path.removeprefix("declarations/"), file.text.encode())
        for starter in starters(TEXTS, REPOSITORY)
        for file in starter.files
    ]
    documents, problems = read_documents(files)
    assert [problem.message for problem in problems] == []
    assert len(documents.declarations) == len(TEXTS) - 3


def test_the_link_opens_the_host_s_editor_with_the_file_filled_in() -> None:
    for starter in starters(TEXTS, REPOSITORY):
        for file in starter.files:
            assert file.start is not None
            assert len(file.start) < ADDRESS_LIMIT
            parts = urlsplit(file.start)
            assert parts.path == "/example/sayso/new/main"
            query = parse_qs(parts.query)
            assert query == {"filename": [file.path], "value": [file.text]}


def test_a_text_that_is_too_long_for_an_address_gets_no_link() -> None:
    assert new_file(REPOSITORY, "a.yaml", "x" * ADDRESS_LIMIT) is None


def test_without_a_host_there_is_no_link() -> None:
    assert new_file(None, "a.yaml", "x") is None
