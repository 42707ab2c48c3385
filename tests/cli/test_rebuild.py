"""`sayso rebuild`: a release is what its commit makes, or it is said where not."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tuf.ngclient import Updater

from sayso.trust.key_source import open_signing_key
from sayso.trust.roles import read_role
from sayso.trust.signer import Ed25519Signer
from sayso.trust.signing import add_signature
from sayso.wire.note import format_verifier_key
from sayso.wire.release import decode_release
from tests import forgeries
from tests.answers import documented
from tests.declared import FERNWOOD
from tests.forgeries import Forge, forged
from tests.logs import WITNESSES
from tests.rebuilders import (
    INSTITUTION,
    ONE,
    STEPS,
    Operator,
    git,
    moment,
    operator,
    run,
)
from tests.roles import changed
from tests.webserver import files, serve


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """Return who has published three releases, and built a fourth like the third."""
    made = operator(tmp_path_factory.mktemp("registry"))
    made.declare({**STEPS[2], **STEPS[0]})
    made.build("--previous", made.host, "--time", moment(1))
    return made


def asked(registry: Operator, *arguments: object, code: int = 0) -> dict[str, Any]:
    result = registry.rebuild(*arguments, "--json", code=code)
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def pending(registry: Operator, folder: Path, code: int = 1) -> dict[str, Any]:
    where = ["--folder", folder, "--registry", registry.host, *registry.ledger]
    return asked(registry, *where, code=code)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_release_is_what_its_commit_makes(registry: Operator, number: int) -> None:
    where = ["--registry", registry.host, "--release", number]
    result = registry.rebuild(*where)
    assert f"Release {number} of sayso.example is what commit" in result.stdout
    found = asked(registry, *where)
    assert set(found) == documented("sayso rebuild", 0)
    assert found["same"] is True
    assert found["release"] == number
    assert found["differences"] == found["unread"] == []
    assert found["files"] == found["identical"] > 5
    assert found["lookup_files"] == 1
    assert found["signed"] is False


@pytest.mark.parametrize("number", [1, 2, 3])
def test_another_machine_makes_the_same(
    registry: Operator, tmp_path: Path, number: int
) -> None:
    """A clone without a work tree, another user's settings, another order of sets."""
    clone = tmp_path / "elsewhere" / "cløne"
    git(tmp_path, "clone", "--quiet", "--bare", f"file://{registry.source}", str(clone))
    command = [
        sys.executable,
        "-m",
        "sayso",
        "rebuild",
        f"--repository={clone}",
        f"--registry={registry.host}",
        f"--release={number}",
        f"--root={registry.root}",
        f"--out={tmp_path / 'made'}",
        "--json",
    ]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ,
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "tr_TR.UTF-8",
            "PYTHONHASHSEED": str(number),
        },
        umask=0o077,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["same"] is True
    made = (tmp_path / "made" / "release.json").read_bytes()
    assert decode_release(made).header.number == number


def test_what_is_checked_out_does_not_matter(
    registry: Operator, tmp_path: Path
) -> None:
    """The commit is read: no file of the work tree is, and none is changed."""
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(registry.source), str(clone))
    git(clone, "checkout", "--quiet", "HEAD~2")
    (clone / "declarations" / FERNWOOD / "catalogue.yaml").write_text("no: yes\n")
    (clone / ".gitattributes").write_text("* filter=evil eol=crlf\n")
    git(clone, "config", "filter.evil.smudge", f"touch {tmp_path}/ran")
    before = git(clone, "status", "--porcelain")
    found = asked(registry, "--registry", registry.host, "--repository", clone)
    assert found["same"] is True
    assert git(clone, "status", "--porcelain") == before
    assert not (tmp_path / "ran").exists()


def test_a_release_that_is_not_published_yet_is_compared(registry: Operator) -> None:
    assert pending(registry, registry.out, code=0)["release"] == 4


