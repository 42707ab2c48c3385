"""The face: one signature a file, for whoever has one command and one key.

It says who made a file, not that it is the newest. The key is one of its own, and
`policy.txt`, which the holders of offline keys sign, lists it.
"""

from collections.abc import Mapping
from typing import Final

from sayso.errors import PublishError
from sayso.trust.keys import SigningKey
from sayso.trust.minisign import sign
from sayso.wire.header import ReleaseHeader, trusted_comment
from sayso.wire.listed_key import listed_keys
from sayso.wire.minisign import SIGNATURE_SUFFIX

PUBLIC_KEY_FILE: Final = "trust/sayso.pub"


def minisigned(
    header: ReleaseHeader, files: Mapping[str, bytes], key: SigningKey
) -> dict[str, bytes]:
    """Return the signatures of files of a release, and the public key, by path.

    Args:
        header: of the release.
        files: what is signed, by path.
        key: of its own.
    """
    signatures = {
        f"{name}{SIGNATURE_SUFFIX}": sign(
            data, key, trusted_comment=trusted_comment(name, header)
        ).encode()
        for name, data in files.items()
    }
    return {**signatures, PUBLIC_KEY_FILE: key.public.text().encode()}


def check_listed(policy: bytes, key: SigningKey) -> None:
    """Check that a policy lists a key.

    Raises:
        PublishError: it does not.
    """
    line = key.public.text().splitlines()[1]
    if line not in listed_keys(policy):
        raise PublishError(
            f"the minisign key {key.public.name} is not one that policy.txt lists, so "
            "that nobody would know it; use the right key, or write this line into "
            f"it and let the holders sign, with sayso trust rotate: # minisign {line}"
        )
