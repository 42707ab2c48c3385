"""Admissions: the host's word on who opened a pull request, signed by the operator.

"The merge job writes `declarations/registry/admissions/<n>.json` (author and sender
ids, base, head, merge commit, owner, changed blobs) signed by the operator's `intake`
key. An unsigned change without a matching admission has no level." (Authority)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sayso.errors import MalformedError
from sayso.model.owner import OwnerId, is_account, is_owner_id
from sayso.wire.members import Members
from sayso.wire.profile import Json, decode, encode
from sayso.wire.text import format_time, shown

FORMAT: Final = "sayso/admission/1"
ADMISSION_LIMIT: Final = 2**20

_OBJECT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionFile:
    """What an admission says.

    Attributes:
        number: from 1, and higher with each admission.
        origin: the registry's name.
        owner: whose files were changed.
        author: the account that opened the pull request: `github:583231`.
        sender: the account that pushed to it last.
        pull_request: its number; None where the host has none.
        base: the commit it was reviewed against.
        head: its commit.
        merge: the commit that brought it in.
        admitted: when.
        files: the blob of each changed file by its path below `declarations/`; None
            for one that was deleted.
    """

    number: int
    origin: str
    owner: OwnerId
    author: str
    sender: str
    pull_request: int | None
    base: str
    head: str
    merge: str
    admitted: datetime
    files: Mapping[str, str | None]


def encode_admission(admission: AdmissionFile) -> bytes:
    """Return the admission's only spelling, the bytes that are signed."""
    files: list[Json] = [
        {"blob": blob, "path": path} for path, blob in sorted(admission.files.items())
    ]
    return encode(
        {
            "admitted": format_time(admission.admitted),
            "author": admission.author,
            "base": admission.base,
            "files": files,
            "format": FORMAT,
            "head": admission.head,
            "merge": admission.merge,
            "number": admission.number,
            "origin": admission.origin,
            "owner": admission.owner,
            "pull_request": admission.pull_request,
            "sender": admission.sender,
        }
    )


def decode_admission(data: bytes) -> AdmissionFile:
    """Return what an admission says.

    Raises:
        MalformedError: `encode_admission` never makes these bytes.
    """
    members = Members(decode(data, limit=ADMISSION_LIMIT), "the admission")
    members.constant("format", FORMAT)
    admission = AdmissionFile(
        number=members.number("number", least=1),
        origin=members.text("origin"),
        owner=OwnerId(_text(members, "owner", is_owner_id)),
        author=_text(members, "author", is_account),
        sender=_text(members, "sender", is_account),
        pull_request=_pull_request(members),
        base=_text(members, "base", _is_object),
        head=_text(members, "head", _is_object),
        merge=_text(members, "merge", _is_object),
        admitted=members.time("admitted"),
        files=dict(map(_read_file, members.items("files"))),
    )
    members.end()
    if encode_admission(admission) != data:
        raise MalformedError("the admission is not in the order in which it is written")
    return admission


def _text(members: Members, name: str, right: Callable[[str], bool]) -> str:
    text = members.text(name)
    if not right(text):
        raise MalformedError(f"the admission: {shown(text)} is no {name}")
    return text


def _is_object(text: str) -> bool:
    return _OBJECT.fullmatch(text) is not None


def _pull_request(members: Members) -> int | None:
    if members.is_null("pull_request"):
        return None
    return members.number("pull_request", least=1)


def _read_file(value: Json) -> tuple[str, str | None]:
    members = Members(value, "a file of the admission")
    blob = None if members.is_null("blob") else _text(members, "blob", _is_object)
    path = members.text("path")
    members.end()
    return path, blob
