"""Withdrawing: a declaration gets its end, and keeps every byte that it has."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from enum import StrEnum, unique

from sayso.errors import PublishError
from sayso.model.declaration import Declaration, Withdrawal
from sayso.publish.reading.layout import Kind, Place
from sayso.publish.reading.said import parse_yaml
from sayso.wire.text import format_day

_DOCUMENT_END = re.compile(rb"^\.\.\.(?=\s|\Z)", re.MULTILINE)


@unique
class WithdrawalReason(StrEnum):
    """Why a statement ends; a file may also say it in other words."""

    SOLD = "sold"
    ERROR = "error"
    LICENCE_SIGNED = "licence-signed"
    DUPLICATE = "duplicate"
    OTHER = "other"


def withdrawal_lines(withdrawal: Withdrawal) -> str:
    """Return the member of a declaration that ends it."""
    lines = [
        "withdrawn:",
        f"  on: {format_day(withdrawal.on)}",
        f"  reason: {withdrawal.reason}",
    ]
    if withdrawal.successor is not None:
        lines.append(f"  successor: {withdrawal.successor}")
    return "\n".join(lines) + "\n"


def withdrawn_text(data: bytes, place: Place, withdrawal: Withdrawal) -> bytes:
    """Return the file of a declaration with its end added.

    Every other byte stays: comments, quotes, line ends.

    Args:
        data: the file.
        place: what its path says; it is a declaration's.
        withdrawal: when and why it ends; the reason is one of `WithdrawalReason`.

    Raises:
        PublishError: it cannot be read, has ended before, or has a layout into which
            nothing can be put without changing what it says.
    """
    said = _read(data, place)
    if said is None:
        raise PublishError(
            f"{place.name} cannot be read as a declaration; sayso validate says what "
            "to mend. Nothing was written"
        )
    if said.withdrawn is not None:
        raise PublishError(
            f"{place.name} was withdrawn already, on {said.withdrawn.on}. What is "
            "withdrawn stays so; to speak again, write a new declaration"
        )
    if withdrawal.successor == said.owner:
        raise PublishError(
            f"{said.owner} cannot succeed itself; leave --successor out, and say what "
            "holds from now on in another declaration"
        )
    text = _with_end(data, withdrawal_lines(withdrawal))
    if _read(text, place) != replace(said, withdrawn=withdrawal):
        raise PublishError(
            f"{place.name} is written in a layout to which nothing can be added "
            "safely. Add this by hand, at the outermost level:\n\n"
            + withdrawal_lines(withdrawal)
        )
    return text


def consequences(
    withdrawal: Withdrawal, *, today: date, signed: bool, folder: str
) -> Iterator[str]:
    """Yield what follows from a withdrawal, and what is to be done, in plain words.

    Args:
        withdrawal: when and why a declaration ends.
        today: the day.
        signed: whether the owner's folder is signed.
        folder: the owner's folder, as the person has to type it.
    """
    is_now = withdrawal.on <= today
    when = "with the next release" if is_now else f"on {format_day(withdrawal.on)}"
    yield (
        f"This declaration ceases to speak {when}. What else you declared for its "
        "recordings then applies, and what others did. Where nothing is left, the "
        "answer is undeclared, which is not permission."
    )
    yield (
        "Whatever gets looser by this waits seven days in public: what was denied "
        "stays denied until then. What gets stricter holds at once."
    )
    if withdrawal.successor is not None:
        yield (
            f"{withdrawal.successor} now has to declare the same recordings in its own "
            "folder. Until it does, everybody sees that the transfer is not confirmed. "
            "If it does so while this declaration still holds, there is no gap."
        )
    yield "Keep the file: what you said until then stays on record. Do not delete it."
    if signed:
        yield f"Sign your folder again, since a file in it changed: sayso sign {folder}"
    yield "Hand it in like any change: a pull request that holds only your folder."


def _read(data: bytes, place: Place) -> Declaration | None:
    if place.kind is not Kind.DECLARATION:
        raise PublishError(
            f"{place.name} is no declaration, so it cannot be withdrawn; name the "
            "YAML file that says what AI may do"
        )
    said = parse_yaml(place.name, data, place)
    has_errors = any(problem.is_error for problem in said.problems)
    return (
        said.value if isinstance(said.value, Declaration) and not has_errors else None
    )


def _with_end(data: bytes, lines: str) -> bytes:
    """Return a file with lines behind its last one, before any mark of its end."""
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    mark = _DOCUMENT_END.search(data)
    body, rest = (data[: mark.start()], data[mark.start() :]) if mark else (data, b"")
    if not body.endswith(b"\n"):
        body += newline
    return body + lines.encode().replace(b"\n", newline) + rest
