"""An operator with keys, holders and a ledger, who uses the command as people do."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from sayso.cli import main

ONLINE = ("log", "minisign", "online", "releases")
PROFILES = {"solo": ("here", "there"), "team": ("mara", "noor", "ines")}
NEEDED = {"solo": 1, "team": 2}


def git(folder: Path, *arguments: str) -> str:
    """Run Git in a folder, as somebody whose name does not matter."""
    names = ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL")
    environment = {**os.environ, **{f"GIT_{name}": "t@t.example" for name in names}}
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(folder: Path) -> None:
    """Commit the declarations of a folder, whose repository is made if need be."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "declarations")
    git(folder, "commit", "--quiet", "--allow-empty", "--message=change")


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who runs a registry in a folder.

    Attributes:
        folder: with `keys/`, `holders/`, `trust/`, `ledger/` and `out/registry`.
    """

    folder: Path

    def run(self, *arguments: str, code: int = 0) -> Result:
        """Run a command, and check how it ends."""
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        return result

    def hold(self, profile: str = "solo") -> "Operator":
        """Make all keys, and let the holders sign the first root and targets."""
        names = PROFILES[profile]
        for place in ("keys", "holders"):
            (self.folder / place).mkdir()
        for name in ONLINE:
            self.run("trust", "key", self._at(f"keys/{name}"))
        for name in names:
            self.run("trust", "key", self._at(f"holders/{name}"))
        options = [
            option
            for role in ("root", "targets")
            for name in names
            for option in (f"--{role}", self._at(f"holders/{name}.pub"))
        ]
        for name in ONLINE:
            options += [f"--{name}", self._at(f"keys/{name}.pub")]
        self.trust("init", "--profile", profile, "--origin", "x.example/log", *options)
        self.sign(1, *names[: NEEDED[profile]])
        return self

    def sign(self, version: int, *holders: str) -> None:
        """Let holders sign the root and the targets of a version."""
        for role in ("root", "targets"):
            for name in holders:
                key = self._at(f"holders/{name}.pem")
                path = self._at(f"trust/{version}.{role}.json")
                self.run("trust", "sign", path, "--key", key, "--yes")

    def trust(self, command: str, *arguments: str, code: int = 0) -> Result:
        """Run a command of the ceremony."""
        folder = self._at("trust")
        return self.run("trust", command, "--folder", folder, *arguments, code=code)

    def build(self, *arguments: str, code: int = 0) -> Result:
        """Build the data of a release."""
        where = ["--declarations", self._at("declarations"), "--out", self.out]
        return self.run(
            "build",
            "--operator",
            "--no-site",
            *where,
            *self.ledger,
            *arguments,
            code=code,
        )

    def seal(self, *arguments: str, code: int = 0) -> Result:
        """Seal the release that was built."""
        keys = ["--keys", self._at("keys")]
        return self.run("seal", self.out, *self.ledger, *keys, *arguments, code=code)

    def renew(self, *arguments: str, code: int = 0) -> Result:
        """Renew the timestamp."""
        keys = ["--keys", self._at("keys")]
        return self.run("renew", *self.ledger, *keys, *arguments, code=code)

    def first(self, time: str) -> None:
        """Build and seal the first release."""
        self.build("--genesis", "--time", time)
        self.seal("--genesis", "--time", time)

    def next(self, time: str) -> None:
        """Build and seal the release that follows."""
        self.build("--previous", self.out, "--time", time)
        self.seal("--time", time)

    @property
    def out(self) -> str:
        """Where releases are built."""
        return self._at("out/registry")

    @property
    def ledger(self) -> list[str]:
        """The options that name the ledger and the holders' folder."""
        return ["--ledger", self._at("ledger"), "--trust", self._at("trust")]

    def _at(self, path: str) -> str:
        return str(self.folder / path)
