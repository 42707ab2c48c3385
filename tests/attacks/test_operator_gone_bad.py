"""The operator with all keys, who says one thing to some and another to others."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.errors import RewrittenError, UntrustedError
from sayso.trust.log import open_checkpoint
from sayso.trust.private_keys import write_private_key
from sayso.wire.places import CHECKPOINT
from tests.attacks.scene import ALLOW, DENY, HOUR, START, Reader, Scene, said
from tests.attacks.thief import (
    Registry,
    again,
    all_allowed,
    log_policy,
    registry,
)
from tests.logs import WITNESS_KEYS, WITNESSES
from tests.registries import LISTED, Document, registry_document, with_counts

WORLD = registry(2)
ROOT = WORLD.roots[0]


def other_history(number: int = 2) -> Registry:
    """Return the same keys with another history from the second release on."""
    world = again(registry(1))
    for count in range(1, number):
        world.release(all_allowed(START + count * HOUR))
    world.tuf.timestamp()
    world.files |= world.tuf.files()
    return world


def monitor(reader: Reader, state: Path, *more: str) -> Result:
    place = [f"--registry={reader.address}", f"--root={reader.pinned}"]
    result = CliRunner().invoke(main, ["monitor", f"--state={state}", *place, *more])
    assert "fault in sayso" not in result.output, result.output
    return result


def less(document: Document, isrc: str) -> Document:
    changed = deepcopy(document)
    rows = changed["recordings"]
    changed["recordings"] = [row for row in rows if row["isrc"] != isrc]
    return with_counts(changed)


@pytest.mark.parametrize("number", [2, 3])
def test_an_operator_rewrites_history(scene: Scene, number: int) -> None:
    """Every key signs it, and the log is as long or longer."""
    scene.show(WORLD.files)
    reader = scene.reader(ROOT)
    assert reader.verdict() == DENY
    scene.show(other_history(number).files)
    reader.refuses(RewrittenError, "contradicts itself", "keep both, and show them")
    # A new reader has nothing to compare with.
    assert scene.reader(ROOT).verdict() == ALLOW
    scene.show(WORLD.files)
    assert reader.verdict() == DENY


def test_an_operator_takes_a_release_back(scene: Scene) -> None:
    scene.show(WORLD.files)
    reader = scene.reader(ROOT)
    assert reader.number() == 2
    shorter = again(registry(1))
    for _ in range(3):
        shorter.tuf.timestamp()
        shorter.tuf.snapshot()
    scene.show({**shorter.files, **shorter.tuf.files()})
    reader.refuses(UntrustedError, "went back")


def test_an_operator_shows_two_histories_to_two_readers(
    scene: Scene, tmp_path: Path
) -> None:
    """Each reader is content; whoever compares has a proof that anybody can check."""
    honest, lying = WORLD, other_history()
    scene.show(honest.files)
    creator = scene.reader(ROOT)
    assert creator.verdict() == DENY
    assert monitor(creator, tmp_path / "seen").exit_code == 0
    scene.show(lying.files)
    company = scene.reader(ROOT)
    assert company.verdict() == ALLOW
    found = monitor(company, tmp_path / "seen")
    assert (found.exit_code, found.stdout) == (40, "")
    assert "contradicts itself" in said(found)
    assert "Both are kept in" in said(found)
    (evidence,) = tmp_path.glob("seen.*.evidence.json")
    texts = json.loads(evidence.read_bytes())["checkpoints"]
    both = [open_checkpoint(text.encode(), log_policy()).checkpoint for text in texts]
    assert both[0].origin == both[1].origin
    assert both[0].size == both[1].size
    assert both[0].root != both[1].root


def test_an_operator_shows_monitors_another_log_than_readers(
    scene: Scene, tmp_path: Path
) -> None:
    """The log is honest, and what readers are led to is not in it."""
    lying, honest = other_history(), WORLD
    log = {path: data for path, data in honest.files.items() if path.startswith("log/")}
    scene.show({**lying.files, **log})
    reader = scene.reader(ROOT)
    assert reader.verdict() == ALLOW
    found = monitor(reader, tmp_path / "seen")
    assert (found.exit_code, found.stdout) == (40, "")
    assert "contradicts itself" in said(found)
    assert [*tmp_path.glob("seen.*.evidence.json")]


def test_an_operator_drops_a_declaration_quietly(scene: Scene, tmp_path: Path) -> None:
    """Signed and logged as it should be; whoever watches the code is told."""
    scene.show(WORLD.files)
    reader, state = scene.reader(ROOT), tmp_path / "seen"
    assert monitor(reader, state, f"--watch={LISTED}").exit_code == 0
    dropped = again(WORLD)
    dropped.release(less(registry_document(START + 2 * HOUR), LISTED))
    scene.show(dropped.files)
    found = monitor(reader, state, f"--watch={LISTED}")
    assert found.exit_code == 1
    told = " ".join(found.stdout.split())
    assert f"{LISTED} in release 3" in told
    assert "recordings 3 (-1)" in told


def test_an_operator_asks_a_witness_to_cosign_another_history(
    scene: Scene, tmp_path: Path
) -> None:
    """A witness keeps what it cosigned, and gives its name to nothing else."""
    write_private_key(tmp_path / "witness.pem", WITNESS_KEYS[0])
    out = tmp_path / "cosigned"
    witness = [
        f"--cosign={tmp_path / 'witness.pem'}",
        f"--name={WITNESSES[0].key.name}",
        f"--out={out}",
    ]
    scene.show(WORLD.files)
    reader, state = scene.reader(ROOT), tmp_path / "seen"
    assert monitor(reader, state, *witness).exit_code == 0
    assert WITNESSES[0].key.name.encode() in out.read_bytes()
    before = out.read_bytes()
    scene.show(other_history().files)
    found = monitor(reader, state, *witness)
    assert found.exit_code == 40
    assert "contradicts itself" in said(found)
    assert out.read_bytes() == before


def test_an_operator_hides_entries_from_monitors(scene: Scene, tmp_path: Path) -> None:
    """A checkpoint without the tiles below it proves nothing."""
    scene.show(WORLD.files)
    reader, state = scene.reader(ROOT), tmp_path / "seen"
    assert monitor(reader, state).exit_code == 0
    grown = again(WORLD).release()
    hidden = [path for path in grown.files if path.startswith("log/tile")]
    scene.show({p: data for p, data in grown.files.items() if p not in hidden})
    found = monitor(reader, state)
    assert (found.exit_code, found.stdout) == (40, "")
    assert "is not there" in said(found)
    # Whoever saw less also needs the tiles: nobody believes growth without a proof.
    scene.show(WORLD.files)
    other = scene.reader(ROOT)
    assert other.number() == 2
    scene.show({p: data for p, data in grown.files.items() if p not in hidden})
    other.fails()


def test_an_operator_enters_a_release_into_the_log_and_shows_none(
    scene: Scene, tmp_path: Path
) -> None:
    """A release that only some are to see is in the log for all."""
    scene.show(WORLD.files)
    reader, state = scene.reader(ROOT), tmp_path / "seen"
    assert monitor(reader, state).exit_code == 0
    secret = again(WORLD).release(all_allowed(START + 2 * HOUR))
    log = {path: data for path, data in secret.files.items() if path.startswith("log/")}
    scene.show({**WORLD.files, **log})
    assert CHECKPOINT in log
    assert reader.verdict() == DENY
    told = monitor(reader, state)
    assert "Release 3 of" in " ".join(told.output.split())
