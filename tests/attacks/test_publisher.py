"""The publisher: killed at any moment, racing with another, lied to, or gone bad.

With the real commands: build, seal, renew, publish and rebuild.
"""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.publish.hosting.folder import FolderDestination, open_folder
from sayso.publish.ledger.folder import LedgerFolder, open_ledger
from sayso.trust.chain import read_root
from sayso.wire.places import CHECKPOINT, TIMESTAMP
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE
from tests import forgeries
from tests.attacks.scene import DENY, Reader, Scene, said
from tests.declared import FERNWOOD, declaration, recordings
from tests.forgeries import forged
from tests.rebuilders import ONE, STEPS, TEAM, TWO, Operator, git, moment
from tests.webserver import Reply

NEXT = {f"{FERNWOOD}/catalogue.yaml": declaration("{any-ai: deny}", recordings(TWO))}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    """An operator with a release that is live, and a second one that is built."""
    made = Operator(folder=tmp_path_factory.mktemp("operator")).hold(TEAM)
    made.release(STEPS[0], 9)
    made.declare(STEPS[1])
    made.build("--previous", made.host, "--time", moment(8))
    return made


@pytest.fixture
def operator(finished: Operator, tmp_path: Path) -> Operator:
    """A copy of it, which a test may change."""
    shutil.copytree(finished.folder, tmp_path / "operator")
    return Operator(folder=tmp_path / "operator")


@pytest.fixture
def reader(operator: Operator, scene: Scene) -> Reader:
    """A reader who saw the first release."""
    show(scene, operator.host)
    found = scene.reader(read_root(operator.root.read_bytes()))
    assert found.verdict(ONE) == DENY
    return found


def show(scene: Scene, folder: Path) -> None:
    """Serve a folder as it is now."""
    scene.show(
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
    )


def tried(*words: object) -> Result:
    """Run a command that may fail, or be killed."""
    result = CliRunner().invoke(main, [*map(str, words)])
    assert "fault in sayso" not in result.output, result.output
    return result


def publish(operator: Operator, folder: Path | None = None) -> Result:
    return tried("publish", folder or operator.out, "--to", operator.host)


def refused(result: Result, *words: str) -> None:
    """Check that nothing was done, and that it is said why."""
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    for each in words:
        assert each in said(result)


def sealed(operator: Operator) -> None:
    operator.seal("--time", moment(8))


def killed_after(
    count: int, kind: type, name: str, patch: pytest.MonkeyPatch
) -> list[int]:
    """Let a method of a class kill the process when it was called so many times."""
    calls: list[int] = []
    real = getattr(kind, name)

    def dying(*arguments: object) -> object:
        if len(calls) == count:
            raise KeyboardInterrupt
        calls.append(1)
        return real(*arguments)

    patch.setattr(kind, name, dying)
    return calls


def test_a_publisher_is_killed_between_any_two_files(
    operator: Operator, reader: Reader, scene: Scene
) -> None:
    """Who saw the old release and who never asked are answered at each moment."""
    sealed(operator)
    found = set()
    for count in range(0, 60, 3):
        with pytest.MonkeyPatch.context() as patch:
            killed_after(count, FolderDestination, "put", patch)
            result = publish(operator)
        show(scene, operator.host)
        new = scene.reader(reader.root)
        for who in (reader, new):
            assert who.verdict(ONE) == DENY
        found.add(new.number())
        if result.exit_code == 0:
            break
        assert result.exit_code == 130
    assert found == {1, 2}


@pytest.mark.parametrize("count", [0, 2, 3, 6, 8])
def test_a_publisher_is_killed_while_it_seals(
    operator: Operator, reader: Reader, scene: Scene, count: int
) -> None:
    """Heartbeats go on; the same release is finished, and no other."""
    with pytest.MonkeyPatch.context() as patch:
        killed_after(count, LedgerFolder, "_write", patch)
        words = ["--keys", operator.at("keys"), *operator.ledger, "--time", moment(8)]
        assert tried("seal", operator.out, *words).exit_code == 130
    assert tried("renew", *words).exit_code == 0
    result = publish(operator, operator.at("ledger"))
    if count == 8:  # all is signed, and the data are not there yet
        refused(result, "publish the whole folder that sayso build made")
    else:
        assert result.exit_code == 0, result.output
    show(scene, operator.host)
    assert reader.number() == 1
    sealed(operator)
    assert publish(operator).exit_code == 0
    show(scene, operator.host)
    assert reader.number() == 2


def test_two_publishers_write_to_one_host(operator: Operator, reader: Reader) -> None:
    sealed(operator)
    before = (operator.host / TIMESTAMP).read_bytes()
    with open_folder(operator.host, sync=lambda: None):
        refused(publish(operator), "somebody else is publishing", "wait until")
    assert (operator.host / TIMESTAMP).read_bytes() == before
    assert reader.number() == 1


def test_two_publishers_seal_on_one_machine(operator: Operator) -> None:
    before = (operator.at("ledger") / CHECKPOINT).read_bytes()
    with open_ledger(operator.at("ledger")):
        result = operator.seal(code=1)
    refused(result, "another command is writing", "wait until it has ended")
    assert (operator.at("ledger") / CHECKPOINT).read_bytes() == before


