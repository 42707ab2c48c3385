"""`sayso new`: from answers to files, and never over what is there."""

import os
import pty
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.interview.folder import find_folder
from sayso.cli.placing import PlaceError, place_files
from sayso.model.declaration import (
    CatalogueFile,
    DeclarationId,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import Isrc, Prefix
from sayso.model.owner import OwnerId, Role
from sayso.model.vocabulary import PROFILES, Preference, Use
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.reading.sources import read_tree

New = Callable[..., Result]
MARA = ("--owner", "583231", "--name", "Mara Lindqvist", "--login", "mara")
FOLDER = "declarations/github/31/583231-mara"
ONE = ("--recording", "XXM022600001 | Slow River | Mara Lindqvist")
SILENT = "--no-input"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def new(place: Path) -> New:  # noqa: ARG001 - it works in that folder
    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, ["new", *arguments], input=typed)

    return run


def read(place: Path) -> Documents:
    tree = read_tree(place / "declarations")
    documents, problems = read_documents(tree.files)
    assert [p for p in [*tree.problems, *problems] if p.is_error] == []
    return documents


def files(place: Path) -> dict[str, bytes]:
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


def test_options_alone_write_an_owner_and_a_declaration(new: New, place: Path) -> None:
    result = new(SILENT, *MARA, "--profile", "no-ai", *ONE)
    assert result.exit_code == 0, result.output
    assert result.stdout.split() == [
        f"{FOLDER}/owner.yaml",
        f"{FOLDER}/recordings.yaml",
    ]
    assert f"sayso validate {FOLDER}" in result.stderr
    documents = read(place)
    (owner,) = documents.owners.values()
    assert (owner.id, owner.name, owner.role) == (
        "github:583231",
        "Mara Lindqvist",
        Role.ARTIST,
    )
    (declaration,) = documents.declarations.values()
    assert declaration.uses == PROFILES["no-ai"]
    assert declaration.scope == RecordingList(
        isrcs=(Isrc("XXM022600001"),),
        titles=("Slow River",),
        artists=("Mara Lindqvist",),
    )


@pytest.mark.parametrize(
    "title", ['The "Quiet" One', "back\\slash", "No", "1: 2", "*Asterism", "🎈👩‍🎤"]
)
def test_awkward_titles_are_read_as_typed(new: New, place: Path, title: str) -> None:
    line = f"XXM022600001 | {title} | {title}"
    result = new(
        SILENT,
        "--owner",
        "583231",
        "--name",
        title,
        "--profile",
        "no-ai",
        "--recording",
        line,
    )
    assert result.exit_code == 0, result.output
    documents = read(place)
    assert documents.owners[OwnerId("github:583231")].name == title
    (declaration,) = documents.declarations.values()
    assert isinstance(declaration.scope, RecordingList)
    assert declaration.scope.titles == declaration.scope.artists == (title,)


def test_a_licence_has_a_contact_and_conditions(new: New, place: Path) -> None:
    result = new(
        SILENT,
        "--owner",
        "fernwood.example",
        "--name",
        "Fernwood",
        "--role",
        "label",
        "--profile",
        "licence-only",
        "--contact",
        "https://fernwood.example/licensing",
        "--condition",
        "payment",
        "--prefix",
        "xx-f01",
        "--years",
        "2015-2026",
    )
    assert result.exit_code == 0, result.output
    documents = read(place)
    (declaration,) = documents.declarations.values()
    assert declaration.id == "domain:fernwood.example/prefix-xxf01"
    assert declaration.offer is not None
    assert declaration.offer.conditions == ("payment",)
    assert declaration.scope == PrefixRange(prefix=Prefix("XXF01"), years=(2015, 2026))
    (owner,) = documents.owners.values()
    assert owner.contact == declaration.offer.contact


def test_a_table_is_copied_and_its_rows_are_counted(new: New, place: Path) -> None:
    table = "isrc,title,artist\nXXM022600001,雨の手紙,Mara\nXXM022600002,No,Mara\n"
    (place / "mine.csv").write_text(table, "utf-8")
    result = new(SILENT, *MARA, "--profile", "no-ai", "--csv", "mine.csv")
    assert result.exit_code == 0, result.output
    assert (place / FOLDER / "catalogue.csv").read_text("utf-8") == table
    (declaration,) = read(place).declarations.values()
    assert declaration.scope == CatalogueFile(file="catalogue.csv", rows=2)


