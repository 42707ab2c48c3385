"""Addresses at GitHub, made of what strangers named and therefore spelt out."""

from typing import Final
from urllib.parse import quote

FOLDER: Final = "declarations"


def place_of(path: str) -> str:
    """Return a path from the top of the repository; the folder itself for none."""
    return f"{FOLDER}/{path}" if path else FOLDER


def edit_link(server: str, source: str, branch: str, path: str, line: int) -> str:
    """Return the address that opens a line in the browser's editor.

    Args:
        server: such as https://github.com.
        source: the repository, `owner/name`.
        branch: of it.
        path: relative to the declarations.
        line: from 1; 0 for the whole file.
    """
    place = "/".join(map(quote, (source, "edit", branch, FOLDER, path)))
    return f"{server.rstrip('/')}/{place}" + (f"#L{line}" if line else "")


def run_link(server: str, repository: str, run: str) -> str:
    """Return the address of a run of a workflow."""
    return f"{server.rstrip('/')}/{quote(repository)}/actions/runs/{quote(run)}"


def label_path(name: str) -> str:
    """Return a label's name as a part of a path."""
    return quote(name, safe="")
