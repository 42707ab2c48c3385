"""Go's own library for transparency logs reads ours, and we read what it makes."""

import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from sayso.trust.log import check_inclusion, open_checkpoint
from sayso.wire.log_policy import Log, LogPolicy
from sayso.wire.log_proof import LogProof, encode_log_proof
from sayso.wire.merkle import Hash, check_consistency, prove_consistency
from sayso.wire.note import format_verifier_key, parse_verifier_key
from sayso.wire.tiles import tile_path, tiles_between
from tests.conftest import NeedsTool
from tests.logs import LOG, WITNESSES, GrowingLog, log_of
from tests.readers.golang import build_go

Job: TypeAlias = dict[str, Any]

PROGRAM = Path(__file__).with_name("sumdb.go")
OLD = 259
TREE = log_of(OLD)
TREE.add(*(b"later entry %d\n" % number for number in range(300)))


def text_of(data: bytes | bytearray) -> str:
    return b64encode(data).decode()


def job_of(log: GrowingLog, *, old: int) -> Job:
    """Return everything that our code says of a log and its growth."""
    growth = prove_consistency(log.hash_of(), old, log.size)
    witness = WITNESSES[0].key
    return {
        "LogKey": format_verifier_key(LOG),
        "Witness": {"Name": witness.name, "Key": text_of(witness.key)},
        "Entries": [*map(text_of, log.entries)],
        "Proofs": [
            encode_log_proof(log.proof(index, 1)).decode() for index in range(log.size)
        ],
        "Old": old,
        "Growth": [*map(text_of, growth)],
        "Tiles": {tile_path(tile): text_of(log.tiles[tile]) for tile in log.tiles},
        "Name": "go.example/log",
    }


@pytest.fixture(scope="session")
def sumdb(tmp_path_factory: pytest.TempPathFactory, needs_tool: NeedsTool) -> Path:
    """Return the program, built anew."""
    return build_go(PROGRAM, tmp_path_factory.mktemp("sumdb"), needs_tool)


def run(program: Path, job: Job) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program], input=json.dumps(job), capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="session")
def said(sumdb: Path) -> dict[str, Any]:
    """Return what Go says of a log, after it has checked all that we say of it."""
    done = run(sumdb, job_of(TREE, old=OLD))
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def exchange_hashes(job: Job) -> None:
    job["Growth"].reverse()


def exchange_proofs(job: Job) -> None:
    job["Proofs"][0] = job["Proofs"][1].replace("index 1", "index 0")


def change_entry(job: Job) -> None:
    job["Entries"][4] = text_of(b"another entry")


def change_tile(job: Job) -> None:
    job["Tiles"]["tile/0/000.p/5"] = text_of(bytes(5 * 32))


def change_time(job: Job) -> None:
    """Let the witness have seen the checkpoint a second later."""
    head, line = job["Proofs"][0].split("— witness1.example ")
    data = bytearray(b64decode(line))
    data[4 + 7] += 1
    job["Proofs"][0] = f"{head}— witness1.example {text_of(data)}\n"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (exchange_hashes, "invalid transparency proof"),
        (exchange_proofs, "invalid transparency proof"),
        (change_entry, "another tree"),
        (change_tile, "another tile tile/0/000.p/5"),
        (change_time, "invalid signature for key witness1.example"),
    ],
)
def test_go_refuses_what_was_changed(
    sumdb: Path, change: Callable[[Job], None], why: str
) -> None:
    """So that its silence about what was not changed says something."""
    job = job_of(log_of(5), old=3)
    assert run(sumdb, job).returncode == 0
    change(job)
    done = run(sumdb, job)
    assert done.returncode != 0
    assert why in done.stderr


def test_go_has_the_same_tiles(said: dict[str, Any]) -> None:
    """Go lists a partial tile in all its widths up to the last; we list the last."""
    old, new = (
        {path.partition(".p/")[0]: path for path in said[size]}.values()
        for size in ("Old", "New")
    )
    assert [*new] == [*map(tile_path, tiles_between(0, TREE.size))]
    ours = [*map(tile_path, tiles_between(OLD, TREE.size))]
    assert ours == [path for path in new if path not in {*old}]


def test_we_open_a_checkpoint_of_go(said: dict[str, Any]) -> None:
    key = parse_verifier_key(said["Key"])
    assert format_verifier_key(key) == said["Key"]
    policy = LogPolicy(logs=(Log(key=key),), witnesses=(), groups=(), quorum=None)
    checkpoint = open_checkpoint(said["Note"].encode(), policy).checkpoint
    ours = TREE.checkpoint()
    assert checkpoint.origin == "go.example/log"
    assert (checkpoint.size, checkpoint.root) == (ours.size, ours.root)
    for index, hashes in enumerate(said["Proofs"]):
        proof = LogProof(
            index=index,
            hashes=tuple(Hash(b64decode(each)) for each in hashes),
            checkpoint=said["Note"].encode(),
        )
        check_inclusion(TREE.entries[index], proof, policy)
        assert proof.hashes == TREE.proof(index).hashes


def test_we_check_how_a_log_of_go_grew(said: dict[str, Any]) -> None:
    growth = [Hash(b64decode(each)) for each in said["Growth"]]
    old, new = log_of(OLD).checkpoint(), TREE.checkpoint()
    check_consistency(old.size, old.root, new.size, new.root, growth)
    assert tuple(growth) == prove_consistency(TREE.hash_of(), OLD, TREE.size)
