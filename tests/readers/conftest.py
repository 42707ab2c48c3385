"""Releases for readers that know nothing of our code, built once for all tests."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from sayso.cli import main
from tests.conftest import NeedsTool
from tests.examples import sign_all
from tests.readers.built import ISSUED, Built, Row
from tests.readers.golang import build_go

ROOT = Path(__file__).parents[2]
FOLLOWER = Path(__file__).with_name("follower.go")
AWKWARD = {
    "XXZ012690001": {"title": "1999", "artist": "4"},
    "XXZ012690002": {"title": "2026-01-01", "artist": "2026-01-01T00:00:00Z"},
    "XXZ012690003": {"title": 'Say "so", and, \\so', "artist": "null"},
    "XXZ012690004": {"title": "Nächte – 夜 🌙", "artist": "NaN"},
    "XXZ012690005": {"title": "Nobody’s"},
    "XXZ012690006": {},
}
"""Recordings whose names a careless reader takes for numbers, times or nothing."""

DECISION: Row = {
    "schema": "sayso/decision/1",
    "kind": "settled",
    "owner": "domain:teodora-vance-estate.example",
    "isrcs": ["XXF011600903"],
    "decided": "2026-10-06",
    "evidence": "Nobody lists it, so the registry has it without an owner.",
    "operators": ["github:900000101", "github:900000102"],
}


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return a release of the shipped declarations: registry.json has everything."""
    return build(ROOT / "declarations", tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def parted(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Return one of them and some more, which has its recordings in parts only."""
    folder = tmp_path_factory.mktemp("parted")
    declarations = folder / "declarations"
    shutil.copytree(ROOT / "declarations", declarations)
    for place, document in (
        ("github/31/583231-mara/awkward.yaml", awkward_declaration()),
        ("registry/decisions/2026/20261006-unlisted.yaml", DECISION),
    ):
        text = json.dumps(document, ensure_ascii=False)  # which is YAML too
        (declarations / place).write_text(text + "\n", encoding="utf-8")
    sign_all(declarations)
    inline = build(declarations, folder / "inline")
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr("sayso.publish.bulk.PART_RECORDINGS", 500)
        limits.setattr("sayso.publish.bulk.INLINE_LIMIT", 1)
        built = build(declarations, folder / "parts", inline.rows)
    assert len(built.registry["parts"]) > 5
    assert built.registry["recordings"] == []
    return built


@pytest.fixture(params=["whole", "parted"])
def built(request: pytest.FixtureRequest) -> Built:
    """Return each of these releases."""
    release: Built = request.getfixturevalue(request.param)
    return release


def build(declarations: Path, folder: Path, rows: list[Row] | None = None) -> Built:
    """Build a release, and return it."""
    time = ISSUED.isoformat().replace("+00:00", "Z")
    place = folder / "registry"
    arguments = ["--declarations", str(declarations), "--out", str(place)]
    command = ["build", "--no-site", "--time", time, *arguments]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    registry = json.loads((place / "registry.json").read_bytes())
    return Built(
        folder=place,
        key=folder / "keys" / "development.pub",
        release=json.loads((place / "release.json").read_bytes()),
        registry=registry,
        rows=registry["recordings"] if rows is None else rows,
    )


def awkward_declaration() -> Row:
    """Return a declaration of the awkward recordings."""
    return {
        "schema": "sayso/declaration/1",
        "capacity": "owner",
        "uses": {"train-generative": "deny"},
        "recordings": [{"isrc": isrc, **names} for isrc, names in AWKWARD.items()],
    }


@pytest.fixture(scope="session")
def follower(tmp_path_factory: pytest.TempPathFactory, needs_tool: NeedsTool) -> Path:
    """Return the program, built anew."""
    return build_go(FOLLOWER, tmp_path_factory.mktemp("follower"), needs_tool)
