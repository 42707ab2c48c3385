"""Rows of loaders: kept or annotated, in any process, and never by mistake."""

import gc
import io
import json
import pickle
import tarfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import datasets  # type: ignore[import-untyped]
import numpy as np
import pyarrow as pa
import pytest
import webdataset as wds

from sayso.api.registry import Registry
from sayso.api.screening import screening as asked
from sayso.errors import ManifestError, StaleError
from tests.copies import ALLOWED, ASKED, DENIED, NOW, UNLISTED, opened, written
from tests.edges import NAMES, TEXTS

USE = "train-generative"
CODES = [cell for cell, _ in TEXTS]
KEPT = [said[1] == "keep" for _, said in TEXTS]
Rows = dict[str, list[Any]]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return opened(tmp_path_factory.mktemp("rows") / "copy")


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> datasets.Dataset:
    """Return one whose first two thousand rows nobody speaks of."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    codes = [UNLISTED] * 2000 + CODES
    columns = {"ISRC": codes, "id": [*range(len(codes))]}
    return datasets.Dataset.from_dict(columns)


def wanted(rows: Any) -> list[int]:  # noqa: ANN401 - a dataset of any kind
    return [int(row["id"]) for row in rows]


def unpickled(thing: Any) -> Any:  # noqa: ANN401 - what is pickled
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - our own


KEPT_IDS = [2000 + place for place, kept in enumerate(KEPT) if kept]


def test_a_batch_is_kept_row_by_row(registry: Registry) -> None:
    keep = registry.keep(use=USE)
    assert keep({"ISRC": CODES, "id": [0] * len(CODES)}) == KEPT
    assert keep({"isrc": np.array(CODES, dtype=object)}) == KEPT
    assert keep({"isrc": []}) == []
    table = pa.table({"isrc": CODES})
    assert keep(table) == keep(table.to_batches()[0]) == KEPT


def test_a_row_is_kept_or_not(registry: Registry) -> None:
    keep = registry.keep(use=USE)
    for code, kept in zip(CODES, KEPT, strict=True):
        assert keep({"isrc": code}) is kept


def test_what_has_no_usable_code_is_never_kept(registry: Registry) -> None:
    everything = "undeclared=keep,ask=keep,deny=keep,disputed=keep,sibling=keep"
    keep = registry.keep(use=USE, policy=everything)
    assert keep({"isrc": [None, "", "XXF0126", float("nan"), 12]}) == [False] * 5
    assert keep({"isrc": [DENIED, ASKED, UNLISTED]}) == [True] * 3
    cells: list[Any] = [None, "", "XXF0126", 12, {}]
    for code in cells:
        assert keep({"isrc": code}) is False
    for sample in ({}, {"json": b"{"}, {"json": {"title": "x"}}, {"json": "[]"}):
        assert keep({"__key__": "a", **sample}) is False


def test_nothing_has_a_truth_value_that_is_no_answer(registry: Registry) -> None:
    keep, annotate = registry.keep(use=USE), registry.annotate(use=USE)
    for question in (keep, annotate):
        with pytest.raises(TypeError, match="call it with rows"):
            bool(question)
    with pytest.raises(TypeError, match="pass batched=True"):
        bool(keep({"isrc": [DENIED]}))
    # A list in one row looks like a batch, and may not be taken for a yes.
    with pytest.raises(TypeError, match="pass batched=True"):
        [*filter(keep, [{"isrc": [DENIED]}])]


def test_what_are_no_rows_is_refused(registry: Registry) -> None:
    keep = registry.keep(use=USE)
    for thing in (ALLOWED, [ALLOWED], None):
        with pytest.raises(TypeError, match="rows come as a dict"):
            keep(thing)
    with pytest.raises(ManifestError, match="its columns are 'id'"):
        keep({"id": [1]})
    with pytest.raises(ManifestError, match="its columns are 'id'"):
        keep({"id": 1})


def test_it_is_pickled_and_opens_the_copy_again(registry: Registry) -> None:
    keep = registry.keep(use=USE)
    assert keep({"isrc": CODES}) == KEPT
    again = unpickled(keep)
    assert again({"isrc": CODES}) == KEPT
    annotate = unpickled(registry.annotate(use=USE, column="code"))
    assert annotate({"code": [ALLOWED]})["sayso_status"] == ["allow"]


def test_it_stops_answering_once_the_copy_is_too_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry.open(written(tmp_path / "copy"))
    keep, annotate = registry.keep(use=USE), registry.annotate(use=USE)
    table = registry.screen(pa.table({"isrc": [ALLOWED]}).to_reader(), use=USE)
    assert keep({"isrc": ALLOWED})
    other = unpickled(keep)
    monkeypatch.setattr(asked, "now", lambda: NOW + timedelta(hours=24))
    for question in (keep, annotate, other):
        with pytest.raises(StaleError, match="run sayso sync"):
            question({"isrc": ALLOWED})
    with pytest.raises(StaleError, match="run sayso sync"):
        table.read_all()


def test_rows_are_annotated(registry: Registry) -> None:
    annotate = registry.annotate(use=USE)
    columns = annotate({"isrc": CODES})
    assert list(columns) == [*NAMES]
    rows = zip(*columns.values(), strict=True)
    assert [*rows] == [said for _, said in TEXTS]
    for code, said in TEXTS:
        assert tuple(annotate({"isrc": code}).values()) == said


def test_tables_and_batches_are_annotated_with_texts(registry: Registry) -> None:
    annotate = registry.annotate(use=USE)
    table = pa.table({"isrc": CODES})
    annotated = annotate(table)
    assert annotated.schema.names == ["isrc", *NAMES]
    assert set(annotated.schema.types) == {pa.string(), pa.bool_()}
    batches = annotate(iter(table.to_batches(max_chunksize=5)))
    assert pa.Table.from_batches(batches) == annotated


def test_siblings_of_rows_are_found(registry: Registry) -> None:
    ask: Any = {"use": USE, "siblings": True, "policy": "reservations"}
    keep, annotate = registry.keep(**ask), registry.annotate(**ask)
    row = {"isrc": UNLISTED, "title": "Slow River", "artist": "Mara Lindqvist"}
    assert keep(row) is False
    assert keep({**row, "title": "Another"}) is True
    assert annotate(row)["sayso_sibling"] == "deny"
    assert keep({name: [value] for name, value in row.items()}) == [False]
    assert keep({"__key__": "a", "json": row}) is False
    assert keep({"__key__": "a"}) is False


@pytest.mark.parametrize("kind", ["", "arrow", "numpy", "pandas", "polars"])
def test_a_dataset_of_hugging_face_is_filtered(
    registry: Registry, dataset: datasets.Dataset, kind: str
) -> None:
    keep = registry.keep(use=USE)
    formatted = dataset.with_format(kind) if kind else dataset
    kept = formatted.filter(keep, batched=True)
    assert wanted(kept.with_format(None)) == KEPT_IDS


def test_it_is_filtered_row_by_row_in_a_stream_and_by_many(
    registry: Registry, dataset: datasets.Dataset
) -> None:
    keep = registry.keep(use=USE)
    assert wanted(dataset.filter(keep)) == KEPT_IDS
    assert wanted(dataset.filter(keep, batched=True, num_proc=2)) == KEPT_IDS
    stream = dataset.to_iterable_dataset()
    assert wanted(stream.filter(keep)) == KEPT_IDS
    assert wanted(stream.filter(keep, batched=True)) == KEPT_IDS


@pytest.mark.usefixtures("dataset")
def test_lists_of_codes_are_kept_in_batches_only(registry: Registry) -> None:
    lists = datasets.Dataset.from_dict({"isrc": [[ALLOWED], [DENIED], []]})
    keep = registry.keep(use=USE)
    assert lists.filter(keep, batched=True)["isrc"][:] == [[ALLOWED]]
    with pytest.raises(TypeError, match="pass batched=True"):
        lists.filter(keep)


@pytest.mark.parametrize("kind", ["", "arrow", "pandas", "polars"])
def test_a_dataset_is_annotated_though_nothing_is_said_of_its_first_rows(
    registry: Registry, dataset: datasets.Dataset, kind: str
) -> None:
    annotate = registry.annotate(use=USE)
    formatted = dataset.with_format(kind) if kind else dataset
    annotated = formatted.map(annotate, batched=True).with_format(None)
    assert annotated.column_names == ["ISRC", "id", *NAMES]
    rows = [tuple(row[name] for name in NAMES) for row in annotated]
    assert rows[2000:] == [said for _, said in TEXTS]
    assert annotated.features["sayso_by"].dtype in {"string", "large_string"}


def tar_of(folder: Path, *, in_json: bool) -> str:
    """Return a tar as WebDataset reads it, with a sample for each code."""
    path = folder / "shard-000000.tar"
    with tarfile.open(path, "w") as tar:
        for place, code in enumerate(CODES):
            sidecar = {"isrc": code, "duration": 1.5} if in_json else {"title": "x"}
            members = {"json": json.dumps(sidecar).encode(), "flac": b"(audio)"}
            if not in_json and code is not None:
                members["isrc"] = code.encode()
            for name, data in members.items():
                member = tarfile.TarInfo(f"{place:03}.{name}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    return str(path)


leaves_files_open = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


def keys(samples: Any) -> list[int]:  # noqa: ANN401 - of WebDataset
    return [int(sample["__key__"]) for sample in samples]


@leaves_files_open
@pytest.mark.parametrize("in_json", [True, False])
@pytest.mark.parametrize("decoded", [True, False])
def test_samples_of_webdataset_are_selected(
    registry: Registry, tmp_path: Path, *, in_json: bool, decoded: bool
) -> None:
    samples = wds.WebDataset(tar_of(tmp_path, in_json=in_json), shardshuffle=False)
    if decoded:
        samples = samples.decode()
    kept = samples.select(registry.keep(use=USE))
    selected = keys(kept)
    gc.collect()
    assert selected == [place for place, is_kept in enumerate(KEPT) if is_kept]


@leaves_files_open
def test_samples_of_webdataset_are_annotated(
    registry: Registry, tmp_path: Path
) -> None:
    samples = wds.WebDataset(tar_of(tmp_path, in_json=True), shardshuffle=False)
    annotated = [*samples.map(registry.annotate(use=USE))]
    gc.collect()
    assert [tuple(row[name] for name in NAMES) for row in annotated] == [
        said for _, said in TEXTS
    ]
    assert {row["flac"] for row in annotated} == {b"(audio)"}


def test_the_code_may_be_deeper_in_the_json(registry: Registry) -> None:
    keep = registry.keep(use=USE)
    deep = {"external_ids": {"isrc": ALLOWED}, "title": "Open"}
    assert keep({"__key__": "a", "json": deep}) is True
    assert keep({"__key__": "a", "json": json.dumps(deep)}) is True
    assert keep({"__key__": "a", "json": {"isrc": [ALLOWED, DENIED]}}) is False
    large = json.dumps({"isrc": ALLOWED, "more": "x" * 2**20})
    assert keep({"__key__": "a", "json": large}) is False
    assert keep({"__key__": "a", "json": "[" * 100_000}) is False
    named = registry.keep(use=USE, column="code")
    assert named({"__key__": "a", "json": {"isrc": DENIED, "code": ALLOWED}}) is True
    assert named({"__key__": "a", "json": {"isrc": ALLOWED}}) is False