def test_a_table_of_a_european_spreadsheet_is_read(new: New, place: Path) -> None:
    table = "isrc;title;artist\r\nXXM022600001;Café, déjà vu;Mara\r\n;;\r\n"
    (place / "mine.csv").write_bytes(table.encode("cp1252"))
    result = new(SILENT, *MARA, "--profile", "no-ai", "--csv", "mine.csv")
    assert result.exit_code == 0, result.output
    assert "read as Windows-1252" in result.stderr
    assert '"Café" right?' in result.stderr
    assert (place / FOLDER / "catalogue.csv").read_text("utf-8") == (
        'isrc,title,artist\nXXM022600001,"Café, déjà vu",Mara\n'
    )
    (declaration,) = read(place).declarations.values()
    assert declaration.scope == CatalogueFile(file="catalogue.csv", rows=1)


def test_a_table_of_excel_in_unicode_is_read(new: New, place: Path) -> None:
    (place / "mine.csv").write_text("isrc\ttitle\nXXM022600001\tNo\n", "utf-16")
    result = new(SILENT, *MARA, "--profile", "no-ai", "--csv", "mine.csv")
    assert result.exit_code == 0, result.output
    assert "read as UTF-16, and written as UTF-8.\n" in result.stderr


def test_the_faults_of_a_table_are_listed_from_the_top(new: New, place: Path) -> None:
    table = "isrc,title\nXXM02260000O,a\n=A1,b\nXXM022600001\n"
    (place / "mine.csv").write_text(table)
    result = new(SILENT, *MARA, "--profile", "no-ai", "--csv", "mine.csv")
    assert re.findall(r"line (\d):", result.stderr) == ["2", "3", "4"]


def test_many_recordings_become_a_table(new: New, place: Path) -> None:
    lines = "".join(f"XXM0226{number:05} | Song {number}\n" for number in range(501))
    (place / "mine.txt").write_text(lines)
    result = new(SILENT, *MARA, "--profile", "no-ai", "--recordings-file", "mine.txt")
    assert result.exit_code == 0, result.output
    assert "501 recordings: they go into a table" in result.stderr
    assert "An account alone can say no for 500 recordings" in result.stderr.replace(
        "\n   ", ""
    )
    (declaration,) = read(place).declarations.values()
    assert declaration.scope == CatalogueFile(file="catalogue.csv", rows=501)


def test_recordings_come_from_standard_input(new: New, place: Path) -> None:
    result = new(
        SILENT,
        *MARA,
        "--profile",
        "no-ai",
        "--recordings-file",
        "-",
        typed="XXM022600001\n\nXXM022600002\n",
    )
    assert result.exit_code == 0, result.output
    (declaration,) = read(place).declarations.values()
    assert declaration.scope == RecordingList(
        isrcs=(Isrc("XXM022600001"), Isrc("XXM022600002")),
        titles=(None, None),
        artists=(None, None),
    )


def test_words_that_are_alike_are_understood(new: New, place: Path) -> None:
    alike = ("--role", "Band", "--profile", "licence only")
    result = new(SILENT, *MARA, *alike, "--contact", "https://m.example", *ONE)
    assert result.exit_code == 0, result.output
    documents = read(place)
    assert documents.owners[OwnerId("github:583231")].role is Role.ARTIST
    (declaration,) = documents.declarations.values()
    assert declaration.uses == PROFILES["licence-only"]


def test_codes_pasted_at_the_choice_are_a_list(new: New, place: Path) -> None:
    typed = "XXM022600001 | No\nXXM022600002\n\n\ny\n"
    given = (*MARA, "--role", "artist", "--capacity", "owner", "--profile", "no-ai")
    result = new(*given, typed=typed)
    assert result.exit_code == 0, result.output
    (declaration,) = read(place).declarations.values()
    assert isinstance(declaration.scope, RecordingList)
    assert declaration.scope.isrcs == (Isrc("XXM022600001"), Isrc("XXM022600002"))


def test_a_name_that_windows_keeps_is_refused(new: New, place: Path) -> None:
    result = new(SILENT, *MARA, "--profile", "no-ai", *ONE, "--file-name", "con")
    assert result.exit_code == 2
    assert "Windows keeps" in " ".join(result.stderr.split())
    assert files(place) == {}


