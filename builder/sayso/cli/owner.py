"""`sayso owner`: what an owner signed, for anybody to check."""

from datetime import timedelta
from pathlib import Path

import click

from sayso.cli.asking import asked
from sayso.cli.clock import now
from sayso.cli.exits import ExitCode
from sayso.cli.question import max_age_option, registry_option
from sayso.cli.root import pinned_root, root_option, store_option
from sayso.cli.terminal import fields, paragraph, printable, width
from sayso.client.signed import Signed, signed_by
from sayso.model.declaration import Level
from sayso.model.owner import OwnerId, is_owner_id
from sayso.wire.header import Profile, ReleaseHeader, encode_header
from sayso.wire.profile import Json, encode
from sayso.wire.text import format_time

FORMAT = "sayso/signed/1"
_NAMED = 8
"""Of more files than this, their number is said and these names."""

PROVES = (
    "This proves that the owner's key signed these files. Whose key it is, the "
    "registry says: its operators looked at the domain or at the account."
)


def _owner(_: click.Context, __: click.Parameter, text: str) -> OwnerId:
    if not is_owner_id(text):
        raise click.BadParameter(
            f"{text!r} is no owner: give domain: and a domain, such as "
            "domain:fernwood.example, or github: and the number of an account"
        )
    return OwnerId(text)


@click.command(
    "owner",
    epilog="Example: sayso owner domain:fernwood.example "
    "--registry https://registry.example --root 1.root.json",
)
@click.argument("owner", callback=_owner)
@registry_option
@root_option
@store_option
@max_age_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    owner: OwnerId,
    location: str,
    root_file: Path | None,
    store_folder: Path,
    max_age: timedelta,
    as_json: bool,
) -> None:
    """Check what OWNER signed, from a release alone.

    The release is verified first. Then the signature over the owner's manifest is
    checked, that the key is one that the owner lists, that each file is what was
    signed, and that registry.json says the same of it. Exits 0 when everything holds,
    1 when something does not or nothing is signed, 2 at a mistake in the question,
    and 40 when the registry could not be reached or not be believed.
    """
    moment, pinned = now(), pinned_root(root_file)
    fetcher, trusted = asked(
        location, pinned, store_folder, now=moment, max_age=max_age
    )
    signed = signed_by(fetcher, trusted.release, owner)
    header = trusted.release.header
    if as_json:
        click.echo(encode(_document(signed, header)), nl=False)
    else:
        _say(signed, header)
    context.exit(ExitCode.DONE if signed.holds else ExitCode.PROBLEMS)


def _say(signed: Signed, header: ReleaseHeader) -> None:
    columns = width()
    word, colour = _verdict(signed)
    click.echo(f"{signed.id}: {click.style(word, fg=colour, bold=True)}")
    for line in fields(_rows(signed, header), columns):
        click.echo(line)
    for problem in signed.problems:
        for line in paragraph(printable(problem), columns, first="- ", rest="  "):
            click.echo(click.style(line, fg="red"))
    for sentence in _remarks(signed):
        for line in paragraph(sentence, columns):
            click.echo(line)


def _verdict(signed: Signed) -> tuple[str, str]:
    if signed.problems:
        return "not as it was signed", "red"
    if signed.manifest is None:
        return "nothing is signed", "yellow"
    return "good signature", "green"


def _rows(signed: Signed, header: ReleaseHeader) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if (entry := signed.entry) is not None:
        rows += [("name", printable(entry.name)), ("level", entry.level.word)]
    for key in signed.signers:
        rows.append(("signed by", f"{key}{_standing(signed, key)}"))
    if (manifest := signed.manifest) is not None:
        rows += [
            ("manifest", f"number {manifest.sequence}, epoch {manifest.epoch}"),
            ("files", _spoken(sorted(manifest.files))),
        ]
    if signed.unsigned:
        names = [path.rpartition("/")[2] for path in signed.unsigned]
        rows.append(("not signed", _spoken(names)))
    issued = format_time(header.issued)
    rows.append(("release", f"{header.number} of {header.origin}, {issued}"))
    if header.profile is Profile.DEVELOPMENT:
        rows.append(("keys", "DEVELOPMENT: made for trying out, they prove nothing"))
    return rows


def _standing(signed: Signed, key: str) -> str:
    if key in signed.keys:
        return ""
    if key in signed.replaced:
        return ", an older key: what it signed names the keys that took its place"
    return ", which the owner does not list"


def _spoken(names: list[str]) -> str:
    said = ", ".join(map(printable, names[:_NAMED]))
    more = len(names) - _NAMED
    return f"{said}, and {more} more" if more > 0 else said


def _remarks(signed: Signed) -> list[str]:
    if signed.manifest is None:
        if signed.entry is None:
            return [f"This release knows no {signed.id}."]
        return [
            "What this owner declared was filed by an account, and no key signed it."
        ]
    namespace, _, name = signed.id.partition(":")
    remarks = [PROVES]
    is_proved = signed.entry is not None and signed.entry.level is Level.DOMAIN
    if is_proved and namespace == "domain":
        remarks.append(
            f"To ask the domain yourself: dig +short TXT _sayso.{name}, or fetch "
            f"https://{name}/.well-known/sayso.json"
        )
    return remarks


def _document(signed: Signed, header: ReleaseHeader) -> dict[str, Json]:
    entry, manifest = signed.entry, signed.manifest
    signers: list[Json] = [
        {
            "fingerprint": key,
            "listed": key in signed.keys,
            "replaced": key in signed.replaced,
        }
        for key in signed.signers
    ]
    return {
        "epoch": None if manifest is None else manifest.epoch,
        "files": [] if manifest is None else list[Json](sorted(manifest.files)),
        "format": FORMAT,
        "holds": signed.holds,
        "keys": list[Json](signed.keys),
        "level": None if entry is None else entry.level.word,
        "name": None if entry is None else entry.name,
        "owner": signed.id,
        "problems": list[Json](signed.problems),
        "release": encode_header(header),
        "sequence": None if manifest is None else manifest.sequence,
        "signers": signers,
        "unsigned": list[Json](signed.unsigned),
    }
