"""Which key a holder signs with: one in a file, in hardware, or at a service."""

import click

from sayso.cli.signing import VARIABLE, configured_key
from sayso.cli.trust.asked import ask_secret
from sayso.trust.held_key import HeldKey, HeldSigningKey
from sayso.trust.key_source import HARDWARE


def held_key(place: str | None) -> HeldKey:
    """Return the key that an option names, else the one in the environment.

    Raises:
        click.UsageError: none is named, or a secret is needed and nobody can be asked.
        PublishError: there is no such key, or it cannot be used.
        ModuleNotFoundError: what reaches it is not installed.
    """
    if place is not None and place.startswith(HARDWARE):
        # Brings in PKCS#11, which only holders with hardware have.
        from sayso.trust.hardware import HardwareKey  # noqa: PLC0415

        return HardwareKey(place, ask=ask_secret)
    key = configured_key(place, ask=ask_secret)
    if key is None:
        raise click.UsageError(
            f"no key was given: --key FILE, or {VARIABLE} with its text"
        )
    return HeldSigningKey(key)
