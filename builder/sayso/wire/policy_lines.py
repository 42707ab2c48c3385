"""Changing whose log a policy believes, so that all other lines stay as they are.

Who replaces the key of a log lists the new one first: the newest release is proved by
the old one until another release is entered.
"""

import re

from sayso.errors import MalformedError
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.note import (
    KeyType,
    VerifierKey,
    format_verifier_key,
    parse_verifier_key,
)

_SPACES = re.compile(r"[ \t]+")
_TWO = 2


def with_log(policy: bytes, key: bytes) -> bytes:
    """Return a policy that believes another key of its log as well.

    Args:
        policy: whose logs have one name.
        key: the 32 bytes of an Ed25519 public key.

    Raises:
        MalformedError: the logs have several names, or the key is listed already.
    """
    names = {log.key.name for log in decode_log_policy(policy).logs}
    if len(names) != 1:
        raise MalformedError(
            "the logs of the policy do not have one name: edit policy.txt"
        )
    added = VerifierKey(name=names.pop(), type=KeyType.ED25519, key=key)
    changed = f"log {format_verifier_key(added)}\n".encode() + policy
    decode_log_policy(changed)
    return changed


def without_log(policy: bytes, key: bytes) -> bytes:
    """Return a policy that does not believe a key of its log any more.

    Args:
        policy: with another key as well.
        key: the 32 bytes of an Ed25519 public key.

    Raises:
        MalformedError: it is not listed, or it is the only one.
    """
    logs = decode_log_policy(policy).logs
    if key not in [log.key.key for log in logs]:
        raise MalformedError("the policy does not list this key of a log")
    if len(logs) == 1:
        raise MalformedError(
            "this is the only key of the log, and proves the newest release: add the "
            "other first, and take this one away when a release was sealed with that"
        )
    lines = policy.split(b"\n")
    return b"\n".join(line for line in lines if not _is_log(line, key))


def with_other_log(policy: bytes, name: str, key: bytes) -> bytes:
    """Return a policy that believes one log, of another name, and no other log.

    Args:
        policy: as it is.
        name: the origin of the log.
        key: the 32 bytes of its Ed25519 public key.

    Raises:
        MalformedError: the name is none, or that of a log that is believed already.
    """
    logs = decode_log_policy(policy).logs
    if name in {log.key.name for log in logs}:
        raise MalformedError("the policy believes a log of this name already")
    added = VerifierKey(name=name, type=KeyType.ED25519, key=key)
    lines = policy.split(b"\n")
    known = [log.key.key for log in logs]
    rest = [line for line in lines if not any(_is_log(line, key) for key in known)]
    changed = f"log {format_verifier_key(added)}\n".encode() + b"\n".join(rest)
    decode_log_policy(changed)
    return changed


def _is_log(line: bytes, key: bytes) -> bool:
    words = _SPACES.split(line.decode(errors="surrogateescape").strip(" \t"))
    if len(words) < _TWO or words[0] != "log":
        return False
    return parse_verifier_key(words[1]).key == key
