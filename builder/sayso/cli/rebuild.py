"""`sayso rebuild`: is a release what its commit makes? And its second signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.exits import ExitCode
from sayso.cli.ledger import complete_holders, ledger_option, trust_option
from sayso.cli.rebuild_target import Target, pending_target, published_target
from sayso.cli.rebuilding import Repository, rebuild
from sayso.cli.rebuilt import Compared, compare
from sayso.cli.root import pinned_root, root_option
from sayso.cli.signing import KEY_METAVAR, configured_key
from sayso.cli.steps import shown_steps
from sayso.cli.terminal import printable
from sayso.client.files import read_file
from sayso.errors import PublishError
from sayso.publish.ledger.countersigning import countersign
from sayso.publish.ledger.folder import LedgerFolder, open_ledger
from sayso.publish.temporary import passing_folder
from sayso.trust.approval import APPROVAL_LIMIT
from sayso.trust.keys import SigningKey
from sayso.wire.profile import Json, encode

FORMAT = "sayso/rebuilt/1"
VARIABLE = "SAYSO_RELEASES_KEY"
_FOLDER = click.Path(file_okay=False, path_type=Path)
_EXAMPLES = """
\b
Examples:
  sayso rebuild --registry https://registry.example --root 1.root.json
  sayso rebuild --folder out/registry --registry https://registry.example \\
      --root 1.root.json --ledger ledger --trust trust --sign second.pem
"""


@click.command("rebuild", epilog=_EXAMPLES)
@click.option(
    "--registry",
    "location",
    metavar="FOLDER|URL",
    help="Where the release is published; with --folder, the release before it.",
)
@root_option
@click.option(
    "--release",
    "number",
    type=click.IntRange(min=1),
    help="Which release.  [default: the newest]",
)
@click.option(
    "--folder",
    metavar="FOLDER|URL",
    help="A release that is not published yet, as sayso build --operator made it; the "
    "ledger says what it follows.",
)
@click.option(
    "--repository",
    "place",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="A clone of the registry's public Git repository, which is only read.  "
    "[default: the one here]",
)
@click.option(
    "--declarations",
    default="declarations",
    show_default=True,
    metavar="PATH",
    help="The folder of declarations, from the top of the repository.",
)
@click.option(
    "--out",
    type=_FOLDER,
    help="Keep what was made, in this folder, which is empty or new.",
)
@ledger_option
@trust_option
@click.option(
    "--sign",
    "sign",
    metavar=KEY_METAVAR,
    help="With --folder: when all is the same, sign the release in the ledger, with a "
    "key of releases; - takes it from SAYSO_RELEASES_KEY.",
)
@click.option(
    "--approval",
    "approval_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --sign: what the holders of the targets signed, for a release that the "
    "brake holds.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    location: str | None,
    root_file: Path | None,
    number: int | None,
    folder: str | None,
    place: Path,
    declarations: str,
    out: Path | None,
    ledger_folder: Path,
    trust_folder: Path,
    sign: str | None,
    approval_file: Path | None,
    as_json: bool,
) -> None:
    """Make a release again from its commit, and compare every file that it names.

    Nothing is believed but the root and your clone of the repository. The files of the
    commit are read from Git, and none is checked out. Packers differ, so what is
    compared is what files say, decoded. Exits 0 when all is the same, 1 when something
    differs, and 40 when something could not be had or not be believed.
    """
    _check_use(location, folder, sign, out)
    root, moment = pinned_root(root_file), now()
    key = None if sign is None else _key(sign)
    with _ledger(ledger_folder, is_written=key is not None) as ledger:
        if folder is not None:
            target = pending_target(
                folder,
                ledger_folder,
                trust_folder,
                root,
                registry=location,
                now=moment,
            )
        else:
            target = published_target(location or "", root, number, now=moment)
        if number not in {None, target.number}:
            raise click.UsageError(f"{folder} has release {target.number}.")
        compared = _compared(target, Repository(place=place, folder=declarations), out)
        missing = None
        if key is not None and compared.is_same:
            missing = countersign(
                ledger,
                target.data,
                complete_holders(trust_folder),
                key,
                approval=_approval(approval_file),
                now=now(),
            )
    _say(target, compared, key=key, missing=missing, as_json=as_json)
    context.exit(_code(compared))


def _check_use(
    location: str | None, folder: str | None, sign: str | None, out: Path | None
) -> None:
    if location is None and folder is None:
        raise click.UsageError("Give --registry, or the folder of a release: --folder.")
    if sign is not None and folder is None:
        raise click.UsageError(
            "--sign needs --folder: what is published has been signed."
        )
    if out is not None and out.exists() and any(out.iterdir()):
        raise click.UsageError(f"{out} is not empty; name another --out.")


def _approval(path: Path | None) -> bytes | None:
    return None if path is None else read_file(path, limit=APPROVAL_LIMIT)


def _key(place: str) -> SigningKey:
    key = configured_key(None if place == "-" else place, variable=VARIABLE)
    if key is None:
        raise PublishError(f"there is no key in {VARIABLE}")
    return key


@contextmanager
def _ledger(folder: Path, *, is_written: bool) -> Iterator[LedgerFolder]:
    """Give the ledger, alone and as others see it where it is to be written."""
    if is_written:
        with open_ledger(folder) as ledger:
            yield ledger
    else:
        yield LedgerFolder(folder)


def _compared(target: Target, repository: Repository, out: Path | None) -> Compared:
    with shown_steps() as steps, passing_folder() as workspace:
        made = out or workspace / "data"
        rebuild(target, repository, made, workspace, steps)
        return compare(target, made, steps)


def _code(compared: Compared) -> ExitCode:
    if compared.differences:
        return ExitCode.PROBLEMS
    return ExitCode.FAILED if compared.unread else ExitCode.DONE


def _say(
    target: Target,
    compared: Compared,
    *,
    key: SigningKey | None,
    missing: str | None,
    as_json: bool,
) -> None:
    if as_json:
        click.echo(encode(_document(target, compared, missing)), nl=False)
        return
    release = target.entry.release
    what = f"Release {target.number} of {release.header.origin}"
    commit = (release.source.commit or "")[:12]
    if compared.is_same:
        click.echo(
            f"{what} is what commit {commit} makes: {compared.files} files and "
            f"{compared.nodes} of the look-up tree were decoded and say the same. Its "
            f"release.json has the SHA-256 {target.entry.digest}."
        )
    elif compared.differences:
        click.echo(f"{what} is NOT what commit {commit} makes:")
    for each in compared.differences:
        click.echo(printable(f"  {each.place}: {each.says}"))
    for text in compared.unread:
        click.echo(f"sayso: {printable(text)}", err=True)
    if compared.unread:
        click.echo("sayso: not everything could be compared", err=True)
    if missing is not None:
        click.echo(f"It is signed. What is left: {missing or 'nothing'}.")
    elif key is not None:
        click.echo("Nothing was signed.")


def _document(
    target: Target, compared: Compared, missing: str | None
) -> dict[str, Json]:
    return {
        "commit": target.entry.release.source.commit,
        "differences": [
            {"place": each.place, "says": each.says} for each in compared.differences
        ],
        "files": compared.files,
        "format": FORMAT,
        "identical": compared.identical,
        "lookup_files": compared.nodes,
        "missing": missing,
        "release": target.number,
        "same": compared.is_same,
        "sha256": target.entry.digest,
        "signed": missing is not None,
        "unread": [*compared.unread],
    }