BAD: list[tuple[Forge, str, str]] = [
    (forgeries.one_verdict_in_the_core, "bulk/….core.parquet: key ", "policy"),
    (forgeries.one_leaf, "the look-up tree: the first difference is at XXF", "root"),
    (forgeries.one_row_of_a_part, "bulk/….registry.parquet from XXF", "search"),
    (forgeries.one_title_of_a_part, "bulk/….registry.jsonl.zst from XXF", "line 1"),
    (forgeries.one_row_of_the_policies, "bulk/….policies.parquet: policy", "verdict"),
    (forgeries.one_line_of_a_delta, "delta/….1-4.jsonl.gz", "line 2"),
    (forgeries.a_date_in_the_state, "state/….json.gz", "line "),
    (forgeries.a_count, "release.json: counts: disputed", "disputed"),
    (forgeries.a_name_in_the_registry, "registry.json: owners", "name"),
    (forgeries.a_file_that_nobody_made, "bulk/more.txt", "txt"),
    (forgeries.hidden_bytes_in_a_table, "bulk/", ".prefixes.parquet"),
    (forgeries.another_content_than_it_has, "bulk/….prefixes.parquet", "content_sha"),
    (forgeries.no_table_at_all, "bulk/", ".prefixes.parquet"),
    (forgeries.another_column, "bulk/….prefixes.parquet: columns", "columns"),
    (forgeries.a_row_less, "bulk/….policies.parquet", "parquet"),
    (forgeries.a_name_within_a_gzip, "state/", ".json.gz"),
    (forgeries.a_part_that_is_not_packed, "bulk/", ".registry.jsonl.zst"),
    (forgeries.the_shape_of_the_tree, "release.json: lookup: leaf_items", "items"),
]


@pytest.mark.parametrize(
    ("forge", "begins", "ends"), BAD, ids=[each.__name__ for each, *_ in BAD]
)
def test_a_builder_gone_bad_is_caught_by_name(
    registry: Operator, tmp_path: Path, forge: Forge, begins: str, ends: str
) -> None:
    folder = forged(registry.out, tmp_path / "out", forge)
    found = pending(registry, folder)
    assert found["same"] is False
    places = [each["place"] for each in found["differences"]]
    # Nothing else differs: what names the file is compared without its digests.
    named = [place for place in places if not place.startswith("registry.json: counts")]
    assert len(named) == 1, places
    assert named[0].startswith(begins)
    assert ends in named[0]
    text = registry.rebuild(
        *("--folder", folder, "--registry", registry.host, *registry.ledger), code=1
    )
    assert "Release 4 of sayso.example is NOT what commit" in text.stdout
    assert named[0] in text.stdout
    assert found["differences"][0]["says"] in text.stdout


def test_forging_nothing_changes_nothing(registry: Operator, tmp_path: Path) -> None:
    folder = forged(registry.out, tmp_path / "out", forgeries.honest)
    assert pending(registry, folder, code=0)["same"] is True


@pytest.fixture
def mine(registry: Operator, tmp_path: Path) -> Operator:
    """Return a copy of the registry that a test may change."""
    shutil.copytree(registry.folder, tmp_path / "mine")
    return Operator(folder=tmp_path / "mine")


def at_commit(commit: str | None) -> Forge:
    def forge(forgery: forgeries.Forgery) -> None:
        source = replace(forgery.release.source, commit=commit)
        forgery.release = replace(forgery.release, source=source)

    return forge


def test_a_declaration_that_was_left_out_is_missed(
    mine: Operator, tmp_path: Path
) -> None:
    commit = git(mine.source, "rev-parse", "HEAD")
    git(mine.source, "checkout", "--quiet", "-b", "hidden")
    git(mine.source, "rm", "--quiet", f"declarations/{FERNWOOD}/catalogue.yaml")
    git(mine.source, "commit", "--quiet", "--message=hide")
    mine.build("--previous", mine.host, "--time", moment(1))
    git(mine.source, "checkout", "--quiet", "main")
    folder = forged(mine.out, tmp_path / "bad", at_commit(commit))
    places = {each["place"] for each in pending(mine, folder)["differences"]}
    assert "release.json: source: declarations_root" in places
    assert f"source/….txt.gz: {FERNWOOD}/catalogue.yaml" in places
    assert any(place.startswith("registry.json: declarations") for place in places)


