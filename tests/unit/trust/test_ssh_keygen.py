"""OpenSSH reads what we write, and we read what OpenSSH writes."""

import stat
from functools import partial
from pathlib import Path

import pytest

from sayso.errors import MalformedError, PublishError, UntrustedError
from sayso.trust.ssh_key import generate_key, load_private_key, parse_public_key
from sayso.trust.sshsig import sign, verify
from tests import ssh_keys
from tests.conftest import NeedsTool
from tests.ssh_keys import ALL, IN_FILES, IN_HARDWARE, MESSAGE, ssh_keygen

MADE = ("ed25519", "ecdsa 256", "ecdsa 384", "ecdsa 521", "rsa 3072")
TYPED = b"correct horse"
REPEATED = ("ed25519", "rsa 3072")


@pytest.fixture(autouse=True)
def _openssh(needs_tool: NeedsTool) -> None:
    needs_tool("ssh-keygen")


def make(folder: Path, kind: str, *, secret: str = "") -> Path:
    """Return the file of a new private key that ssh-keygen makes."""
    name, _, bits = kind.partition(" ")
    path = folder / "key"
    size = ("-b", bits) if bits else ()
    done = ssh_keygen("-q", "-t", name, *size, "-N", secret, "-f", path)
    assert done.returncode == 0, done.stderr
    return path


def signed_by_openssh(key: Path, namespace: str = "sayso", *more: str) -> bytes:
    """Return the signature that ssh-keygen makes of the message."""
    done = ssh_keygen(
        "-Y", "sign", "-q", "-n", namespace, "-f", key, *more, typed=MESSAGE
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def openssh_accepts(folder: Path, armor: bytes, line: str) -> bool:
    """Return whether ssh-keygen verifies a signature in both of its ways alike."""
    (folder / "signature").write_bytes(armor)
    (folder / "allowed").write_text(f'owner namespaces="sayso" {line}\n')
    common = ("-n", "sayso", "-s", folder / "signature")
    loose = ssh_keygen("-Y", "check-novalidate", *common, typed=MESSAGE)
    allowed = ("-f", folder / "allowed", "-I", "owner")
    strict = ssh_keygen("-Y", "verify", *allowed, *common, typed=MESSAGE)
    assert (loose.returncode == 0) == (strict.returncode == 0), strict.stderr
    return strict.returncode == 0


@pytest.mark.parametrize("kind", MADE)
def test_what_openssh_signs_verifies(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path, kind)
    key = parse_public_key(path.with_suffix(".pub").read_text())
    armor = signed_by_openssh(path)
    assert verify(armor, MESSAGE) == key
    with pytest.raises(UntrustedError, match="not one of this key over these bytes"):
        verify(armor, MESSAGE + b" ")
    with pytest.raises(UntrustedError, match="a signature for 'git', not for 'sayso'"):
        verify(signed_by_openssh(path, "git"), MESSAGE)
    shorter = signed_by_openssh(path, "sayso", "-O", "hashalg=sha256")
    assert shorter != armor
    assert verify(shorter, MESSAGE) == key


@pytest.mark.parametrize("kind", MADE)
def test_openssh_verifies_what_we_sign_with_its_keys(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path, kind)
    key = load_private_key(path.read_bytes(), None)
    armor = sign(key, MESSAGE)
    assert openssh_accepts(tmp_path, armor, key.public.line)
    assert not openssh_accepts(tmp_path, sign(key, b"else"), key.public.line)
    assert (armor == signed_by_openssh(path)) is (kind in REPEATED)
    printed = ssh_keygen("-l", "-f", path).stdout.split()
    assert printed[1] == key.public.fingerprint.encode()


@pytest.mark.parametrize("kind", ALL)
def test_openssh_verifies_every_kind_that_we_verify(tmp_path: Path, kind: str) -> None:
    key = ssh_keys.public(kind)
    for hash_name in ("sha512", "sha256"):
        armor = ssh_keys.signs(kind, hash_name=hash_name)
        assert verify(armor, MESSAGE) == key
        assert openssh_accepts(tmp_path, armor, key.line)
    (tmp_path / "key.pub").write_text(f"{key.line} a comment\n")
    printed = ssh_keygen("-l", "-f", tmp_path / "key.pub").stdout.split()
    assert printed[1] == key.fingerprint.encode()


@pytest.mark.parametrize("kind", IN_HARDWARE)
def test_nobody_signs_with_hardware_that_is_not_touched(
    tmp_path: Path, kind: str
) -> None:
    verified = ssh_keys.signs(kind, flags=5)
    assert verify(verified, MESSAGE) == ssh_keys.public(kind)
    assert openssh_accepts(tmp_path, verified, ssh_keys.public(kind).line)
    with pytest.raises(UntrustedError, match="without being touched"):
        verify(ssh_keys.signs(kind, flags=4), MESSAGE)


ARMOR = ssh_keys.signs(ssh_keys.ED25519).decode()
BEGIN, *BODY, END, _ = ARMOR.split("\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ARMOR.removesuffix("\n"), id="no-newline"),
        pytest.param(f"{ARMOR}\n\n", id="empty-lines-after"),
        pytest.param(f"{BEGIN}\n{''.join(BODY)}\n{END}\n", id="one-long-line"),
    ],
)
def test_a_signature_may_be_written_otherwise(tmp_path: Path, text: str) -> None:
    key = ssh_keys.public(ssh_keys.ED25519)
    assert openssh_accepts(tmp_path, text.encode(), key.line)
    assert verify(text.encode(), MESSAGE) == key


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ARMOR.replace("\n", "\r\n"), id="crlf"),
        pytest.param(ARMOR.replace("\n", "\r"), id="cr"),
        pytest.param(f"\n{ARMOR}", id="empty-line-before"),
        pytest.param(f" {ARMOR}", id="space-before"),
        pytest.param(ARMOR.replace("BEGIN SSH", "BEGIN"), id="another-beginning"),
        pytest.param(ARMOR.replace("END SSH", "END"), id="another-end"),
        pytest.param(ARMOR.replace(END, ""), id="no-end"),
        pytest.param(f"{BEGIN}\n{END}\n", id="nothing-within"),
        pytest.param("", id="nothing"),
    ],
)
def test_neither_reads_what_is_no_signature(tmp_path: Path, text: str) -> None:
    key = ssh_keys.public(ssh_keys.ED25519)
    assert not openssh_accepts(tmp_path, text.encode(), key.line)
    with pytest.raises(MalformedError):
        verify(text.encode(), MESSAGE)


