"""Private keys: kept where only their owner reads, opened by whoever may, not shown."""

import os
import resource
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from sayso.errors import PublishError
from sayso.trust.keys import generate_key
from sayso.trust.private_keys import (
    is_pem,
    load_private_key,
    read_private_key,
    write_private_key,
)
from tests.conftest import NeedsTool
from tests.registries import KEY, OTHER_KEY

TYPED = "correct horse, Bärenfell"
LOCKED = OTHER_KEY.pem(TYPED)


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
        LOCKED,
        other_algorithm_pem(),
    ],
    ids=["empty", "text", "cut off", "public", "encrypted", "another algorithm"],
)
def test_what_is_no_signing_key_is_refused_without_quoting_it(pem: str) -> None:
    with pytest.raises(PublishError) as caught:
        load_private_key(pem)
    assert "SECRET" not in str(caught.value)
    assert "BEGIN" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_missing_signing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"absent\.pem cannot be read"):
        read_private_key(tmp_path / "absent.pem")


def test_a_key_with_a_passphrase_is_opened_by_it_alone() -> None:
    asked = []

    def ask(name: str) -> str:
        asked.append(name)
        return TYPED

    assert LOCKED.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert load_private_key(LOCKED, ask=ask).public == OTHER_KEY.public
    assert asked == ["passphrase"]
    assert load_private_key(KEY.pem(TYPED), ask=ask).development
    load_private_key(OTHER_KEY.pem(), ask=ask)
    assert len(asked) == 2, "only a key that has a passphrase asks for it"


@pytest.mark.parametrize("typed", ["wrong", "", TYPED.upper(), "\udc80"])
def test_a_wrong_passphrase_is_refused_without_quoting_it(typed: str) -> None:
    with pytest.raises(PublishError) as caught:
        load_private_key(LOCKED, ask=lambda _: typed)
    assert str(caught.value) == "the passphrase does not open the signing key"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_where_nobody_is_asked_a_passphrase_is_refused() -> None:
    with pytest.raises(PublishError, match="only `sayso trust` asks for one"):
        load_private_key(LOCKED)


def test_another_algorithm_with_a_passphrase_is_no_signing_key(
    tmp_path: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("openssl")
    make = "openssl genpkey -algorithm {} -aes256 -pass pass:horse -out {}.pem"
    for name in ("ed25519", "x25519"):
        command = make.format(name, name).split()
        subprocess.run(command, cwd=tmp_path, check=True)
        (tmp_path / f"{name}.pem").chmod(0o600)
    read_private_key(tmp_path / "ed25519.pem", ask=lambda _: "horse")
    with pytest.raises(PublishError, match="is not an Ed25519 private key"):
        read_private_key(tmp_path / "x25519.pem", ask=lambda _: "horse")


def test_an_encrypted_key_is_written(tmp_path: Path) -> None:
    path = tmp_path / "mara.pem"
    write_private_key(path, OTHER_KEY, passphrase=TYPED)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = read_private_key(path, ask=lambda _: TYPED)
    assert again.public == OTHER_KEY.public


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o622, 0o601])
def test_a_key_that_others_may_read_is_refused_with_what_mends_it(
    tmp_path: Path, mode: int
) -> None:
    path = tmp_path / "mara's key.pem"
    write_private_key(path, OTHER_KEY)
    path.chmod(mode)
    with pytest.raises(PublishError, match="others may read the signing key") as caught:
        read_private_key(path)
    _, _, command = str(caught.value).rpartition(": ")
    assert command.startswith("chmod 600 ")
    subprocess.run(["bash", "-c", command], check=True)
    assert read_private_key(path).public == OTHER_KEY.public


def test_where_there_are_no_modes_every_key_may_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A stick with FAT shows all files alike; to mount one takes rights a test lacks.
    path = tmp_path / "mara.pem"
    write_private_key(path, OTHER_KEY)
    fstat = os.fstat

    def alike(number: int) -> os.stat_result:
        return os.stat_result((stat.S_IFREG | 0o755, *fstat(number)[1:]))

    monkeypatch.setattr(os, "fstat", alike)
    assert read_private_key(path).public == OTHER_KEY.public


def test_where_it_cannot_be_told_others_are_taken_to_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mara.pem"
    write_private_key(path, OTHER_KEY)
    path.chmod(0o644)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("sayso.trust.private_keys.TemporaryFile", refuse)
    with pytest.raises(PublishError, match="others may read"):
        read_private_key(path)


def test_pem_is_told_from_a_name() -> None:
    assert is_pem(KEY.pem())
    assert not is_pem("keys/mara.pem")


def test_half_a_key_is_never_left_behind(tmp_path: Path) -> None:
    """It would stand in the way of a whole one, as where a disk was full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_private_key(tmp_path / "key.pem", OTHER_KEY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not [*tmp_path.iterdir()]
