"""`sayso lookup`: what a registry answers for one recording."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from sayso.cli.answer_json import document
from sayso.cli.at_once import copy_at_once
from sayso.cli.clock import now
from sayso.cli.exits import VERDICT_CODES
from sayso.cli.found import Found
from sayso.cli.panel import Panel, panel
from sayso.cli.question import (
    as_of_option,
    country_option,
    max_age_option,
    registry_option,
    use_of,
)
from sayso.cli.root import root_option, store_option
from sayso.cli.terminal import width
from sayso.errors import InvalidIsrcError
from sayso.model.isrc import Isrc, parse_isrc
from sayso.model.vocabulary import Use
from sayso.wire.profile import encode


def _isrc(_: click.Context, __: click.Parameter, text: str) -> Isrc:
    try:
        return parse_isrc(text)
    except InvalidIsrcError as error:
        raise click.BadParameter(str(error)) from error


@click.command(
    "lookup",
    epilog="Example: sayso lookup XXF012600001 --use train-generative "
    "--registry https://registry.example --root 1.root.json",
)
@click.argument("isrc", callback=_isrc)
@click.option(
    "--use",
    callback=use_of,
    metavar="USE",
    help="Ask about one use; the exit code then gives the verdict.",
)
@country_option
@registry_option
@root_option
@store_option
@max_age_option
@as_of_option
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
    moment = now()
    if moment_asked is not None:
        # What verifies takes longer to load than a look-up in a copy takes.
        from sayso.cli.as_of import past_code  # noqa: PLC0415

        asked = (isrc, moment_asked, use, country)
        where = (location, root_file, store_folder)
        context.exit(past_code(asked, where, now=moment, as_json=as_json))
    copy = copy_at_once(location, root_file, store_folder, now=moment, max_age=max_age)
    if copy is None:
        from sayso.cli.listed import listed  # noqa: PLC0415

        found = listed(
            isrc, location, root_file, store_folder, now=moment, max_age=max_age
        )
    else:
        found = Found.of_copy(copy, isrc)
    uses = tuple(Use) if use is None else (use,)
    answers = tuple(found.listing.answer(one, country, now=moment) for one in uses)
    view = Panel(found=found, territory=country, answers=answers)
    if as_json:
        click.echo(encode(document(view)), nl=False)
    else:
        click.echo("\n".join(panel(view, width())))
    context.exit(0 if use is None else VERDICT_CODES[answers[0].verdict])
