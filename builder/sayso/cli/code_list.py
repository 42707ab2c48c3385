"""Lists of codes in a file, one a line."""

from pathlib import Path

import click

from sayso.client.files import read_file
from sayso.errors import FetchError, InvalidIsrcError, MalformedError
from sayso.model.isrc import Isrc, parse_isrc
from sayso.wire.text import from_utf8

LIST_LIMIT = 2**27
"""No list is longer, in bytes: some ten million codes."""


def read_codes(path: Path, option: str) -> tuple[Isrc, ...]:
    """Return the codes of a file, ascending, each once; blank lines say nothing.

    Raises:
        click.BadParameter: it cannot be read, a line is no code, or there is none.
    """
    try:
        text = from_utf8(read_file(path, limit=LIST_LIMIT), limit=LIST_LIMIT)
    except (FetchError, MalformedError) as error:
        raise click.BadParameter(f"{path}: {error}", param_hint=option) from error
    codes: set[Isrc] = set()
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            codes.add(parse_isrc(line.strip()))
        except InvalidIsrcError as error:
            raise click.BadParameter(
                f"{path}, line {number}: {error}", param_hint=option
            ) from error
    if not codes:
        raise click.BadParameter(f"{path} has no codes", param_hint=option)
    return tuple(sorted(codes))
