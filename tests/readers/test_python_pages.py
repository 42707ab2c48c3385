"""Every program on the pages about Python runs as written, and says what is right."""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient

from sayso.api.registry import Registry
from tests.fresh import PINNED, REGISTRY, build_fresh
from tests.readers.python_pages import NOTEBOOK, local, programs, write_tracks

ASK = "train-generative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the programs run, and what is right for the tracks there."""

    folder: Path
    environment: dict[str, str]
    actions: list[str]
    statuses: list[str]

    def run(self, page: str, heading: str | None = None) -> list[str]:
        """Run all programs of a page as one, and return the lines that it prints."""
        program = "\n".join(programs(page, heading))
        done = subprocess.run(
            [sys.executable, "-c", local(program)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    @property
    def kept(self) -> int:
        return self.actions.count("keep")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    build_fresh(tmp_path)
    (tmp_path / "1.root.json").write_bytes((tmp_path / PINNED).read_bytes())
    registry = Registry.open(
        tmp_path / REGISTRY, root=tmp_path / PINNED, store=tmp_path / "mine"
    )
    screened = registry.screen(write_tracks(tmp_path), use=ASK)
    environment = {
        **os.environ,
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "HF_HOME": str(tmp_path / "hugging"),
        "HF_HUB_OFFLINE": "1",
    }
    place = Place(
        folder=tmp_path,
        environment=environment,
        actions=screened["sayso_action"].to_pylist(),
        statuses=screened["sayso_status"].to_pylist(),
    )
    assert 0 < place.kept < len(place.actions)
    return place


def test_the_page_about_python_runs(place: Place) -> None:
    lines = place.run("python.md")
    assert lines[0] == "ask"
    counts = Counter(place.statuses)
    table = [line.split() for line in lines[1:] if line.partition(" ")[0] in counts]
    assert {name: int(count) for name, count in table} == counts
    assert [line for line in lines if line.isdigit()] == [str(place.kept)] * 4
    assert sum("allow" in line for line in lines) == 2
    screened = pq.read_table(place.folder / "screened")
    assert screened["sayso_status"].to_pylist() == place.statuses


def test_each_engine_of_the_page_runs_alone(place: Place) -> None:
    beginning = programs("python.md", "## Open a registry")[0]
    for engine in ("### Polars", "### DuckDB"):
        text = "\n".join(programs("python.md", engine))
        done = subprocess.run(
            [sys.executable, "-c", local(f"{beginning}\n{text}")],
            cwd=place.folder,
            env=place.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.split()[0] == str(place.kept), done.stderr


def test_the_page_about_training_data_runs(place: Place) -> None:
    allowed = "XXC012400001"
    codes = {"a": "XXF012600001", "b": allowed, "c": None}
    with tarfile.open(place.folder / "tracks-000000.tar", "w") as tar:
        for key, code in codes.items():
            for name, data in {
                "json": json.dumps({"isrc": code}).encode(),
                "flac": b"(audio)",
            }.items():
                member = tarfile.TarInfo(f"{key}.{name}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    lines = place.run("training-data.md")
    kept, statuses, samples, one, several = lines
    assert kept == str(place.kept)
    assert set(json.loads(statuses.replace("'", '"'))) == set(place.statuses)
    assert samples == "['b']"
    assert (one, several) == ("False", "[False, False]")


def test_the_part_about_dask_runs(place: Place) -> None:
    pinned = place.folder / PINNED
    store = place.folder / "store"
    Registry.open(place.folder / REGISTRY, root=pinned, store=store)
    (copies,) = store.glob("*.synced")
    program = "\n".join(programs("clusters.md", "## Dask"))
    done = subprocess.run(
        [sys.executable, "-c", program.replace("/shared/sayso", str(copies))],
        cwd=place.folder,
        env=place.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [str(place.kept)], done.stderr


def test_the_notebook_runs_and_has_no_outputs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: Any = nbformat.read
    notebook = read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
    for name, value in place.environment.items():
        monkeypatch.setenv(name, value)
    for cell in cells:
        cell.source = local(cell.source)
    NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(place.folder)}}
    ).execute()
    said = [
        str(output.get("text", "") or output.data["text/plain"])
        for cell in cells
        for output in cell.outputs
    ]
    assert "0 of 4 rows may be used\n" in said
    assert "'train-generative': 'ask'" in "".join(said)
    assert "no-identifier" in "".join(said)
