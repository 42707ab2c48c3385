"""`sayso build`: declarations in, a release and its site out."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

import click

from sayso.cli.before import Way, release_before
from sayso.cli.development import keep_root, seal_development
from sayso.cli.issuing import (
    EPOCH,
    check_no_restart,
    check_place,
    issue_time,
    time_option,
)
from sayso.cli.ledger import ledger_option, trust_option
from sayso.cli.machine import processors
from sayso.cli.making import make_data, read_accepted
from sayso.cli.signing import DEVELOPMENT_PUBLIC, development_key
from sayso.cli.steps import shown_steps
from sayso.cli.written import check_content, check_sealed
from sayso.errors import PublishError
from sayso.publish.authority.before import Before
from sayso.publish.cache import Cache, cache
from sayso.publish.inputs import Steps
from sayso.publish.output import Folder
from sayso.publish.reading.sources import read_blobs, read_tree
from sayso.publish.staging import DATA, NEW, check_target, join, staged
from sayso.wire.header import Profile
from sayso.wire.release import REGISTRY_FILE, Release
from sayso.wire.text import format_time


@click.command(
    epilog="Example: sayso build --out out/registry --time 2026-11-22T11:00:00Z"
)
@click.option(
    "--declarations",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("declarations"),
    show_default=True,
    help="The folder of declarations.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/registry"),
    show_default=True,
    help="The folder to make; an older release in it is replaced whole.",
)
@click.option(
    "--site",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("mkdocs.yml"),
    show_default=True,
    help="The site's settings.",
)
@click.option("--no-site", is_flag=True, help="Make the data only.")
@time_option
@click.option(
    "--operator",
    "is_operator",
    is_flag=True,
    help="Make a release that is signed by sayso seal, with an operator's keys.  "
    "[default: a development key signs it, made when there is none]",
)
@click.option(
    "--previous",
    metavar="FOLDER|URL",
    help="Where the files of the release before this one are.",
)
@click.option(
    "--cache",
    "cache_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where parsed files are kept from build to build; safe to delete.  "
    "[default: cache, beside the output]",
)
@click.option("--genesis", is_flag=True, help="This is the registry's first release.")
@click.option(
    "--recovery",
    is_flag=True,
    help="Of the release before nothing is left but what the ledger holds.",
)
@ledger_option
@trust_option
def command(  # noqa: PLR0917 - click passes options by name
    declarations: Path,
    out: Path,
    site: Path,
    no_site: bool,
    moment: str | None,
    is_operator: bool,
    previous: str | None,
    cache_folder: Path | None,
    genesis: bool,
    recovery: bool,
    ledger_folder: Path,
    trust_folder: Path,
) -> None:
    """Make a release and its site from declarations.

    Everything is written beside the output folder, opened again and verified as a
    consumer would, and then takes the folder's place; a failure leaves the old
    release whole. A development key signs it, which is made for this and says so
    everywhere, and the release is always a genesis. With --operator nothing is signed
    yet, and one of --previous, --genesis or --recovery is required.
    """
    way = Way(
        previous=previous,
        genesis=genesis,
        recovery=recovery,
        ledger=ledger_folder,
        trust=trust_folder,
    )
    way.check(is_operator=is_operator)
    if not no_site and not site.is_file():
        raise click.UsageError(
            f"{site} does not exist: name the site's settings with --site, or make the "
            "data only with --no-site."
        )
    check_target(out)
    check_place(out, declarations)
    if not is_operator:
        check_no_restart(out)
    issued = issue_time(moment, is_operator=is_operator)
    with shown_steps() as steps, _cache(out, cache_folder) as tables:
        steps("Reading declarations", 0, 1)
        tree = read_tree(
            declarations, stamps=tables.remembered.stamps, workers=processors()
        )
        if is_operator and not tree.clean:
            raise PublishError(
                f"{declarations} is not exactly what its Git commit holds, and only a "
                "development key signs that; commit first"
            )
        before = None
        if is_operator:
            before = release_before(way, declarations, tree, issued=issued)
        sources = read_accepted(
            tree,
            Before(
                state=None if before is None else before.state,
                blobs=lambda blobs: read_blobs(declarations, blobs),
            ),
            str(declarations),
            tables,
            now=issued,
        )
        with staged(out) as workspace:
            make_data(
                sources,
                before,
                Folder(workspace / DATA, out),
                steps,
                issued=issued,
                profile=Profile.OPERATOR if is_operator else Profile.DEVELOPMENT,
                workspace=workspace,
            )
            new = _with_site(workspace, out, issued, None if no_site else site, steps)
            steps("Verifying what was written", 0, 1)
            release = check_content(new)
            root = None if is_operator else _seal(new, _key_folder(out), issued)
    _report(out, release, root)


def _cache(out: Path, folder: Path | None) -> AbstractContextManager[Cache]:
    """Give the cache of parsed files; say what was broken in it."""
    return cache(
        folder or out.parent / "cache",
        lambda text: click.echo(text, err=True),
        workers=processors(),
    )


def _key_folder(out: Path) -> Path:
    return out.parent / "keys"


def _seal(folder: Path, keys: Path, issued: datetime) -> Path:
    """Seal a development release; return where its root is to be found."""
    root = seal_development(folder, development_key(keys), now=issued)
    check_sealed(folder, root, now=issued)
    return keep_root(keys, root)


def _with_site(
    workspace: Path, old: Path, issued: datetime, site: Path | None, steps: Steps
) -> Path:
    """Draw the site, whose folder MkDocs empties; then move the data into it."""
    data, new = workspace / DATA, workspace / NEW
    if site is None:
        data.rename(new)
        return new
    from sayso.publish.site.draw import build_site  # noqa: PLC0415 - brings in MkDocs

    with _dated(issued):
        build_site(
            mkdocs_yml=site,
            release=data,
            out=new,
            old=old,
            progress=lambda done, total: steps("Drawing pages", done, total),
        )
    join(data, new)
    return new


@contextmanager
def _dated(issued: datetime) -> Iterator[None]:
    """Let MkDocs date its sitemap by the release, of which the site is a function."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = str(int(issued.timestamp()))
    try:
        yield
    finally:
        del os.environ[EPOCH]
        if before is not None:
            os.environ[EPOCH] = before


def _report(out: Path, release: Release, root: Path | None) -> None:
    header, counts = release.header, release.counts
    click.echo(
        f"Release {header.number} of {header.origin}, issued "
        f"{format_time(header.issued)}, is in {out}: {counts['recordings']} recordings "
        f"and {counts['prefixes']} ranges of unlisted codes, by "
        f"{counts['declarations']} declarations of {counts['owners']} owners; "
        f"{counts['disputed']} recordings are disputed."
    )
    if root is None:
        click.echo(f"Nothing is signed yet: sayso seal {out}")
    else:
        click.echo(
            "It is signed with a DEVELOPMENT key, which is for trying out and not for "
            "real use. To verify it:\n"
            f"  sayso verify {out / REGISTRY_FILE} "
            f"--key {_key_folder(out) / DEVELOPMENT_PUBLIC}\n"
            "To look a recording up in it:\n"
            f"  sayso lookup ISRC --registry {out} --root {root}"
        )