def test_a_second_declaration_joins_the_folder(new: New, place: Path) -> None:
    assert new(SILENT, *MARA, "--profile", "no-ai", *ONE).exit_code == 0
    before = files(place)
    more = ("--recording", "XXM022600002")
    again = new(SILENT, "--owner", "583231", "--profile", "no-generative", *more)
    assert again.exit_code == 0, again.output
    assert again.stdout.split() == [f"{FOLDER}/recordings-2.yaml"]
    assert before.items() <= files(place).items()
    assert len(read(place).declarations) == 2


def test_nothing_is_ever_replaced(new: New, place: Path) -> None:
    assert new(SILENT, *MARA, "--profile", "no-ai", *ONE).exit_code == 0
    before = files(place)
    for name in ("recordings", "recordings.yaml"):
        result = new(SILENT, *MARA, "--profile", "open", *ONE, "--file-name", name)
        assert result.exit_code == 1
        assert "Nothing was written" in result.stderr
        assert result.stdout == ""
    assert files(place) == before


def test_a_dry_run_prints_and_writes_nothing(new: New, place: Path) -> None:
    result = new(SILENT, "--dry-run", *MARA, "--profile", "open", *ONE)
    assert result.exit_code == 0
    assert f"==> {FOLDER}/owner.yaml\n" in result.stdout
    assert "  train-generative: allow " in result.stdout
    assert files(place) == {}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "--owner is needed"),
        (("--owner", "mara"), "login"),
        (("--owner", "583231"), "--name is needed"),
        ((*MARA, "--role", "cat"), "none of artist"),
        ((*MARA, "--login", "a/b"), "letters a-z"),
        (MARA, "--profile is needed"),
        ((*MARA, "--profile", "nothing"), "none of no-ai"),
        ((*MARA, "--profile", "custom"), "at least one --use"),
        ((*MARA, "--use", "any-ai=allow"), "name each use"),
        ((*MARA, "--profile", "no-ai", "--use", "search=allow"), "custom only"),
        ((*MARA, "--capacity", "performer", "--profile", "open"), "none of no-ai"),
        ((*MARA, "--capacity", "performer", "--use", "search=allow"), "never allow"),
        ((*MARA, "--profile", "licence-only"), "--contact is needed"),
        (
            (
                *MARA,
                "--profile",
                "licence-only",
                "--contact",
                "https://m.example",
                "--condition",
                "Much money",
            ),
            "--condition",
        ),
        ((*MARA, "--profile", "no-ai"), "--recording, --csv or --prefix is needed"),
        ((*MARA, "--profile", "no-ai", *ONE, "--prefix", "XXM02"), "one of the three"),
        ((*MARA, "--profile", "no-ai", *ONE, "--years", "2026"), "with --prefix only"),
        ((*MARA, "--profile", "no-ai", "--prefix", "XX-M"), "not an ISRC prefix"),
        (
            (*MARA, "--profile", "no-ai", "--recording", "XXM02260000O"),
            "line 1: .*is it a 0",
        ),
        ((*MARA, "--profile", "no-ai", *ONE, "--file-name", "Owner"), "small letters"),
        ((*MARA, "--profile", "no-ai", "--csv", "missing.csv"), "does not exist"),
    ],
)
def test_a_wrong_or_missing_option_is_a_usage_error(
    new: New, place: Path, arguments: tuple[str, ...], reason: str
) -> None:
    result = new(SILENT, *arguments)
    assert result.exit_code == 2, result.output
    assert re.search(reason, " ".join(result.stderr.split()))
    assert files(place) == {}


def test_uses_and_a_prefix_can_be_given_by_options(new: New, place: Path) -> None:
    given = ("--use", "any-ai=deny", "--use", "search=allow", "--prefix", "XXM02")
    result = new(SILENT, *MARA, *given)
    assert result.exit_code == 0, result.output
    (declaration,) = read(place).declarations.values()
    assert declaration.uses == {
        Use.SEARCH: Preference.ALLOW,
        Use.ANY_AI: Preference.DENY,
    }
    assert declaration.scope == PrefixRange(prefix=Prefix("XXM02"))


def test_a_byte_order_mark_before_the_first_code_is_passed_over(
    new: New, place: Path
) -> None:
    (place / "mine.txt").write_text("XXM022600001 | No\n", "utf-8-sig")
    result = new(SILENT, *MARA, "--profile", "no-ai", "--recordings-file", "mine.txt")
    assert result.exit_code == 0, result.output


