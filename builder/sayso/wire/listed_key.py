"""The minisign key that `policy.txt` lists, in a comment of its own.

The policy of a log has no line for it, and passes comments over; the holders of offline
keys sign the whole file.

    # minisign RWQ…
"""

from typing import Final

from sayso.errors import MalformedError
from sayso.wire.minisign import parse_public_key

_MARK: Final = "# minisign "


def list_key(policy: bytes, line: str) -> bytes:
    """Return a policy that lists a key as well, by the second line of its file.

    Raises:
        MalformedError: it lists it already.
    """
    if line in listed_keys(policy):
        raise MalformedError("the policy lists this minisign key already")
    return f"{_MARK}{line}\n".encode() + policy


def unlist_key(policy: bytes, line: str) -> bytes:
    """Return a policy that does not list a key any more.

    Raises:
        MalformedError: it does not list it.
    """
    listed = f"{_MARK}{line}".encode()
    lines = policy.split(b"\n")
    if listed not in lines:
        raise MalformedError("the policy does not list this minisign key")
    return b"\n".join(each for each in lines if each != listed)


def listed_keys(policy: bytes) -> tuple[str, ...]:
    """Return the second lines of the files of the keys that a policy lists."""
    lines = policy.decode(errors="replace").split("\n")
    marked = [line.removeprefix(_MARK) for line in lines if line.startswith(_MARK)]
    return tuple(line for line in marked if _is_key(line))


def _is_key(line: str) -> bool:
    try:
        parse_public_key(f"untrusted comment: \n{line}\n")
    except MalformedError:
        return False
    return True
