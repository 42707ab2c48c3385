"""The stage about builds that are killed: the old release must stay whole."""

import hashlib
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

from tests.bench.measure import ROOT, CommandError
from tests.bench.report import Row
from tests.bench.repository import head, restore
from tests.bench.setting import Setting, child, number

_KILLS = 12
_EXPECTED = {"registry", "wanted", "keys", "cache", ".registry.lock", ".wanted.lock"}


def kill(setting: Setting) -> list[Row]:
    """Kill builds at random moments; what is published is one release or the other.

    Raises:
        CommandError: it is neither, or the next build does not mend what is left.
    """
    registry, facts = setting.registry()
    start = head(registry)
    place = setting.fresh("kill")
    setting.build(registry, place / "registry")
    try:
        child("tests.bench.changes", str(registry), "--count", "1000")
        full = setting.build(registry, place / "wanted", hour=1)
        survived = _survive(setting, registry, place, full.wall)
    finally:
        restore(registry, start)
    left = {path.name for path in place.iterdir()} - _EXPECTED
    return [
        Row(
            stage=f"{_KILLS} builds killed by SIGKILL at random points",
            seconds=full.wall,
            recordings=int(number(facts, "recordings")),
            ratios={f"times the {name} release": n for name, n in survived.items()},
            target="the old release or the new one, whole; the next build mends",
            missing=f"left behind: {', '.join(sorted(left))}" if left else "",
        )
    ]


def _survive(
    setting: Setting, registry: Path, place: Path, seconds: float
) -> dict[str, int]:
    """Kill builds, and return how often which release was there afterwards."""
    out, backup = place / "registry", setting.fresh("kill-backup") / "registry"
    shutil.copytree(out, backup)
    old, new = digest_of(out), digest_of(place / "wanted")
    command = setting.build_command(registry, out, hour=1)
    rng = np.random.default_rng(setting.seed)
    survived = {"old": 0, "new": 0}
    for _ in range(_KILLS):
        _run_and_kill(command, float(rng.uniform(0, seconds)))
        now = digest_of(out)
        if now not in {old, new}:
            raise CommandError(f"a killed build left neither release in {out}")
        survived["old" if now == old else "new"] += 1
        if now == new:
            shutil.rmtree(out)
            shutil.copytree(backup, out)
    setting.build(registry, out, hour=1)
    if digest_of(out) != new:
        raise CommandError("the build after the killed ones made another release")
    return survived


def digest_of(folder: Path) -> str:
    """Return one digest of all files of a folder, by path."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(folder)} {content}\n".encode())
    return digest.hexdigest()


def _run_and_kill(command: list[str], seconds: float) -> None:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
