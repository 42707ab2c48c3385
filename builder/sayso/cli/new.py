"""`sayso new`: a few questions in plain words become a first declaration."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypedDict, Unpack

import click

from sayso.cli.exits import ExitCode
from sayso.cli.interview.asking import Conversation
from sayso.cli.interview.folder import find_folder, taken_names
from sayso.cli.interview.person import ask_owner, ask_person
from sayso.cli.interview.preferences import ask_capacity, ask_offer, ask_uses
from sayso.cli.interview.recordings import Draft, ask_recordings
from sayso.cli.placing import PlaceError, place_files
from sayso.cli.terminal import paragraph, width
from sayso.model.declaration import Declaration, DeclarationId
from sayso.model.owner import Owner, OwnerId
from sayso.model.vocabulary import PROFILES
from sayso.publish.drafting.answers import parse_file_name
from sayso.publish.drafting.guidance import advice, next_steps
from sayso.publish.drafting.template import declaration_text, folder_of, owner_text

_EXAMPLES = """
\b
Examples:
  sayso new
  sayso new --no-input --owner 583231 --name "Mara Lindqvist" \\
      --profile no-ai --recording "XXM022600001 | Slow River"
  sayso new --no-input --owner fernwood.example --name "Fernwood Records" \\
      --role label --profile licence-only \\
      --contact https://fernwood.example/licensing --csv our-catalogue.csv
