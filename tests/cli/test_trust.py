"""`sayso trust`: a whole ceremony, interrupted, attacked, and read by TUF itself."""

import json
import os
import pty
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from tuf.api.metadata import Metadata, Root, Targets

from sayso.cli import main
from sayso.cli.placing import PlaceError, replace_file
from sayso.cli.signing import VARIABLE
from sayso.cli.trust import COMMANDS, status
from sayso.cli.trust import command as trust_commands
from sayso.trust.folder import read_trust_folder
from sayso.trust.holders import Part, holders_of
from sayso.trust.private_keys import write_private_key
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.note import KeyType, VerifierKey, format_verifier_key
from tests import terminals
from tests.answers import documented
from tests.conftest import NeedsTool
from tests.registries import KEY
from tests.roles import INSTITUTION, POLICY, SOLO, TEAM, changed, repository, signer
from tests.tokens import PIN, soft_token

HOLDERS = ("mara", "noor", "ines")
MACHINES = ("online", "releases", "log", "minisign")
ORIGIN = "registry.example/log"
FILES = ("1.root.json", "1.targets.json")


def trust(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["trust", *arguments])
    assert "fault in sayso" not in result.output
    assert "Traceback" not in result.output
    assert "PRIVATE" not in result.output
    return result


def done(*arguments: str) -> str:
    result = trust(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str, code: int = 1) -> str:
    result = trust(*arguments)
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


def options(profile: str = "team", holders: tuple[str, ...] = HOLDERS) -> list[str]:
    keys = [f"--{role}={name}.pub" for role in ("root", "targets") for name in holders]
    machines = [f"--{name}={name}.pub" for name in MACHINES]
    return ["--profile", profile, "--origin", ORIGIN, *keys, *machines]


def init(profile: str = "team", holders: tuple[str, ...] = HOLDERS) -> str:
    return done("init", *options(profile, holders))


def sign(name: str, holder: str) -> str:
    return done("sign", f"trust/{name}", "--key", f"{holder}.pem", "--yes")


def complete() -> None:
    for name in FILES:
        sign(name, "mara")
        sign(name, "ines")


def stored(folder: Path = Path("trust")) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the keys of three holders, one who comes later, and machines."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(VARIABLE, raising=False)
    for name in (*HOLDERS, "otto", *MACHINES):
        done("key", name)
    return tmp_path


def test_a_key_is_two_files_and_never_overwritten(place: Path) -> None:
    said = done("key", "lise")
    assert stat.S_IMODE((place / "lise.pem").stat().st_mode) == 0o600
    assert "lise.pem: secret" in said
    before = stored(place)
    assert "lise.pub exists already" in refused("key", "lise")
    assert stored(place) == before
    (place / "lise.pub").unlink()
    assert done("key", "lise") == said  # as after an interruption
    assert stored(place) == before
    assert "cannot be written" in refused("key", "nowhere/lise")
    done("key", ".")
    (place / "noise.pem").write_text("hello")
    (place / "noise.pem").chmod(0o600)
    assert "is not an Ed25519 private key" in refused("key", "noise")


def test_the_whole_ceremony_of_a_team(place: Path) -> None:
    said = init()
    assert "root 2 of 3 may change all keys" in " ".join(said.split())
    assert "quorum none" in said
    assert trust("status").exit_code == 1
    # Interrupted between any two steps, it goes on from what is in the folder.
    sign("1.root.json", "mara")
    half = trust("status")
    assert half.exit_code == 1
    lines = " ".join(half.output.split())
    assert "1 of 2 needed, by the 3 keys in 1.root.json" in lines
    assert "1.root.json needs 1 more of the 2 keys in 1.root.json" in lines
    last = sign("1.root.json", "ines").splitlines()
    digest = sha256(Path("trust/1.root.json").read_bytes()).hexdigest()
    assert last[-1] == f"SHA-256 of 1.root.json: {digest}"
    sign("1.targets.json", "ines")
    sign("1.targets.json", "noor")
    assert "Everything is complete, and nothing is due." in done("status")
    assert sorted(stored()) == [
        *FILES,
        *sorted(f"keys/{name}.pub" for name in (*HOLDERS, *MACHINES)),
        "policy.txt",
    ]
    root = Metadata[Root].from_file("trust/1.root.json")
    root.verify_delegate("root", root)
    targets = Metadata[Targets].from_file("trust/1.targets.json")
    root.verify_delegate("targets", targets)
    policy = (place / "trust/policy.txt").read_bytes()
    targets.signed.targets["policy.txt"].verify_length_and_hashes(policy)
    (log,) = decode_log_policy(policy).logs
    assert log.key.name == ORIGIN
    assert not [path for path in (place / "trust").rglob("*") if path.name[0] == "."]


