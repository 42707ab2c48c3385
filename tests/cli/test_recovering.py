"""`sayso build --recovery`: the files of the release before are lost."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher
from sayso.client.registry import fetch_registry
from sayso.model.isrc import Isrc
from sayso.wire.release import Release, decode_release
from tests.declared import (
    FACTS,
    FERNWOOD,
    PROOFS,
    Texts,
    declaration,
    put,
    recordings,
)
from tests.operating import Operator, commit, git

ONE = "XXF012600001"
DENY = {f"{FERNWOOD}/catalogue.yaml": declaration("{any-ai: deny}", recordings(ONE))}
TIMES = ("2026-11-01T12:00:00Z", "2026-11-09T12:00:00Z", "2026-11-10T12:00:00Z")
LATER = "2026-11-24T12:00:00Z"
BEFORE = datetime(2026, 10, 31, tzinfo=UTC)
EARLY = {owner: replace(proof, checked=BEFORE) for owner, proof in PROOFS.items()}


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    monkeypatch.chdir(tmp_path)
    return Operator(tmp_path).hold()


def declare(folder: Path, texts: Texts) -> None:
    put(folder / "declarations", texts, alone=True, proofs=EARLY)
    commit(folder)


def released(operator: Operator) -> Release:
    return decode_release(Path(operator.out, "release.json").read_bytes())


def verdict(operator: Operator) -> str:
    release = released(operator)
    registry = fetch_registry(FolderFetcher(Path(operator.out)), release)
    now = release.header.issued
    return registry.answer(Isrc(ONE), "search", None, now=now).verdict.value


def test_a_no_counts_on_when_all_files_are_lost(operator: Operator) -> None:
    declare(operator.folder, {**FACTS, **DENY})
    operator.first(TIMES[0])
    operator.next(TIMES[1])
    declare(operator.folder, FACTS)
    operator.next(TIMES[2])
    shutil.rmtree(operator.folder / "out")
    operator.build("--recovery", "--time", LATER)
    release = released(operator)
    assert (release.header.number, release.recovery) == (4, True)
    assert verdict(operator) == "deny"


def test_a_commit_that_does_not_descend_is_refused(operator: Operator) -> None:
    declare(operator.folder, {**FACTS, **DENY})
    operator.first(TIMES[0])
    git(operator.folder, "checkout", "--quiet", "--orphan", "other")
    declare(operator.folder, FACTS)
    result = operator.build("--recovery", "--time", LATER, code=1)
    assert "does not descend" in result.stderr