BAD_TABLES = {
    "title,artist\nSlow River,Mara\n": "isrc",
    "isrc\n" + "XXM02260000O\n" * 7: "and 2 more",
}


@pytest.mark.parametrize("table", BAD_TABLES)
def test_a_table_that_cannot_be_read_is_explained(
    new: New, place: Path, table: str
) -> None:
    (place / "mine.csv").write_text(table)
    before = files(place)
    result = new(SILENT, *MARA, "--profile", "no-ai", "--csv", "mine.csv")
    assert result.exit_code == 2
    assert BAD_TABLES[table] in result.stderr
    assert files(place) == before


def test_a_text_in_another_encoding_is_explained(new: New, place: Path) -> None:
    (place / "mine.txt").write_bytes("XXM022600001 | Blå".encode("latin-1"))
    result = new(SILENT, *MARA, "--profile", "no-ai", "--recordings-file", "mine.txt")
    assert result.exit_code == 2
    assert "UTF-8" in result.stderr


CONVERSATION = """\
mara
583231
Mara Lindqvist
cook
1
mara


3
mara.lindqvist@mara.example
https://mara.example/ask
1

XXM022600001 | Slow River | Mara Lindqvist
XXM02260000O
XXM022600001 again
XXM022600002 | No



"""


def test_questions_are_asked_until_the_answers_can_be_used(
    new: New, place: Path
) -> None:
    result = new(typed=CONVERSATION)
    assert result.exit_code == 0, result.output
    for said in (
        "https://api.github.com/users/mara",
        "'cook' is none of artist",
        "address of a person",
        "There is no recording yet",
        "is it a 0?",
        "in your list already",
        "2 taken down",
        "This will be written",
        "it is read as no",
    ):
        assert said in " ".join(result.stderr.split()), said
    (declaration,) = read(place).declarations.values()
    assert declaration.uses == PROFILES["licence-only"]
    assert isinstance(declaration.scope, RecordingList)
    assert declaration.scope.titles == ("Slow River", "No")


def test_uses_can_be_decided_one_by_one(new: New, place: Path) -> None:
    skipped = "skip\n" * len(Use)
    answers = "deny\nyes\nallow\n" + "skip\n" * (len(Use) - 3) + "allow\ndeny\n"
    result = new(*MARA, *ONE, typed=f"1\n\ncustom\n{skipped}{answers}\n\n")
    assert result.exit_code == 0, result.output
    assert "You skipped them all" in result.stderr
    assert "for yes type allow" in result.stderr
    assert "any-ai covers uses that nobody has invented yet" in result.stderr
    (declaration,) = read(place).declarations.values()
    assert declaration.uses == {
        Use.TRAIN_GENERATIVE: Preference.DENY,
        Use.FINETUNE_GENERATIVE: Preference.ALLOW,
        Use.ANY_AI: Preference.DENY,
    }


def test_a_performer_is_never_offered_a_yes(new: New, place: Path) -> None:
    answers = "allow\ndeny\n" + "skip\n" * (len(Use) - 1)
    result = new(*MARA, *ONE, typed=f"1\n4\ncustom\n{answers}\n\n")
    assert result.exit_code == 0, result.output
    assert "yes to every use" not in result.stderr
    assert "never allow" in result.stderr
    (declaration,) = read(place).declarations.values()
    assert declaration.uses == {Use.TRAIN_GENERATIVE: Preference.DENY}


def test_a_table_or_a_prefix_is_asked_for(new: New, place: Path) -> None:
    (place / "my songs.csv").write_text("isrc\nXXM022600001\n")
    known = (*MARA, "--role", "artist", "--capacity", "owner", "--profile", "no-ai")
    result = new(*known, typed='csv\nmissing.csv\n"my songs.csv"\n\n\n')
    assert result.exit_code == 0, result.output
    assert "missing.csv: No such file" in result.stderr
    assert "1 recording." in result.stderr
    result = new(*known, typed="prefix\nXXM02\n2026-2015\n\ncatalogue\n\n\n")
    assert result.exit_code == 0, result.output
    assert "You have a folder already" in result.stderr
    assert "'catalogue' exists already; choose another name" in result.stderr
    assert set(read(place).declarations) == {
        DeclarationId("github:583231/catalogue"),
        DeclarationId("github:583231/prefix-xxm02"),
    }


