"""A security key in software: SoftHSM, reached as hardware is, through PKCS#11."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pkcs11 import Attribute, KeyType
from pkcs11.util.ec import encode_named_curve_parameters

from tests.conftest import NeedsTool

LABEL = "mara's token"
PIN = "123456"
P256, P384, HIDDEN = 2, 3, 4
"""The ids of the keys; of the last not even the public half is shown without PIN."""
KEY = ec.derive_private_key(7, ec.SECP256R1())
"""What the first of them is, imported."""

_MODULES = [
    *Path("/usr/lib").glob("softhsm/libsofthsm2.so"),
    *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"),
    *Path("/usr/lib64").glob("**/libsofthsm2.so"),
    *Path("/opt/homebrew/lib/softhsm").glob("libsofthsm2.so"),
]


def _run(tool: Path, *arguments: str) -> None:
    done = subprocess.run(
        [tool, *arguments, "--pin", PIN], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def soft_token(
    folder: Path, needs_tool: NeedsTool, *, others: Sequence[str] = ()
) -> Iterator[None]:
    """Have a token with three keys, and the environment that leads to it.

    Args:
        folder: empty.
        needs_tool: the fixture.
        others: the labels of empty tokens beside it.
    """
    tool = needs_tool("softhsm2-util")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    module = str(_MODULES[0])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(settings))
        patch.setenv("PYKCS11LIB", module)
        for label in (LABEL, *others):
            new = ("--init-token", "--free", "--label", label)
            _run(tool, *new, "--so-pin", "87654321")
        pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        path = folder / "key.pem"
        path.write_bytes(pem)
        key = ("--import", str(path), "--id", f"{P256:02}", "--label", "sign")
        _run(tool, *key, "--token", LABEL)
        token = pkcs11.lib(module).get_token(token_label=LABEL)
        with token.open(rw=True, user_pin=PIN) as session:
            for key_id, curve in ((P384, "secp384r1"), (HIDDEN, "secp256r1")):
                named = {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}
                session.create_domain_parameters(
                    KeyType.EC, named, local=True
                ).generate_keypair(
                    store=True,
                    id=bytes([key_id]),
                    public_template={Attribute.PRIVATE: key_id == HIDDEN},
                )
        try:
            yield
        finally:
            # So that the next one in this process reads its own settings.
            pkcs11.unload(module)
