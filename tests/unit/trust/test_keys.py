"""Keys: made, named, and never shown."""

import pytest

from sayso.errors import MalformedError
from sayso.trust.keys import PublicKey, generate_key, load_public_key
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


def test_new_keys_differ() -> None:
    one, other = (generate_key(development=True).public for _ in range(2))
    assert one != other


def test_a_private_key_is_never_shown() -> None:
    secret = KEY.pem().split("\n")[2]
    assert repr(KEY) == f"<PrivateKey {NAME}>"
    assert secret not in repr(KEY)


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