@pytest.mark.parametrize(("typed", "code"), [("n\n", 1), ("", 130)])
def test_who_does_not_agree_finds_nothing_written(
    new: New, place: Path, typed: str, code: int
) -> None:
    known = (*MARA, "--role", "artist", "--capacity", "owner", "--profile", "no-ai")
    result = new(*known, *ONE, "--file-name", "songs", typed=typed)
    assert result.exit_code == code
    assert files(place) == {}


def test_a_real_terminal_can_paste_many_lines(place: Path) -> None:
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "sayso", "new"],
        cwd=place,
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    )
    os.close(end)
    shown = ""
    for question, typed in (
        ("Account number or domain: ", "583231\n"),
        ("Your name: ", "雨宮 🎈\n"),
        ("[artist]: ", "\n"),
        ("may stay empty): ", "\n"),
        ("[owner]: ", "\n"),
        ("Number or word: ", "1\n"),
        ("Number or word: ", "list\n"),
        ("  > ", "XXM022600001 | No\nXXM022600002 | 4:44\n\n"),
        ("[recordings]: ", "\n"),
        ("[Y/n]: ", "y\n"),
    ):
        shown = _until(terminal, question, shown)
        os.write(terminal, typed.encode())
    shown = _until(terminal, "open a pull request.", shown)
    assert process.wait() == 0
    os.close(terminal)
    (owner,) = read(place).owners.values()
    assert owner.name == "雨宮 🎈"
    (declaration,) = read(place).declarations.values()
    assert isinstance(declaration.scope, RecordingList)
    assert declaration.scope.titles == ("No", "4:44")


def _until(terminal: int, question: str, shown: str) -> str:
    """Return what the terminal shows after a text, once it shows that text."""
    while question not in shown:
        shown += os.read(terminal, 65536).decode()
    return shown.partition(question)[2]


def test_a_folder_is_found_by_the_account_number(tmp_path: Path) -> None:
    owner = OwnerId("github:583231")
    assert find_folder(tmp_path, owner) is None
    other = tmp_path / "github/31/583231-old-login"
    place_files({other / "notes.yaml": b"", tmp_path / "github/31/5832310": b""})
    assert find_folder(tmp_path, owner) is None
    place_files({other / "owner.yaml": b"schema: sayso/owner/1\n"})
    assert find_folder(tmp_path, owner) == other
    assert find_folder(tmp_path, OwnerId("domain:fernwood.example")) is None


def test_files_are_placed_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "here.yaml").write_bytes(b"kept")
    before = files(tmp_path)
    with pytest.raises(PlaceError, match=r"here\.yaml exists already"):
        place_files({tmp_path / "a/b/c.yaml": b"new", tmp_path / "here.yaml": b"new"})
    assert files(tmp_path) == before
    assert list(tmp_path.iterdir()) == [tmp_path / "here.yaml"]


def test_a_place_that_takes_no_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"kept")
    with pytest.raises(PlaceError, match="file"):
        place_files({tmp_path / "file/owner.yaml": b"new"})
    assert files(tmp_path) == {"file": b"kept"}


def test_a_file_that_cannot_be_written_to_its_end_is_named(tmp_path: Path) -> None:
    """As where a disk is full: then the system names no file."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        with pytest.raises(PlaceError, match=r"long\.yaml: File too large"):
            place_files({tmp_path / "a": b"1", tmp_path / "long.yaml": bytes(9)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not [*tmp_path.iterdir()]


def test_a_failure_to_write_is_reported_without_a_traceback(
    new: New, place: Path
) -> None:
    (place / "declarations").write_bytes(b"not a folder")
    before = files(place)
    result = new(SILENT, *MARA, "--profile", "no-ai", *ONE, "--declarations", "x")
    assert result.exit_code == 0
    (place / "y").mkdir()
    (place / "y/github").write_bytes(b"not a folder")
    result = new(SILENT, *MARA, "--profile", "no-ai", *ONE, "--declarations", "y")
    assert result.exit_code == 1
    assert "Nothing was written" in result.stderr
    assert before.items() <= files(place).items()


def test_an_interruption_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def interrupted(source: Path, target: Path) -> None:
        if target.name == "b.yaml":
            raise KeyboardInterrupt
        link(source, target)

    monkeypatch.setattr(os, "link", interrupted)
    with pytest.raises(KeyboardInterrupt):
        place_files({tmp_path / "x/a.yaml": b"", tmp_path / "x/b.yaml": b""})
    assert list(tmp_path.iterdir()) == []
