"""`sayso sync`: what it says, what it leaves where it fails, and who answers then."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.cli.sync import _lines
from sayso.client.synced import layout
from sayso.client.synced.copy import Copy, open_copy
from sayso.client.synced.standing import STANDING_FILE
from sayso.client.synced.sync import Synced
from tests.fresh import PINNED, REGISTRY, build_fresh
from tests.receipts import World
from tests.registries import CONTESTED, LISTED
from tests.roles import DEV
from tests.webserver import Reply, files, serve

NOW = datetime.now(UTC).replace(microsecond=0)
START = NOW - timedelta(hours=5)
WORLD = World(now=START).release()
NEXT = World(now=START).release().release()


def run(*words: object, **environment: str) -> Result:
    result = CliRunner().invoke(main, [*map(str, words)], env=environment)
    assert "fault in sayso" not in result.output
    assert "Traceback" not in result.output
    return result


def refused(result: Result, code: int = 40) -> str:
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    return " ".join(result.stderr.split())


def write(by_path: Mapping[str, bytes], folder: Path) -> Path:
    for path, data in by_path.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def opened(folder: Path) -> Copy:
    copy = open_copy(folder)
    assert copy is not None
    return copy


@pytest.fixture
def root(tmp_path: Path) -> list[object]:
    path = tmp_path / "root.json"
    path.write_bytes(WORLD.roots[0].data)
    return ["--root", path, "--store", tmp_path / "store"]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return write(WORLD.files, tmp_path / "registry")


def document(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_it_says_what_is_there_now(
    tmp_path: Path, registry: Path, root: list[object]
) -> None:
    words = ["sync", "--registry", registry, *root, "--to", tmp_path / "copy"]
    first = document(run(*words, "--json"))
    assert first["format"] == "sayso/sync/1"
    assert (first["before"], first["by_delta"], first["changed"]) == (None, False, None)
    assert (first["recordings"], first["release"]["number"]) == (4, 1)
    assert first["folder"] == str(tmp_path / "copy")
    assert first["requests"] > 2
    again = document(run(*words, "--json"))
    assert (again["before"], again["requests"], again["bytes"]) == (1, 0, 0)
    said = " ".join(run(*words).stdout.split())
    assert "In step already: release 1 of sayso.example" in said
    assert "recordings 4" in said
    assert f"in {tmp_path}/copy" in said.replace("/ ", "/")
    assert "fetched" not in said


def test_colours_and_control_characters_are_left_out(
    tmp_path: Path, registry: Path, root: list[object]
) -> None:
    folder = tmp_path / "a\x1b[2Jb\u202e"
    words = ["sync", "--registry", registry, *root, "--to", folder]
    result = run(*words, NO_COLOR="1")
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    assert opened(folder).recordings == 4


def test_what_a_delta_changed_and_that_keys_are_for_trying_out_is_said(
    tmp_path: Path, registry: Path, root: list[object]
) -> None:
    run("sync", "--registry", registry, *root, "--to", tmp_path / "copy")
    copy = opened(tmp_path / "copy")
    done = Synced(
        copy=copy, before=1, by_delta=True, changed=1234, bytes=5678, requests=3
    )
    said = " ".join(" ".join(_lines(done, tmp_path, 80)).split())
    assert "Brought from release 1 up to date" in said
    assert "changed 1,234 recordings" in said
    assert "fetched 5,678 bytes in 3 files" in said
    assert "DEVELOPMENT" not in said
    world = World(now=START, profile=DEV).release()
    write(world.files, tmp_path / "trial")
    (tmp_path / "trial.json").write_bytes(world.roots[0].data)
    words = ["--registry", tmp_path / "trial", "--root", tmp_path / "trial.json"]
    result = run("sync", *words, "--store", tmp_path / "trial-store")
    assert "DEVELOPMENT" in result.stdout


def test_titles_are_fetched_where_they_are_asked_for(tmp_path: Path) -> None:
    folder = build_fresh(tmp_path)
    words = ["sync", "--registry", folder / REGISTRY, "--root", folder / PINNED]
    words += ["--store", tmp_path / "store", "--to", tmp_path / "copy"]
    assert document(run(*words, "--json"))["titles"] is False
    assert document(run(*words, "--titles", "--json"))["titles"] is True
    assert document(run(*words, "--json"))["titles"] is True, "they stay"
    titled = opened(tmp_path / "copy").titled()
    assert titled is not None
    assert len(titled.marks) > 100


# What fails.


def spoilt(kind: str) -> dict[str, bytes]:
    """Return a registry that a host serves otherwise than it was published."""
    found = dict(NEXT.files)
    (core,) = (path for path in found if path.endswith(".core.parquet"))
    match kind:
        case "withheld":
            del found[core]
        case "forged":
            found[core] = found[core][:-1] + b"X"
        case "cut":
            found[core] = found[core][:-1]
        case "index":
            found = {
                p: b"{}" if p.startswith("index/") else d for p, d in found.items()
            }
        case _:
            path = next(path for path in found if path.endswith("timestamp.json"))
            found[path] = found[path].replace(b'"version":', b'"version": ')
    return found


@pytest.mark.parametrize("kind", ["withheld", "forged", "cut", "index", "signed"])
def test_a_registry_that_is_not_believed_changes_nothing(
    tmp_path: Path, root: list[object], kind: str
) -> None:
    copy = tmp_path / "copy"
    with serve(files(WORLD.files)) as site:
        words = ["sync", "--registry", site.address, *root, "--to", copy]
        assert run(*words).exit_code == 0
        before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        site.replies = files(spoilt(kind))
        refused(run(*words))
        fresh = tmp_path / "fresh"
        refused(run(*words[:-1], fresh))
    after = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    assert after == before
    assert not (fresh / STANDING_FILE).exists()


def test_a_host_that_goes_back_or_answers_pages_is_refused(
    root: list[object],
) -> None:
    with serve(files(NEXT.files)) as site:
        words = ["sync", "--registry", site.address, *root]
        assert run(*words).exit_code == 0
        site.replies = files(WORLD.files)
        assert "do not use this copy" in refused(run(*words)).lower()
        page = Reply(body=b"<!doctype html><p>Log in")
        site.replies = dict.fromkeys(site.replies, page)
        assert "web page instead of data" in refused(run(*words))
    refused(run(*words))


def test_a_place_that_is_a_file_is_said(
    tmp_path: Path, registry: Path, root: list[object]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    words = ["sync", "--registry", registry, *root, "--to", tmp_path / "file" / "copy"]
    assert "cannot be written" in refused(run(*words))
    words[-1] = tmp_path / "file"
    assert "is a file" in refused(run(*words), 2)
    assert "no root was given" in refused(run(*words[:3], "--to", tmp_path / "copy"))
    assert not (tmp_path / "copy").exists()


# Who answers then.


def test_a_copy_that_is_damaged_is_no_answer(
    tmp_path: Path, registry: Path, root: list[object]
) -> None:
    folder = tmp_path / "copy"
    run("sync", "--registry", registry, *root, "--to", folder)
    (opened(folder).folder / layout.KEYS).write_bytes(b"12345678")
    words = ["lookup", LISTED, "--registry", folder]
    assert "run sayso sync again" in refused(run(*words))
    (folder / STANDING_FILE).write_text("{}")
    refused(run(*words))


def test_a_copy_in_the_store_that_is_damaged_is_asked_no_more(
    tmp_path: Path, root: list[object]
) -> None:
    with serve(files(WORLD.files)) as site:
        where = ["--registry", site.address, *root]
        run("sync", *where)
        (copies,) = (tmp_path / "store").glob("*.synced")
        site.asked.clear()
        assert run("lookup", CONTESTED, "--use", "search", *where).exit_code == 20
        assert site.asked == []
        (opened(copies).folder / layout.KEYS).write_bytes(b"12345678")
        assert run("lookup", CONTESTED, "--use", "search", *where).exit_code == 20
        assert site.asked
        assert run("sync", *where).exit_code == 0
        site.asked.clear()
        assert run("lookup", CONTESTED, "--use", "search", *where).exit_code == 20
        assert site.asked == []


def test_a_copy_of_one_address_does_not_answer_for_another_unasked(
    root: list[object],
) -> None:
    with serve(files(WORLD.files)) as site, serve(files(WORLD.files)) as mirror:
        run("sync", "--registry", site.address, *root)
        where = ["--registry", mirror.address, *root]
        assert run("lookup", CONTESTED, "--use", "search", *where).exit_code == 20
        # It is the release that the copy holds, so that nobody learns of the code.
        assert mirror.asked
        whole = ("/lookup/", "/registry/")
        assert not any(path.startswith(whole) for path in mirror.asked)
        site.replies = files(NEXT.files)
        site.asked.clear()
        later = ["--registry", site.address, *root, "--max-age", "0m"]
        assert run("lookup", CONTESTED, "--use", "search", *later).exit_code == 20
        assert any(path.startswith(whole) for path in site.asked), "the copy is older"


def test_who_pinned_no_root_is_answered_by_nobody() -> None:
    with serve(files(WORLD.files)) as site:
        said = refused(run("lookup", LISTED, "--registry", site.address))
        assert "no root was given" in said
        assert site.asked == []


def test_a_question_needs_a_registry(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        for command in (["lookup", LISTED], ["sync"]):
            assert "there is no out/registry here" in refused(run(*command), 2)
