"""`sayso build`: declarations in, a signed release and its site out."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click

from sayso.cli.issuing import EPOCH, check_no_restart, check_place, issue_time
from sayso.cli.key import trusted_key
from sayso.cli.machine import processors
from sayso.cli.previous import open_previous
from sayso.cli.signing import (
    DEVELOPMENT_PUBLIC,
    VARIABLE,
    configured_key,
    development_key,
)
from sayso.cli.steps import shown_steps
from sayso.client.asking import listing_in_tree
from sayso.client.fetch import FolderFetcher
from sayso.client.registry import (
    SIGNATURE_SUFFIX,
    open_registry,
)
from sayso.client.verify import check_release
from sayso.errors import PublishError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.publish.cache import Cache, cache
from sayso.publish.inputs import Inputs, Steps
from sayso.publish.output import Folder
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.reading.sources import SourceTree, read_blobs, read_tree
from sayso.publish.release import make_release
from sayso.publish.report import as_text
from sayso.publish.spill import Spill
from sayso.publish.staging import DATA, NEW, check_target, join, staged
from sayso.trust.keys import PrivateKey, PublicKey
from sayso.trust.minisign import sign
from sayso.wire.header import Profile, trusted_comment
from sayso.wire.registry import Registry
from sayso.wire.release import (
    REGISTRY_FILE,
    RELEASE_FILE,
    Release,
    decode_release,
)
from sayso.wire.text import format_time

PUBLIC_KEY_FILE = "trust/sayso.pub"
_SAMPLE = 64


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
@click.option(
    "--time",
    "moment",
    metavar="TIME",
    help="When the release is issued, such as 2026-11-22T11:00:00Z.  "
    "[default: SOURCE_DATE_EPOCH, else now]",
)
@click.option(
    "--signing-key",
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"A file with an Ed25519 private key in PEM; {VARIABLE} may hold its text "
    "instead.  [default: a development key, made when there is none]",
)
@click.option(
    "--previous",
    metavar="FOLDER|URL",
    help="The release before this one.",
)
@click.option(
    "--previous-key",
    metavar="FILE|KEY",
    help="The public key of the release before.  [default: the signing key's]",
)
@click.option(
    "--cache",
    "cache_folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where parsed files are kept from build to build; safe to delete.  "
    "[default: cache, beside the output]",
)
@click.option("--genesis", is_flag=True, help="This is the registry's first release.")
def command(  # noqa: PLR0917 - click passes options by name
    declarations: Path,
    out: Path,
    site: Path,
    no_site: bool,
    moment: str | None,
    signing_key: Path | None,
    previous: str | None,
    previous_key: str | None,
    cache_folder: Path | None,
    genesis: bool,
) -> None:
    """Make a signed release and its site from declarations.

    Everything is written beside the output folder, opened again and verified as a
    consumer would, and then takes the folder's place; a failure leaves the old
    release whole. Without a signing key a development key is made, which says so
    everywhere, and the release is always a genesis. With one, --previous or
    --genesis is required.
    """
    key = configured_key(signing_key)
    _check_options(key, previous, genesis=genesis)
    if not no_site and not site.is_file():
        raise click.UsageError(
            f"{site} does not exist: name the site's settings with --site, or make the "
            "data only with --no-site."
        )
    check_target(out)
    check_place(out, declarations)
    if previous is None:
        check_no_restart(out)
    issued = issue_time(moment, is_operator=key is not None)
    with shown_steps() as steps, _cache(out, cache_folder) as tables:
        steps("Reading declarations", 0, 1)
        tree = read_tree(
            declarations, stamps=tables.remembered.stamps, workers=processors()
        )
        documents = _read(tree, declarations, tables)
        if key is not None and not tree.clean:
            raise PublishError(
                f"{declarations} is not exactly what its Git commit holds, and only a "
                "development key signs that; commit first"
            )
        signer = key or development_key(_key_folder(out))
        before = None
        if previous is not None:
            trusted = signer.public
            if previous_key:
                trusted = trusted_key(previous_key, option="--previous-key")
            before = open_previous(previous, trusted, declarations, tree, issued)
        with staged(out) as workspace:
            inputs = Inputs(
                tree=tree,
                documents=documents,
                blobs=lambda blobs: read_blobs(declarations, blobs),
                issued=issued,
                profile=Profile.OPERATOR if key else Profile.DEVELOPMENT,
                previous=before,
                tables=tables,
                readings=tables.remembered.readings,
                spill=lambda: Spill(workspace),
                workers=processors(),
            )
            release = _make(inputs, Folder(workspace / DATA, out), signer, steps)
            new = _with_site(workspace, out, release, None if no_site else site, steps)
            steps("Verifying what was written", 0, 1)
            _verify(new, signer.public, release)
    _report(out, release, signer)


def _cache(out: Path, folder: Path | None) -> AbstractContextManager[Cache]:
    """Give the cache of parsed files; say what was broken in it."""
    return cache(
        folder or out.parent / "cache",
        lambda text: click.echo(text, err=True),
        workers=processors(),
    )


def _check_options(
    key: PrivateKey | None, previous: str | None, *, genesis: bool
) -> None:
    if key is None and previous is not None:
        raise click.UsageError(
            "--previous needs a signing key: a development release is always a genesis."
        )
    if key is not None and (previous is None) is not genesis:
        raise click.UsageError(
            "With a signing key, say either --previous (the release before this one) "
            "or --genesis (this is the registry's first release)."
        )


def _key_folder(out: Path) -> Path:
    return out.parent / "keys"


def _read(tree: SourceTree, folder: Path, tables: Cache) -> Documents:
    """Return what the files say; show every problem, and end where one is an error."""
    documents, problems = read_documents(
        tree.files,
        readings=tables.remembered.readings,
        tables=tables,
        refused=tree.refused,
    )
    problems = sorted([*tree.problems, *problems], key=lambda problem: problem.order)
    if any(problem.is_error for problem in problems):
        click.echo(as_text(problems, folder=f"{folder}/"), nl=False)
        raise PublishError("nothing was built, and no output was touched")
    return documents


def _make(inputs: Inputs, output: Folder, signer: PrivateKey, steps: Steps) -> Release:
    """Write a release with its signatures."""
    files = make_release(inputs, output, steps)
    release = decode_release(files[RELEASE_FILE])
    for name, data in files.items():
        comment = trusted_comment(name, release.header)
        output.write(name, data)
        signature = sign(data, signer, trusted_comment=comment)
        output.write(f"{name}{SIGNATURE_SUFFIX}", signature.encode())
    output.write(PUBLIC_KEY_FILE, signer.public.text().encode())
    return release


def _with_site(
    workspace: Path, old: Path, release: Release, site: Path | None, steps: Steps
) -> Path:
    """Draw the site, whose folder MkDocs empties; then move the data into it."""
    data, new = workspace / DATA, workspace / NEW
    if site is None:
        data.rename(new)
        return new
    from sayso.publish.site.draw import build_site  # noqa: PLC0415 - brings in MkDocs

    with _dated(release):
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
def _dated(release: Release) -> Iterator[None]:
    """Let MkDocs date its sitemap by the release, of which the site is a function."""
    before = os.environ.get(EPOCH)
    os.environ[EPOCH] = str(int(release.header.issued.timestamp()))
    try:
        yield
    finally:
        del os.environ[EPOCH]
        if before is not None:
            os.environ[EPOCH] = before


def _verify(folder: Path, key: PublicKey, release: Release) -> None:
    """Open what was written as a consumer would.

    Raises:
        PublishError: a consumer would refuse it.
    """
    fetcher = FolderFetcher(folder)
    try:
        issued = release.header.issued
        written, registry = open_registry(
            str(folder), key=key, now=issued, max_age=None, fetcher=fetcher
        )
        check_release(folder, written, registry)
        for isrc in _sample(registry):
            listing = listing_in_tree(
                isrc, release=written, registry=registry, fetcher=fetcher
            )
            if not listing.listed:
                raise UntrustedError(f"the look-up tree does not list {isrc}")
    except RegistryError as error:
        raise PublishError(
            f"what was written does not verify, so it was thrown away: {error}"
        ) from error


def _sample(registry: Registry) -> list[Isrc]:
    """Return the codes of some recordings, spread over all of them."""
    ends = [isrc for part in registry.parts for isrc in (part.first, part.last)]
    return ends[:: max(len(ends) // _SAMPLE, 1)]


def _report(out: Path, release: Release, signer: PrivateKey) -> None:
    header, counts = release.header, release.counts
    click.echo(
        f"Release {header.number} of {header.origin}, issued "
        f"{format_time(header.issued)}, is in {out}: {counts['recordings']} recordings "
        f"and {counts['prefixes']} ranges of unlisted codes, by "
        f"{counts['declarations']} declarations of {counts['owners']} owners; "
        f"{counts['disputed']} recordings are disputed."
    )
    if signer.development:
        click.echo(
            f"It is signed with the DEVELOPMENT key {signer.public.name}, which is for "
            "trying out and not for real use. To verify it:\n"
            f"  sayso verify {out / REGISTRY_FILE} "
            f"--key {_key_folder(out) / DEVELOPMENT_PUBLIC}"
        )