@pytest.mark.parametrize("kind", MADE)
def test_a_passphrase_of_openssh_is_asked_for_once(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path, kind, secret=TYPED.decode())
    asked = []

    def password() -> bytes:
        asked.append(1)
        return TYPED

    key = load_private_key(path.read_bytes(), password)
    assert asked == [1]
    assert key.public == parse_public_key(path.with_suffix(".pub").read_text())
    for wrong in (b"wrong horse", b""):
        with pytest.raises(PublishError, match="passphrase"):
            load_private_key(path.read_bytes(), partial(bytes, wrong))
    with pytest.raises(PublishError, match="has a passphrase, and none was given"):
        load_private_key(path.read_bytes(), None)


@pytest.mark.parametrize("passphrase", ["", "correct horse, Bärenfell"])
@pytest.mark.parametrize("kind", IN_FILES)
def test_openssh_opens_the_keys_that_we_write(
    tmp_path: Path, kind: str, passphrase: str
) -> None:
    key = ssh_keys.private(kind)
    path = tmp_path / "key"
    path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(key.text(passphrase.encode()))
    done = ssh_keygen("-y", "-P", passphrase, "-f", path)
    assert done.stdout.decode().split() == key.public.line.split(), done.stderr
    again = load_private_key(path.read_bytes(), passphrase.encode)
    assert again.public == key.public


def test_a_new_key_is_one_of_openssh(tmp_path: Path) -> None:
    key = generate_key()
    assert key.public.kind == ssh_keys.ED25519
    assert generate_key().public != key.public
    assert openssh_accepts(tmp_path, sign(key, MESSAGE), key.public.line)


def test_a_short_key_of_rsa_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path, "rsa 2048")
    with pytest.raises(MalformedError, match="RSA key of 2048 bits"):
        parse_public_key(path.with_suffix(".pub").read_text())
    with pytest.raises(PublishError, match="RSA key of 2048 bits"):
        load_private_key(path.read_bytes(), None)
    with pytest.raises(MalformedError, match="RSA key of 2048 bits"):
        verify(signed_by_openssh(path), MESSAGE)


def test_an_older_file_is_written_anew_first(tmp_path: Path) -> None:
    path = tmp_path / "key"
    ssh_keygen("-q", "-t", "rsa", "-b", "3072", "-m", "PEM", "-N", "", "-f", path)
    with pytest.raises(PublishError, match="`ssh-keygen -p -f FILE` writes it anew"):
        load_private_key(path.read_bytes(), None)
    assert ssh_keygen("-q", "-p", "-N", "", "-f", path).returncode == 0
    key = load_private_key(path.read_bytes(), None)
    assert key.public == parse_public_key(path.with_suffix(".pub").read_text())
