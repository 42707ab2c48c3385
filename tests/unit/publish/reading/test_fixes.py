"""What a message tells people to write can be pasted, and then passes."""

import pytest

from sayso.model.problem import Problem
from sayso.publish.reading.catalogue import read_catalogue
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import source_file

HOME = "domain/fe/fernwood.example"
OWNER = "schema: sayso/owner/1\nname: Fernwood Records\nrole: label\n"
DECLARATION = """\
schema: sayso/declaration/1
capacity: owner
uses:
  any-ai: deny
recordings:
  - isrc: XXF012600001
"""


def problems(name: str, text: str) -> list[Problem]:
    files = {"owner.yaml": OWNER, name: text}
    _, found = read_documents(
        source_file(f"{HOME}/{name}", text.encode()) for name, text in files.items()
    )
    return [problem for problem in found if problem.rule.code != "SAY406"]


@pytest.mark.parametrize(
    ("right", "wrong", "code", "fix"),
    [
        ("  any-ai: deny", "\tany-ai: deny", "SAY207", "  any-ai: deny"),
        ("  any-ai: deny", "  any-ai:deny", "SAY305", "any-ai: deny"),
        ("- isrc: XXF01", "- XXF01", "SAY305", "- isrc: XXF012600001"),
        (
            "\n  - isrc: XXF012600001",
            " [XXF012600001]",
            "SAY305",
            "- isrc: XXF012600001",
        ),
        ("\n  - isrc: XXF0", " XXF0", "SAY305", "- isrc: XXF012600001"),
        ("capacity: owner\n", "", "SAY303", "capacity: owner"),
        ("uses:\n  any-ai: deny\n", "", "SAY303", "uses: {any-ai: deny}"),
        ("uses:", "effective: 31.12.2027\nuses:", "SAY309", "2027-12-31"),
        ("uses:", "effective: 1. 2. 2027\nuses:", "SAY309", "2027-02-01"),
        ("uses:", "effective: 12/31/2027\nuses:", "SAY309", "2027-12-31"),
        ("uses:", "effective: 31/12/2027\nuses:", "SAY309", "2027-12-31"),
        ("uses:", "effective: 2027/1/5\nuses:", "SAY309", "2027-01-05"),
        ("uses:", "effective: 1/2/2027\nuses:", "SAY309", "Write the date as YYYY"),
        ("uses:", "effective: 31.2.2027\nuses:", "SAY309", "Write the date as YYYY"),
        ("uses:", "id: mine\nuses:", "SAY302", "Delete this line; the file's name"),
        ("uses:", "owner: Mara\nuses:", "SAY302", "Delete this line; the folder's"),
    ],
)
def test_a_fix_of_a_declaration_is_what_to_write(
    right: str, wrong: str, code: str, fix: str
) -> None:
    assert problems("live.yaml", DECLARATION) == []

    (problem,) = problems("live.yaml", DECLARATION.replace(right, wrong))

    assert problem.rule.code == code
    assert problem.fix.startswith(fix)


def test_a_comment_is_mended_by_quotes_alone() -> None:
    text = DECLARATION + "    title: Prelude #4\n"

    (problem,) = problems("live.yaml", text)

    assert problem.fix == 'title: "Prelude #4"'
    assert "put a space after the #" in problem.message


def test_the_name_of_an_owner_is_in_no_field() -> None:
    (problem,) = problems("owner.yaml", f"{OWNER}id: domain:fernwood.example\n")

    assert problem.fix == "Delete this line; the folder's name says who you are."


@pytest.mark.parametrize(
    ("name", "fix"), [("Songs.csv", "songs.csv"), ("My Songs.csv", "my-songs.csv")]
)
def test_the_name_of_a_catalogue_is_offered_in_small_letters(
    name: str, fix: str
) -> None:
    recordings = DECLARATION[DECLARATION.index("recordings:") :]
    text = DECLARATION.replace(recordings, f"catalogue: {{file: {name}}}\n")

    (problem,) = problems("live.yaml", text)

    assert (problem.rule.code, problem.fix) == ("SAY313", fix)


@pytest.mark.parametrize(
    ("name", "message", "fix"),
    [
        ("songs.yaml.txt", "An editor put .txt", "Rename it to songs.yaml."),
        ("songs.csv.txt", "An editor put .txt", "Rename it to songs.csv."),
        ("songs.yml", "Names end in .yaml", "Rename it to songs.yaml."),
        ("Songs.yaml", '"Songs.yaml" has capital letters.', 'Rename it to "songs.yam'),
        ("my song.yaml", '"my song.yaml" has other characters', "Rename it to "),
    ],
)
def test_a_file_is_told_its_name(name: str, message: str, fix: str) -> None:
    problem = place_of(f"{HOME}/{name}")

    assert isinstance(problem, Problem)
    assert problem.message.startswith(message)
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize(
    ("cell", "fix"),
    [
        ('Say "Yes"', '"Say ""Yes"""'),
        ('"Heroes" (Live)', '"""Heroes"" (Live)"'),
        ('"Heroes', '"Heroes"'),
        ('Say ""Yes""', '"Say ""Yes"""'),
        ('Say "Yes, no"', "Close the quote, or"),
    ],
)
def test_quotes_in_a_cell_are_doubled(cell: str, fix: str) -> None:
    text = f"isrc,title,artist\nXXF012600001,{cell},Mara\nXXF012600002,a,b\n"

    _, (problem,) = read_catalogue("c.csv", text.encode())

    assert (problem.rule.code, problem.line) == ("SAY607", 2)
    assert problem.fix.startswith(fix)


@pytest.mark.parametrize(
    "contact",
    [
        "licensing@gmail.com",
        "info@GMX.de",
        "contact@hotmail.co.uk",
        "mara@web.de",
        "booking@proton.me",
    ],
)
def test_an_address_that_anybody_can_have_is_no_role(contact: str) -> None:
    (problem,) = problems("owner.yaml", f"{OWNER}contact: {contact}\n")

    assert problem.rule.code == "SAY311"
    assert problem.fix == "Give a web page, or an address at a domain of your own."
