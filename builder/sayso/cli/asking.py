"""Asking a registry: which one, by which root, and how long its word holds."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import click

from sayso.client.fetch import Fetcher, FolderFetcher, fetcher_of
from sayso.client.keeping import KeepingFetcher
from sayso.client.kept import KeptFile
from sayso.client.refresh import Trusted
from sayso.client.store import Store
from sayso.model.territory import COUNTRIES
from sayso.trust.roles import RoleFile

_LOCAL = "out/registry"
_AGE = re.compile(r"([0-9]{1,5})([dhm])", re.ASCII)
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def age(_: click.Context, __: click.Parameter, text: str) -> timedelta:
    """Return a duration, such as `7d`, `12h` or `30m`.

    Raises:
        click.BadParameter: it is none.
    """
    match = _AGE.fullmatch(text)
    if match is None:
        raise click.BadParameter(
            f"{text!r} is not a number of days, hours or minutes, as 7d, 12h, 30m"
        )
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _location(_: click.Context, __: click.Parameter, text: str | None) -> str:
    if text is None and not Path(_LOCAL).is_dir():
        raise click.BadParameter(
            f"there is no {_LOCAL} here; say which registry to ask: a folder that "
            "holds release.json, or a web address"
        )
    return text or _LOCAL


def _country(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    code = None if text is None else text.upper()
    if code is not None and code not in COUNTRIES:
        raise click.BadParameter(
            f"{text!r} is not a country's two-letter code (ISO 3166-1), such as DE"
        )
    return code


country_option = click.option(
    "--in", "country", callback=_country, metavar="CC", help="Ask about one country."
)

registry_option = click.option(
    "--registry",
    "location",
    callback=_location,
    metavar="FOLDER|URL",
    help="Which registry to ask. [default: out/registry]",
)

max_age_option = click.option(
    "--max-age",
    callback=age,
    default="1h",
    show_default=True,
    metavar="AGE",
    help="How long a web address is not asked again for a newer release.",
)


def asked(
    location: str, pinned: RoleFile, store: Path, *, now: datetime, max_age: timedelta
) -> tuple[Fetcher, Trusted]:
    """Return what is believed of a registry now, and what brings its files.

    A folder is always asked: that costs nothing, and it may have been replaced. From
    the web the registry of a release is fetched once.

    Raises:
        RegistryError: as `sayso.client.store.Store.refresh`.
    """
    fetcher = fetcher_of(location)
    if isinstance(fetcher, FolderFetcher):
        max_age = timedelta(0)
    else:
        kept = KeptFile(store / f"{pinned.digest}.registry.json")
        fetcher = KeepingFetcher(fetcher, kept)
    trusted = Store(store, pinned).refresh(
        fetcher, now=now, max_age=max_age, source=location
    )
    return fetcher, trusted
