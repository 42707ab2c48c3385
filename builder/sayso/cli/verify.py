"""`sayso verify`: does the signature beside a file hold?"""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from sayso.cli.key import key_option, trusted_key
from sayso.cli.terminal import fields, paragraph, printable, width
from sayso.client.verify import Kind, Verified, verify_file
from sayso.trust.keys import PublicKey
from sayso.wire.header import Profile, encode_header
from sayso.wire.profile import Json, encode
from sayso.wire.release import RELEASE_FILE
from sayso.wire.text import format_time

FORMAT = "sayso/verified/1"
PROVES = (
    "This proves who made the file, not that it is the newest; "
    "`sayso lookup` checks the age as well."
)
_NAMED = 3
"""Of a folder with more files than this, their number is said and no names."""

_NAMES = {
    Kind.RELEASE: "a release",
    Kind.REGISTRY: "the registry of a release",
    Kind.OTHER: "a file that is neither a release nor a registry",
}


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@key_option
@click.option(
    "--tree",
    "with_tree",
    is_flag=True,
    help=f"Check every file of the look-up tree as well; FILE is {RELEASE_FILE}.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(file: Path, key: str | None, *, with_tree: bool, as_json: bool) -> None:
    """Check FILE with the signature FILE.minisig beside it.

    For release.json and registry.json the files that they name, as far as they lie
    beside them, are compared as well. Exits 0 when everything holds, and 40 otherwise.
    """
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