@pytest.mark.usefixtures("place")
def test_a_holder_is_replaced() -> None:
    init()
    complete()
    before = stored()
    change = [
        f"--{what}={role}={name}.pub"
        for role in ("root", "targets")
        for what, name in (("remove", "trust/keys/noor"), ("add", "otto"))
    ]
    said = " ".join(done("rotate", *change).split())
    assert "changes root: a key is new, otto" in said
    assert "root: a key is taken away, noor" in said
    assert "changes nothing: it only holds for longer" in said
    assert before.items() <= stored().items()
    assert "2.root.json is not complete" in refused("rotate")
    # The new one alone is not enough of the old, nor is who leaves of the new.
    sign("2.root.json", "otto")
    sign("2.root.json", "noor")
    said = " ".join(trust("status").output.split())
    assert "2.root.json needs 1 more of the 2 keys in 1.root.json" in said
    assert "2.root.json needs 1 more of the 2 keys in 2.root.json" in said
    sign("2.root.json", "mara")
    sign("2.targets.json", "otto")
    may_not = refused("sign", "trust/2.targets.json", "--key", "noor.pem", "--yes")
    assert "may not sign 2.targets.json" in may_not
    sign("2.targets.json", "ines")
    assert "no more: another follows" in done("status")
    first = Metadata[Root].from_file("trust/1.root.json")
    second = Metadata[Root].from_file("trust/2.root.json")
    first.verify_delegate("root", second)
    second.verify_delegate("root", second)
    second.verify_delegate("targets", Metadata.from_file("trust/2.targets.json"))
    assert "is complete; another signature would change" in refused(
        "sign", "trust/2.root.json", "--key", "ines.pem", "--yes"
    )


def test_a_registry_goes_over_to_another_profile(place: Path) -> None:
    init(profile="solo", holders=HOLDERS[:2])
    for name in FILES:
        sign(name, "mara")
    done("status")
    assert "asks for 3 different keys" in refused("rotate", "--profile", "team")
    added = [f"--add={role}=otto.pub" for role in ("root", "targets")]
    with (place / "trust/policy.txt").open("a") as policy:
        policy.write("# looked at again\n")
    assert "policy.txt is not what the newest" in " ".join(
        trust("status").output.split()
    )
    said = " ".join(done("rotate", "--profile", "team", *added).split())
    assert "changes profile: solo becomes team" in said
    assert "changes policy.txt: other logs or witnesses are believed" in said
    for holder in ("mara", "otto"):
        for name in ("2.root.json", "2.targets.json"):
            sign(name, holder)
    assert done("status")


def test_the_online_key_is_replaced_by_its_id(place: Path) -> None:
    init()
    complete()
    done("key", "anew")
    assert "one key that is online, and 2 are given" in refused(
        "rotate", "--add", "online=anew.pub"
    )
    before = holders_of(read_trust_folder(place / "trust").newest)
    (key_id,) = before.ids(Part.ONLINE)
    done("rotate", "--add", "online=anew.pub", "--remove", f"online={key_id}")
    assert "keys/anew.pub" in stored()
    after = holders_of(read_trust_folder(place / "trust").newest)
    assert after.ids(Part.ROOT) == before.ids(Part.ROOT)
    assert key_id not in after.ids(Part.ONLINE)