"""


class Given(TypedDict):
    """What the options answer; None is left open."""

    owner: str | None
    name: str | None
    role: str | None
    login: str | None
    capacity: str | None
    profile: str | None
    uses: tuple[str, ...]
    contact: str | None
    conditions: tuple[str, ...]
    recordings: tuple[str, ...]
    recordings_file: Path | None
    csv_file: Path | None
    prefix: str | None
    years: str | None
    file_name: str | None
    declarations: Path
    dry_run: bool
    no_input: bool


@click.command(name="new", epilog=_EXAMPLES)
@click.option("--owner", help="Who you are: account number or web domain.")
@click.option("--name", help="The name that people see.")
@click.option("--role", help="artist, label, distributor, estate or society.")
@click.option("--login", help="The account's name, to find the folder by.")
@click.option("--capacity", help="owner, exclusive-licensee, administrator, performer.")
@click.option("--profile", help=f"{', '.join(PROFILES)} or custom.")
@click.option(
    "--use",
    "uses",
    multiple=True,
    metavar="USE=PREFERENCE",
    help="For custom: such as search=allow. May be repeated.",
)
@click.option("--contact", help="Where a licence can be had: a page or role address.")
@click.option(
    "--condition",
    "conditions",
    multiple=True,
    help="A condition of a licence, such as payment. May be repeated.",
)
@click.option(
    "--recording",
    "recordings",
    multiple=True,
    metavar='"ISRC | TITLE | ARTIST"',
    help="A recording. May be repeated.",
)
@click.option(
    "--recordings-file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="A text with one recording a line; - reads standard input.",
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A table with the columns isrc, title, artist, as a spreadsheet saves it.",
)
@click.option("--prefix", help="The first five characters of all your codes.")
@click.option("--years", help="For a prefix: such as 2015-2026, or all.")
@click.option("--file-name", help="What to call the declaration.")
@click.option(
    "--declarations",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("declarations"),
    show_default=True,
    help="The folder to write into.",
)
@click.option("--dry-run", is_flag=True, help="Print the files, write nothing.")
@click.option("--no-input", is_flag=True, help="Ask nothing; for scripts.")
def command(**given: Unpack[Given]) -> None:
    """Write your first declaration, or another one, by answering questions.

    Every question has an option. Nothing that exists is ever replaced.
    """
    conversation = Conversation(silent=given["no_input"])
    conversation.note("Press Ctrl-C to stop; nothing is written before the end.\n")
    owner = ask_owner(conversation, given["owner"])
    person, folder = _find_or_ask(conversation, owner, given)
    _refuse_taken(folder, given["file_name"])
    declaration, draft = _ask_declaration(conversation, owner, folder, given)
    files = _files(person, declaration, draft, folder)
    if given["dry_run"]:
        for path, data in files.items():
            click.echo(f"==> {path.as_posix()}\n{data.decode()}")
        return
    _write(conversation, files)
    conversation.say("\nWhat counts, and when:")
    for sentence in advice(declaration, draft.count):
        lines = paragraph(sentence, width(), first="  - ", rest="    ")
        conversation.say("\n".join(lines))
    conversation.say(f"\nWhat now:\n{next_steps(declaration, folder.as_posix())}")


def _find_or_ask(
    conversation: Conversation, owner: OwnerId, given: Given
) -> tuple[Owner | None, Path]:
    present = find_folder(given["declarations"], owner)
    if present is not None:
        conversation.note(f"\nYou have a folder already: {present}\nThis adds to it.")
        return None, present
    person, login = ask_person(
        conversation,
        owner,
        name=given["name"],
        role=given["role"],
        login=given["login"],
    )
    return person, given["declarations"] / folder_of(owner, login)


def _refuse_taken(folder: Path, name: str | None) -> None:
    if name is not None and name.removesuffix(".yaml") in taken_names(folder):
        click.echo(
            f"sayso: {folder.as_posix()} has a {name} already. Nothing was written; "
            "choose another --file-name.",
            err=True,
        )
        raise click.exceptions.Exit(ExitCode.PROBLEMS)


def _ask_declaration(
    conversation: Conversation, owner: OwnerId, folder: Path, given: Given
) -> tuple[Declaration, Draft]:
    capacity = ask_capacity(conversation, given["capacity"])
    uses = ask_uses(conversation, given["profile"], given["uses"], capacity)
    offer = ask_offer(conversation, uses, given["contact"], given["conditions"])
    draft = ask_recordings(
        conversation,
        lines=given["recordings"],
        text=given["recordings_file"],
        table=given["csv_file"],
        prefix=given["prefix"],
        years=given["years"],
    )
    name = _ask_name(conversation, given["file_name"], draft.suggestion, folder)
    declaration = Declaration(
        id=DeclarationId(f"{owner}/{name}"),
        author=owner,
        owner=owner,
        capacity=capacity,
        uses=uses,
        scope=draft.scope(f"{name}.csv"),
        offer=offer,
    )
    return declaration, draft


def _ask_name(
    conversation: Conversation, given: str | None, suggestion: str, folder: Path
) -> str:
    taken = taken_names(folder)

    def read(text: str) -> str:
        name = parse_file_name(text)
        if name in taken:
            raise ValueError(f"{name!r} exists already; choose another name")
        return name

    return conversation.ask(
        "--file-name",
        given,
        "A name for this declaration",
        read,
        _free(suggestion, taken),
    )


def _files(
    person: Owner | None, declaration: Declaration, draft: Draft, folder: Path
) -> dict[Path, bytes]:
    files: dict[Path, bytes] = {}
    if person is not None:
        contact = declaration.offer.contact if declaration.offer else None
        files[folder / "owner.yaml"] = owner_text(
            replace(person, contact=contact)
        ).encode()
    name = declaration.id.rpartition("/")[2]
    if draft.table is not None:
        files[folder / f"{name}.csv"] = draft.table
    files[folder / f"{name}.yaml"] = declaration_text(declaration).encode()
    return files


def _free(name: str, taken: frozenset[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _write(conversation: Conversation, files: Mapping[Path, bytes]) -> None:
    conversation.note("\nThis will be written:")
    for path in files:
        conversation.note(f"  {path}")
    if not conversation.agrees("All right?"):
        conversation.say("Nothing was written.")
        raise click.exceptions.Exit(ExitCode.PROBLEMS)
    try:
        place_files(files)
    except PlaceError as error:
        click.echo(f"sayso: {error}. Nothing was written.", err=True)
        raise click.exceptions.Exit(ExitCode.PROBLEMS) from error
    for path in files:
        click.echo(path.as_posix())
