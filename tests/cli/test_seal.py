"""`sayso seal`, `renew`, `doctor` and `trust approve`: an operator's day."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.ledger.folder import LedgerFolder
from sayso.publish.ledger.naming import name_release, publish_names, published
from sayso.publish.ledger.signed import read_in_force
from sayso.trust.folder import read_trust_folder
from sayso.trust.keys import load_public_key
from sayso.trust.log import sign_checkpoint
from sayso.trust.private_keys import read_private_key, write_private_key
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.listed_key import listed_keys
from sayso.wire.log_policy import LogPolicy, decode_log_policy, encode_log_policy
from sayso.wire.log_proof import LogProof, encode_log_proof
from sayso.wire.merkle import Hash, leaf_hash, node_hash
from sayso.wire.note import KeyType, VerifierKey
from sayso.wire.places import PROOF_NAME, RELEASE_NAME
from sayso.wire.profile import encode
from sayso.wire.text import format_time
from tests.answers import documented
from tests.declared import FACTS, FERNWOOD, declaration, put, recordings
from tests.logs import WITNESSES, private_key, witnessed
from tests.operating import Operator, commit
from tests.webserver import Reply, Site, files, serve
from tests.witnessing import WitnessServer, serve_witness

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
HOUR = timedelta(hours=1)
ONE = "XXF012600001"
DENY = declaration("{any-ai: deny}", recordings(ONE))


def write(folder: Path, texts: dict[str, str]) -> None:
    put(folder / "declarations", texts)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    for name in ("LOG", "MINISIGN", "ONLINE", "RELEASES"):
        monkeypatch.delenv(f"SAYSO_{name}_KEY", raising=False)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {**FACTS, f"{FERNWOOD}/catalogue.yaml": DENY})
    commit(tmp_path)
    return Operator(tmp_path).hold()


def at(later: timedelta = timedelta(0)) -> str:
    return format_time(NOW + later)


def served(operator: Operator) -> dict[str, Reply]:
    """Return replies that serve what was sealed, as a host does."""
    folder = Path(operator.out)
    return files(
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
    )


def lookup(operator: Operator, location: str, *more: str) -> Result:
    root, store = operator.folder / "trust/1.root.json", operator.folder / "store"
    asked = ["lookup", ONE, "--use", "search", "--registry", location, "--max-age"]
    options = ["0m", "--root", str(root), "--store", str(store), *more]
    return CliRunner().invoke(main, [*asked, *options])


def test_a_sealed_release_is_believed_from_the_web(operator: Operator) -> None:
    operator.first(at())
    with serve(served(operator)) as site:
        assert lookup(operator, site.address).exit_code == 20
        operator.next(at(HOUR))
        site.replies = served(operator)
        result = lookup(operator, site.address)
    assert result.exit_code == 20
    assert "Release 2 of" in result.output


def test_what_was_sealed_is_said_for_people_and_programs(operator: Operator) -> None:
    operator.build("--genesis", "--time", at())
    said = operator.seal("--genesis", "--time", at()).stdout
    assert said.startswith("Release 1 is sealed: it is in the log, signed")
    document = json.loads(operator.seal("--json", "--time", at(HOUR)).stdout)
    assert set(document) == documented("sayso seal", 0)
    assert document["missing"] is None
    assert (document["release"], document["root"]) == (1, 1)


def test_the_minisign_key_is_the_one_that_the_holders_signed(
    operator: Operator,
) -> None:
    operator.first(at())
    public = (operator.folder / "keys/minisign.pub").read_text()
    policy = (operator.folder / "trust/policy.txt").read_bytes()
    assert listed_keys(policy) == (public.splitlines()[1],)
    assert Path(operator.out, "trust/sayso.pub").read_text() == public
    for name in ("release.json", "registry.json"):
        file = str(Path(operator.out, name))
        operator.run(
            "verify", file, "--key", str(operator.folder / "keys/minisign.pub")
        )
    (operator.folder / "keys/minisign.pem").unlink()
    write_private_key(operator.folder / "keys/minisign.pem", private_key(77))
    operator.build("--previous", operator.out, "--time", at(HOUR))
    result = operator.seal("--time", at(HOUR), code=1)
    assert "DEVELOPMENT key" in result.stderr


def test_keys_may_come_from_the_environment_and_are_never_shown(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.build("--genesis", "--time", at())
    secrets = []
    for name in ("log", "minisign", "online", "releases"):
        path = operator.folder / f"keys/{name}.pem"
        text = path.read_text()
        secrets.append(text.splitlines()[1])
        monkeypatch.setenv(f"SAYSO_{name.upper()}_KEY", text)
        path.unlink()
    result = operator.seal("--genesis", "--time", at())
    assert not any(secret in result.output for secret in secrets)
    assert "is sealed" in result.stdout


def test_without_any_key_nothing_is_tried(operator: Operator) -> None:
    operator.build("--genesis", "--time", at())
    for path in (operator.folder / "keys").glob("*.pem"):
        path.unlink()
    result = operator.seal("--genesis", code=1)
    assert "there is no key to sign with: give a folder with --keys" in result.stderr
    result = operator.seal("--genesis", "--keys", "nowhere", code=1)
    assert "there is no folder nowhere, which --keys names" in result.stderr


def test_a_folder_that_was_changed_is_not_sealed(operator: Operator) -> None:
    operator.build("--genesis", "--time", at())
    (core,) = Path(operator.out, "bulk").glob("*.core.parquet")
    core.write_bytes(core.read_bytes()[::-1])
    result = operator.seal("--genesis", "--time", at(), code=1)
    assert "is not a release to go out" in result.stderr
    assert not (operator.folder / "ledger/log").exists()


def test_holders_who_have_not_signed_are_named(operator: Operator) -> None:
    operator.trust("rotate")
    result = operator.build("--genesis", code=1)
    assert "2.root.json is not signed by enough holders" in result.stderr


def test_the_heartbeat_keeps_a_registry_believed(operator: Operator) -> None:
    operator.first(at(timedelta(days=-6)))
    document = json.loads(operator.renew("--json", "--time", at(HOUR)).stdout)
    assert set(document) == documented("sayso renew", 0)
    assert document["timestamp"] == 2
    assert document["expires"] == format_time(NOW + HOUR + timedelta(days=7))
    said = operator.renew("--time", at(2 * HOUR)).stdout
    assert said.startswith("Timestamp 3 holds until")


def test_before_the_first_release_there_is_no_heartbeat(operator: Operator) -> None:
    result = operator.renew(code=1)
    assert "holds no release. If one was ever sealed, bring back" in result.stderr


@pytest.fixture
def host(operator: Operator) -> Iterator[Site]:
    operator.first(at())
    with serve(served(operator)) as site:
        yield site


def doctor(operator: Operator, location: str, *more: str) -> Result:
    root = str(operator.folder / "trust/1.root.json")
    return CliRunner().invoke(
        main, ["doctor", "--registry", location, "--root", root, *more]
    )


def test_the_doctor_finds_a_healthy_registry(operator: Operator, host: Site) -> None:
    result = doctor(operator, host.address)
    assert result.exit_code == 0, result.output
    assert "Nothing is due." in result.stdout
    assert "1 entries, x.example/log" in result.stdout
    document = json.loads(doctor(operator, host.address, "--json").stdout)
    assert set(document) == documented("sayso doctor", 0)
    assert document["due"] == []
    assert document["holds"].keys() == {
        "timestamp.json",
        *(f"1.{role}.json" for role in ("root", "targets", "releases", "snapshot")),
    }


def test_the_doctor_gives_the_alarm_at_half_time(operator: Operator) -> None:
    operator.first(at(timedelta(days=-4)))
    with serve(served(operator)) as site:
        result = doctor(operator, site.address)
    assert result.exit_code == 1
    assert "timestamp.json expires" in result.stdout
    assert "sayso renew." in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("path", "reply", "said"),
    [
        (
            "/tuf/metadata/no-such-file.json",
            Reply(body=b"found\n"),
            "is answered with something",
        ),
        (
            "/tuf/metadata/no-such-file.json",
            Reply(body=b"<!doctype html>"),
            "A missing file is not answered with 404",
        ),
        ("/release.json", Reply(body=b"{}"), "is not the newest release"),
        ("/release.json", Reply(status=500), "finds no release"),
    ],
)
def test_the_doctor_says_what_a_host_does_wrong(
    operator: Operator, host: Site, path: str, reply: Reply, said: str
) -> None:
    host.replies[path] = reply
    result = doctor(operator, host.address)
    assert result.exit_code == 1
    assert said in " ".join(result.stdout.split())


def test_a_registry_that_nobody_believes_is_40_for_the_doctor(
    operator: Operator, host: Site
) -> None:
    del host.replies["/tuf/metadata/timestamp.json"]
    result = doctor(operator, host.address)
    assert result.exit_code == 40
    assert result.stdout == ""


def braked(operator: Operator) -> None:
    """Build a release that lets the next one loosen more than this one may."""
    operator.first(at())
    place = operator.folder / "declarations/registry/policy.yaml"
    place.write_text(place.read_text() + "brake: {recordings: 20000, ranges: 100}\n")
    put(operator.folder / "declarations", {})
    commit(operator.folder)
    operator.build("--previous", operator.out, "--time", at(HOUR))


def test_a_release_that_the_brake_holds_is_approved_by_holders(
    operator: Operator,
) -> None:
    braked(operator)
    result = operator.seal("--time", at(HOUR), code=1)
    assert "release 2 is held by the brake" in result.stderr
    release = str(Path(operator.out, "release.json"))
    key = ["--key", str(operator.folder / "holders/here.pem")]
    said = operator.trust("approve", release, *key, "--yes").stdout
    assert "may loosen 20,000 and 100" in said
    assert "1 have approved release 2" in said
    approval = str(operator.folder / "trust/2.approval.json")
    operator.seal("--time", at(HOUR), "--approval", approval)
    with serve(served(operator)) as site:
        assert "Release 2 of" in lookup(operator, site.address).output


def test_approving_is_asked_refused_and_done_once(operator: Operator) -> None:
    braked(operator)
    release = str(Path(operator.out, "release.json"))
    key = ["--key", str(operator.folder / "holders/here.pem")]
    result = operator.trust("approve", release, *key, code=2)
    assert "there is no terminal to ask on" in result.stderr
    online = ["--key", str(operator.folder / "keys/online.pem"), "--yes"]
    result = operator.trust("approve", release, *online, code=1)
    assert "may not approve a release" in result.stderr
    operator.trust("approve", release, *key, "--yes")
    result = operator.trust("approve", release, *key, "--yes", code=1)
    assert "has approved this release already" in result.stderr
    there = ["--key", str(operator.folder / "holders/there.pem"), "--yes"]
    assert "2 have approved" in operator.trust("approve", release, *there).stdout
    Path(release).write_bytes(Path(release).read_bytes().replace(b"20000", b"20001"))
    result = operator.trust("approve", release, *there, code=1)
    assert "approves another release of this number" in result.stderr


def with_witness(operator: Operator, url: str | None) -> None:
    """Let the holders name a witness whose cosignature is needed."""
    path = operator.folder / "trust/policy.txt"
    before = path.read_bytes()
    said = decode_log_policy(before)
    witness = replace(WITNESSES[0], url=url)
    policy = LogPolicy(
        logs=said.logs, witnesses=(witness,), groups=(), quorum=witness.name
    )
    path.write_bytes(before.splitlines(keepends=True)[0] + encode_log_policy(policy))
    operator.trust("rotate")
    operator.sign(2, "here")


def test_a_cosignature_is_brought_as_a_file(operator: Operator) -> None:
    with_witness(operator, None)
    operator.build("--genesis", "--time", at())
    result = operator.seal("--genesis", "--time", at(), code=1)
    assert "policy.txt asks for more" in " ".join(result.stdout.split())
    note = (operator.folder / "ledger/log/checkpoint").read_bytes()
    other = operator.folder / "cosigned"
    other.write_bytes(witnessed(note, 1, now=NOW))
    operator.seal("--time", at(), "--cosigned", str(other))
    with serve(served(operator)) as site:
        assert lookup(operator, site.address).exit_code == 20


def test_a_witness_is_asked_over_the_network(operator: Operator) -> None:
    key = load_public_key((operator.folder / "keys/log.pub").read_text()).key
    log = VerifierKey(name="x.example/log", type=KeyType.ED25519, key=key)
    with serve_witness(WitnessServer(logs={log.name: log})) as witness:
        with_witness(operator, witness.address)
        operator.first(at())
        operator.next(at(HOUR))
    with serve(served(operator)) as site:
        assert "Release 2 of" in lookup(operator, site.address).output


def test_a_witness_that_is_away_is_named(operator: Operator) -> None:
    with_witness(operator, "http://127.0.0.1:9")
    operator.build("--genesis", "--time", at())
    result = operator.seal("--genesis", "--time", at(), code=1)
    assert "the witness W1 did not cosign" in result.stderr


AHEAD = 2**40
"""How many entries a thief says that the log has."""


def run_ahead(operator: Operator) -> dict[str, Reply]:
    """Return what a thief of all online keys serves: a release far in the future."""
    keys = {
        name: read_private_key(operator.folder / f"keys/{name}.pem")
        for name in ("log", "online", "releases")
    }
    document = json.loads(Path(operator.out, "release.json").read_bytes())
    document |= {"number": AHEAD, "previous": "ab" * 32, "issued": at(HOUR)}
    release = encode(document)
    beside = [Hash(bytes([height]) * 32) for height in range(40)]
    root = leaf_hash(release)
    for left in beside:
        root = node_hash(left, root)
    checkpoint = Checkpoint(origin="x.example/log", size=AHEAD, root=root)
    proof = LogProof(
        index=AHEAD - 1,
        hashes=tuple(beside),
        checkpoint=sign_checkpoint(checkpoint, keys["log"]),
    )
    files_of_thief = {RELEASE_NAME: release, PROOF_NAME: encode_log_proof(proof)}
    holders = read_trust_folder(operator.folder / "trust")
    before = read_in_force(LedgerFolder(operator.folder / "ledger").read, holders)
    now = NOW + HOUR
    named = name_release(
        holders,
        files_of_thief,
        before=before,
        pending=None,
        key=keys["releases"],
        now=now,
    )
    in_force = publish_names(holders, named, before=before, key=keys["online"], now=now)
    return {
        **served(operator),
        **files(published(holders, files_of_thief, in_force)),
    }


def replace_keys(operator: Operator, *more: str) -> None:
    """Let the holders name new keys, and put these where the old ones were."""
    changes = []
    for name in ("online", "releases"):
        operator.run("trust", "key", str(operator.folder / f"new-{name}"))
        changes += ["--remove", f"{name}={operator.folder}/trust/keys/{name}.pub"]
        changes += ["--add", f"{name}={operator.folder}/new-{name}.pub"]
    operator.trust("rotate", *changes, *more)
    operator.sign(2, "here")
    for name in ("online", "releases"):
        new = operator.folder / f"new-{name}.pem"
        new.replace(operator.folder / f"keys/{name}.pem")


def test_whom_a_thief_showed_a_log_run_ahead_comes_back_with_another_log(
    operator: Operator,
) -> None:
    operator.first(at())
    operator.run("trust", "key", str(operator.folder / "log-2"))
    with serve(run_ahead(operator)) as site:
        lookup(operator, site.address)
        (kept,) = (operator.folder / "store").glob("*[0-9a-f].json")
        assert str(AHEAD) in kept.read_text()
        site.replies = served(operator)
        assert "went back" in lookup(operator, site.address).stderr
        replace_keys(operator, "--new-log", f"x.example/2={operator.folder}/log-2.pub")
        result = operator.seal("--time", at(HOUR), code=1)
        assert "seal the newest release with --new-log" in result.stderr
        (operator.folder / "log-2.pem").replace(operator.folder / "keys/log.pem")
        for _ in range(2):  # a second time changes nothing
            operator.seal("--new-log", "--time", at(HOUR))
        site.replies = served(operator)
        result = lookup(operator, site.address)
        assert result.exit_code == 20, result.output
        assert "Release 1 of" in result.output
        operator.next(at(2 * HOUR))
        site.replies = served(operator)
        assert "Release 2 of" in lookup(operator, site.address).output
