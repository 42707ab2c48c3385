"""`sayso trust`: a whole ceremony, interrupted, attacked, and read by TUF itself."""

import json
import os
import pty
import re
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
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
from sayso.wire.log_policy import decode_log_policy
from tests.answers import documented
from tests.conftest import NeedsTool
from tests.registries import KEY
from tests.roles import INSTITUTION, POLICY, SOLO, TEAM, changed, repository, signer

HOLDERS = ("mara", "noor", "ines")
MACHINES = ("online", "releases", "log")
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
    assert "is not an unencrypted Ed25519 private key" in refused("key", "noise")


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
    for line, shown in steps():
        agreed = ["--yes"] if line.startswith("sign ") else []
        output = " ".join(done(*shlex.split(line), *agreed).split())
        for words in shown:
            assert words in output, line
    assert len(steps()) == 19


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
        (["--log", "mara.pub"], 2, "the log has a key of its own"),
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
        ("snapshot=otto.pub", "the roles are root, targets, online, releases"),
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
    Path("dev.pem").write_text(KEY.pem())
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
