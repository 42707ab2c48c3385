"""The keys that are lines of `policy.txt`: those of the log, and of minisign."""

from typing import Final

import click

from sayso.cli.trust.asked import log_key
from sayso.errors import MalformedError
from sayso.wire.listed_key import list_key, unlist_key
from sayso.wire.policy_lines import with_log, with_other_log, without_log

LISTED: Final = ("log", "minisign")


def with_key(policy: bytes, role: str, text: str, option: str) -> bytes:
    """Return a policy with a key more.

    Args:
        policy: as it is.
        role: one of `LISTED`.
        text: the public key, or the file that has it.
        option: that gave it.

    Raises:
        click.BadParameter: it is no such key, or is there already.
    """
    key = log_key(text, option)
    try:
        if role == "log":
            return with_log(policy, key.key)
        return list_key(policy, key.text().splitlines()[1])
    except MalformedError as error:
        raise click.BadParameter(f"{text}: {error}", param_hint=option) from error


def with_new_log(policy: bytes, text: str, option: str) -> bytes:
    """Return a policy that believes another log, and not the one before.

    Args:
        policy: as it is.
        text: the name of the log and its public key, as NAME=FILE|KEY.
        option: that gave it.

    Raises:
        click.BadParameter: it is not so, or the log is believed already.
    """
    name, _, key = text.partition("=")
    try:
        return with_other_log(policy, name, log_key(key, option).key)
    except MalformedError as error:
        raise click.BadParameter(f"{text}: {error}", param_hint=option) from error


def without_key(policy: bytes, role: str, text: str, option: str) -> bytes:
    """Return a policy without a key; the arguments are those of `with_key`.

    Raises:
        click.BadParameter: it is no such key, or not there, or the only one of the log.
    """
    key = log_key(text, option)
    try:
        if role == "log":
            return without_log(policy, key.key)
        return unlist_key(policy, key.text().splitlines()[1])
    except MalformedError as error:
        raise click.BadParameter(f"{text}: {error}", param_hint=option) from error
