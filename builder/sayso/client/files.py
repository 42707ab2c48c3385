"""Reading a file that somebody else may have made: bounded, and no device or pipe."""

import stat
from pathlib import Path

from sayso.errors import FetchError, MissingError


def read_file(path: Path, *, limit: int) -> bytes:
    """Return the bytes of an ordinary file, at most `limit` of them.

    Raises:
        MissingError: the file is not there.
        FetchError: the file is unreadable, longer, or no ordinary file.
    """
    try:
        # A named pipe would wait for ever, so what it is comes first.
        if not stat.S_ISREG(path.stat().st_mode):
            raise FetchError(f"{path} is not a file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise MissingError(f"{path} is not there") from error
    except (OSError, ValueError) as error:
        raise FetchError(f"{path} cannot be read: {error}") from error
    if len(data) > limit:
        raise FetchError(f"{path} is longer than the {limit} bytes expected")
    return data