def test_the_keys_of_the_log_and_of_minisign_are_replaced(place: Path) -> None:
    init()
    complete()
    done("key", "log-2")
    done("key", "minisign-2")
    policy = (place / "trust/policy.txt").read_bytes()
    assert "only key of the log" in refused(
        "rotate", "--remove", "log=log.pub", "--add", "log=log-2.pub", code=2
    )
    for role in ("log", "minisign"):
        change = f"{role}={role}"
        assert "listed" in refused("rotate", f"--add={change}.pub", code=2).replace(
            "lists", "listed"
        )
        assert "does not list" in refused("rotate", f"--remove={change}-2.pub", code=2)
    assert (place / "trust/policy.txt").read_bytes() == policy
    said = done("rotate", "--add=log=log-2.pub", "--add=minisign=minisign-2.pub")
    assert "policy.txt: other logs or witnesses are believed" in " ".join(said.split())
    for name in ("2.root.json", "2.targets.json"):
        sign(name, "mara")
        sign(name, "ines")
    done("status")
    both = decode_log_policy((place / "trust/policy.txt").read_bytes())
    assert [log.key.name for log in both.logs] == [ORIGIN, ORIGIN]
    done("rotate", "--remove=log=log.pub", "--remove=minisign=minisign.pub")
    last = (place / "trust/policy.txt").read_text()
    assert [log.key.name for log in decode_log_policy(last.encode()).logs] == [ORIGIN]
    assert (place / "minisign-2.pub").read_text().splitlines()[1] in last
    assert (place / "minisign.pub").read_text().splitlines()[1] not in last


