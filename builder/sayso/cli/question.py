"""Questions: which registry is asked, about what, and how long its word holds."""

import re
from datetime import UTC, datetime, time, timedelta
from difflib import get_close_matches
from pathlib import Path

import click

from sayso.errors import MalformedError
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Use, Words
from sayso.wire.text import format_time, parse_day, parse_time

LOCAL = "out/registry"
_AGE = re.compile(r"([0-9]{1,5})([dhm])", re.ASCII)
LAST_SECOND = time(23, 59, 59)
"""The end of a day that is asked about, in UTC."""
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
    if text is None and not Path(LOCAL).is_dir():
        raise click.BadParameter(
            f"there is no {LOCAL} here; say which registry to ask: a folder that "
            "holds release.json, or a web address"
        )
    return text or LOCAL


def _country(_: click.Context, __: click.Parameter, text: str | None) -> str | None:
    code = None if text is None else text.upper()
    if code is not None and code not in COUNTRIES:
        raise click.BadParameter(
            f"{text!r} is not a country's two-letter code (ISO 3166-1), such as DE"
        )
    return code


country_option = click.option(
    "--in",
    "--territory",
    "country",
    callback=_country,
    metavar="CC",
    help="Ask about one country.",
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


def use_of(_: click.Context, __: click.Parameter, text: str | None) -> Use | None:
    """Return the use that an option names.

    Raises:
        click.BadParameter: the vocabulary has none of this name.
    """
    if text is None or text in set(Use):
        return None if text is None else Use(text)
    near = get_close_matches(text, list(Use), n=1, cutoff=0.4)
    hint = f" Did you mean {near[0]}?" if near else ""
    known = "\n".join(f"  {use:<20} {Words.USES[use]}" for use in Use)
    raise click.BadParameter(f"there is no use {text!r}.{hint}\nThe uses are:\n{known}")


def moment_of(
    _: click.Context, __: click.Parameter, text: str | None
) -> datetime | None:
    """Return the moment that an option gives; of a day, its last second in UTC.

    Raises:
        click.BadParameter: it is neither a day nor a time.
    """
    if text is None:
        return None
    try:
        if "T" in text:
            return parse_time(text)
        return datetime.combine(parse_day(text), LAST_SECOND, tzinfo=UTC)
    except MalformedError as error:
        raise click.BadParameter(
            f"{text!r} is neither a day, as 2026-12-03, nor a time in UTC, as "
            "2026-12-03T10:00:00Z"
        ) from error


as_of_option = click.option(
    "--as-of",
    "moment_asked",
    callback=moment_of,
    metavar="DAY|TIME",
    help="Say what the registry answered then: at the end of a day in UTC, such as "
    "2026-12-03, or at a time, such as 2026-12-03T10:00:00Z.",
)


def check_past(moment: datetime, now: datetime) -> datetime:
    """Return a moment that is asked about, at most now.

    Raises:
        click.BadParameter: it is not past.
    """
    if moment.date() > now.date() or (moment > now and moment.time() != LAST_SECOND):
        raise click.BadParameter(
            f"{format_time(moment)} is not past", param_hint="--as-of"
        )
    return min(moment, now)
