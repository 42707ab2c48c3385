"""The registry in Python: opened from anywhere, believed by a root, never too old."""

import pickle
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sayso.api import opening
from sayso.api import registry as api
from sayso.api.registry import Registry
from sayso.api.screening.asking import ask
from sayso.errors import InvalidIsrcError, StaleError, UntrustedError
from sayso.model.vocabulary import Use, Verdict
from sayso.trust.chain import read_root
from tests.believed import stranger
from tests.copies import ALLOWED, DENIED, EXPIRED, IN_GERMANY, NOW, written
from tests.fresh import PINNED, REGISTRY, build_fresh
from tests.webserver import files, serve

USE = "train-generative"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_fresh(tmp_path_factory.mktemp("built"))


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry.open(written(tmp_path / "copy"))


def served(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_release_in_a_folder_is_opened(built: Path, tmp_path: Path) -> None:
    pinned = built / PINNED
    roots: list[Any] = [pinned, str(pinned), read_root(pinned.read_bytes())]
    for root in roots:
        registry = Registry.open(built / REGISTRY, root=root, store=tmp_path)
        answer = registry.lookup("XX-F01-26-00001", USE)
        assert answer.verdict is Verdict.ASK


def test_a_web_address_is_opened_and_not_asked_twice(
    built: Path, tmp_path: Path
) -> None:
    with serve(files(served(built / REGISTRY))) as site:
        registry = Registry.open(
            site.address, root=built / PINNED, store=tmp_path, titles=True
        )
        assert registry.standing.titles
        assert registry.standing.location == site.address
        asked = len(site.asked)
        Registry.open(site.address, root=built / PINNED, store=tmp_path)
        assert len(site.asked) == asked
        assert registry.screen(pa.array(["XXF012600001"]), use=USE).num_rows == 1


def test_the_copy_is_kept_in_a_folder_of_the_user(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    Registry.open(built / REGISTRY, root=built / PINNED)
    assert [*tmp_path.glob("sayso/*.synced/synced.json")]


def test_nothing_is_opened_without_a_root_or_by_another(
    built: Path, tmp_path: Path
) -> None:
    with pytest.raises(UntrustedError, match="no root was given"):
        Registry.open(built / REGISTRY, store=tmp_path)
    with pytest.raises(UntrustedError):
        Registry.open(built / REGISTRY, root=stranger(NOW), store=tmp_path)
    copy = written(tmp_path / "copy")
    with pytest.raises(UntrustedError, match="believed by another root"):
        Registry.open(copy, root=built / PINNED)


def test_a_folder_that_was_synced_needs_no_root(built: Path, tmp_path: Path) -> None:
    pinned = built / PINNED
    Registry.open(built / REGISTRY, root=pinned, store=tmp_path / "store")
    (copies,) = (tmp_path / "store").glob("*.synced")
    for root in (None, pinned):
        registry = Registry.open(copies, root=root)
        assert registry.lookup("XXF012600001", USE).verdict is Verdict.ASK


def test_a_copy_that_vanishes_meanwhile_is_no_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = written(tmp_path / "copy")
    monkeypatch.setattr(opening, "open_copy", lambda _: None)
    with pytest.raises(UntrustedError, match="there is no copy of a registry"):
        Registry.open(copy)


def test_the_folder_may_be_named_from_where_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "copy")
    monkeypatch.chdir(tmp_path)
    registry = Registry.open("copy")
    keep = registry.keep(use=USE)
    monkeypatch.chdir("/")
    again: Registry = pickle.loads(pickle.dumps(registry))  # noqa: S301 - our own
    assert again.lookup(ALLOWED, USE).verdict is Verdict.ALLOW
    assert pickle.loads(pickle.dumps(keep))({"isrc": ALLOWED})  # noqa: S301


def test_codes_are_looked_up(registry: Registry) -> None:
    answers = {
        code: registry.lookup(code, USE).verdict for code in (ALLOWED, DENIED, EXPIRED)
    }
    assert answers == {
        ALLOWED: Verdict.ALLOW,
        DENIED: Verdict.DENY,
        EXPIRED: Verdict.UNDECLARED,
    }
    assert registry.lookup(IN_GERMANY, USE, territory="DE").verdict is Verdict.ALLOW
    assert registry.lookup(ALLOWED, "a use of tomorrow").verdict is not Verdict.ALLOW
    with pytest.raises(InvalidIsrcError):
        registry.lookup("XXF0126", USE)


def test_a_look_up_and_a_screening_say_the_same(registry: Registry) -> None:
    codes = [ALLOWED, DENIED, EXPIRED, IN_GERMANY]
    for use in Use:
        screened = registry.screen(pa.array(codes), use=use)
        verdicts = [registry.lookup(code, use).verdict for code in codes]
        assert screened["sayso_status"].to_pylist() == [*map(str, verdicts)]


def test_a_copy_that_is_too_old_answers_nothing(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"isrc": [ALLOWED]})
    for late in (NOW + timedelta(hours=24), NOW - timedelta(hours=3)):
        monkeypatch.setattr(api, "current", lambda late=late: late)
        for ask_it in (
            lambda: registry.lookup(ALLOWED, USE),
            lambda: registry.screen(table, use=USE),
            lambda: registry.keep(use=USE),
            lambda: registry.annotate(use=USE),
        ):
            with pytest.raises(StaleError):
                ask_it()
    old = NOW - timedelta(hours=1)
    stale = written(tmp_path / "stale", fresh_until=old)
    with pytest.raises(StaleError, match="run sayso sync"):
        Registry.open(stale)


