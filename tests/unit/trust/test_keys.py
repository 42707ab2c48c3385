"""Keys: made, kept where only their owner reads, and never shown."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from sayso.errors import MalformedError, PublishError
from sayso.trust.keys import (
    PublicKey,
    generate_key,
    load_private_key,
    load_public_key,
    read_private_key,
    write_private_key,
)
from tests.conftest import NeedsTool
from tests.registries import KEY, OTHER_KEY
from tests.vectors import load_vectors

NAME = KEY.public.name


def test_a_key_is_named_by_its_hash() -> None:
    # SHA-256 of 3b6a27bc...29da (RFC 8032's public key of the zero seed).
    assert KEY.public.key.hex().startswith("3b6a27bcceb6a42d")
    assert KEY.public.key_id.hex() == "139e3940e64b5491"
    assert NAME == "91544BE640399E13"


def test_a_development_key_says_so() -> None:
    assert KEY.public.text().split("\n")[0] == (
        f"untrusted comment: sayso DEVELOPMENT public key {NAME}, not for real use"
    )
    assert "DEVELOPMENT" not in OTHER_KEY.public.text()


def test_a_private_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "development.pem"
    key = generate_key(development=True)
    write_private_key(path, key)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = read_private_key(path)
    assert again.development
    assert again.public == key.public
    assert again.sign(b"x") == key.sign(b"x")


def test_a_development_key_is_marked_and_known_by_it_alone() -> None:
    mark, begin, *_ = KEY.pem().split("\n")
    assert mark == "Sayso DEVELOPMENT key: for trying out, not for real use"
    assert begin == "-----BEGIN PRIVATE KEY-----"
    assert load_private_key(KEY.pem().replace("\n", "\r\n")).development
    assert OTHER_KEY.pem().startswith("-----BEGIN PRIVATE KEY-----")
    assert not load_private_key(OTHER_KEY.pem()).development
    behind = load_private_key(f"{OTHER_KEY.pem()}{mark}\n")
    assert not behind.development


def test_openssl_reads_a_marked_key(tmp_path: Path, needs_tool: NeedsTool) -> None:
    needs_tool("openssl")
    write_private_key(tmp_path / "key.pem", KEY)
    done = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "key.pem", "-pubout"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == KEY.public.pem()


def test_no_key_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("precious")
    with pytest.raises(FileExistsError):
        write_private_key(path, KEY)
    assert path.read_text() == "precious"


def test_new_keys_differ() -> None:
    one, other = (generate_key(development=True).public for _ in range(2))
    assert one != other


def test_a_private_key_is_never_shown() -> None:
    secret = KEY.pem().split("\n")[2]
    assert repr(KEY) == f"<PrivateKey {NAME}>"
    assert secret not in repr(KEY)


def encrypted_pem() -> str:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    form = BestAvailableEncryption(b"secret")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, form).decode()


def other_algorithm_pem() -> str:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "SECRET",
        KEY.pem()[:120],
        KEY.public.pem(),
        encrypted_pem(),
        other_algorithm_pem(),
    ],
    ids=["empty", "text", "cut off", "public", "encrypted", "another algorithm"],
)
def test_what_is_no_signing_key_is_refused_without_quoting_it(pem: str) -> None:
    with pytest.raises(PublishError) as caught:
        load_private_key(pem)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_missing_signing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"absent\.pem cannot be read"):
        read_private_key(tmp_path / "absent.pem")


@pytest.mark.parametrize(
    "text",
    [
        KEY.public.text(),
        KEY.public.text().replace("\n", "\r\n"),
        KEY.public.text().strip(),
        KEY.public.text().split("\n")[1],
        f"  {KEY.public.text().split(chr(10))[1]}\n",
    ],
    ids=["file", "windows", "no newline", "line", "line with spaces"],
)
def test_a_public_key_is_read_from_its_file_or_its_line(text: str) -> None:
    assert load_public_key(text) == KEY.public


@pytest.mark.parametrize(
    "text", ["", "out/keys/development.pub", KEY.public.pem(), "x" * 9999, "\n" * 9999]
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedError, match="not a minisign public key"):
        load_public_key(text)


def test_other_peoples_verdicts_on_signatures() -> None:
    """Wycheproof's Ed25519 vectors: malleable, truncated and forged signatures."""
    groups = load_vectors("wycheproof-ed25519.json")["testGroups"]
    tried = 0
    for group in groups:
        raw = bytes.fromhex(group["publicKey"]["pk"])
        key = PublicKey(key=raw, key_id=bytes(8))
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            good = case["result"] == "valid"
            assert key.verifies(message, signature) is good, case["comment"]
            tried += 1
    assert tried == 151
