"""State: what was accepted before, the input of the next release.

A document in the JSON profile, one line for each owner, declaration and policy.
"Authority and waiting are read from it and from Git blobs it names, from nothing
else."
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sayso.errors import MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import Digest, format_time

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
    """

    release: int
    issued: datetime
    owners: Mapping[OwnerId, tuple[FolderState, ...]]
    published: Mapping[DeclarationId, datetime]
    policies: Mapping[str, int]


def state_path(content: Digest) -> str:
    """Return where the state with this content is."""
    return f"state/{content}.json.gz"


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
    members = Members(decode(data, limit=LIMIT), "the state")
    members.constant("format", FORMAT)
    state = RegistryState(
        release=members.number("release", least=1),
        issued=members.time("issued"),
        owners=dict(map(_read_owner, members.items("owners"))),
        published=dict(map(_read_declaration, members.items("declarations"))),
        policies=dict(map(_read_policy, members.items("policies"))),
    )
    members.end()
    if encode_state(state) != data:
        raise MalformedError("the state is not in the order in which it is written")
    return state


def _read_owner(value: Json) -> tuple[OwnerId, tuple[FolderState, ...]]:
    members = Members(value, "an owner of the state")
    owner = OwnerId(members.text("owner"))
    states = tuple(map(_read_folder, members.items("states")))
    members.end()
    return owner, states


def _read_folder(value: Json) -> FolderState:
    members = Members(value, "an accepted folder")
    accepted = members.time("accepted")
    files = members.object("files")
    blobs = {name: files.text(name) for name in files.names()}
    members.end()
    return FolderState(accepted=accepted, files=blobs)


def _read_declaration(value: Json) -> tuple[DeclarationId, datetime]:
    members = Members(value, "a declaration of the state")
    name = DeclarationId(members.text("declaration"))
    published = members.time("published")
    members.end()
    return name, published


def _read_policy(value: Json) -> tuple[str, int]:
    members = Members(value, "a policy of the state")
    number = members.number("policy", least=1)
    digest = members.digest("sha256")
    members.end()
    return digest, number
