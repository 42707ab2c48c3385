"""`sayso verify`: does the signature beside a file hold, or a receipt by itself?"""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from sayso.cli.key import key_option, trusted_key
from sayso.cli.receipt_check import Beside, check_receipt
from sayso.cli.root import store_option
from sayso.cli.terminal import fields, paragraph, printable, width
from sayso.client.files import read_file
from sayso.client.verify import Kind, Verified, verify_file
from sayso.trust.keys import PublicKey
from sayso.wire.header import Profile, encode_header
from sayso.wire.profile import Json, encode
from sayso.wire.receipt import RECEIPT_LIMIT, is_receipt
from sayso.wire.release import RELEASE_FILE
from sayso.wire.text import format_time

FORMAT = "sayso/verified/1"
PROVES = (
    "This proves who made the file, not that it is the newest; "
    "`sayso lookup` checks that as well."
)
_NAMED = 3
"""Of a folder with more files than this, their number is said and no names."""

_NAMES = {
    Kind.RELEASE: "a release",
    Kind.REGISTRY: "the registry of a release",
    Kind.OTHER: "a file that is neither a release nor a registry",
}


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify", epilog="Example: sayso verify receipt.json --root 1.root.json")
@click.argument("file", type=_FILE)
@key_option
@click.option(
    "--root",
    "roots",
    multiple=True,
    envvar="SAYSO_ROOT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Of a receipt: the root that is believed, a .root.json file. May be given "
    "several times: an old receipt needs the first root, or one of its time. "
    "[env: SAYSO_ROOT]",
)
@store_option
@click.option(
    "--registry",
    "location",
    metavar="FOLDER|URL",
    help="Of a receipt: ask the registry of today whether it stands by it.",
)
@click.option(
    "--file",
    "local",
    type=_FILE,
    help="Of the receipt of a declaration: your copy, to be compared.",
)
@click.option(
    "--answers", type=_FILE, help="Of the receipt of a list: the answers beside it."
)
@click.option(
    "--list",
    "codes",
    type=_FILE,
    help="Of the receipt of a list: the codes, to be compared; with --answers.",
)
@click.option(
    "--tree",
    "with_tree",
    is_flag=True,
    help=f"Check every file of the look-up tree as well; FILE is {RELEASE_FILE}.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context,
    file: Path,
    key: str | None,
    *,
    roots: tuple[Path, ...],
    store_folder: Path,
    location: str | None,
    local: Path | None,
    answers: Path | None,
    codes: Path | None,
    with_tree: bool,
    as_json: bool,
) -> None:
    """Check FILE with the signature FILE.minisig beside it, or a receipt by itself.

    For release.json and registry.json the files that they name, as far as they lie
    beside them, are compared as well. A receipt, which `sayso receipt` made, is checked
    offline by the registry's root. Exits 0 when everything holds, and 40 otherwise, as
    where the registry has revoked the release of a receipt.
    """
    beside = Beside(
        roots=roots,
        store=store_folder,
        location=location,
        file=local,
        answers=answers,
        codes=codes,
    )
    if (receipt := _receipt(file)) is not None:
        context.exit(check_receipt(file, receipt, beside, as_json=as_json))
    if beside.is_given:
        raise click.UsageError(
            f"{file} is no receipt: --registry, --file, --answers and --list go with "
            "one"
        )
    public = trusted_key(key)
    if with_tree and file.name != RELEASE_FILE:
        raise click.UsageError(
            f"--tree checks the look-up tree of a release: give its {RELEASE_FILE}."
        )
    verified = verify_file(file, public, with_tree=with_tree)
    if as_json:
        document = encode(_document(file, verified, public))
        click.echo(document, nl=False)
        return
    columns = width()
    good = click.style("good signature", fg="green", bold=True)
    click.echo(f"{printable(file.name)}: {good}")
    for line in fields(_rows(verified, public), columns):
        click.echo(line)
    for line in paragraph(PROVES, columns):
        click.echo(line)


def _receipt(file: Path) -> bytes | None:
    """Return the bytes of a file that says it is a receipt."""
    if not file.is_file() or file.stat().st_size > RECEIPT_LIMIT:
        return None
    data = read_file(file, limit=RECEIPT_LIMIT)
    return data if is_receipt(data) else None


def _document(file: Path, verified: Verified, key: PublicKey) -> dict[str, Json]:
    header = verified.header
    return {
        "absent": list(verified.absent),
        "bytes": verified.bytes,
        "comment": verified.comment,
        "file": file.name,
        "format": FORMAT,
        "key": key.name,
        "kind": verified.kind,
        "matching": list(verified.matching),
        "proves": PROVES,
        "release": None if header is None else encode_header(header),
        "tree": None if verified.tree is None else asdict(verified.tree),
    }


def _rows(verified: Verified, key: PublicKey) -> list[tuple[str, str]]:
    rows = [
        ("key", f"{key.name} {printable(key.comment)}".rstrip()),
        ("signed", printable(verified.comment)),
        ("content", f"{_NAMES[verified.kind]}, {verified.bytes:,} bytes"),
    ]
    if (header := verified.header) is not None:
        issued = format_time(header.issued)
        rows.append(("release", f"{header.number} of {header.origin}, {issued}"))
        if header.profile is Profile.DEVELOPMENT:
            rows.append(
                ("keys", "DEVELOPMENT: made for trying out, they prove nothing")
            )
    if verified.matching:
        rows.append(("beside it", f"{_spoken(verified.matching)}: as released"))
    if verified.absent:
        rows.append(("not here", _spoken(verified.absent)))
    if (tree := verified.tree) is not None:
        files = tree.leaves + tree.nodes + tree.policies
        words = f"{files:,} files for {tree.recordings:,} recordings: as released"
        rows.append(("look-up", words))
    return rows


def _spoken(paths: Iterable[str]) -> str:
    """Return files in words; a folder of many only with their number."""
    folders: dict[str, list[str]] = {}
    for path in paths:
        folders.setdefault(path.rpartition("/")[0], []).append(path)
    said = [
        f"{len(names):,} files in {folder}/"
        if folder and len(names) > _NAMED
        else ", ".join(names)
        for folder, names in folders.items()
    ]
    return ", ".join(said)
