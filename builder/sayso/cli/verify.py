"""`sayso verify`: does the signature beside a file hold?"""

from pathlib import Path

import click

from sayso.cli.key import key_option, trusted_key
from sayso.cli.terminal import fields, paragraph, printable, width
from sayso.client.verify import Kind, Verified, verify_file
from sayso.trust.keys import PublicKey
from sayso.wire.header import Profile, encode_header
from sayso.wire.profile import Json, encode
from sayso.wire.text import format_time

FORMAT = "sayso/verified/1"
PROVES = (
    "This proves who made the file, not that it is the newest; "
    "`sayso lookup` checks the age as well."
)
_NAMES = {
    Kind.RELEASE: "a release",
    Kind.REGISTRY: "the registry of a release",
    Kind.OTHER: "a file that is neither a release nor a registry",
}


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@key_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(file: Path, key: str | None, as_json: bool) -> None:
    """Check FILE with the signature FILE.minisig beside it.

    For release.json the files that it names, as far as they lie beside it, are
    compared as well. Exits 0 when everything holds, and 40 otherwise.
    """
    public = trusted_key(key)
    verified = verify_file(file, public)
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
        rows.append(("beside it", f"{', '.join(verified.matching)}: as released"))
    if verified.absent:
        rows.append(("not here", ", ".join(verified.absent)))
    return rows
