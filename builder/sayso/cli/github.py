"""What a job at GitHub is told by its environment."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import click

from sayso.errors import FetchError
from sayso.publish.github.api import Api
from sayso.publish.github.event import EVENT_LIMIT, Event, read_event
from sayso.publish.github.links import run_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job of a workflow.

    Attributes:
        api: its repository, as its token may read and change it.
        server: the host on the web, such as https://github.com.
        repository: `owner/name`.
        run: the address of its run.
    """

    api: Api
    server: str
    repository: str
    run: str


def this_job() -> Job:
    """Return the job that this runs in.

    Raises:
        click.UsageError: it runs in none, or the job has no token.
    """
    repository, server = _told("GITHUB_REPOSITORY"), _told("GITHUB_SERVER_URL")
    api = Api(
        address=_told("GITHUB_API_URL"),
        repository=repository,
        token=_told("GITHUB_TOKEN"),
        wait=time.sleep,
    )
    run = run_link(server, repository, _told("GITHUB_RUN_ID"))
    return Job(api=api, server=server, repository=repository, run=run)


def this_event() -> Event:
    """Return what the job is about.

    Raises:
        click.UsageError: it runs in none.
        FetchError: the event cannot be read.
        MalformedError: the event is another one, or does not say what is needed.
    """
    path = Path(_told("GITHUB_EVENT_PATH"))
    try:
        with path.open("rb") as file:
            data = file.read(EVENT_LIMIT + 1)
    except OSError as error:
        raise FetchError(f"the event cannot be read: {error.strerror}") from error
    return read_event(_told("GITHUB_EVENT_NAME"), data)


def _told(name: str) -> str:
    found = os.environ.get(name, "")
    if not found:
        raise click.UsageError(f"{name} is not set: this runs in a job at GitHub.")
    return found
