"""The rules for what people sign with offline keys: the root and the targets.

A file is made without signatures and passed from holder to holder; each adds one. What
a holder is asked to sign must be what would be made here from the same keys: nobody
signs a threshold that was lowered, or a field that means something to somebody else.
https://theupdateframework.github.io/specification/latest/#key-management-and-migration
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Key
from tuf.api.metadata import Metadata, Root, Targets

from sayso.errors import MalformedError, PublishError
from sayso.trust.holder_key import is_plain
from sayso.trust.profiles import Profile, Quorum, Role
from sayso.trust.roles import RoleFile, expiry, metadata_of
from sayso.wire.text import format_time

_CLOCKS: Final = timedelta(days=1)
"""How far the clocks of two holders may be apart."""
_SPECIFICATION: Final = re.compile(r"1\.0\.[0-9]{1,3}", re.ASCII)
"""Which versions of TUF a file may name, as other computers of holders do."""


def holders(
    profile: Profile, role: Role, keys: Sequence[Key], quorum: Quorum
) -> list[Key]:
    """Return the keys of a role in the order of their ids, if they are as they must be.

    "A KEYID MUST be correct for the specified KEY": else one key would count as two, as
    it would if it were spelled in two ways.

    Raises:
        PublishError: they are not as many as there must be, one is given twice, has
            another's id, or is not plain.
    """
    by_id = {key.keyid: key for key in keys}
    if len(keys) != quorum.of or len(by_id) != quorum.of:
        raise PublishError(
            f"the profile {profile.name} asks for {quorum.of} different keys that sign "
            f"{role}, and {len(by_id)} of {len(keys)} keys given are different"
        )
    for key_id, key in by_id.items():
        named = {"keytype": key.keytype, "scheme": key.scheme, "keyval": key.keyval}
        if sha256(str(encode_canonical(named)).encode()).hexdigest() != key_id:
            raise PublishError(f"the id of the key {key_id} is not its own")
        if not is_plain(key):
            raise PublishError(
                f"the key {key_id} is neither of Ed25519 nor of P-256, or is not "
                "spelled as keys are"
            )
    return [by_id[key_id] for key_id in sorted(by_id)]


def check_apart(profile: Profile, online: Iterable[Key], others: Iterable[Key]) -> None:
    """Check that whoever takes a key that is online has no other with it.

    Raises:
        PublishError: a key has two roles, and the profile does not allow it.
    """
    both = {key.keyid for key in online} & {key.keyid for key in others}
    if both and not profile.one_key:
        raise PublishError(
            f"in the profile {profile.name} the key {min(both)} cannot have two roles"
        )


def check_form(
    file: RoleFile, said: Root | Targets, profile: Profile, now: datetime
) -> None:
    """Check that a file says what it would if it were made here, about now.

    Raises:
        MalformedError: it says more or other, or holds for too long or no more.
    """
    metadata = metadata_of(file)
    if _SPECIFICATION.fullmatch(metadata.signed.spec_version):
        said.spec_version = metadata.signed.spec_version
    if Metadata[Any](said).signed_bytes != metadata.signed_bytes:
        raise MalformedError(
            f"{file.name} says more or other than the profile {profile.name} allows"
        )
    if not now < file.expires <= expiry(file.role, profile, now) + _CLOCKS:
        raise MalformedError(
            f"{file.name} holds until {format_time(file.expires)}, which is over or "
            f"later than the profile {profile.name} allows, by a clock that says "
            f"{format_time(now)}"
        )


def named_keys(keys: Mapping[str, Key], key_ids: Iterable[str]) -> tuple[Key, ...]:
    """Return the keys of these ids that there are."""
    return tuple(keys[key_id] for key_id in key_ids if key_id in keys)
