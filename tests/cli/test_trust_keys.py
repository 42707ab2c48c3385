"""`sayso trust` with keys in hardware, at AWS KMS and behind a passphrase."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import SSlibKey
from tuf.api.metadata import Metadata, Root, Targets

from sayso.cli import main
from sayso.cli.signing import VARIABLE
from sayso.trust.private_keys import read_private_key
from tests import tokens
from tests.conftest import NeedsTool
from tests.kms import ARN, VARIABLES, KeyService, serve_keys
from tests.registries import KEY
from tests.terminals import at_a_terminal

HOLDERS = ("mara", "noor", "ines")
MACHINES = ("online", "releases", "log", "minisign")
FILES = ("1.root.json", "1.targets.json")
TYPED = "correct horse"
ASKED = "Passphrase: "
AGAIN = "Repeat for confirmation: "
PIN = ("PIN: ", tokens.PIN)


def trust(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["trust", *arguments])
    assert "fault in sayso" not in result.output
    assert "PRIVATE" not in result.output
    return result


def done(*arguments: str) -> str:
    result = trust(*arguments)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def refused(*arguments: str, code: int = 1) -> str:
    result = trust(*arguments)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


def types(*arguments: str, typed: list[tuple[str, str]], code: int = 0) -> str:
    """Return what a terminal shows; what was typed is never shown."""
    ended, shown = at_a_terminal("trust", *arguments, typed=typed)
    assert ended == code, shown
    for question, line in typed:
        assert question in shown
        assert line not in shown or question.endswith("[y/N]: ")
    return " ".join(shown.split())


def init(**instead: str) -> None:
    """Write the first files of a team, perhaps with other files for some keys."""
    of = {name: f"{name}.pub" for name in (*HOLDERS, *MACHINES)} | instead
    keys = [f"--{role}={of[name]}" for role in ("root", "targets") for name in HOLDERS]
    machines = [f"--{name}={of[name]}" for name in MACHINES]
    done("init", "--profile=team", "--origin=registry.example/log", *keys, *machines)


def sign(name: str, key: str) -> str:
    return done("sign", f"trust/{name}", "--key", key, "--yes")


def check_with_tuf() -> None:
    root = Metadata[Root].from_file("trust/1.root.json")
    root.verify_delegate("root", root)
    root.verify_delegate("targets", Metadata[Targets].from_file(f"trust/{FILES[1]}"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the keys of two holders and of the machines; none of Ines."""
    folder = tmp_path / "place"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in (*HOLDERS[:2], *MACHINES):
        done("key", name)
    return folder


@pytest.fixture
def token(tmp_path: Path, needs_tool: NeedsTool) -> Iterator[None]:
    folder = tmp_path / "token"
    folder.mkdir()
    with tokens.soft_token(folder, needs_tool):
        yield


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyService]:
    for name in ("AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with serve_keys(KeyService(keys={ARN: key})) as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", served.address)
        yield served


@pytest.mark.usefixtures("token")
def test_the_whole_ceremony_with_a_holder_who_has_hardware(place: Path) -> None:
    said = done("key", "ines", "--from", "hsm:2")
    known = SSlibKey.from_crypto(tokens.KEY.public_key())
    assert f"Its id is {known.keyid}" in said
    assert "ines.pem" not in said
    assert not (place / "ines.pem").exists()
    assert (place / "ines.pub").read_text() == known.keyval["public"]
    init()
    assert (place / "trust/keys/ines.pub").read_text() == known.keyval["public"]
    for name in FILES:
        shown = types(
            *("sign", f"trust/{name}", "--key", "hsm:2"),
            typed=[(f"key ines ({known.keyid[:12]}…)? [y/N]: ", "y"), PIN],
        )
        assert f"{name}: signed by 1 of 2 needed" in shown
        assert "complete." in sign(name, "mara.pem")
    done("status")
    check_with_tuf()
    done("key", "otto")
    changes = [
        f"--{what}={role}={name}.pub"
        for role in ("root", "targets")
        for what, name in (("remove", "ines"), ("add", "otto"))
    ]
    assert "a key is taken away, ines" in done("rotate", *changes)


@pytest.mark.usefixtures("place", "token")
def test_whoever_does_not_agree_is_asked_for_no_pin() -> None:
    done("key", "ines", "--from", "hsm:2")
    init()
    shown = types(
        *("sign", "trust/1.root.json", "--key", "hsm:2"),
        typed=[("[y/N]: ", "n")],
        code=1,
    )
    assert "PIN" not in shown
    assert "Nothing was signed." in shown


@pytest.mark.usefixtures("token")
def test_nothing_is_signed_with_a_wrong_pin(place: Path) -> None:
    done("key", "ines", "--from", "hsm:2")
    init()
    path = place / "trust/1.root.json"
    before = path.read_bytes()
    arguments = ("sign", "trust/1.root.json", "--key", "hsm:2", "--yes")
    shown = types(*arguments, typed=[("PIN: ", "000000")], code=1)
    assert (
        "did not sign 1.root.json: the key hsm:2 cannot be used: the PIN is wrong"
        in shown
    )
    result = trust(*arguments)
    assert result.exit_code == 2
    assert "there is no terminal to ask for the PIN on" in result.stderr
    assert path.read_bytes() == before


