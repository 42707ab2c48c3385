"""Where a benchmark works, and how it calls what it measures."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp

from sayso.wire.text import format_time
from tests.bench.measure import Measured, measure, module
from tests.bench.operator import KEYS, TRUST, establish

_FIRST = datetime(2026, 6, 1, tzinfo=UTC)

Facts = dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What was asked for.

    Attributes:
        work: a folder for everything that is made; registries in it are used again.
        recordings: how many the registry has.
        repeat: how often each figure is measured.
    """

    work: Path
    recordings: int
    repeat: int = 1
    seed: int = 1
    distribution: str = ""

    def registry(self, recordings: int | None = None) -> tuple[Path, Facts]:
        """Return a registry of a size, and what is in it; it is made when needed."""
        size = self.recordings if recordings is None else recordings
        folder = self.work / f"registry-{size}"
        arguments = [str(folder), "--recordings", str(size), "--seed", str(self.seed)]
        if self.distribution:
            arguments += ["--distribution", self.distribution]
        return folder, child("tests.bench.registries", *arguments)[1]

    def fresh(self, name: str) -> Path:
        """Return an empty folder; what stood there is deleted by `tidy`.

        A file system gives new files no places that were freed shortly before, and
        looks for others: what is measured next would pay for a deletion.
        """
        folder = self.work / name
        if folder.exists():
            self._retired.mkdir(exist_ok=True)
            folder.rename(Path(mkdtemp(dir=self._retired)) / name)
        folder.mkdir(parents=True)
        return folder

    def tidy(self) -> None:
        """Delete what `fresh` has put aside."""
        shutil.rmtree(self._retired, ignore_errors=True)

    @property
    def _retired(self) -> Path:
        return self.work / "retired"

    @cached_property
    def operator(self) -> Path:
        """Who signs: with a development key, every release is a first one."""
        folder = self.work / "operator"
        establish(folder)
        return folder

    @cached_property
    def options(self) -> str:
        """The help of `sayso build`: it says which options there are."""
        return measure(module("sayso", "build", "--help")).output

    def build(
        self, registry: Path, out: Path, *more: str, hour: int = 0, check: bool = True
    ) -> Measured:
        """Build a release into a folder, without its site.

        Args:
            registry: a generated one.
            out: where to; what the build keeps for the next one lies beside it.
            more: further options.
            hour: when the release is issued, in hours after the first.
            check: whether a failure is an error.
        """
        return measure(self.build_command(registry, out, *more, hour=hour), check=check)

    def build_command(
        self, registry: Path, out: Path, *more: str, hour: int = 0
    ) -> list[str]:
        """Return the command that `build` runs."""
        options = ["--declarations", str(registry / "declarations"), "--out", str(out)]
        options += ["--no-site", "--time", _time(hour)]
        if "--cache" in self.options:
            options += ["--cache", str(out.parent / "cache")]
        return module("sayso", "build", *options, *more)

    def shares(
        self, registry: Path, out: Path, *more: str, hour: int = 0
    ) -> tuple[Measured, Facts]:
        """Build likewise, and return what took how long."""
        places = (str(registry / "declarations"), str(out), "--time", _time(hour))
        return child("tests.bench.shares", *places, *more)

    def operated(self, out: Path, *, follows: bool = False) -> Sequence[str]:
        """Return the options of an operator's release.

        Args:
            out: where to; the ledger lies beside it.
            follows: whether it goes on from the release in `out`, or is the first.
        """
        way = ["--previous", str(out)] if follows else ["--genesis"]
        return ["--operator", *way, *self._ledger(out)]

    def seal(self, out: Path, *, follows: bool = False) -> Measured:
        """Enter a release that was built into the log of its ledger, and sign it.

        That is done now, whenever the release was issued: its timestamp is fresh.
        """
        keys = ["--keys", str(self.operator / KEYS)]
        genesis = [] if follows else ["--genesis"]
        options = (*self._ledger(out), *keys, *genesis)
        return measure(module("sayso", "seal", str(out), *options))

    def _ledger(self, out: Path) -> Sequence[str]:
        ledger, trust = out.parent / "ledger", self.operator / TRUST
        return ["--ledger", str(ledger), "--trust", str(trust)]


def _time(hour: int) -> str:
    return format_time(_FIRST + timedelta(hours=hour))


def child(name: str, *arguments: str) -> tuple[Measured, Facts]:
    """Run a module that reports on its last line, and return what it says."""
    done = measure(module(name, *arguments))
    facts: Facts = json.loads(done.output.splitlines()[-1])
    return done, facts


def number(facts: Facts, name: str) -> float:
    """Return a number of a report."""
    value = facts[name]
    assert isinstance(value, int | float), name
    return value
