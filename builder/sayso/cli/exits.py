"""Exit codes: the one place where errors and verdicts become numbers."""

from enum import IntEnum, unique
from pathlib import PurePath
from traceback import extract_tb

import click

from sayso.errors import PublishError, RegistryError, SaysoError
from sayso.model.vocabulary import Verdict


@unique
class ExitCode(IntEnum):
    """What the command's exit code says; it is never 0 on an error."""

    DONE = 0
    PROBLEMS = 1
    USAGE = 2
    ASK = 10
    DENY = 20
    UNDECLARED = 30
    FAILED = 40
    INTERRUPTED = 130
    BROKEN_PIPE = 141


VERDICT_CODES: dict[Verdict, ExitCode] = {
    Verdict.ALLOW: ExitCode.DONE,
    Verdict.ASK: ExitCode.ASK,
    Verdict.DENY: ExitCode.DENY,
    Verdict.UNDECLARED: ExitCode.UNDECLARED,
}
"""What a look-up of one use exits with."""


_CODES: dict[type[BaseException], ExitCode] = {
    click.ClickException: ExitCode.USAGE,
    click.Abort: ExitCode.INTERRUPTED,
    KeyboardInterrupt: ExitCode.INTERRUPTED,
    BrokenPipeError: ExitCode.BROKEN_PIPE,
    PublishError: ExitCode.PROBLEMS,
    RegistryError: ExitCode.FAILED,
    SaysoError: ExitCode.USAGE,
    OSError: ExitCode.FAILED,
}
"""The first that fits decides."""

_PUBLISH = frozenset(
    {
        "bcrypt",
        "dns",
        "isal",
        "markdown",
        "mkdocs",
        "msgspec",
        "polars",
        "yaml",
    }
)
"""What the extra `publish` brings, by the names under which it is imported."""

_EXTRAS = {
    "botocore": ("this key or bucket", "aws"),
    "openpyxl": ("a spreadsheet", "excel"),
    "pandas": ("a cluster of Spark", "spark"),
    "pkcs11": ("this key", "hsm"),
    "pyspark": ("a cluster of Spark", "spark"),
}
"""What needs a module that is not there for everybody, and the extra that brings it."""

_POSIX = frozenset({"fcntl"})
"""What Python itself has on POSIX alone."""

_QUIET = (click.ClickException, click.Abort, KeyboardInterrupt, BrokenPipeError)


def outcome(error: BaseException) -> tuple[ExitCode, str]:
    """Return the exit code for an error, and what to say of it; perhaps nothing."""
    for kind, code in _CODES.items():
        if isinstance(error, kind):
            return code, "" if isinstance(error, _QUIET) else str(error)
    if isinstance(error, ModuleNotFoundError) and (said := _missing(error)):
        return ExitCode.USAGE, said
    return ExitCode.FAILED, _fault(error)


def _missing(error: ModuleNotFoundError) -> str:
    """Return what to do about a module that is not there; nothing if it is ours."""
    package = (error.name or "").partition(".")[0]
    if package in _PUBLISH:
        return (
            f"this command needs {package}, which is not installed; install the "
            "producing side from the project's folder: pip install '.[publish]'"
        )
    if package in _EXTRAS:
        what, extra = _EXTRAS[package]
        return (
            f"{what} needs {package}, which is not installed; install it from the "
            f"project's folder: pip install '.[{extra}]'"
        )
    if package in _POSIX:
        return (
            "this command makes a registry, which needs a POSIX system, such as Linux "
            "or macOS; sayso lookup and sayso verify do not"
        )
    return ""


def _fault(error: BaseException) -> str:
    places = extract_tb(error.__traceback__)
    place = f"{PurePath(places[-1].filename).name}:{places[-1].lineno}"
    return (
        f"a fault in sayso itself: {type(error).__name__} at {place}: {error}. "
        "No answer was given; please report it"
    )