def test_a_question_that_is_none_is_refused(registry: Registry) -> None:
    table = pa.table({"isrc": [ALLOWED]})
    questions: list[tuple[dict[str, Any], str]] = [
        ({"use": "train-genrative"}, r"is it train-generative\? there are train-gen"),
        ({"use": "x"}, r"no use 'x'; there are .*any other as any-ai"),
        ({"use": True}, "no use True"),
        ({"use": USE, "ownership": "proved"}, "'claimed' or 'reviewed'"),
        ({"use": USE, "ownership": True}, "'claimed' or 'reviewed'"),
        ({"use": USE, "territory": "UK"}, "'UK' is not a country's code"),
        ({"use": USE, "policy": "everything"}, "'everything' says nothing"),
        ({"use": USE, "policy": True}, "a policy is a text"),
        ({"use": USE, "policy": "no-identifier=keep"}, "always set apart"),
    ]
    for question, message in questions:
        with pytest.raises(ValueError, match=message):
            registry.screen(table, **question)
        with pytest.raises(ValueError, match=message):
            registry.keep(**question)


def test_siblings_need_titles(tmp_path: Path) -> None:
    registry = Registry.open(written(tmp_path / "copy", titles=False))
    with pytest.raises(ValueError, match="titles=True"):
        registry.keep(use=USE, siblings=True)


def test_a_use_may_be_a_word_or_a_use() -> None:
    asked = [
        ask(
            use,
            territory=None,
            ownership="claimed",
            siblings=False,
            policy="strict",
            now=NOW,
        )
        for use in (USE, Use.TRAIN_GENERATIVE)
    ]
    assert asked[0] == asked[1]


def test_no_engine_is_loaded_that_nobody_uses(tmp_path: Path) -> None:
    copy = written(tmp_path / "copy")
    program = (
        "import sys, pyarrow as pa, sayso; "
        f"registry = sayso.Registry.open({str(copy)!r}); "
        f"registry.screen(pa.table({{'isrc': [{ALLOWED!r}]}}), use={USE!r}); "
        f"registry.keep(use={USE!r})({{'isrc': [{ALLOWED!r}]}}); "
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    # PyArrow loads pandas by itself, where it is.
    assert not loaded & {"polars", "duckdb", "dask", "pyspark", "tuf"}
    engines = {f"sayso.api.screening.{name}" for name in ("duckdb", "dask", "spark")}
    assert not loaded & engines
