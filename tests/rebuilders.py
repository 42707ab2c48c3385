"""Registries with some releases and their repository, for whoever makes them again."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result

from sayso.cli import main
from sayso.wire.text import format_time
from tests.declared import (
    FACTS,
    FERNWOOD,
    HARROW,
    MARA,
    Texts,
    declaration,
    put,
    recordings,
)

ONE, TWO, THREE, FOUR = (f"XXF0126{number:05}" for number in range(1, 5))
SONGS = f"isrc,title,artist\n{THREE},Slow River,Mara\n{FOUR},Low Tide,Mara\n"
DENY = declaration("{any-ai: deny}", recordings(ONE, TWO))
STEPS: tuple[Texts, ...] = (
    {f"{FERNWOOD}/catalogue.yaml": DENY},
    {
        f"{FERNWOOD}/catalogue.yaml": DENY,
        f"{HARROW}/range.yaml": declaration("{any-ai: deny}", "prefix: XXF02"),
        f"{MARA}/songs.yaml": declaration(
            "{search: deny}", "catalogue: {file: songs.csv}"
        ),
        f"{MARA}/songs.csv": SONGS,
    },
    {
        f"{FERNWOOD}/catalogue.yaml": declaration(
            "{any-ai: deny}", recordings(ONE, THREE)
        ),
        f"{HARROW}/range.yaml": declaration("{search: deny}", "prefix: XXF02"),
    },
)
"""Owners say something, then more, then take some of it back."""

TEAM = {"profile": "team", "root": 3, "targets": 3, "releases": 1, "needed": 2}
INSTITUTION = {
    "profile": "institution",
    "root": 5,
    "targets": 3,
    "releases": 2,
    "needed": 3,
}


def run(*arguments: object, code: int = 0) -> Result:
    """Run a command, and check how it ends."""
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert "fault in sayso" not in result.output, result.output
    assert result.exit_code == code, result.output
    return result


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder, as somebody whose name does not matter."""
    names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    environment = {**os.environ, **{f"GIT_{name}": "t@t.example" for name in names}}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def moment(hours: int) -> str:
    """Return a moment so many hours before now."""
    now = datetime.now(UTC).replace(microsecond=0)
    return format_time(now - timedelta(hours=hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody who runs a registry in a folder.

    Attributes:
        folder: with `source/`, `keys/`, `trust/`, `ledger/`, `out/` and `host/`.
    """

    folder: Path

    def at(self, path: str) -> Path:
        return self.folder / path

    @property
    def source(self) -> Path:
        """The Git repository."""
        return self.at("source")

    @property
    def out(self) -> Path:
        """Where releases are built."""
        return self.at("out/registry")

    @property
    def host(self) -> Path:
        """Where all is that was ever published."""
        return self.at("host")

    @property
    def root(self) -> Path:
        """What is pinned."""
        return self.at("trust/1.root.json")

    @property
    def ledger(self) -> list[object]:
        return ["--ledger", self.at("ledger"), "--trust", self.at("trust")]

    def hold(self, kind: dict[str, object]) -> "Operator":
        """Make all keys, and let the holders sign the first root and targets."""
        self.at("keys").mkdir(parents=True)
        self.at("holders").mkdir()
        options: list[object] = []
        for role in ("root", "targets", "releases"):
            for number in range(int(str(kind[role]))):
                holder = self.at("holders") / f"{number}"
                if role == "releases":
                    holder = self.at("keys") / ("releases", "second")[number]
                if not holder.with_suffix(".pem").exists():
                    run("trust", "key", holder)
                options += [f"--{role}", holder.with_suffix(".pub")]
        for name in ("log", "minisign", "online"):
            run("trust", "key", self.at("keys") / name)
            options += [f"--{name}", self.at("keys") / f"{name}.pub"]
        options += ["--profile", kind["profile"], "--origin", "x.example/log"]
        run("trust", "init", "--folder", self.at("trust"), *options)
        for name in ("1.root.json", "1.targets.json"):
            for number in range(int(str(kind["needed"]))):
                key = self.at("holders") / f"{number}.pem"
                path = self.at("trust") / name
                if name == "1.root.json" or number < 2:
                    run("trust", "sign", path, "--key", key, "--yes")
        return self

    def declare(self, texts: Texts) -> None:
        """Commit these declarations and no others."""
        folder = self.source / "declarations"
        put(folder, {**FACTS, **texts}, alone=True)
        if not (self.source / ".git").exists():
            git(self.source, "init", "--quiet", "--initial-branch=main")
        git(self.source, "add", "declarations")
        git(self.source, "commit", "--quiet", "--allow-empty", "--message=change")

    def build(self, *arguments: object) -> None:
        where = ["--declarations", self.source / "declarations", "--out", self.out]
        run("build", "--operator", "--no-site", *where, *self.ledger, *arguments)

    def seal(self, *arguments: object, code: int = 0) -> Result:
        keys = ["--keys", self.at("keys")]
        return run("seal", self.out, *self.ledger, *keys, *arguments, code=code)

    def publish(self) -> None:
        """Copy what is sealed to the host, where nothing is taken away."""
        shutil.copytree(self.out, self.host, dirs_exist_ok=True)

    def release(self, texts: Texts, hours: int, *how: str) -> None:
        """Build, seal and publish a release."""
        self.declare(texts)
        is_first = not self.host.exists()
        before = ["--genesis"] if is_first else ["--previous", self.host]
        self.build(*(how or before), "--time", moment(hours))
        genesis = ["--genesis"] if is_first else []
        self.seal("--time", moment(hours), *genesis)
        self.publish()

    def rebuild(self, *arguments: object, code: int = 0) -> Result:
        where = ["--root", self.root, "--repository", self.source]
        return run("rebuild", *where, *arguments, code=code)


def operator(folder: Path) -> Operator:
    """Return who has published three releases."""
    made = Operator(folder=folder).hold(TEAM)
    for number, texts in enumerate(STEPS):
        made.release(texts, 9 - number)
    return made
