"""State: what was accepted before, the input of the next release.

A document in the JSON profile, one line for each owner, declaration and policy.
"Authority and waiting are read from it and from Git blobs it names, from nothing
else."
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sayso.errors import MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import format_time, parse_time

FORMAT: Final = "sayso/state/1"
LIMIT: Final = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderState:
    """An owner's folder as a release accepted it.

    Attributes:
        accepted: when the release was issued.
        files: the Git blob id of each file, by name; none for no folder.
    """

    accepted: datetime
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryState:
    """What a release hands to the next one.

    Attributes:
        release: the number of the release that wrote it.
        issued: when that release was issued.
        owners: accepted states of each owner's folder, oldest first.
        published: when each declaration was first published.
        policies: the number of each policy by the SHA-256 of its content.
        next_policy: the number that the next new policy takes; none is reused.
    """

    release: int
    issued: datetime
    owners: Mapping[OwnerId, tuple[FolderState, ...]]
    published: Mapping[DeclarationId, datetime]
    policies: Mapping[str, int]
    next_policy: int


def encode_state(state: RegistryState) -> bytes:
    """Return the state's only spelling."""
    owners: list[Json] = [
        {
            "owner": owner,
            "states": [
                {"accepted": format_time(s.accepted), "files": dict(s.files)}
                for s in states
            ],
        }
        for owner, states in sorted(state.owners.items())
    ]
    declarations: list[Json] = [
        {"declaration": name, "published": format_time(moment)}
        for name, moment in sorted(state.published.items())
    ]
    policies: list[Json] = [
        {"policy": number, "sha256": digest}
        for digest, number in sorted(state.policies.items(), key=lambda item: item[1])
    ]
    return encode(
        {
            "declarations": declarations,
            "format": FORMAT,
            "issued": format_time(state.issued),
            "next_policy": state.next_policy,
            "owners": owners,
            "policies": policies,
            "release": state.release,
        }
    )


def decode_state(data: bytes) -> RegistryState:
    """Return the state that `encode_state` wrote.

    Raises:
        MalformedError: `encode_state` never makes these bytes.
    """
    document = decode(data, limit=LIMIT)
    if document.get("format") != FORMAT:
        raise MalformedError(f"this is not a {FORMAT} document")
    try:
        state = _read_state(document)
        again = encode_state(state)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise MalformedError("this state lacks what a state has") from error
    if again != data:
        raise MalformedError("this state is not as a release writes it")
    return state


def _read_state(document: Mapping[str, Any]) -> RegistryState:
    return RegistryState(
        release=document["release"],
        issued=parse_time(document["issued"]),
        owners={
            OwnerId(entry["owner"]): tuple(
                FolderState(accepted=parse_time(s["accepted"]), files=s["files"])
                for s in entry["states"]
            )
            for entry in document["owners"]
        },
        published={
            DeclarationId(entry["declaration"]): parse_time(entry["published"])
            for entry in document["declarations"]
        },
        policies={e["sha256"]: e["policy"] for e in document["policies"]},
        next_policy=document["next_policy"],
    )