def test_a_policy_that_cannot_be_replaced_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init()
    complete()
    done("key", "log-2")

    def full(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    said = refused("rotate", "--add=log=log-2.pub")
    assert "Take the two new files away, and rotate again" in said
    assert not (place / "trust/policy.txt").read_text().count("log ") > 1


def test_nothing_is_overwritten(place: Path) -> None:
    init()
    before = stored()
    said = "1.root.json exists already. Nothing was written."
    assert said in refused("init", *options())
    assert stored() == before
    (place / "there").mkdir()
    (place / "there/mara.pub").write_bytes((place / "otto.pub").read_bytes())
    complete()
    said = refused("rotate", "--add", "root=there/mara.pub", "--remove=root=mara.pub")
    assert "mara.pub is another key than there/mara.pub: rename one" in said


PAGE = Path(__file__).parents[2] / "site/docs/about/ceremony.md"
TEXT = PAGE.read_text(encoding="utf-8")


def steps() -> list[tuple[str, list[str]]]:
    """Return the commands of the page in their order, with what they are to show."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            if line.startswith("$ sayso trust "):
                found.append((line.removeprefix("$ sayso trust "), []))
            else:
                found[-1][1].append(line)
    return found


def test_the_page_is_a_whole_ceremony(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    follow(takewhile(lambda step: "hsm:" not in step[0], steps()))
    assert len(steps()) == 28


def test_the_page_goes_on_with_a_key_in_hardware(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needs_tool: NeedsTool
) -> None:
    for name in ("place", "token"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "place")
    with soft_token(tmp_path / "token", needs_tool):
        follow(steps())


def follow(lines: Iterable[tuple[str, list[str]]]) -> None:
    """Do what the page says, and see what it shows; it asks nobody but for a PIN."""
    for line, shown in lines:
        arguments = [*shlex.split(line), *(["--yes"] * line.startswith("sign "))]
        if line.startswith("sign ") and "hsm:" in line:
            code, output = terminals.at_a_terminal(
                "trust", *arguments, typed=[("PIN: ", PIN)]
            )
            assert code == 0, output
        else:
            output = done(*arguments)
        for words in shown:
            assert words in " ".join(output.split()), line


@pytest.mark.usefixtures("place")
def test_what_is_signed_can_be_had_without_sayso(needs_tool: NeedsTool) -> None:
    needs_tool("jq")
    init()
    (line,) = re.findall(r"^```sh\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
    ran = subprocess.run(
        ["bash", "-c", line], capture_output=True, text=True, check=True
    )
    first, *_ = json.loads(trust("status", "--json").output)["files"]
    assert ran.stdout.split()[0] == first["content"]


def test_the_page_says_what_the_profiles_do_not_withstand() -> None:
    for profile in (SOLO, TEAM, INSTITUTION):
        quorums = f"{profile.root} | {profile.targets} | {profile.releases}"
        assert f"| `{profile.name}` | {quorums} | {profile.weakness} |" in TEXT


@pytest.mark.parametrize("name", COMMANDS)
def test_an_example_of_the_help_names_options_that_exist(name: str) -> None:
    output = done(name, "--help")
    command = trust_commands.get_command(click.Context(trust_commands), name)
    assert command is not None
    known = {each for one in command.params for each in one.opts}
    example = output.split("Example")[1].replace("\\\n", " ")
    assert f"sayso trust {name}" in example
    assert set(re.findall(r"(?<= )--[a-z-]+", example)) <= known


def test_a_key_has_the_name_of_its_file(place: Path) -> None:
    for name in ("a", "b"):
        (place / name).mkdir()
        done("key", f"{name}/lise")
    given = options()
    other = {"--root=mara.pub": "--root=a/lise.pub"}
    other["--targets=mara.pub"] = "--targets=b/lise.pub"
    said = "lise.pub is another key than b/lise.pub: rename one"
    assert said in refused("init", *(other.get(each, each) for each in given))
    # Public keys may lie in the folder already, or be given as they are.
    (place / "trust").mkdir()
    (place / "trust/keys").mkdir()
    (place / "mara.pub").rename(place / "trust/keys/mara.pub")
    key = (place / "online.pub").read_text().splitlines()[1]
    said = done(
        "init",
        *(each.replace("=mara", "=trust/keys/mara") for each in given),
        "--online",
        key,
    )
    assert list(stored()).count("keys/mara.pub") == 1
    assert "keys/online.pub" not in stored()
    lines = [line.strip() for line in said.splitlines()]
    assert re.fullmatch("[0-9a-f]{64}", lines[lines.index("mara") + 1])
    online = lines.index("online   1 of 1 signs snapshots and timestamps")
    assert re.fullmatch("[0-9a-f]{64}", lines[online + 1])


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--origin", "with space"], 2, "is not a name as registry.example/log is"),
        (["--origin", "\udcff"], 2, "is not a name as registry.example/log is"),
        (["--log", "mara.pub"], 2, "this takes a key of its own"),
        (["--minisign", "mara.pub"], 2, "this takes a key of its own"),
        (["--minisign", "log.pub"], 2, "the log has a key of its own"),
        (["--online", "mara.pub"], 1, "cannot have two roles"),
        (["--root", "otto.pub"], 1, "asks for 3 different keys"),
        (["--root", "mara.pub"], 1, "is one of root already"),
        (["--root", "mara.pem"], 2, "mara.pem"),
        (["--root", "nowhere.pub"], 2, "neither a public key nor a file with one"),
        (["--profile", "dev"], 2, "'dev' is not one of"),
        (["--releases", KEY.public.text()], 2, "is a DEVELOPMENT key"),
    ],
)
def test_keys_that_cannot_be_are_refused(
    place: Path, more: list[str], code: int, said: str
) -> None:
    assert said in refused("init", *options(), *more, code=code)
    assert not (place / "trust").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("root", "is not a role and a key"),
        (
            "snapshot=otto.pub",
            "the roles are root, targets, online, releases, log, minisign",
        ),
        ("root=", "is not a role and a key"),
    ],
)
@pytest.mark.usefixtures("place")
def test_a_change_is_of_a_role(change: str, said: str) -> None:
    init()
    complete()
    assert said in refused("rotate", "--add", change, code=2)
    assert "is none of root" in refused("rotate", "--remove", "root=otto.pub")


@pytest.mark.usefixtures("place")
def test_who_may_not_sign_or_has_signed_is_told_so() -> None:
    init()
    path = "trust/1.root.json"
    sign("1.root.json", "mara")
    before = stored()
    assert "has signed 1.root.json already" in refused(
        "sign", path, "--key", "mara.pem", "--yes"
    )
    assert "may not sign 1.root.json" in refused(
        "sign", path, "--key", "otto.pem", "--yes"
    )
    assert "cannot be read" in refused("sign", path, "--key", "nowhere.pem", "--yes")
    assert "no key was given" in refused("sign", path, "--yes", code=2)
    assert "only 1.root.json and 1.targets.json are" in refused(
        "sign", "trust/2.root.json", "--key", "noor.pem", "--yes"
    )
    assert "there is no nowhere/1.root.json" in refused(
        "sign", "nowhere/1.root.json", "--key", "noor.pem", "--yes"
    )
    write_private_key(Path("dev.pem"), KEY)
    assert "is a DEVELOPMENT key" in refused("sign", path, "--key", "dev.pem", "--yes")
    no_terminal = trust("sign", path, "--key", "noor.pem")
    assert no_terminal.exit_code == 2
    assert "there is no terminal to ask on: give --yes" in no_terminal.stderr
    assert stored() == before


@pytest.mark.usefixtures("place")
def test_a_key_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    init()
    monkeypatch.setenv(VARIABLE, Path("noor.pem").read_text())
    assert "1 of 2 needed" in done("sign", "trust/1.root.json", "--yes")


def at_a_terminal(*arguments: str, during: Callable[[], object], typed: bytes) -> str:
    """Return what a terminal shows of a command that asks one question."""
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "sayso", "trust", *arguments],
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
    ) as process:
        os.close(end)
        shown = b""
        while b"[y/N]: " not in shown:
            shown += os.read(terminal, 65536)
        during()
        os.write(terminal, typed)
        try:
            while more := os.read(terminal, 65536):
                shown += more
        except OSError:
            pass  # the command has ended
        os.close(terminal)
    assert process.returncode == (0 if b"needed" in shown else 1)
    return shown.decode()


@pytest.mark.usefixtures("place")
def test_a_holder_is_asked_at_a_terminal() -> None:
    init()
    arguments = ("sign", "trust/1.root.json", "--key", "mara.pem")
    before = stored()
    shown = at_a_terminal(*arguments, during=lambda: None, typed=b"n\n")
    assert "Sign it with the key mara (" in shown
    assert "Nothing was signed." in shown
    assert stored() == before
    shown = at_a_terminal(
        *arguments, during=lambda: sign("1.targets.json", "noor"), typed=b"y\n"
    )
    assert "trust was changed while you read" in shown
    assert "Nothing was signed; begin again" in " ".join(shown.split())
    shown = at_a_terminal(*arguments, during=lambda: None, typed=b"y\n")
    assert "1.root.json: signed by 1 of 2 needed" in shown


def test_the_status_is_a_document_of_its_own_format(place: Path) -> None:
    init()
    complete()
    document = json.loads(done("status", "--json"))
    assert set(document) == documented("sayso trust status", 0)
    assert document["format"] == status.FORMAT
    assert document["due"] == []
    assert document["weakness"] == TEAM.weakness
    for file in document["files"]:
        assert set(file) == documented("sayso trust status", 1)
        (by,) = file["signatures"]
        assert set(by) == documented("sayso trust status", 2)
        assert (len(by["signed"]), len(by["missing"]), by["least"]) == (2, 1, 2)
        assert file["complete"] is True
        data = (place / "trust" / file["file"]).read_bytes()
        assert file["digest"] == sha256(data).hexdigest()
    assert document["files"][0]["file"] == "1.root.json"


@pytest.mark.parametrize(
    ("age", "said"), [(304, None), (306, "expires 20"), (366, "has expired")]
)
def test_what_expires_is_due(tmp_path: Path, age: int, said: str | None) -> None:
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=age)
    given = repository(TEAM, now=then)
    for name, data in given.files().items():
        if name.endswith((".root.json", ".targets.json")):
            (tmp_path / Path(name).name).write_bytes(data)
    (tmp_path / "policy.txt").write_bytes(POLICY)
    result = trust("status", "--folder", str(tmp_path))
    assert result.exit_code == (0 if said is None else 1)
    for name in FILES if said else ():
        assert f"{name} {said}" in " ".join(result.output.split())


@pytest.mark.usefixtures("place")
def test_nobody_signs_another_threshold_or_a_file_for_ever() -> None:
    init()
    path = Path("trust/1.root.json")
    root, targets = read_trust_folder(path.parent).newest
    arguments = ("sign", str(path), "--key", "mara.pem", "--yes")
    path.write_bytes(root.data.replace(b'"threshold":2', b'"threshold":1'))
    assert "says more or other than the profile team allows" in refused(
        *arguments, code=40
    )
    late = changed(root, expires=root.expires + timedelta(days=30))
    path.write_bytes(late.data)
    assert "later than the profile team allows" in refused(*arguments, code=40)
    path.write_bytes(root.data.replace(b'"team"', b'"lax"'))
    assert "there is no profile 'lax'" in refused(*arguments, code=40)
    path.write_bytes(root.data)
    Path("trust/policy.txt").write_bytes(POLICY)
    assert "says more or other" in refused(
        "sign", f"trust/{targets.name}", "--key", "mara.pem", "--yes", code=40
    )


@pytest.mark.usefixtures("place")
def test_a_signature_of_a_stranger_is_refused_and_said() -> None:
    init()
    path = Path("trust/1.root.json")
    metadata = Metadata[Root].from_file(str(path))
    metadata.sign(signer(250), append=True)
    forged = metadata.to_bytes()
    path.write_bytes(forged)
    assert "is false, or of nobody who may sign it" in refused(
        "sign", str(path), "--key", "mara.pem", "--yes", code=40
    )
    result = trust("status")
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert f"a signature of the key {signer(250).public_key.keyid}" in said
    assert "take back the change that brought it" in said


def test_names_of_files_cannot_paint_the_terminal(place: Path) -> None:
    init()
    (place / "trust/keys/mara.pub").rename(place / "trust/keys/\x1b[2Jok.pub")
    output = trust("status").output + sign("1.root.json", "noor")
    assert "\x1b" not in output
    assert "[2Jok" in output


def test_nor_can_an_error_or_the_id_of_a_key(place: Path) -> None:
    init()
    path = place / "trust/1.root.json"
    root = Metadata[Root].from_file(str(path)).signed
    painted = "\x1b[2J\x1b]0;ok\x07"
    (key_id, *_) = root.roles["root"].keyids
    root.keys[painted] = root.keys[key_id]
    root.roles["root"].keyids[0] = painted
    path.write_bytes(Metadata(root).to_bytes())
    output = trust("status").output
    assert "without a name (\\u001b[2J" in output
    (place / f"trust/keys/{painted}.pub").write_bytes(b"?")
    output += (error := refused("status", code=40))
    assert "\\u001b[2J\\u001b]0;ok\\u0007.pub: this is not" in error
    assert not {"\x1b", "\x07"} & set(output)


def test_of_a_policy_is_shown_what_it_says_and_not_how_it_looks(place: Path) -> None:
    init()
    complete()
    witnesses = [
        VerifierKey(name="w", type=KeyType.COSIGNATURE, key=bytes([number]) * 32)
        for number in range(9)
    ]
    names = ["quorum", *(f"W{number}" * 30 for number in range(7)), "W\u0430"]
    lines = [
        *(place / "trust/policy.txt").read_text().splitlines()[:2],
        f"# {'-' * 60} group all 9 of them {'-' * 60} quorum of-them\u2028quorum all",
        *(
            f"witness  {name}\t{format_verifier_key(key)}"
            for name, key in zip(names, witnesses, strict=True)
        ),
        f"group G any {' '.join(names[1:-1])} quorum W\u0430",
        "quorum none",
    ]
    (place / "trust/policy.txt").write_text("\n".join([*lines, ""]))
    output = done("rotate")
    (column,) = {
        line.index("log") for line in output.splitlines() if line.endswith("  log")
    }
    shown = [line[column:] for line in output.splitlines() if len(line) > column]
    assert [line for line in shown if line.startswith("quorum")] == ["quorum none"]
    (group,) = (line for line in shown if line.startswith("group"))
    assert group == "group G 1"
    assert "  quorum W\\xd0\\xb0" in shown
    assert any(line.startswith("witness W\\xd0\\xb0") for line in shown)


@pytest.mark.usefixtures("place")
def test_a_log_never_has_the_key_of_something_else() -> None:
    init()
    complete()
    change = ("--remove=releases=releases.pub", "--add=releases=log.pub")
    assert "cannot have two roles" in refused("rotate", *change)


@pytest.mark.usefixtures("place")
def test_nobody_signs_a_root_for_development() -> None:
    init()
    path = Path("trust/1.root.json")
    path.write_bytes(path.read_bytes().replace(b'"team"', b'"dev"'))
    for arguments in (
        ("sign", str(path), "--key", "mara.pem", "--yes"),
        ("status",),
        ("rotate",),
    ):
        assert "of the profile dev, which is for trying out" in refused(
            *arguments, code=40
        )


def test_what_holds_until_others_have_signed_is_not_forgotten(tmp_path: Path) -> None:
    then = datetime.now(UTC).replace(microsecond=0) - timedelta(days=306)
    given = repository(TEAM, now=then)
    for name, data in given.files().items():
        if name.endswith((".root.json", ".targets.json")):
            (tmp_path / Path(name).name).write_bytes(data)
    (tmp_path / "policy.txt").write_bytes(POLICY)
    done("rotate", "--folder", str(tmp_path))
    output = " ".join(trust("status", "--folder", str(tmp_path)).output.split())
    assert "no more: another follows" not in output
    for name in FILES:
        assert f"{name} expires 20" in output


def test_a_stick_that_has_no_links_will_do(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FAT and exFAT, as most sticks have, know none."""

    def none(*_: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    init()
    before = stored()
    assert "exists already. Nothing was written." in refused("init", *options())
    assert stored() == before
    complete()
    assert done("status")
    assert not [path for path in (place / "trust").rglob("*") if path.name[0] == "."]

    def full(*_: Path) -> None:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(os, "link", full)
    before = stored()
    assert "No space left on device. Nothing was written." in refused("rotate")
    assert stored() == before


def test_the_quorum_of_each_part_is_shown(place: Path) -> None:
    for name in ("lise", "rebuilder"):
        done("key", name)
    (place / "online.pub").rename(place / "online.key")
    given = options("institution")
    given[given.index("--online=online.pub")] = "--online=online.key"
    more = ("--root=otto.pub", "--root=lise.pub", "--releases=rebuilder.pub")
    said = " ".join(done("init", *given, *more).split())
    assert "root 3 of 5 may change all keys" in said
    assert "targets 2 of 3 say who signs releases" in said
    assert "online 1 of 1 signs snapshots and timestamps" in said
    assert "releases 2 of 2 signs releases" in said
    # Only what is named as public keys are is kept.
    assert not [name for name in stored() if "online" in name]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff", b"{" * 9999])
def test_a_broken_file_is_40(place: Path, name: str, data: bytes) -> None:
    init()
    (place / "trust" / name).write_bytes(data)
    assert name in refused("status", code=40)
    assert name in refused("status", "--json", code=40)
    assert name in refused("rotate", code=40)


def test_a_link_or_a_pipe_in_the_folder_is_40(place: Path) -> None:
    init()
    path = place / "trust/1.root.json"
    path.unlink()
    os.mkfifo(path)
    assert "is not an ordinary file" in refused("status", code=40)
    path.unlink()
    path.symlink_to("/dev/zero")
    assert "is not an ordinary file" in refused("status", code=40)


def test_without_a_folder_it_is_said_what_makes_one(place: Path) -> None:
    assert "`sayso trust init` makes it" in refused("status")
    (place / "trust").write_bytes(b"")
    assert "Directory 'trust' is a file" in refused("status", code=2)
    assert "trust cannot be read" in refused(
        "sign", "trust/1.root.json", "--key", "mara.pem", "--yes"
    )


def test_a_file_is_replaced_whole_or_not(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    replace_file(tmp_path / "file", b"new")
    assert stored(tmp_path) == {"file": b"new"}
    (tmp_path / "folder").mkdir()
    with pytest.raises(PlaceError, match="folder: Is a directory"):
        replace_file(tmp_path / "folder", b"new")
    assert stored(tmp_path) == {"file": b"new"}


def test_a_signature_that_cannot_be_written_is_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init()
    before = stored()

    def full(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = trust("sign", "trust/1.root.json", "--key", "mara.pem", "--yes")
    assert result.exit_code == 1
    assert "No space left on device. Nothing was signed." in result.stderr
    assert stored(place / "trust") == before