def test_another_commit_than_the_one_named_is_noticed(
    registry: Operator, tmp_path: Path
) -> None:
    other = git(registry.source, "rev-parse", "HEAD~1")
    folder = forged(registry.out, tmp_path / "bad", at_commit(other))
    places = [each["place"] for each in pending(registry, folder)["differences"]]
    assert "release.json: source: declarations_root" in places


def test_a_commit_that_nobody_has_is_no_difference_and_no_success(
    registry: Operator, tmp_path: Path
) -> None:
    folder = forged(registry.out, tmp_path / "bad", at_commit("ab" * 20))
    where = ["--folder", folder, "--registry", registry.host, *registry.ledger]
    result = registry.rebuild(*where, code=40)
    assert "something that nobody else can see" in result.stderr
    folder = forged(registry.out, tmp_path / "none", at_commit(None))
    where[1] = folder
    assert "from no commit" in registry.rebuild(*where, code=40).stderr


def test_a_commit_that_does_not_descend_is_refused(
    mine: Operator, tmp_path: Path
) -> None:
    git(mine.source, "checkout", "--quiet", "--orphan", "other")
    git(mine.source, "commit", "--quiet", "--message=begin again")
    commit = git(mine.source, "rev-parse", "HEAD")
    folder = forged(mine.out, tmp_path / "bad", at_commit(commit))
    where = ["--folder", folder, "--registry", mine.host, *mine.ledger]
    assert "does not descend" in mine.rebuild(*where, code=1).stderr


def test_what_no_build_would_read_is_not_rebuilt(
    mine: Operator, tmp_path: Path
) -> None:
    declarations = mine.source / "declarations"
    (declarations / "README.md").symlink_to("/etc/passwd")
    catalogue = declarations / FERNWOOD / "catalogue.yaml"
    catalogue.chmod(0o755)
    (declarations / FERNWOOD / "large.yaml").write_text("#" * 2**20)
    git(mine.source, "add", "--all")
    git(mine.source, "commit", "--quiet", "--message=bad")
    commit = git(mine.source, "rev-parse", "HEAD")
    folder = forged(mine.out, tmp_path / "bad", at_commit(commit))
    where = ["--folder", folder, "--registry", mine.host, *mine.ledger]
    result = mine.rebuild(*where, "--json", code=1)
    assert result.stdout == ""
    assert "not a plain file" in result.stderr
    assert "marked executable" in result.stderr
    assert "at most" in result.stderr


def test_a_release_that_everybody_believes_is_caught_as_well(
    mine: Operator, tmp_path: Path
) -> None:
    """The operator's keys signed it: only a rebuild tells."""
    bad = forged(mine.out, tmp_path / "bad", forgeries.one_row_of_a_part)
    shutil.rmtree(mine.out)
    bad.rename(mine.out)
    mine.seal()
    mine.publish()
    where = ["--registry", mine.host, "--root", mine.root]
    run("lookup", ONE, *where, "--store", tmp_path / "store", "--json")
    found = asked(mine, "--registry", mine.host, code=1)
    (difference,) = found["differences"]
    assert f"isrc '{ONE}': search" in difference["place"]
    assert difference["says"] == "'allow', where the rebuild has 'deny'"


def test_a_recovery_is_rebuilt_from_the_log(mine: Operator) -> None:
    shutil.rmtree(mine.out)
    mine.build("--recovery", "--time", moment(1))
    found = pending(mine, mine.out, code=0)
    assert (found["same"], found["release"]) == (True, 4)


def test_a_registry_is_asked_over_the_web(registry: Operator) -> None:
    by_path = {
        path.relative_to(registry.host).as_posix(): path.read_bytes()
        for path in registry.host.rglob("*")
        if path.is_file()
    }
    with serve(files(by_path)) as site:
        found = asked(registry, "--registry", site.address, "--release", 2)
    assert found["same"] is True


