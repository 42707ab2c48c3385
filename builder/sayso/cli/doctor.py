"""`sayso doctor`: does a registry hold, how long, and what is to be done?"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from sayso.cli.clock import now
from sayso.cli.exits import ExitCode
from sayso.cli.question import registry_option
from sayso.cli.root import pinned_root, root_option
from sayso.cli.terminal import fields, paragraph, width
from sayso.client.fetch import Fetcher, fetcher_of
from sayso.client.refresh import Trusted, refresh
from sayso.errors import FetchError, MissingError
from sayso.trust.profiles import Role
from sayso.trust.renewal import Expiry, expiries
from sayso.trust.roles import profile_of
from sayso.wire.profile import Json, encode
from sayso.wire.release import RELEASE_FILE, RELEASE_LIMIT
from sayso.wire.text import format_time

FORMAT = "sayso/doctor/1"
_ONLINE = (Role.TIMESTAMP, Role.SNAPSHOT, Role.RELEASES)
_ABSENT = "tuf/metadata/no-such-file.json"


@click.command(
    "doctor",
    epilog="Example: sayso doctor --registry https://registry.example "
    "--root 1.root.json",
)
@registry_option
@root_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.pass_context
def command(
    context: click.Context, *, location: str, root_file: Path | None, as_json: bool
) -> None:
    """Ask a registry as a consumer that never saw it, and say what expires when.

    For its operator, from another machine than the one that publishes: exits 1 where
    something has to be renewed soon or its host answers wrongly, and 40 where no
    consumer gets an answer any more.
    """
    moment, pinned = now(), pinned_root(root_file)
    fetcher = fetcher_of(location)
    trusted = refresh(fetcher, pinned, now=moment)
    chain = trusted.chain
    roles = [chain.file(role) for role in (Role.TARGETS, *_ONLINE)]
    ends = expiries(chain.root, *roles)
    due = [*_due(ends, moment), *_host(fetcher, trusted)]
    if as_json:
        click.echo(encode(_document(trusted, ends, due)), nl=False)
    else:
        _say(trusted, ends, due)
    context.exit(ExitCode.PROBLEMS if due else ExitCode.DONE)


def _due(ends: tuple[Expiry, ...], moment: datetime) -> Iterator[str]:
    for end in ends:
        if end.is_due(moment):
            online = any(end.name.endswith(f"{role}.json") for role in _ONLINE)
            how = "sayso renew" if online else "sayso trust rotate, by the holders"
            yield f"{end.name} expires {format_time(end.expires)}: {how}."


def _host(fetcher: Fetcher, trusted: Trusted) -> Iterator[str]:
    """Yield what the host does wrong."""
    try:
        fetcher.fetch(_ABSENT, limit=1 << 16)
        yield (
            f"{_ABSENT}, which is not there, is answered with something: a host has to "
            "answer 404, or clients take it for a file."
        )
    except MissingError:
        pass
    except FetchError as error:
        yield f"A missing file is not answered with 404: {error}."
    try:
        data = fetcher.fetch(RELEASE_FILE, limit=RELEASE_LIMIT)
    except FetchError as error:
        yield f"Who has no tool of ours finds no release: {error}."
    else:
        if data != trusted.files[RELEASE_FILE]:
            yield (
                f"{RELEASE_FILE} is not the newest release: either one is being "
                "published, or a cache keeps the old one; set Cache-Control: no-cache."
            )


def _say(trusted: Trusted, ends: tuple[Expiry, ...], due: list[str]) -> None:
    columns, header = width(), trusted.release.header
    profile = profile_of(trusted.chain.root)
    checkpoint = trusted.checkpoint
    witnesses = ", ".join(
        f"{name} {format_time(time)}" for name, time in checkpoint.cosigned.items()
    )
    rows = [
        (
            "release",
            f"{header.number} of {header.origin}, {format_time(header.issued)}",
        ),
        (
            "log",
            f"{checkpoint.checkpoint.size} entries, {checkpoint.checkpoint.origin}",
        ),
        ("witnesses", witnesses or "none"),
        *(("holds", f"{end.name} until {format_time(end.expires)}") for end in ends),
        ("profile", profile.name),
        ("beware", profile.weakness),
    ]
    click.echo("\n".join(fields(rows, columns)))
    for sentence in due or ["Nothing is due."]:
        for line in paragraph(sentence, columns, first="- ", rest="  "):
            click.echo(click.style(line, fg="yellow" if due else "green"))


def _document(
    trusted: Trusted, ends: tuple[Expiry, ...], due: list[str]
) -> dict[str, Json]:
    holds: dict[str, Json] = {end.name: format_time(end.expires) for end in ends}
    return {
        "due": list(due),
        "format": FORMAT,
        "holds": holds,
        "profile": profile_of(trusted.chain.root).name,
        "release": trusted.release.header.number,
        "witnesses": list(trusted.checkpoint.cosigned),
    }
