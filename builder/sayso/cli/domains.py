"""Asking domains: whom to ask, how long, and what to say of what was seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import click

from sayso.errors import MalformedError
from sayso.publish.proving.asking import look_at_server, look_in_dns
from sayso.publish.proving.dns import TIMEOUT, system_resolver
from sayso.publish.proving.look import Look
from sayso.publish.proving.resolver import Resolver, parse_resolver
from sayso.publish.proving.well_known import Manner
from sayso.wire.verification import ANSWERS

_LONGEST: Final = 60.0
_SHORTEST: Final = 0.1

_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """How domains are asked.

    Attributes:
        resolvers: whom to ask.
        is_chosen: whether they were named, so that any name is asked of them.
        timeout: how long each has, in seconds.
        manner: how web servers are asked.
    """

    resolvers: tuple[Resolver, ...]
    is_chosen: bool
    timeout: float
    manner: Manner

    def in_dns(self, domain: str) -> Look:
        """Return what resolvers say of a domain."""
        return look_in_dns(domain, self.resolvers, timeout=self.timeout)

    def at_server(self, domain: str) -> Look:
        """Return what a domain's web server says."""
        return look_at_server(domain, self.resolvers, self.manner, timeout=self.timeout)


def means_options(command: _Command) -> _Command:
    """Give a command the options of which `means` is made."""
    for option in (
        click.option(
            "--timeout",
            type=click.FloatRange(_SHORTEST, _LONGEST),
            default=TIMEOUT,
            show_default=True,
            metavar="SECONDS",
            help="How long a resolver has to answer.",
        ),
        click.option(
            "--ca",
            "authorities",
            type=click.Path(exists=True, dir_okay=False),
            metavar="FILE",
            help="Certificates that may name web servers.  [default: the system's]",
        ),
        click.option(
            "--resolver",
            "resolvers",
            multiple=True,
            metavar="ADDRESS",
            help="A resolver to ask, such as 192.0.2.53. May be repeated: more than "
            "half have to answer, and all that do have to agree.  [default: the "
            "system's]",
        ),
    ):
        command = option(command)
    return command


def means(resolvers: Sequence[str], authorities: str | None, timeout: float) -> Means:
    """Return how to ask, from what the options say.

    Raises:
        click.BadParameter: a resolver is none, or there are too many.
        FetchError: none is named, and the system has none.
    """
    named = list(dict.fromkeys(resolvers))
    if len(named) > ANSWERS:
        raise click.BadParameter(
            f"at most {ANSWERS} resolvers are asked", param_hint="--resolver"
        )
    try:
        chosen = tuple(map(parse_resolver, named))
    except MalformedError as error:
        raise click.BadParameter(str(error), param_hint="--resolver") from error
    return Means(
        resolvers=chosen or (system_resolver(),),
        is_chosen=bool(chosen),
        timeout=timeout,
        manner=Manner(authorities=authorities),
    )
