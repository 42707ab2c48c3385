"""Measuring a command as a child: wall and CPU time, peak memory, bytes out.

The peak is read from /proc while the child runs: what wait4 says of it would begin
with the memory of whoever started the child.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
_EVERY = 0.02
_KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How a command went.

    Attributes:
        wall, cpu: seconds; `cpu` is user and system, children included.
        peak: bytes of memory in use at most, by all of its processes.
        output: what it wrote to standard output.
    """

    wall: float
    cpu: float
    peak: int
    code: int
    output: str
    error: str


class CommandError(Exception):
    """A command that is measured failed."""


def measure(
    command: Sequence[str], *, check: bool = True, cwd: Path = ROOT
) -> Measured:
    """Run a command to its end.

    Raises:
        CommandError: it failed, and `check` is set.
    """
    begun = time.perf_counter()
    child = subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    watch = _Watch(child.pid)
    watch.start()
    read = _Reader(child)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begun
    child.returncode = code = os.waitstatus_to_exitcode(status)
    watch.stop()
    output, error = read.texts()
    if check and code:
        raise CommandError(f"{' '.join(command)} ended with {code}:\n{error[-2000:]}")
    return Measured(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=watch.peak,
        code=code,
        output=output,
        error=error,
    )


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module with this Python."""
    return [sys.executable, "-m", name, *arguments]


def number_of(text: str) -> int:
    """Return the number that people write as 300k, 1M or 1000000."""
    units = {"k": 1_000, "m": 1_000_000}
    unit = units.get(text[-1:].lower())
    return int(text) if unit is None else int(float(text[:-1]) * unit)


def bytes_below(folder: Path) -> tuple[int, int]:
    """Return how many bytes and how many files a folder holds."""
    sizes = [
        entry.stat().st_size
        for entry in folder.rglob("*")
        if entry.is_file() and not entry.is_symlink()
    ]
    return sum(sizes), len(sizes)


class _Watch(threading.Thread):
    """Looks at the memory of a process and its children until stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_EVERY):
            family = _family(self._pid)
            together = sum(_memory(pid, "VmRSS:") for pid in family)
            alone = max((_memory(pid, "VmHWM:") for pid in family), default=0)
            self.peak = max(self.peak, together, alone)

    def stop(self) -> None:
        self._ended.set()
        self.join()


class _Reader:
    """Takes what a child writes, so that it never waits for a full pipe."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._texts = {"out": b"", "err": b""}
        self._threads = [
            threading.Thread(target=self._read, args=(name, pipe), daemon=True)
            for name, pipe in (("out", child.stdout), ("err", child.stderr))
            if pipe is not None
        ]
        for thread in self._threads:
            thread.start()

    def texts(self) -> tuple[str, str]:
        for thread in self._threads:
            thread.join()
        out, err = (
            self._texts[name].decode(errors="replace") for name in ("out", "err")
        )
        return out, err

    def _read(self, name: str, pipe: IO[bytes]) -> None:
        with pipe:
            self._texts[name] = pipe.read()


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        # A process may end at any moment while it is looked at.
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (task / "children").read_text("ascii").split())
    return found


def _memory(pid: int, name: str) -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return 0
    for line in text.splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * _KIB
    return 0
