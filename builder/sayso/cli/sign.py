"""`sayso sign`: sign what you declare, so that it counts for more."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from sayso.cli.placing import PlaceError, place_files, replace_file
from sayso.cli.private_key import open_key
from sayso.cli.target import Target, target_of
from sayso.errors import PublishError
from sayso.model.authority import MANIFEST_FILE, OWNER_FILE, SIGNATURE_FILE
from sayso.model.owner import OwnerId
from sayso.publish.authority.manifests import next_manifest, with_signature
from sayso.publish.authority.office import POLICY_FILE, SETTINGS, policy_of
from sayso.publish.authority.signers import SUFFIX, fingerprints
from sayso.publish.reading.file import SourceFile
from sayso.publish.reading.git_changes import accepted_file
from sayso.publish.reading.layout import Place, place_of
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import read_tree
from sayso.trust.ssh_key import PrivateSshKey
from sayso.wire.folder_manifest import REGISTRY, decode_manifest

_EXAMPLES = """\
\b
Examples:
  sayso sign declarations/domain/fe/fernwood.example --key ~/.ssh/sayso
  sayso sign declarations/registry/decisions/2026/20261203-mara.yaml --key ada
  ssh-keygen -Y sign -n sayso -f KEY declarations/…/manifest.json   (a security key)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """A folder that is signed as a whole.

    Attributes:
        place: the folder.
        owner: whose it is, or `registry`.
        files: its files, by name.
        origin: the registry's name.
    """

    place: Path
    owner: str
    files: dict[str, SourceFile]
    origin: str


@click.command("sign", epilog=_EXAMPLES)
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--key",
    "key_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The private key.  [default: ~/.ssh/sayso]",
)
@click.option(
    "--base",
    metavar="REV",
    help="Whose manifest is accepted.  [default: origin/HEAD, origin/main or HEAD]",
)
@click.option(
    "--recover",
    is_flag=True,
    help="The old keys are lost: this key begins anew, after 30 days in public.",
)
@click.option(
    "--manifest-only",
    is_flag=True,
    help="Write manifest.json, for ssh-keygen and a security key to sign.",
)
def command(
    path: Path,
    key_file: Path | None,
    base: str | None,
    *,
    recover: bool,
    manifest_only: bool,
) -> None:
    """Sign an owner's folder, the operators' folder, or one record.

    PATH is your folder: its manifest.json then says which files it has and what they
    say, and manifest.json.sig is your signature over that. Layout, comments and quotes
    may change afterwards; what is said may not. Numbers and digests are written for
    you. PATH may be a dispute or a decision as well, whose signatures are put beside
    it; two operators sign one after the other.

    The exit code is 0 when it is signed, 1 when it cannot be, 2 for wrong options.
    """
    target = target_of(path)
    key = None if manifest_only else open_key(key_file or Path.home() / ".ssh/sayso")
    place = target.root / target.path
    if place.is_file():
        if key is None:
            raise click.UsageError("--manifest-only is for folders")
        _sign_record(target, place, key)
        return
    folder = _folder(target)
    accepted = accepted_file(place, MANIFEST_FILE, base)
    data = next_manifest(
        folder.owner, folder.origin, folder.files, accepted, recovers=recover
    )
    if key is not None and folder.owner != REGISTRY:
        _check_key(folder, key)
    written = {place / MANIFEST_FILE: data}
    if key is not None:
        signatures = with_signature(data, _read(place / SIGNATURE_FILE), key)
        written[place / SIGNATURE_FILE] = signatures
    _write(written)
    manifest = decode_manifest(data)
    told = f"{place / MANIFEST_FILE}: {len(manifest.files)} files, number "
    told += f"{manifest.sequence}" + (f", epoch {manifest.epoch}." if recover else ".")
    if key is None:
        click.echo(told)
        click.echo(
            f"Sign it with: ssh-keygen -Y sign -n sayso -f KEY {place / MANIFEST_FILE}"
        )
        return
    click.echo(f"{told} Signed by {key.public.fingerprint}.")


def _sign_record(target: Target, place: Path, key: PrivateSshKey) -> None:
    found = place_of(target.path)
    if not isinstance(found, Place) or found.owner is not None:
        raise click.UsageError(
            f"{place} is signed with its folder: sayso sign {place.parent}"
        )
    signatures = place.with_name(place.name + SUFFIX)
    _write({signatures: with_signature(place.read_bytes(), _read(signatures), key)})
    click.echo(f"{signatures}: signed by {key.public.fingerprint}.")


def _folder(target: Target) -> _Folder:
    """Return the folder to sign; end where it is none, or does not hold.

    Raises:
        PublishError: `sayso validate` finds an error in it.
        click.UsageError: it is nobody's folder.
    """
    tree = read_tree(target.root, under={target.path, "registry/"})
    owner = _owner_of(target)
    problems = [*tree.problems, *read_documents(tree.files, refused=tree.refused)[1]]
    signed = [one for one in problems if target.has(one.path)]
    if owner == REGISTRY:  # records are signed one by one
        signed = [one for one in signed if one.path in SETTINGS]
    errors = [one for one in signed if one.is_error]
    if errors:
        raise PublishError(
            f"{errors[0].path}: {errors[0].message} Nothing was signed; see sayso "
            f"validate {target.root / target.path}"
        )
    known = {file.path: file for file in tree.files}
    wanted = SETTINGS if owner == REGISTRY else known
    return _Folder(
        place=target.root / target.path,
        owner=owner,
        files={
            path.rpartition("/")[2]: known[path]
            for path in wanted
            if path in known and path.startswith(f"{target.path}/")
        },
        origin=policy_of(known.get(POLICY_FILE)).origin,
    )


def _owner_of(target: Target) -> str:
    if target.path == REGISTRY:
        return REGISTRY
    found = place_of(f"{target.path}/{OWNER_FILE}")
    if isinstance(found, Place) and found.owner is not None:
        return OwnerId(found.owner)
    raise click.UsageError(
        f"{target.root / target.path} is no owner's folder, such as "
        "declarations/domain/fe/fernwood.example"
    )


def _check_key(folder: _Folder, key: PrivateSshKey) -> None:
    """Warn where the key is not in owner.yaml, old or new."""
    file = folder.files.get(OWNER_FILE)
    text = "" if file is None else file.data.decode()
    lines = tuple(line.strip(" -\"'\t") for line in text.splitlines())
    if key.public.line not in text and key.public.fingerprint not in fingerprints(
        lines
    ):
        click.echo(
            f"{OWNER_FILE} does not list this key. It counts only where it was listed "
            "before; else add it to keys: and sign again:\n"
            f'  - "{key.public.line}"',
            err=True,
        )


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all of some files, or leave them as they are.

    Raises:
        PublishError: one cannot be written.
    """
    before = {path: _read(path) for path in files}
    try:
        for path, data in files.items():
            _place(path, data)
    except BaseException as error:
        for path, old in before.items():
            if _read(path) == old:
                continue
            if old is None:
                path.unlink()
            else:
                _place(path, old)
        if isinstance(error, PlaceError):
            raise PublishError(str(error)) from error
        raise


def _place(path: Path, data: bytes) -> None:
    if path.exists():
        replace_file(path, data)
    else:
        place_files({path: data})
