"""The machine of a reader: its clock, its disk, its settings, and who else uses it."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from click.testing import CliRunner

from sayso.cli import main
from sayso.errors import FetchError, RegistryError, StaleError, UntrustedError
from sayso.wire.places import FIRST_ROOT
from tests.attacks.scene import ALLOW, DAY, DENY, HOUR, START, USE, Reader, Scene, said
from tests.attacks.thief import Thief, again, all_allowed, false_release, registry

WORLD = registry(2)
ROOT = WORLD.roots[0]
OLD = registry(1)
THIEF = registry(1, first=301)
"""Another registry: whoever runs it looks like the real one, but for its root."""


@pytest.fixture
def reader(scene: Scene) -> Reader:
    """Somebody who saw the second release."""
    scene.show(WORLD.files)
    found = scene.reader(ROOT)
    assert found.verdict() == DENY
    return found


def test_a_clock_is_slow(scene: Scene) -> None:
    scene.show(WORLD.files)
    reader = scene.reader(ROOT, clock=START)
    reader.refuses(
        StaleError, "issued in the future", "the clock of this machine is wrong"
    )
    reader.clock = START + HOUR - timedelta(minutes=5)
    assert reader.number() == 2  # clocks may disagree by five minutes


def test_a_clock_is_fast(scene: Scene) -> None:
    scene.show(WORLD.files)
    reader = scene.reader(ROOT, clock=START + 4 * DAY)
    reader.refuses(StaleError, "timestamp.json expired", "by this machine's clock")
    reader.clock = None
    assert reader.verdict() == DENY


def test_a_clock_is_put_back_to_when_an_old_state_was_new(
    reader: Reader, scene: Scene
) -> None:
    """Who saw more is not fooled; a new reader has nothing but the clock."""
    scene.show(OLD.files)
    reader.clock = START
    reader.refuses(UntrustedError, "went back")
    assert scene.reader(ROOT, clock=START).number() == 1


def test_what_was_seen_is_damaged(reader: Reader) -> None:
    """A bit anywhere: refused, or the very same answer."""
    data = reader.kept.read_bytes()
    refused = 0
    for place in range(5, len(data), len(data) // 23):
        changed = bytearray(data)
        changed[place] ^= 1
        reader.kept.write_bytes(bytes(changed))
        result = reader.ask(f"--use={USE}")
        assert result.exit_code in {DENY, 40}, result.output
        if result.exit_code == 40:
            assert result.stdout == ""
            assert "is damaged" in said(result)
            assert "Delete it to begin anew" in said(result)
            refused += 1
    assert refused > 15


@pytest.mark.parametrize("data", [b"", b"{}", b"{" * 5000, bytes(100), b"\xff" * 100])
def test_what_was_seen_is_overwritten(reader: Reader, data: bytes) -> None:
    reader.kept.write_bytes(data)
    reader.refuses(RegistryError, "is damaged", "an older state", "not be noticed")
    assert reader.kept.read_bytes() == data
    reader.kept.unlink()
    assert reader.verdict() == DENY


def test_what_was_seen_is_replaced_by_that_of_another_registry(
    reader: Reader, scene: Scene
) -> None:
    scene.show(THIEF.files)
    other = scene.reader(THIEF.roots[0])
    other.number()
    reader.kept.write_bytes(other.kept.read_bytes())
    reader.refuses(UntrustedError, "is damaged")


def test_what_was_seen_is_forgotten(reader: Reader, scene: Scene) -> None:
    """Whoever writes to the disk makes a reader a new one, whom 72 hours bound."""
    scene.show(OLD.files)
    old = scene.reader(ROOT)
    assert old.number() == 1
    known = old.kept.read_bytes()
    for data in (None, known):
        reader.kept.unlink()
        if data is not None:
            reader.kept.write_bytes(data)
        assert reader.number() == 1
        reader.clock = START + 3 * DAY
        reader.fails()
        reader.clock = None
    scene.show(WORLD.files)
    assert reader.number() == 2


def test_a_bit_of_the_pinned_root_is_altered(reader: Reader) -> None:
    data = reader.pinned.read_bytes()
    for place in range(0, len(data), len(data) // 23):
        changed = bytearray(data)
        changed[place] ^= 1
        reader.pinned.write_bytes(bytes(changed))
        result = reader.ask(f"--use={USE}")
        assert result.exit_code in {2, 40}, result.output
        assert result.stdout == ""
        assert "sayso" in said(result)
    reader.pinned.write_bytes(data)
    assert reader.verdict() == DENY


def test_a_package_comes_with_another_root(scene: Scene) -> None:
    """Not withstood: who chooses the root chooses the registry. Compare its SHA-256."""
    taken = again(THIEF)
    taken.release(all_allowed(START + HOUR))
    scene.show(taken.files)
    victim = scene.reader(taken.roots[0])
    assert victim.verdict() == ALLOW
    shown = " ".join(victim.ask().stdout.split())
    assert f"newest by the root {taken.roots[0].digest[:16]}" in shown
    assert ROOT.digest[:16] not in shown
    # Nor does such a reader believe the real registry, and so it comes out.
    scene.show(WORLD.files)
    victim.refuses(UntrustedError)


def test_a_registry_offers_its_own_root(scene: Scene) -> None:
    """What lies at the registry is a copy for convenience, and never asked for."""
    scene.show(THIEF.files)
    assert FIRST_ROOT in THIEF.files
    scene.reader(ROOT).refuses(UntrustedError)
    assert not any(FIRST_ROOT in path for path in scene.site.asked)
    reader = scene.reader(ROOT)
    words = reader.words()
    words[words.index(f"--root={reader.pinned}")] = (
        f"--root={scene.site.address}/{FIRST_ROOT}"
    )
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not a root" in said(result)


def test_no_root_is_pinned(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAYSO_ROOT", raising=False)
    words = [word for word in reader.words() if not word.startswith("--root")]
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stdout) == (40, "")
    assert "give it with --root FILE" in said(result)


def test_several_processes_ask_at_once(scene: Scene) -> None:
    """One store for all of them: each waits for its turn, and none is lost."""
    scene.show(WORLD.files)
    reader = scene.reader(ROOT)
    words = [sys.executable, "-m", "sayso", *reader.words(f"--use={USE}")]
    running = [
        subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for each in running:
        out, error = each.communicate()
        assert each.returncode == DENY, error
        assert out
    assert reader.verdict() == DENY
    names = sorted(path.name for path in reader.store.iterdir())
    stem = reader.kept.name
    kept = reader.kept.with_suffix(".registry.json").name
    assert names == sorted([stem, f"{stem}.lock", kept])


def test_there_is_no_place_to_remember(scene: Scene) -> None:
    """Whoever fills the disk gets no answer out of it, rather than a forgetful one."""
    scene.show(WORLD.files)
    reader = scene.reader(ROOT)
    words = reader.words(f"--use={USE}")
    (reader.folder / "full").write_bytes(b"")
    words[words.index(f"--store={reader.store}")] = f"--store={reader.folder}/full/on"
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, result.stdout) == (40, "")
    assert "say where else to keep what was seen, with --store" in said(result)


def test_a_pipe_lies_where_a_file_should_be(reader: Reader) -> None:
    """It would be waited for without end."""
    reader.pinned.unlink()
    os.mkfifo(reader.pinned)
    assert reader.ask().exit_code == 2
    reader.pinned.unlink()
    reader.pinned.write_bytes(ROOT.data)
    reader.kept.unlink()
    os.mkfifo(reader.kept)
    result = reader.ask()
    assert (result.exit_code, result.stdout) == (40, "")
    assert "is not a file" in said(result)


def test_a_proxy_is_set(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is one more host between; of this machine itself it is not asked."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert reader.verdict() == DENY


def test_a_thief_who_was_believed_once_stays_in_what_was_seen(
    reader: Reader, scene: Scene
) -> None:
    """A false release is kept like a true one; the next root and release end it."""
    data, others = false_release(WORLD)
    thief = Thief(world=WORLD, keys=frozenset({"log", "online", "releases"}))
    scene.show(thief.publish(data, others))
    assert reader.verdict() == ALLOW
    scene.show({})
    reader.refuses(FetchError)
    honest = again(thief.world)
    honest.rotate(401)
    honest.release()
    scene.show(honest.files)
    assert reader.verdict() == DENY