def test_two_publishers_seal_two_releases_of_one_number(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked before either had pushed: the log never signs two trees."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "operator")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "operator@registry.example")
    ledger, bare = operator.at("ledger"), tmp_path / "ledger.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(bare))
    git(ledger, "init", "--quiet", "--initial-branch=main")
    git(ledger, "add", "--all")
    git(ledger, "commit", "--quiet", "--message=begin")
    git(ledger, "remote", "add", "origin", str(bare))
    git(ledger, "push", "--quiet", "--set-upstream", "origin", "main")
    shutil.copytree(operator.folder, tmp_path / "second")
    second = Operator(folder=tmp_path / "second")
    second.declare(NEXT)
    second.build("--previous", second.host, "--time", moment(8))
    sealed(operator)
    monkeypatch.setattr(LedgerFolder, "catch_up", lambda _: None)
    result = second.seal("--time", moment(8), code=1)
    refused(result, "Nothing that was signed has left this machine")
    assert git(bare, "show", f"main:{CHECKPOINT}") == (
        (ledger / CHECKPOINT).read_text("utf-8").strip()
    )
    assert not (second.out / CHECKPOINT).exists()


def test_a_ledger_is_brought_back_from_an_old_copy(
    operator: Operator, reader: Reader, scene: Scene, tmp_path: Path
) -> None:
    """What it then signs contradicts what is published, and does not go out."""
    old = Operator(folder=tmp_path / "old")
    shutil.copytree(operator.folder, old.folder)
    sealed(operator)
    assert publish(operator).exit_code == 0
    old.declare(NEXT)
    old.build("--previous", old.host, "--time", moment(8))
    sealed(old)
    before = (operator.host / TIMESTAMP).read_bytes()
    refused(tried("publish", old.out, "--to", operator.host))
    assert (operator.host / TIMESTAMP).read_bytes() == before
    show(scene, operator.host)
    assert reader.number() == 2
    # Had it gone out all the same, whoever saw the other would stay with that.
    answer = reader.ask().stdout
    show(scene, old.out)
    assert reader.ask().stdout == answer


def test_an_older_release_is_published_again(
    operator: Operator, reader: Reader, tmp_path: Path
) -> None:
    shutil.copytree(operator.host, tmp_path / "first")
    sealed(operator)
    operator.publish()
    refused(tried("publish", tmp_path / "first", "--to", operator.host), "back")
    assert reader.verdict(ONE) == DENY


@pytest.mark.parametrize("name", [RELEASE_FILE, REGISTRY_FILE])
def test_a_file_is_altered_before_it_is_sealed(operator: Operator, name: str) -> None:
    """What is sealed is read first, as a reader would."""
    path = operator.out / name
    path.write_bytes(path.read_bytes().replace(b"any-ai", b"search", 1) + b" ")
    before = (operator.at("ledger") / CHECKPOINT).read_bytes()
    result = tried(
        "seal", operator.out, *operator.ledger, "--keys", operator.at("keys")
    )
    assert result.exit_code != 0
    assert result.stdout == ""
    assert (operator.at("ledger") / CHECKPOINT).read_bytes() == before


@pytest.mark.parametrize("start", ["registry/", "lookup/", "bulk/", "tuf/targets/"])
def test_a_file_is_altered_before_it_is_published(
    operator: Operator, reader: Reader, scene: Scene, start: str
) -> None:
    """One that is of the new release, or one that would replace a good old one."""
    sealed(operator)
    for path in sorted(filter(Path.is_file, (operator.out / start).rglob("*"))):
        data = path.read_bytes()
        path.write_bytes(data[:-1])
        refused(publish(operator))
        path.write_bytes(data)
    show(scene, operator.host)
    assert reader.number() == 1


def test_a_host_answers_everything_when_a_release_is_published(
    operator: Operator, reader: Reader, scene: Scene
) -> None:
    """Such a host would keep readers from the next root: nothing goes live there."""
    sealed(operator)

    class Everything(dict[str, Reply]):
        def get(self, key: str, default: object = None) -> Reply:  # noqa: ARG002
            return super().get(key) or Reply(body=b"<!doctype html>Welcome")

    before = (operator.host / TIMESTAMP).read_bytes()
    scene.site.replies = Everything(scene.site.replies)
    to = ["--to", operator.host, "--url", scene.site.address]
    refused(tried("publish", operator.out, *to))
    assert (operator.host / TIMESTAMP).read_bytes() == before
    show(scene, operator.host)
    assert reader.number() == 1


def test_a_builder_gone_bad_makes_another_release_than_the_declarations(
    operator: Operator, reader: Reader, scene: Scene, tmp_path: Path
) -> None:
    """Readers believe what the operator signed; whoever makes it again sees the lie."""
    bad = forged(operator.out, tmp_path / "bad", forgeries.a_name_in_the_registry)
    shutil.rmtree(operator.out)
    bad.rename(operator.out)
    sealed(operator)
    assert publish(operator).exit_code == 0
    show(scene, operator.host)
    assert reader.number() == 2
    found = operator.rebuild("--registry", scene.site.address, code=1)
    told = " ".join(found.stdout.split())
    assert "is NOT what commit" in told
    assert "Somebody Else" in told
