"""`sayso lookup`: what a registry answers for one recording."""

import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import click

from sayso.cli.answer_json import document
from sayso.cli.exits import VERDICT_CODES
from sayso.cli.key import key_option, trusted_key
from sayso.cli.panel import Panel, panel
from sayso.cli.terminal import width
from sayso.client.asking import listing_of
from sayso.client.fetch import fetcher_of
from sayso.client.registry import open_registry
from sayso.errors import InvalidIsrcError
from sayso.model.isrc import Isrc, parse_isrc
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Use, Words
from sayso.wire.profile import encode

_LOCAL = "out/registry"
_AGE = re.compile(r"([0-9]{1,5})([dh])", re.ASCII)


def _isrc(_: click.Context, __: click.Parameter, text: str) -> Isrc:
    try:
        return parse_isrc(text)
    except InvalidIsrcError as error:
        raise click.BadParameter(str(error)) from error


def _use(_: click.Context, __: click.Parameter, text: str | None) -> Use | None:
    if text is None or text in set(Use):
        return None if text is None else Use(text)
    near = get_close_matches(text, list(Use), n=1, cutoff=0.4)
    hint = f" Did you mean {near[0]}?" if near else ""
    known = "\n".join(f"  {use:<20} {Words.USES[use]}" for use in Use)
    raise click.BadParameter(f"there is no use {text!r}.{hint}\nThe uses are:\n{known}")


def _country(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    code = None if text is None else text.upper()
    if code is not None and code not in COUNTRIES:
        raise click.BadParameter(
            f"{text!r} is not a country's two-letter code (ISO 3166-1), such as DE"
        )
    return code


def _age(_: click.Context, __: click.Parameter, text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if match is None:
        raise click.BadParameter(
            f"{text!r} is not a number of days or hours, as 7d, 12h"
        )
    number = int(match[1])
    return timedelta(days=number) if match[2] == "d" else timedelta(hours=number)


def _location(_: click.Context, __: click.Parameter, text: str | None) -> str:
    if text is None and not Path(_LOCAL).is_dir():
        raise click.BadParameter(
            f"there is no {_LOCAL} here; say which registry to ask: a folder that "
            "holds release.json, or a web address"
        )
    return text or _LOCAL


@click.command("lookup")
@click.argument("isrc", callback=_isrc)
@click.option(
    "--use",
    callback=_use,
    metavar="USE",
    help="Ask about one use; the exit code then gives the verdict.",
)
@click.option(
    "--in", "country", callback=_country, metavar="CC", help="Ask about one country."
)
@click.option(
    "--registry",
    "location",
    callback=_location,
    metavar="FOLDER|URL",
    help="Which registry to ask. [default: out/registry]",
)
@key_option
@click.option(
    "--max-age",
    callback=_age,
    default="7d",
    show_default=True,
    metavar="AGE",
    help="The oldest release to answer from, such as 7d or 12h.",
)
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    isrc: Isrc,
    use: Use | None,
    country: str | None,
    location: str,
    key: str | None,
    max_age: timedelta,
    as_json: bool,
) -> None:
    """Say what a registry answers for the recording ISRC.

    The registry is verified first. Without --use every use is answered, and 0 means
    that there is an answer. With --use the exit code is the verdict: 0 allow, 10 ask,
    20 deny, 30 undeclared. In both cases 2 is a mistake in the question, and 40 means
    that there is no answer: the registry could not be reached or not be believed.
    """
    now = datetime.now(UTC)
    public = trusted_key(key)
    fetcher = fetcher_of(location)
    release, registry = open_registry(
        location, key=public, now=now, max_age=max_age, fetcher=fetcher
    )
    listing = listing_of(isrc, release=release, registry=registry, fetcher=fetcher)
    asked = tuple(Use) if use is None else (use,)
    view = Panel(
        listing=listing,
        territory=country,
        answers=tuple(listing.answer(one, country, now=now) for one in asked),
        release=release.header,
        registry=registry,
        key=public.name,
    )
    if as_json:
        click.echo(encode(document(view)), nl=False)
    else:
        click.echo("\n".join(panel(view, width())))
    context.exit(0 if use is None else VERDICT_CODES[view.answers[0].verdict])
