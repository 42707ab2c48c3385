"""A Git that reaches a remote: what it is given, and what of its words is shown."""

import os
import re
from typing import Final

from sayso.model.visible import printable

_ELSEWHERE: Final = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_WORK_TREE",
    }
)
_PASSWORD: Final = re.compile(r"//[^/@\s]*@")


def git_environment() -> dict[str, str]:
    """Return the environment that Git is given.

    Variables of a hook would point it elsewhere; those that say how a remote is reached
    (GIT_SSH_COMMAND, GIT_ASKPASS, GIT_CONFIG_…) are the operator's, and stay. What Git
    starts, such as a program that asks for a password, needs no key of Sayso.
    """
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def git_said(words: str) -> str:
    """Return what Git wrote as one line, which a terminal shows and does not obey.

    Some of it is of the remote's own server.
    """
    return printable(without_password(" ".join(words.split())))


def without_password(text: str) -> str:
    """Return a text without the names and passwords that addresses in it may have."""
    return _PASSWORD.sub("//", text)


def _is_kept(name: str) -> bool:
    is_key = name.startswith("SAYSO_") and name.endswith("_KEY")
    return name not in _ELSEWHERE and not is_key
