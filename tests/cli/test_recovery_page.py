"""The page for operators in trouble: each of its commands is run, against a thief."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sayso.trust.key_source import load_signing_key
from sayso.trust.roles import read_role
from sayso.trust.signer import Ed25519Signer
from sayso.trust.signing import add_signature
from sayso.wire.text import format_time
from tests.operators import (
    AUTHOR,
    CATALOGUE,
    DENY_BOTH,
    MACHINES,
    ONE,
    commit,
    done,
    establish,
    sayso,
)
from tests.roles import changed
from tests.vouched import ADA, BEN, key_of

PAGE = Path(__file__).parents[2] / "site/docs/about/recovery.md"
NOW = datetime.now(UTC).replace(microsecond=0)
LOOKUP = ("lookup", ONE, "--registry", "www", "--root", "1.root.json")
HIGH = 2**31
"""The version by which a thief jams whoever believes it."""
BRAKE = "brake: {recordings: 20000}\n"
"""More than a release may loosen without being asked."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command of the page, and what it is to show."""

    line: str
    shown: list[str] = field(default_factory=list)

    @property
    def fails(self) -> bool:
        return any(words.startswith(("sayso: ", "REVOKED")) for words in self.shown)


def sections() -> dict[str, list[Step]]:
    """Return the steps below each heading of the page."""
    found: dict[str, list[Step]] = {}
    first, *parts = re.split("^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    for part in (f"\n{first}", *parts):
        heading, _, text = part.partition("\n")
        steps = found.setdefault(heading, [])
        for block in re.findall(
            r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
        ):
            for line in block.splitlines():
                if line.startswith("$ "):
                    steps.append(Step(line=line.removeprefix("$ ")))
                else:
                    steps[-1].shown.append(line)
    return found


SECTIONS = sections()


def follow(steps: list[Step]) -> None:
    """Run steps as they are written; holders agree to what they are shown."""
    for step in steps:
        words = shlex.split(step.line)
        if words[0] != "sayso":
            subprocess.run(["bash", "-euc", step.line], check=True)
            continue
        if words[1] == "trust" and words[2] in {"sign", "approve"}:
            words.append("--yes")
        if words[1] == "build":
            words.append("--no-site")
        result = sayso(*words[1:])
        output = " ".join(result.output.split())
        assert bool(result.exit_code) is step.fails, f"{step.line}: {output}"
        for shown in step.shown:
            assert shown in output, f"{step.line}: {output}"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with one release, whose timestamp has expired since."""
    folder, before = tmp_path_factory.mktemp("operator"), Path.cwd()
    os.chdir(folder)
    try:
        establish(folder)
        then = format_time(NOW - timedelta(hours=84))
        done("build", "--operator", "--genesis", "--no-site", "--time", then)
        done("seal", "--keys", "keys", "--genesis", "--time", then)
        shutil.copytree("out/registry", "www")
        shutil.copyfile("trust/1.root.json", "1.root.json")
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def expired(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, in which nobody gets an answer."""
    folder = tmp_path / "operator"
    shutil.copytree(finished, folder, symlinks=True)
    monkeypatch.chdir(folder)
    for name in ("SOURCE_DATE_EPOCH", "SAYSO_ROOT", "SAYSO_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in MACHINES:
        monkeypatch.delenv(f"SAYSO_{name.upper()}_KEY", raising=False)
    for name, value in AUTHOR.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SAYSO_STORE", str(folder / "reader"))
    return folder


@pytest.fixture
def live(expired: Path) -> Path:
    """A copy that is in force; a reader has looked a recording up in it."""
    for name, account in (("ada", ADA), ("ben", BEN)):
        (expired / name).write_bytes(key_of(account).text())
    done("renew", "--keys", "keys")
    done("publish", "ledger", "--to", "www")
    done(*LOOKUP)
    assert believed() == 1
    return expired


def believed(store: str = "reader", registry: str = "www") -> int | None:
    """Return which release a reader believes who pinned the first root."""
    place = ("--registry", registry, "--root", "1.root.json", "--store", store)
    result = sayso("lookup", ONE, "--json", *place)
    if result.exit_code == 0:
        number = json.loads(result.stdout)["release"]["number"]
        assert isinstance(number, int)
        return number
    assert result.exit_code == 40, result.output
    return None


def refused(*arguments: str) -> str:
    result = sayso(*arguments)
    assert result.exit_code in {1, 40}, result.output
    return " ".join(result.stderr.split())


def jam(folder: str) -> None:
    """Publish what the thief of the online key signs: a timestamp of a high version."""
    place = Path(folder) / "tuf/metadata"
    root = read_role("1.root.json", Path("1.root.json").read_bytes())
    timestamp = read_role("timestamp.json", (place / "timestamp.json").read_bytes())
    key = load_signing_key(Path("stolen/online.pem").read_text())
    forged = changed(timestamp, version=HIGH)
    forged = add_signature(forged, Ed25519Signer(key), authority=root)
    (place / "timestamp.json").write_bytes(forged.data)


def forge() -> None:
    """Publish the release that a thief of all keys makes, to `thief/www`."""
    for name in ("declarations", "ledger", "out", "trust", "www", ".git"):
        shutil.copytree(name, f"thief/{name}", symlinks=True)
    with contextlib.chdir("thief"):
        commit(Path(), {CATALOGUE: DENY_BOTH})
        done("build", "--operator", "--no-site", "--previous", "www")
        done("seal", "--keys", "../stolen")
        done("publish", "out/registry", "--to", "www")


def later(steps: list[Step], by: int) -> list[Step]:
    """Return steps whose roots and targets are of a later version."""

    def number(match: re.Match[str]) -> str:
        return f"{int(match[1]) + by}.{match[2]}.json"

    return [
        replace(
            step, line=re.sub(r"\b([0-9]+)\.(root|targets)\.json", number, step.line)
        )
        if "trust/" in step.line
        else step
        for step in steps
    ]


@pytest.mark.usefixtures("live")
def test_a_registry_that_is_well() -> None:
    follow(SECTIONS[""])


@pytest.mark.usefixtures("live")
def test_a_thief_of_the_online_key_jams_readers_until_the_next_root() -> None:
    shutil.copytree("keys", "stolen")
    shutil.copytree("www", "mirror")
    jam("mirror")
    assert believed(registry="mirror") == 1
    assert believed() is None  # as a thief wants it
    follow(SECTIONS["An online key was stolen"])
    assert believed() == 1
    assert believed("new") == 1
    shutil.rmtree("mirror")
    shutil.copytree("www", "mirror")
    jam("mirror")
    assert believed(registry="mirror") is None
    assert believed("newer", registry="mirror") is None
    assert "may not sign timestamp.json" in refused("renew", "--keys", "stolen")


def test_the_key_of_the_log_is_replaced_in_two_steps(live: Path) -> None:
    old = (live / "keys/log.pub").read_text()
    follow(SECTIONS["The log's key was stolen"])
    assert believed() == 2
    assert believed("new") == 2
    assert len((live / "trust/policy.txt").read_text().split("log ")) == 2
    assert (live / "keys/log.pub").read_text() == old


@pytest.mark.usefixtures("live")
def test_a_thief_of_all_keys_is_shut_out_and_victims_notice() -> None:
    shutil.copytree("keys", "stolen")
    forge()
    assert believed("victim", registry="thief/www") == 2
    follow(SECTIONS["An online key was stolen"])
    assert believed("victim") is None
    follow(later(SECTIONS["The log's key was stolen"], 1))
    assert believed() == 2
    assert believed("new") == 2
    assert believed("victim") is None
    assert believed("reader", registry="thief/www") is None


def test_the_minisign_key_is_replaced(live: Path) -> None:
    shutil.copyfile("keys/minisign.pub", "old.pub")
    follow(SECTIONS["The minisign key was stolen"])
    assert believed() == 1
    assert sayso("verify", "www/registry.json", "--key", "old.pub").exit_code == 40
    new = (live / "minisign-2.pub").read_text().splitlines()[1]
    assert (live / "www/trust/sayso.pub").read_text().splitlines()[1] == new


def test_a_holder_is_replaced_by_the_others(live: Path) -> None:
    (live / "noor.pem").unlink()
    follow(SECTIONS["A holder is lost"])
    assert believed() == 1
    assert believed("new") == 1


@pytest.mark.usefixtures("expired")
def test_nobody_gets_an_answer_until_the_timestamp_is_renewed() -> None:
    assert believed() is None
    follow(SECTIONS["The timestamp has expired"])
    assert believed() == 1


def test_a_ledger_is_brought_back_from_the_host(live: Path) -> None:
    shutil.rmtree(live / "ledger")
    assert "holds no release" in refused("renew", "--keys", "keys")
    shutil.rmtree(live / "ledger")
    follow(SECTIONS["The ledger is lost"])
    assert believed() == 1
    done("build", "--operator", "--no-site", "--previous", "www")
    done("seal", "--keys", "keys")
    done("publish", "out/registry", "--to", "www")
    assert believed() == 2


def test_a_release_follows_one_of_which_only_the_ledger_knows(live: Path) -> None:
    shutil.rmtree(live / "out")
    for name in ("bulk", "index", "lookup", "registry", "source", "state"):
        shutil.rmtree(live / "www" / name)
    assert believed() is None
    previous = sayso("build", "--operator", "--no-site", "--previous", "www")
    assert previous.exit_code == 40
    follow(SECTIONS["The files of the newest release are lost"])
    assert believed() == 2
    assert believed("new") == 2


@pytest.mark.usefixtures("live")
def test_whoever_kept_a_receipt_of_a_bad_release_is_told() -> None:
    done("receipt", ONE, "--registry", "www", "--root", "1.root.json")
    done("verify", "receipt.json", "--root", "1.root.json", "--registry", "www")
    follow(SECTIONS["A release was bad"])
    assert believed() == 2


def test_a_release_waits_for_holders_behind_the_brake(live: Path) -> None:
    policy = "declarations/registry/policy.yaml"
    commit(live, {policy: (live / policy).read_text() + BRAKE})
    done("build", "--operator", "--no-site", "--previous", "www")
    assert believed() == 1
    follow(SECTIONS["A release is held by the brake"])
    assert believed() == 2
    assert believed("new") == 2


def test_every_section_with_commands_is_followed() -> None:
    tests = Path(__file__).read_text("utf-8")
    for heading, steps in SECTIONS.items():
        assert steps
        assert f'SECTIONS["{heading}"]' in tests