def test_a_file_that_cannot_be_had_is_named(mine: Operator) -> None:
    for path in (mine.host / "bulk").glob("*.registry.jsonl.zst"):
        path.unlink()
    found = asked(mine, "--registry", mine.host, code=40)
    assert found["same"] is False
    assert found["differences"] == []
    assert [text for text in found["unread"] if "jsonl.zst is not there" in text]
    text = mine.rebuild("--registry", mine.host, code=40)
    assert text.stdout == ""
    assert "not everything could be compared" in text.stderr


def test_without_the_index_the_rest_is_compared(mine: Operator) -> None:
    shutil.rmtree(mine.out / "index")
    found = pending(mine, mine.out, code=40)
    assert found["differences"] == []
    (said,) = found["unread"]
    assert said.startswith("index/")
    assert found["lookup_files"] > 0


def test_an_index_that_is_none_is_a_difference(mine: Operator, tmp_path: Path) -> None:
    def forge(forgery: forgeries.Forgery) -> None:
        forgery.registry["owners"] = []

    found = pending(mine, forged(mine.out, tmp_path / "bad", forge))
    assert {"registry.json", "registry.json: owners"} == {
        each["place"] for each in found["differences"]
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Give --registry"),
        (["--registry", "host", "--sign", "key.pem"], "--sign needs --folder"),
        (["--registry", "host", "--out", "."], "is not empty"),
        (["--folder", "out/registry", "--release", "9"], "has release 4"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    registry: Operator,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(registry.folder)
    if "--folder" in arguments:
        arguments = [*arguments, "--registry", "host"]
    assert said in registry.rebuild(*arguments, code=2).stderr


def test_a_release_that_is_not_there_is_said(registry: Operator) -> None:
    result = registry.rebuild("--registry", registry.host, "--release", 9, code=40)
    assert "there is no release 9: the newest that is published is 3" in result.stderr


def test_what_does_not_follow_the_ledger_is_refused(
    mine: Operator, tmp_path: Path
) -> None:
    where = ["--folder", mine.out, "--registry", mine.host]
    trust = ["--trust", mine.at("trust")]
    result = mine.rebuild(*where, *trust, "--ledger", tmp_path / "none", code=40)
    assert "follows another" in result.stderr
    result = mine.rebuild(*where[:2], *mine.ledger, code=40)
    assert "follows another" in result.stderr
    folder = forged(mine.out, tmp_path / "bad", forgeries.a_count)
    mine.seal()
    where[1] = folder
    result = mine.rebuild(*where, *mine.ledger, code=40)
    assert "another release 4 than the log" in result.stderr
    first = Operator(folder=tmp_path / "other").hold(INSTITUTION)
    result = mine.rebuild(
        *where, "--ledger", mine.at("ledger"), "--trust", first.at("trust"), code=40
    )
    assert "does not go back to the root" in result.stderr


@pytest.fixture
def institution(tmp_path: Path) -> Operator:
    """Return who has built a first release, with a ledger that two share."""
    made = Operator(folder=tmp_path / "institution").hold(INSTITUTION)
    origin = made.at("ledger.git")
    origin.mkdir()
    git(origin, "init", "--quiet", "--bare", "--initial-branch=main")
    for name in ("ledger", "second"):
        git(made.folder, "clone", "--quiet", str(origin), name)
        git(made.at(name), "config", "user.name", name)
        git(made.at(name), "config", "user.email", f"{name}@x.example")
    git(made.at("ledger"), "checkout", "--quiet", "-B", "main")
    git(made.at("ledger"), "commit", "--quiet", "--allow-empty", "--message=begin")
    git(made.at("ledger"), "push", "--quiet", "--set-upstream", "origin", "main")
    git(made.at("second"), "pull", "--quiet", "origin", "main")
    git(made.at("second"), "checkout", "--quiet", "-B", "main", "origin/main")
    made.declare(STEPS[0])
    made.build("--genesis", "--time", moment(9))
    return made


def signing(made: Operator, folder: Path, *arguments: object) -> list[object]:
    """Return how the second signer rebuilds a release and signs it."""
    where = ["--folder", folder, "--ledger", made.at("second")]
    key = ["--trust", made.at("trust"), "--sign", made.at("keys/second.pem")]
    return [*where, *key, *arguments]


def believed(made: Operator, folder: Path) -> bytes:
    """Return the release that TUF's own client believes to be the newest."""
    by_path = {
        path.relative_to(made.host).as_posix(): path.read_bytes()
        for path in (made.host / "tuf").rglob("*")
        if path.is_file()
    }
    with serve(files(by_path)) as site:
        updater = Updater(
            str(folder / "metadata"),
            f"{site.address}/tuf/metadata/",
            str(folder / "targets"),
            f"{site.address}/tuf/targets/",
            bootstrap=made.root.read_bytes(),
        )
        info = updater.get_targetinfo("release.json")
        assert info is not None
        return Path(updater.download_target(info)).read_bytes()


def test_two_keys_sign_and_neither_alone(institution: Operator, tmp_path: Path) -> None:
    made = institution
    result = made.seal("--genesis", code=1)
    assert "not signed by as many keys of releases" in " ".join(result.stdout.split())
    result = made.rebuild(*signing(made, made.out))
    assert "It is signed. What is left: the snapshot and the timestamp" in result.stdout
    assert "sealed" in made.seal().stdout
    made.publish()
    assert believed(made, tmp_path) == (made.out / "release.json").read_bytes()
    assert "sealed already" in made.rebuild(*signing(made, made.out), code=1).stderr

    made.declare(STEPS[1])
    made.build("--previous", made.host, "--time", moment(8))
    made.seal(code=1)
    found = asked(made, *signing(made, made.out), "--registry", made.host)
    assert found["signed"] is True
    assert found["missing"].startswith("the snapshot and the timestamp")
    made.seal()
    made.publish()
    assert decode_release(believed(made, tmp_path)).header.number == 2


def test_who_rebuilds_may_sign_first(institution: Operator, tmp_path: Path) -> None:
    made = institution
    shutil.move(made.at("keys/releases.pem"), tmp_path)
    made.seal("--genesis", code=1)
    result = made.rebuild(*signing(made, made.out))
    assert "What is left: 1.releases.json is not signed by as many" in result.stdout
    shutil.move(tmp_path / "releases.pem", made.at("keys"))
    made.seal()


def test_nothing_is_signed_that_is_not_the_same(
    institution: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = institution
    bad = forged(made.out, tmp_path / "bad", forgeries.one_row_of_the_policies)
    shutil.rmtree(made.out)
    bad.rename(made.out)
    made.seal("--genesis", code=1)
    before = git(made.at("ledger"), "rev-parse", "HEAD")
    key = made.at("keys/second.pem")
    monkeypatch.setenv("SAYSO_RELEASES_KEY", key.read_text())
    where = signing(made, made.out)
    where[where.index(key)] = "-"
    result = made.rebuild(*where, code=1)
    assert "Nothing was signed." in result.stdout
    assert asked(made, *where, code=1)["signed"] is False
    assert git(made.at("ledger.git"), "rev-parse", "main") == before
    result = made.seal(code=1)
    assert "not signed by as many" in result.stdout, result.output


def test_a_release_that_is_not_in_the_log_is_not_signed(
    institution: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = signing(institution, institution.out)
    assert "the ledger is empty" in institution.rebuild(*where, code=1).stderr
    monkeypatch.delenv("SAYSO_RELEASES_KEY", raising=False)
    where[-1] = "-"
    assert "there is no key" in institution.rebuild(*where, code=1).stderr
    where[-1] = institution.at("keys/online.pem")
    institution.seal("--genesis", code=1)
    result = institution.rebuild(*where, code=1)
    assert "may not sign 1.releases.json" in result.stderr


def test_what_holds_for_ever_is_not_signed(institution: Operator) -> None:
    """Else a thief of one key has a signature of both for as long as he likes."""
    made = institution
    made.seal("--genesis", code=1)
    path = made.at("ledger/pending/releases.json")
    honest = read_role("1.releases.json", path.read_bytes())
    longer = changed(honest, expires=datetime(2099, 1, 1, tzinfo=UTC))
    key = open_signing_key(str(made.at("keys/releases.pem")))
    targets = read_role("1.targets.json", made.at("trust/1.targets.json").read_bytes())
    path.write_bytes(add_signature(longer, Ed25519Signer(key), authority=targets).data)
    git(made.at("ledger"), "commit", "--quiet", "--all", "--message=longer")
    git(made.at("ledger"), "push", "--quiet")
    result = made.rebuild(*signing(made, made.out))
    assert "not signed by as many" in result.stdout
    signed = made.at("second/pending/releases.json").read_bytes()
    assert read_role("1.releases.json", signed).expires.year < 2099
    made.seal()


def test_a_release_further_on_than_the_log_is_refused(mine: Operator) -> None:
    bad = forged(mine.out, mine.at("bad"), _numbered)
    where = ["--folder", bad, "--registry", mine.host, *mine.ledger]
    result = mine.rebuild(*where, code=40)
    assert "has release 9, and 3 are in the log" in result.stderr


def _numbered(forgery: forgeries.Forgery) -> None:
    header = replace(forgery.release.header, number=9)
    forgery.registry["release"]["number"] = 9
    forgery.release = replace(forgery.release, header=header)


def test_a_recovery_is_signed_with_what_the_holders_approved(
    institution: Operator,
) -> None:
    made = institution
    made.seal("--genesis", code=1)
    made.rebuild(*signing(made, made.out))
    made.seal()
    made.publish()
    made.build("--recovery", "--time", moment(2))
    where = signing(made, made.out, "--registry", made.host)
    assert "held by the brake" in made.rebuild(*where, code=1).stderr
    trust = made.at("trust")
    for number in range(2):
        key = ["--key", made.at(f"holders/{number}.pem"), "--yes"]
        run("trust", "approve", made.out / "release.json", "--folder", trust, *key)
    approval = ["--approval", trust / "2.approval.json"]
    assert "not in the log" in made.rebuild(*where, *approval, code=1).stderr
    made.seal(*approval, code=1)
    assert "It is signed" in made.rebuild(*where, *approval).stdout
    made.seal(*approval)


def test_witnesses_come_before_the_second_signature(institution: Operator) -> None:
    made = institution
    trust, policy = made.at("trust"), made.at("trust/policy.txt")
    witness = f"witness W1 {format_verifier_key(WITNESSES[0].key)}"
    text = policy.read_text().replace("quorum none", f"{witness}\nquorum W1")
    policy.write_text(text)
    run("trust", "rotate", "--folder", trust)
    for number in range(3):
        key = ["--key", made.at(f"holders/{number}.pem"), "--yes"]
        run("trust", "sign", trust / "2.root.json", *key)
        if number < 2:
            run("trust", "sign", trust / "2.targets.json", *key)
    made.seal("--genesis", code=1)
    result = made.rebuild(*signing(made, made.out), code=1)
    assert "nothing was signed: 0 witnesses" in result.stderr


def test_a_ledger_that_is_behind_is_refused(mine: Operator, tmp_path: Path) -> None:
    """Else a second key would sign in a history that nobody else sees."""
    shutil.copytree(mine.at("ledger"), tmp_path / "older")
    mine.seal()
    mine.publish()
    where = ["--folder", mine.out, "--registry", mine.host, "--trust", mine.at("trust")]
    result = mine.rebuild(*where, "--ledger", tmp_path / "older", code=40)
    assert "only behind catches up" in result.stderr
    assert asked(mine, *where, "--ledger", mine.at("ledger"))["same"] is True
