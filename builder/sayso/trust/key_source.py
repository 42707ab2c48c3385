"""Where a signing key is: the one way in which commands are told.

A key is named by the path of a PEM file, or as `awskms:` and what AWS KMS calls it. An
environment variable may hold the PEM text itself, a command line never: every user of
a machine may read that.
"""

from pathlib import Path
from typing import Final

from sayso.errors import PublishError
from sayso.trust.keys import SigningKey
from sayso.trust.kms import ServiceKey
from sayso.trust.private_keys import (
    AskSecret,
    is_pem,
    load_private_key,
    read_private_key,
)

AWS: Final = "awskms:"
HARDWARE: Final = "hsm:"


def open_signing_key(text: str, *, ask: AskSecret | None = None) -> SigningKey:
    """Return the signing key that is at a place.

    Args:
        text: the path of a PEM file, or `awskms:` and a key's id, ARN or alias.
        ask: for the passphrase of a key that has one; None if nobody can be asked.

    Raises:
        PublishError: there is no such key, or it cannot be used.
        ModuleNotFoundError: what reaches AWS KMS is not installed.
    """
    if is_pem(text):
        raise PublishError(
            "a signing key is given by the path of its file, and never itself: others "
            "may have read it by now, so make a new one"
        )
    if text.startswith(HARDWARE):
        raise PublishError(
            "a key in hardware signs roots and targets, with `sayso trust sign`, and "
            "nothing else"
        )
    if text.startswith(AWS):
        # Brings in botocore, which only operators have.
        from sayso.trust.aws import open_aws_key  # noqa: PLC0415

        return ServiceKey(open_aws_key(text.removeprefix(AWS)))
    return read_private_key(Path(text), ask=ask)


def load_signing_key(text: str, *, ask: AskSecret | None = None) -> SigningKey:
    """Return the signing key that an environment variable holds.

    Whatever does not plainly say where a key is may be one, so no message quotes it.

    Args:
        text: a key in PEM, or `awskms:` and a key's id, ARN or alias.
        ask: as for `open_signing_key`.

    Raises:
        PublishError: it is no such key, or it cannot be used.
        ModuleNotFoundError: what reaches AWS KMS is not installed.
    """
    if text.startswith(AWS):
        return open_signing_key(text)
    return load_private_key(text, ask=ask)
