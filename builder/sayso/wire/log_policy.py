"""C2SP tlog-policy: which logs are believed, and which witnesses must have cosigned.

"A checkpoint is considered valid if it is signed by any one of the listed logs, and it
is cosigned by witnesses according to the defined quorum rule."
https://c2sp.org/tlog-policy
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.note import (
    KeyType,
    VerifierKey,
    format_verifier_key,
    parse_verifier_key,
)
from sayso.wire.text import from_decimal, shown

POLICY_LIMIT: Final = 64 * 1024
"""No policy is longer, in bytes."""

_NONE = "none"
_SPACES = re.compile(r"[ \t]+")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A log that is believed.

    Attributes:
        key: its name "MUST correspond to the log's origin line".
        url: where the log is.
    """

    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness, under the name that it has in this policy alone.

    Attributes:
        url: where it takes checkpoints.
    """

    name: str
    key: VerifierKey
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Witnesses and other groups, of which some must have cosigned.

    Attributes:
        least: how many, at least 1.
        members: their names.
    """

    name: str
    least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPolicy:
    """Who is believed about a log.

    Attributes:
        groups: a group comes after its members.
        quorum: the witness or group that must have cosigned; None where nobody must.
    """

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: str | None

    def is_quorum(self, cosigned: AbstractSet[str]) -> bool:
        """Return whether these are enough of the witnesses.

        Args:
            cosigned: the names of the witnesses whose cosignatures were verified.
        """
        reached = {each.name for each in self.witnesses if each.name in cosigned}
        for group in self.groups:
            if len(reached.intersection(group.members)) >= group.least:
                reached.add(group.name)
        return self.quorum is None or self.quorum in reached


def encode_log_policy(policy: LogPolicy) -> bytes:
    """Return the bytes of a policy.

    Raises:
        MalformedError: the policy breaks a rule of the format.
    """
    lines = [
        *(_line("log", format_verifier_key(log.key), log.url) for log in policy.logs),
        *(
            _line("witness", each.name, format_verifier_key(each.key), each.url)
            for each in policy.witnesses
        ),
        *(
            _line("group", each.name, str(each.least), *each.members)
            for each in policy.groups
        ),
        _line("quorum", _NONE if policy.quorum is None else policy.quorum),
    ]
    data = "".join(lines).encode(errors="surrogateescape")
    if decode_log_policy(data) != policy:
        raise MalformedError("a policy does not read back as it was written")
    return data


def decode_log_policy(data: bytes) -> LogPolicy:
    """Return what a policy says; comments, blank lines and spacing say nothing.

    Raises:
        MalformedError: it is no policy, or has a key of another algorithm.
    """
    if len(data) > POLICY_LIMIT:
        raise MalformedError(f"a policy is longer than {POLICY_LIMIT} bytes")
    if _FORBIDDEN.search(data):
        raise MalformedError("control characters in a policy")
    # "octets with the high bit set are opaque": those that are not UTF-8 are kept too.
    *lines, rest = data.decode(errors="surrogateescape").split("\n")
    if rest:
        raise MalformedError("the last line of a policy is not ended")
    reader = _Reader()
    for line in lines:
        words = _SPACES.split(line.strip(" \t"))
        if words != [""] and not words[0].startswith("#"):
            reader.read(words)
    return reader.policy()


class _Reader:
    """Takes the lines of a policy in their order, with what they have named so far."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.witnesses: list[Witness] = []
        self.groups: list[Group] = []
        self.quorums: list[str | None] = []
        self.names: set[str] = set()
        self.members: set[str] = set()

    def read(self, words: list[str]) -> None:
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self.log(Log(key=parse_verifier_key(key), url=_only(url)))
            case ["witness", name, key, *url] if len(url) <= 1:
                found = parse_verifier_key(key)
                self.witness(Witness(name=name, key=found, url=_only(url)))
            case ["group", name, least, _, *_]:
                self.group(name, least, tuple(words[3:]))
            case ["quorum", name]:
                self.quorum(name)
            case _:
                raise MalformedError(
                    f"not a line of a policy: {shown(' '.join(words))}"
                )

    def policy(self) -> LogPolicy:
        if len(self.quorums) != 1:
            raise MalformedError("a policy has exactly one quorum line")
        return LogPolicy(
            logs=tuple(self.logs),
            witnesses=tuple(self.witnesses),
            groups=tuple(self.groups),
            quorum=self.quorums[0],
        )

    def log(self, log: Log) -> None:
        _check_key(log.key, KeyType.ED25519, [each.key for each in self.logs])
        self.logs.append(log)

    def witness(self, witness: Witness) -> None:
        others = [each.key for each in self.witnesses]
        _check_key(witness.key, KeyType.COSIGNATURE, others)
        self.define(witness.name)
        self.witnesses.append(witness)

    def group(self, name: str, least: str, members: tuple[str, ...]) -> None:
        for member in members:
            if member not in self.names or member in self.members:
                raise MalformedError(
                    f"{shown(member)} is not named above, or already in a group"
                )
            self.members.add(member)
        self.define(name)
        few = {"any": 1, "all": len(members)}
        count = few[least] if least in few else from_decimal(least)
        if not 1 <= count <= len(members):
            raise MalformedError(
                f"{shown(name)} asks for {count} of {len(members)} members"
            )
        self.groups.append(Group(name=name, least=count, members=members))

    def quorum(self, name: str) -> None:
        if name != _NONE and name not in self.names:
            raise MalformedError(f"the quorum {shown(name)} is not named above")
        self.quorums.append(None if name == _NONE else name)

    def define(self, name: str) -> None:
        if name == _NONE or name in self.names:
            raise MalformedError(f"the name {shown(name)} is taken")
        self.names.add(name)


def _line(*words: str | None) -> str:
    return " ".join(word for word in words if word is not None) + "\n"


def _only(words: list[str]) -> str | None:
    return words[0] if words else None


def _check_key(key: VerifierKey, type_: KeyType, others: list[VerifierKey]) -> None:
    if key.type is not type_:
        raise MalformedError(f"the key of {shown(key.name)} is not of type {type_:d}")
    # "if they wrap the same underlying public key, even if they differ by key name"
    if key.key in [other.key for other in others]:
        raise MalformedError(f"the key of {shown(key.name)} is listed twice")
