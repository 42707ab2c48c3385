"""Where a signing key is said to be, and that no secret is shown by what is said."""

from pathlib import Path

import pytest

from sayso.errors import PublishError
from sayso.trust.key_source import load_signing_key, open_signing_key
from sayso.trust.private_keys import write_private_key
from tests.registries import KEY, OTHER_KEY

TYPED = "correct horse"


def test_a_path_names_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    write_private_key(path, OTHER_KEY)
    assert open_signing_key(str(path)).public == OTHER_KEY.public
    locked = tmp_path / "locked.pem"
    write_private_key(locked, KEY, passphrase=TYPED)
    key = open_signing_key(str(locked), ask=lambda _: TYPED)
    assert key.public == KEY.public
    assert key.development
    with pytest.raises(PublishError, match="has a passphrase"):
        open_signing_key(str(locked))
    with pytest.raises(PublishError, match=r"absent\.pem cannot be read"):
        open_signing_key(str(tmp_path / "absent.pem"))


def test_a_key_itself_is_no_place_and_not_quoted() -> None:
    with pytest.raises(PublishError, match="never itself") as caught:
        open_signing_key(OTHER_KEY.pem())
    assert OTHER_KEY.pem().split("\n")[1] not in str(caught.value)


def test_hardware_signs_in_the_ceremony_alone() -> None:
    with pytest.raises(PublishError, match="with `sayso trust sign`"):
        open_signing_key("hsm:2")


def test_a_variable_holds_a_key_itself() -> None:
    assert load_signing_key(OTHER_KEY.pem()).public == OTHER_KEY.public
    locked = OTHER_KEY.pem(TYPED)
    assert load_signing_key(locked, ask=lambda _: TYPED).public == OTHER_KEY.public


@pytest.mark.parametrize("text", ["SECRET", "hsm:SECRET", "/SECRET.pem", "-----BEGIN"])
def test_what_a_variable_holds_is_never_quoted(text: str) -> None:
    with pytest.raises(PublishError, match="is not an Ed25519 private key") as caught:
        load_signing_key(text)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("load", [open_signing_key, load_signing_key])
def test_a_key_at_aws_is_named_by_both(
    load: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(PublishError, match="the key alias/x at AWS KMS"):
        load("awskms:alias/x")