@pytest.mark.usefixtures("place", "token")
def test_a_stranger_with_hardware_may_not_sign() -> None:
    done("key", "ines")
    init()
    arguments = ("sign", "trust/1.root.json", "--key", "hsm:2", "--yes")
    assert "may not sign 1.root.json" in refused(*arguments)


@pytest.mark.usefixtures("place", "token")
def test_hardware_is_for_holders_alone() -> None:
    done("key", "ines", "--from", "hsm:2")
    keys = [f"--{role}=mara.pub" for role in ("root", "targets")]
    rest = [
        "--profile=solo",
        "--origin=registry.example/log",
        "--minisign=minisign.pub",
    ]
    for machine, code, said in (
        ("online", 1, "machines sign online with Ed25519"),
        ("releases", 1, "machines sign releases with Ed25519"),
        ("log", 2, "is a key of P-256"),
    ):
        of = {name: f"{name}.pub" for name in MACHINES[:3]} | {machine: "ines.pub"}
        machines = [f"--{name}={file}" for name, file in of.items()]
        assert said in refused("init", *keys, *machines, *rest, code=code)


def test_a_key_with_a_passphrase_signs_for_whoever_knows_it(place: Path) -> None:
    typed = [(ASKED, TYPED), (AGAIN, TYPED)]
    shown = types("key", "ines", "--encrypt", typed=typed)
    assert "ines.pem: secret" in shown
    path = place / "ines.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    key = read_private_key(path, ask=lambda _: TYPED)
    assert (place / "ines.pub").read_text() == key.public.text()
    init()
    arguments = ("sign", "trust/1.root.json", "--key", "ines.pem", "--yes")
    shown = types(*arguments, typed=[(ASKED, "wrong")], code=1)
    assert "the passphrase does not open the signing key" in shown
    assert "no terminal to ask for the passphrase on" in refused(*arguments, code=2)
    assert "1 of 2 needed" in types(*arguments, typed=[(ASKED, TYPED)])
    # The public half is written again, as after an interruption.
    (place / "ines.pub").unlink()
    types("key", "ines", typed=[(ASKED, TYPED)])
    assert (place / "ines.pub").read_text() == key.public.text()


def test_two_passphrases_that_differ_are_none(place: Path) -> None:
    typed = [(ASKED, TYPED), (AGAIN, "incorrect"), (ASKED, TYPED), (AGAIN, TYPED)]
    assert "do not match" in types("key", "ines", "--encrypt", typed=typed)
    (place / "ines.pub").unlink()
    assert "is not encrypted anew" in refused("key", "ines", "--encrypt")
    assert "no terminal" in refused("key", "lise", "--encrypt", code=2)
    assert not (place / "lise.pem").exists()


def test_a_key_at_aws_is_one_of_the_ceremony(place: Path, service: KeyService) -> None:
    said = done("key", "ines", "--from", f"awskms:{ARN}")
    assert "ines.pem" not in said
    assert (place / "ines.pub").read_text().splitlines()[1] == (
        KEY.public.text().splitlines()[1]
    )
    init()
    for name in FILES:
        sign(name, f"awskms:{ARN}")
        sign(name, "noor.pem")
    check_with_tuf()
    operations = [operation for operation, _ in service.asked]
    assert operations == ["GetPublicKey", *2 * ["GetPublicKey", "Sign"]]


@pytest.mark.usefixtures("place")
def test_a_variable_may_name_a_key_at_aws(
    service: KeyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    done("key", "ines", "--from", f"awskms:{ARN}")
    init()
    monkeypatch.setenv(VARIABLE, f"awskms:{ARN}")
    assert "1 of 2 needed" in done("sign", "trust/1.root.json", "--yes")
    service.false = {"Sign": "AccessDeniedException"}
    result = trust("sign", "trust/1.targets.json", "--yes")
    assert result.exit_code == 1
    message = " ".join(result.stderr.split())
    assert "did not sign 1.targets.json: the key arn:aws:kms:" in message
    assert "must let these credentials call kms:GetPublicKey and kms:Sign" in message


@pytest.mark.usefixtures("place")
def test_a_key_that_others_may_read_is_refused() -> None:
    done("key", "ines")
    init()
    Path("ines.pem").chmod(0o644)
    arguments = ("sign", "trust/1.root.json", "--key", "ines.pem", "--yes")
    assert "make it yours alone: chmod 600 ines.pem" in refused(*arguments)


@pytest.mark.usefixtures("place")
def test_a_key_itself_is_no_argument() -> None:
    pem = Path("mara.pem").read_text()
    secret = pem.splitlines()[1]
    done("key", "ines")
    init()
    message = refused("sign", "trust/1.root.json", "--yes", "--key", pem)
    assert "others may have read it by now" in message
    assert secret not in message


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--from", "mara.pem"], "'mara.pem' is neither hsm:ID nor awskms:KEY"),
        (["--from", "hsm:2", "--encrypt"], "omit --from"),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_key_is_elsewhere_or_made_here(more: list[str], said: str) -> None:
    assert said in refused("key", "ines", *more, code=2)
    assert not list(Path().glob("ines*"))
