"""minisign signatures: ours by others, others' by us, and no changed bit."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

import sayso.trust.minisign
from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.trust.keys import load_public_key
from sayso.trust.minisign import sign, verify
from sayso.trust.private_keys import read_private_key
from sayso.wire.text import to_base64
from tests.conftest import ROOT, NeedsTool
from tests.registries import KEY, OTHER_KEY, release_files

DATA = b"a small file\n"
COMMENT = (
    "sayso registry.json release=1 issued=2026-11-22T11:00:00Z origin=sayso.example"
)
TEXT = sign(DATA, KEY, trusted_comment=COMMENT)


def documented(first: str) -> str:
    """Return the documented commands of which the first is this one."""
    blocks = (sayso.trust.minisign.__doc__ or "").split("\n\n")
    return next(block for block in blocks if block.startswith(f"    {first} "))


def test_a_signature_gives_its_trusted_comment() -> None:
    assert verify(DATA, TEXT, KEY.public) == COMMENT


def test_a_development_signature_says_so() -> None:
    name = KEY.public.name
    assert TEXT.startswith(
        f"untrusted comment: sayso DEVELOPMENT signature: key {name}"
    )
    other = sign(DATA, OTHER_KEY, trusted_comment="")
    assert other.startswith("untrusted comment: sayso signature: key ")


def test_signing_is_deterministic() -> None:
    assert sign(DATA, KEY, trusted_comment=COMMENT) == TEXT


def test_another_key_is_named() -> None:
    with pytest.raises(
        UntrustedError, match=f"{KEY.public.name}.*{OTHER_KEY.public.name}"
    ):
        verify(DATA, TEXT, OTHER_KEY.public)


def test_a_key_of_the_same_name_is_not_the_same_key() -> None:
    imposter = load_public_key(
        OTHER_KEY.public.text().replace(
            OTHER_KEY.public.text().split("\n")[1],
            _line(KEY.public.key_id, OTHER_KEY.public.key),
        )
    )
    with pytest.raises(UntrustedError, match="another key of the same name"):
        verify(DATA, TEXT, imposter)


def _line(key_id: bytes, key: bytes) -> str:
    return to_base64(b"Ed" + key_id + key)


def test_a_comment_from_another_signature_is_refused() -> None:
    other = sign(DATA, KEY, trusted_comment="release=2")
    mixed = TEXT.split("\n")[:2] + other.split("\n")[2:3] + TEXT.split("\n")[3:]
    with pytest.raises(UntrustedError, match="comment was changed"):
        verify(DATA, "\n".join(mixed), KEY.public)


@pytest.mark.parametrize("comment", ["a\nb", "a\x00", "\x1b[2J"])
def test_a_comment_has_no_control_characters(comment: str) -> None:
    with pytest.raises(MalformedError):
        sign(DATA, KEY, trusted_comment=comment)


def test_every_flipped_bit_of_a_signed_file_is_refused() -> None:
    data = release_files().by_path["release.json"]
    text = sign(data, KEY, trusted_comment=COMMENT)
    for place in range(len(data) * 8):
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(UntrustedError):
            verify(bytes(changed), text, KEY.public)


def test_every_flipped_bit_of_a_signature_is_refused_or_unsigned() -> None:
    """Only the words of the untrusted comment may change; nothing depends on them."""
    start = len("untrusted comment: ")
    unsigned = range(start * 8, TEXT.index("\n") * 8)
    for place in range(len(TEXT) * 8):
        changed = bytearray(TEXT.encode())
        changed[place // 8] ^= 1 << place % 8
        try:
            comment = verify(DATA, changed.decode("latin-1"), KEY.public)
        except RegistryError:
            continue
        assert place in unsigned
        assert comment == COMMENT


def test_every_flipped_bit_of_a_key_is_refused_or_a_comment() -> None:
    text = KEY.public.text()
    for place in range(text.index("\n") * 8, text.rindex("\n") * 8):
        changed = bytearray(text.encode())
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(RegistryError):
            verify(DATA, TEXT, load_public_key(changed.decode("latin-1")))


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    (tmp_path / "registry.json").write_bytes(DATA)
    (tmp_path / "registry.json.minisig").write_text(TEXT)
    (tmp_path / "sayso.pub").write_text(KEY.public.text())
    (tmp_path / "sayso.pem").write_text(KEY.public.pem())
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", f"set -e\n{command}"],
        cwd=folder,
        env={**os.environ, "PATH": f"{ROOT / 'out' / 'tools'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("tool", ["minisign", "openssl"])
def test_the_documented_commands_verify_ours(
    tool: str, signed: Path, needs_tool: NeedsTool
) -> None:
    needs_tool(tool)
    command = documented(tool)
    done = run(command, signed)
    assert done.returncode == 0, done.stderr
    if tool == "minisign":
        assert COMMENT in done.stdout
    (signed / "registry.json").write_bytes(DATA + b" ")
    assert run(command, signed).returncode != 0


def test_the_commands_of_the_specification_verify_ours(
    signed: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("openssl")
    needs_tool("minisign")
    page = (ROOT / "site/docs/spec/minisign.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    (minisign,) = re.findall(r"^\$ (minisign .*)$", page, re.MULTILINE)
    done = run("\n".join([minisign, *blocks]), signed)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Signature Verified Successfully") == len(blocks) == 2
    text = (
        (signed / "registry.json.minisig").read_text().replace("release=1", "release=2")
    )
    (signed / "registry.json.minisig").write_text(text)
    assert run(blocks[0], signed).returncode == 0
    assert run(blocks[1], signed).returncode != 0


@pytest.fixture
def foreign(tmp_path: Path, needs_tool: NeedsTool) -> Path:
    tool = needs_tool("minisign")
    (tmp_path / "file").write_bytes(DATA)
    done = run(f"{shlex.quote(str(tool))} -G -W -p key.pub -s key.sec", tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_we_verify_a_signature_of_minisign(foreign: Path) -> None:
    done = run("minisign -S -s key.sec -m file -t 'hello\tthere'", foreign)
    assert done.returncode == 0, done.stderr
    key = load_public_key((foreign / "key.pub").read_text())
    text = (foreign / "file.minisig").read_text()
    assert verify(DATA, text, key) == "hello\tthere"
    assert key.text() == (foreign / "key.pub").read_text()
    with pytest.raises(UntrustedError):
        verify(DATA + b" ", text, key)


def test_the_legacy_algorithm_is_refused(foreign: Path) -> None:
    done = run("minisign -S -l -s key.sec -m file", foreign)
    assert done.returncode == 0, done.stderr
    key = load_public_key((foreign / "key.pub").read_text())
    with pytest.raises(MalformedError, match="legacy"):
        verify(DATA, (foreign / "file.minisig").read_text(), key)


def test_a_key_made_by_openssl_signs(tmp_path: Path, needs_tool: NeedsTool) -> None:
    needs_tool("openssl")
    done = run("openssl genpkey -algorithm ed25519 -out key.pem", tmp_path)
    assert done.returncode == 0, done.stderr
    key = read_private_key(tmp_path / "key.pem")
    assert verify(DATA, sign(DATA, key, trusted_comment="x"), key.public) == "x"
