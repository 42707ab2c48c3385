"""The command: the only layer that prints, exits, and reads the clock.

A command's module is `sayso.cli.<name>`, but for those in `_MODULES`, with the click
command as its attribute `command`; it is imported only when it runs. A command ends
with another code than 0 by `context.exit(code)`, or by raising an error that
`exits.outcome` knows.
"""

import io
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from sayso import __version__
from sayso.cli.exits import ExitCode, outcome
from sayso.cli.menu import Menu
from sayso.cli.terminal import printable

COMMANDS = {
    "new": "Write an owner file and a first declaration from a few questions.",
    "validate": "Check declarations and say what to change.",
    "key": "Make the SSH key with which you sign what you declare.",
    "sign": "Sign what you declare, so that it counts for more.",
    "prove": "Say how a domain names your keys, and whether it does.",
    "withdraw": "End what a declaration says, and keep the file.",
    "dispute": "Write down that you contest what another owner declared.",
    "decide": "Write down what two operators decided, for both to sign.",
    "review": "Say of a change, from Git alone, whether it may be merged.",
    "admit": "Put the host's word on who made a change into a signed file.",
    "attest": "Look at domains as an operator, and sign what they say.",
    "explain": "Explain a rule by its code, such as SAY203.",
    "build": "Make a registry and its site from declarations.",
    "seal": "Enter a release into the log, and sign it.",
    "rebuild": "Make a release again, and say where it differs from its commit.",
    "renew": "Sign a new timestamp, which says that nothing is held back.",
    "publish": "Bring a signed release to where it is served.",
    "doctor": "Say whether a registry holds, and what is to be renewed.",
    "verify": "Check a receipt, or the signature of a file of a release.",
    "owner": "Check what an owner signed, without the repository.",
    "sync": "Keep a verified copy of a registry here, and in step.",
    "lookup": "Say what a registry answers for a recording.",
    "screen": "Check a whole manifest: a table, a folder of audio, a tar.",
    "diff": "Say what changed between two releases.",
    "receipt": "Keep a proof of what a registry answers, for years.",
    "post": "Answer a pull request, the queue, or an issue form at GitHub.",
    "event": "Say who is behind a pull request, for a job at GitHub.",
    "monitor": "Watch a registry's log: that it only grows, and what is new.",
    "trust": "Make and sign, with offline keys, whose keys are trusted.",
}
"""Each command and its help in one line, so that listing them loads none."""

_MODULES = {"key": "owner_key"}
"""Commands whose module has another name, since one of theirs is something else."""


class LazyGroup(Menu):
    """Turns every error into a code."""

    def main(  # type: ignore[override] # never returns, so it never returns a value
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401 - click's own options, handed on
    ) -> NoReturn:
        """Run the command line and exit; no error ends in a traceback."""
        if os.environ.get("NO_COLOR"):
            extra |= {"color": False}
        _escape_what_cannot_be_written()
        arguments = sys.argv[1:] if args is None else list(args)
        try:
            code = self._run(prog_name or "sayso", arguments, extra)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BaseException as error:  # noqa: BLE001 - the last place for all of them
            code = _report(error)
        sys.exit(code)

    def _run(self, name: str, arguments: list[str], extra: dict[str, Any]) -> int:
        # click's own `main` would end a closed pipe with 1, which means problems.
        try:
            with self.make_context(name, arguments, **extra) as context:
                self.invoke(context)
        except click.exceptions.Exit as end:
            return end.exit_code
        return ExitCode.DONE


@click.group(
    "sayso",
    cls=LazyGroup,
    package=__name__,
    menu=COMMANDS,
    modules=_MODULES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 88},
)
@click.version_option(__version__, prog_name="sayso", message="%(prog)s %(version)s")
def main() -> None:
    """Say, and look up, whether AI may be trained on a sound recording.

    Not listed is never permission.
    """


def _report(error: BaseException) -> int:
    if isinstance(error, SystemExit):
        raise error
    code, message = outcome(error)
    if isinstance(error, click.ClickException):
        error.show()
    elif message:
        # It may quote the name of a file, and somebody else may have named it.
        lines = map(printable, message.split("\n"))
        click.echo("sayso: " + "\n".join(lines), err=True)
    if code is ExitCode.BROKEN_PIPE:
        # Python flushes standard output once more when it ends, into nothing now.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _escape_what_cannot_be_written() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
