"""`sayso receipt`: keep a proof of what a registry said, for years and without it."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import assert_never

import click

from sayso import __version__
from sayso.cli.asking import asked
from sayso.cli.at_once import copy_of
from sayso.cli.clock import now
from sayso.cli.code_list import read_codes
from sayso.cli.placing import place_files
from sayso.cli.question import country_option, registry_option
from sayso.cli.root import pinned_root, root_option, store_option
from sayso.cli.terminal import paragraph, printable, width
from sayso.client.files import read_file
from sayso.client.receipt import check_file, verify_receipt
from sayso.client.receipt_making import (
    Question,
    ask,
    receipt_of_codes,
    receipt_of_file,
)
from sayso.client.synced.copy import Copy
from sayso.errors import InvalidIsrcError
from sayso.model.isrc import Isrc, parse_isrc
from sayso.trust.roles import RoleFile
from sayso.wire.answered import SALT_BYTES
from sayso.wire.receipt_kinds import CODES_LIMIT, Asked, Filed, Screened

SOURCE_LIMIT = 2**26
"""No file of declarations is longer, in bytes."""


def _codes(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> tuple[Isrc, ...]:
    try:
        return tuple(map(parse_isrc, texts))
    except InvalidIsrcError as error:
        raise click.BadParameter(str(error)) from error


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "receipt",
    epilog="Example: sayso receipt XXF012600001 --registry https://registry.example "
    "--root 1.root.json",
)
@click.argument("isrcs", nargs=-1, metavar="[ISRC]...", callback=_codes)
@click.option(
    "--list",
    "list_file",
    type=_FILE,
    help="Ask about the codes in a file, one a line. The receipt shows none of them; "
    "the answers are written beside it, for you alone.",
)
@click.option(
    "--declaration",
    "path",
    metavar="PATH",
    help="Prove that the release was made from a file of declarations, by its path "
    "below declarations/.",
)
@click.option(
    "--file",
    "local",
    type=_FILE,
    help="With --declaration: your copy of the file; it must be the very same.",
)
@country_option
@registry_option
@root_option
@store_option
@click.option(
    "--out",
    type=_NEW,
    default=Path("receipt.json"),
    show_default=True,
    help="The receipt; nothing is overwritten.",
)
def command(
    *,
    isrcs: tuple[Isrc, ...],
    list_file: Path | None,
    path: str | None,
    local: Path | None,
    country: str | None,
    location: str,
    root_file: Path | None,
    store_folder: Path,
    out: Path,
) -> None:
    """Ask a registry, and keep a receipt of its answers.

    `sayso verify` reads the receipt offline, years later. Ask about codes, about a list
    of codes, or whether a declaration is in the release. With codes and a web address,
    who serves the registry learns some 256 recordings around each code; with --list
    nobody learns anything.
    """
    _check_question(isrcs, list_file, path, local, country)
    codes = () if list_file is None else read_codes(list_file, "--list")
    pinned, moment = pinned_root(root_file), now()
    # A receipt is of the newest release, so that the registry is asked in any case.
    fetcher, trusted = asked(
        location, pinned, store_folder, now=moment, max_age=timedelta(0)
    )
    maker = f"sayso {__version__}"
    question = ask(trusted, fetcher, maker=maker, asked=moment)
    files: dict[Path, bytes] = {}
    if path is not None:
        files[out] = receipt_of_file(question, path)
    elif codes:
        # The copy of sayso sync has the columns, if it is of this release.
        copy = copy_of(trusted.entry.digest, pinned.digest, store_folder)
        receipt, answers = _of_list(question, copy, codes, country)
        files = {out: receipt, answers_beside(out): answers}
    else:
        files[out] = receipt_of_codes(question, isrcs, territory=country)
    said = _checked(files[out], pinned, local)
    place_files(files)
    header = question.release.header
    words = f"release {header.number} of {header.origin}"
    line = f"{out}: a receipt of what {words} says of {said}."
    if answers_beside(out) in files:
        line += (
            f" {answers_beside(out)}: the answers. Keep it with the receipt: without "
            "it, the receipt proves nothing of any code."
        )
    click.echo("\n".join(paragraph(printable(line), width())))


def answers_beside(out: Path) -> Path:
    """Return where the answers are to a list whose receipt is in a file."""
    return out.with_name(f"{out.stem}.answers.tsv")


def _check_question(
    isrcs: tuple[Isrc, ...],
    list_file: Path | None,
    path: str | None,
    local: Path | None,
    country: str | None,
) -> None:
    if sum(map(bool, (isrcs, list_file, path))) != 1:
        raise click.UsageError(
            "give codes, or --list with a file of codes, or --declaration with the "
            "path of a file of declarations"
        )
    if len(set(isrcs)) > CODES_LIMIT:
        raise click.UsageError(
            f"a receipt shows at most {CODES_LIMIT} codes: put them into a file, one "
            "a line, and give it with --list"
        )
    if path is None and local is not None:
        raise click.UsageError("--file goes with --declaration")
    if path is not None and country is not None:
        raise click.UsageError("--in goes with codes: a declaration is one file")


def _of_list(
    question: Question,
    copy: Copy | None,
    codes: tuple[Isrc, ...],
    country: str | None,
) -> tuple[bytes, bytes]:
    """Return the receipt of a list, and the answers that it commits to."""
    # Columns take longer to load than all the rest takes.
    from sayso.client.receipt_list import screen_list  # noqa: PLC0415
    from sayso.client.whole import open_core  # noqa: PLC0415

    if copy is None:
        core = open_core(question.fetcher, question.release)
    else:
        core = copy.core()
    screening = screen_list(
        core,
        codes,
        salt=secrets.token_bytes(SALT_BYTES),
        territory=country,
        now=question.asked,
    )
    return question.receipt(screening.said), screening.answers


def _checked(receipt: bytes, pinned: RoleFile, local: Path | None) -> str:
    """Read a receipt as whoever is shown it will, and return what it is about."""
    said = verify_receipt(receipt, [pinned]).receipt.said
    match said:
        case Asked():
            return _counted(len(said.isrcs), "recording")
        case Screened():
            return f"a list of {_counted(said.codes, 'code')}"
        case Filed():
            if local is not None:
                check_file(said, read_file(local, limit=SOURCE_LIMIT))
            return said.path
        case _:
            assert_never(said)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
