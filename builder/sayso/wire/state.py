"""State: what was accepted before, the input of the next release.

A document in the JSON profile, one line for each owner, declaration and policy.
"Authority and waiting are read from it and from Git blobs it names, from nothing
else."
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sayso.errors import MalformedError
from sayso.model.authority import Ground, Held, Recovery
from sayso.model.declaration import DeclarationId
from sayso.model.owner import Fingerprint, OwnerId
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
        signed: the names of those that a key of the owner signed; the others were
            filed by an account.
        proved: whether a domain named a key of the owner then.
    """

    accepted: datetime
    files: Mapping[str, str]
    signed: frozenset[str] = frozenset()
    proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A file of operators, or a dispute, as it was accepted for good.

    Attributes:
        blob: its Git blob id.
        since: when what it loosens begins to count, after waiting in public.
    """

    blob: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that was merged without authority, and so changes nothing.

    Attributes:
        path: below `declarations/`.
        blob: the Git blob id that was left out; None where it was deleted.
        ground: why.
        detail: what is to be told beside that.
        since: the release that first left it out.
    """

    path: str
    blob: str | None
    ground: Ground
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryState:
    """What a release hands to the next one.

    Attributes:
        release: the number of the release that wrote it.
        issued: when that release was issued.
        owners: accepted states of each owner's folder, oldest first.
        held: who may change each folder, and by what it was changed last; its files
            are those of the newest state, and not told again.
        records: what operators and claimants filed, by path, once accepted.
        left_out: what was merged without authority, by path.
        admitted: the number of the newest admission.
        published: when each declaration was first published.
        policies: the number of each policy by the SHA-256 of its content.
    """

    release: int
    issued: datetime
    owners: Mapping[OwnerId, tuple[FolderState, ...]]
    published: Mapping[DeclarationId, datetime]
    policies: Mapping[str, int]
    held: Mapping[OwnerId, Held] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    admitted: int = 0


def state_path(content: Digest) -> str:
    """Return where the state with this content is."""
    return f"state/{content}.json.gz"


def encode_state(state: RegistryState) -> bytes:
    """Return the state's only spelling."""
    owners: list[Json] = [
        {
            "owner": owner,
            "states": [
                {
                    "accepted": format_time(s.accepted),
                    "files": dict(s.files),
                    "proved": s.proved,
                    "signed": list[Json](sorted(s.signed)),
                }
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
            "admitted": state.admitted,
            "declarations": declarations,
            "format": FORMAT,
            "held": [_write_held(*item) for item in sorted(state.held.items())],
            "issued": format_time(state.issued),
            "left_out": [write_left_out(one) for one in state.left_out],
            "owners": owners,
            "policies": policies,
            "records": [_write_record(*item) for item in sorted(state.records.items())],
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
        held=dict(map(_read_held, members.items("held"))),
        records=dict(map(_read_record, members.items("records"))),
        left_out=tuple(map(read_left_out, members.items("left_out"))),
        admitted=members.number("admitted"),
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
    state = FolderState(
        accepted=accepted,
        files=blobs,
        signed=frozenset(members.texts("signed")),
        proved=members.flag("proved"),
    )
    members.end()
    return state


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


def _write_held(owner: OwnerId, held: Held) -> Json:
    recovery = held.recovery
    return {
        "accounts": list[Json](sorted(held.accounts)),
        "admission": held.admission,
        "epoch": held.epoch,
        "home": held.home,
        "keys": list[Json](sorted(held.keys)),
        "manifest": held.manifest,
        "owner": owner,
        "recovery": None
        if recovery is None
        else {"manifest": recovery.manifest, "since": format_time(recovery.since)},
        "retired": list[Json](sorted(held.retired)),
        "sequence": held.sequence,
    }


def _read_held(value: Json) -> tuple[OwnerId, Held]:
    members = Members(value, "an owner who is held")
    recovery = None if members.is_null("recovery") else members.object("recovery")
    owner = OwnerId(members.text("owner"))
    held = Held(
        home=members.text("home"),
        accounts=frozenset(members.texts("accounts")),
        keys=frozenset(map(Fingerprint, members.texts("keys"))),
        retired=frozenset(map(Fingerprint, members.texts("retired"))),
        epoch=members.number("epoch"),
        sequence=members.number("sequence"),
        manifest=members.nullable_text("manifest"),
        admission=members.number("admission"),
        recovery=None if recovery is None else _read_recovery(recovery),
    )
    members.end()
    return owner, held


def _read_recovery(members: Members) -> Recovery:
    recovery = Recovery(
        manifest=members.digest("manifest"), since=members.time("since")
    )
    members.end()
    return recovery


def _write_record(path: str, record: Record) -> Json:
    return {"blob": record.blob, "path": path, "since": format_time(record.since)}


def _read_record(value: Json) -> tuple[str, Record]:
    members = Members(value, "a record of the state")
    path = members.text("path")
    record = Record(blob=members.text("blob"), since=members.time("since"))
    members.end()
    return path, record


def write_left_out(left: LeftOut) -> Json:
    """Return what was left out, as the state and the status tell it."""
    return {
        "blob": left.blob,
        "detail": left.detail,
        "ground": left.ground,
        "path": left.path,
        "since": format_time(left.since),
    }


def read_left_out(value: Json) -> LeftOut:
    """Return what was left out.

    Raises:
        MalformedError: it is not told so.
    """
    members = Members(value, "what the state left out")
    left = LeftOut(
        path=members.text("path"),
        blob=members.nullable_text("blob"),
        ground=members.word("ground", Ground),
        detail=members.text("detail"),
        since=members.time("since"),
    )
    members.end()
    return left
