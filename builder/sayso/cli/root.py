"""`--root`: by whom everything is believed; never from the registry that is asked."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click
from platformdirs import user_state_path

from sayso.client.files import read_file
from sayso.errors import RegistryError, UntrustedError
from sayso.wire.text import Digest

if TYPE_CHECKING:
    from sayso.trust.roles import RoleFile

_ROOT_LIMIT = 2**20

_NO_ROOT = (
    "no root was given to believe this by, so nothing was asked. Get the registry's "
    "1.root.json from its operator in another way than from the registry itself, then "
    "give it with --root FILE or in SAYSO_ROOT. A registry that you built yourself has "
    "it beside it: --root out/keys/development.root.json"
)

root_option = click.option(
    "--root",
    "root_file",
    envvar="SAYSO_ROOT",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The root that is believed, a .root.json file. [env: SAYSO_ROOT]",
)

store_option = click.option(
    "--store",
    "store_folder",
    envvar="SAYSO_STORE",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: user_state_path("sayso", appauthor=False),
    show_default="a folder of yours",
    help="Where it is kept what was seen of registries, so that none goes back "
    "unnoticed. [env: SAYSO_STORE]",
)


def root_digest(path: Path) -> Digest:
    """Return the SHA-256 of the root that an option gives, without reading it.

    Raises:
        click.BadParameter: it cannot be read.
    """
    try:
        return Digest(sha256(read_file(path, limit=_ROOT_LIMIT)).hexdigest())
    except RegistryError as error:
        raise _not_a_root(path, error) from error


def pinned_root(path: Path | None) -> "RoleFile":
    """Return the root that an option gives.

    Raises:
        UntrustedError: none was given.
        click.BadParameter: it is no root, or cannot be read.
    """
    if path is None:
        raise UntrustedError(_NO_ROOT)
    # What verifies takes longer to load than a look-up in a copy takes.
    from sayso.trust.chain import read_root  # noqa: PLC0415
    from sayso.trust.roles import ROLE_LIMIT  # noqa: PLC0415

    try:
        return read_root(read_file(path, limit=ROLE_LIMIT))
    except RegistryError as error:
        raise _not_a_root(path, error) from error


def _not_a_root(path: Path, error: RegistryError) -> click.BadParameter:
    return click.BadParameter(f"{path} is not a root: {error}", param_hint="--root")
