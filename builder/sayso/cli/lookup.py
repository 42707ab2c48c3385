"""`sayso lookup`: what a registry answers for one recording."""

from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import click

from sayso.cli.answer_json import document
from sayso.cli.as_of import answer_as_of, moment_of, show
from sayso.cli.asking import asked, country_option, max_age_option, registry_option
from sayso.cli.clock import now
from sayso.cli.exits import VERDICT_CODES
from sayso.cli.panel import Panel, panel
from sayso.cli.root import pinned_root, root_option, store_option
from sayso.cli.terminal import width
from sayso.client.asking import listing_of
from sayso.client.registry import fetch_registry
from sayso.errors import InvalidIsrcError
from sayso.model.isrc import Isrc, parse_isrc
from sayso.model.vocabulary import Use, Words
from sayso.wire.profile import encode


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


@click.command("lookup")
@click.argument("isrc", callback=_isrc)
@click.option(
    "--use",
    callback=_use,
    metavar="USE",
    help="Ask about one use; the exit code then gives the verdict.",
)
@country_option
@registry_option
@root_option
@store_option
@max_age_option
@click.option(
    "--as-of",
    "moment_asked",
    callback=moment_of,
    metavar="DAY|TIME",
    help="Say what the registry answered then: at the end of a day in UTC, such as "
    "2026-12-03, or at a time, such as 2026-12-03T10:00:00Z.",
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
    root_file: Path | None,
    store_folder: Path,
    max_age: timedelta,
    moment_asked: datetime | None,
    as_json: bool,
) -> None:
    """Say what a registry answers for the recording ISRC.

    The registry is verified first. Without --use every use is answered, and 0 means
    that there is an answer. With --use the exit code is the verdict: 0 allow, 10 ask,
    20 deny, 30 undeclared. In both cases 2 is a mistake in the question, and 40 means
    that there is no answer: the registry could not be reached or not be believed; or,
    with --as-of, that the release of then was revoked since.
    """
    moment, pinned = now(), pinned_root(root_file)
    if moment_asked is not None:
        # What was said last may have been replaced before the moment that is asked for.
        max_age = timedelta(0)
    fetcher, trusted = asked(
        location, pinned, store_folder, now=moment, max_age=max_age
    )
    if moment_asked is not None:
        past = answer_as_of(
            isrc,
            moment_asked,
            use=use,
            territory=country,
            trusted=trusted,
            fetcher=fetcher,
            now=moment,
        )
        context.exit(show(past, use=use, as_json=as_json))
    release = trusted.release
    registry = fetch_registry(fetcher, release)
    listing = listing_of(isrc, release=release, registry=registry, fetcher=fetcher)
    uses = tuple(Use) if use is None else (use,)
    view = Panel(
        listing=listing,
        territory=country,
        answers=tuple(listing.answer(one, country, now=moment) for one in uses),
        release=release.header,
        registry=registry,
        root=pinned.digest,
    )
    if as_json:
        click.echo(encode(document(view)), nl=False)
    else:
        click.echo("\n".join(panel(view, width())))
    context.exit(0 if use is None else VERDICT_CODES[view.answers[0].verdict])
