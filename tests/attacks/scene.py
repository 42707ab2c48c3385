"""A registry on a real web server, those who read it, and how an attack on it ends."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tuf.ngclient import Updater

from sayso.cli import lookup as lookup_command
from sayso.cli import main
from sayso.errors import RegistryError
from sayso.trust.roles import RoleFile
from tests.registries import LISTED
from tests.webserver import Reply, Site, files, serve

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
"""When the registries begin; what they sign then holds for three days."""
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
USE = "train-generative"
"""What is asked of `LISTED`: honest registries deny it."""
DENY, ALLOW = 20, 0

_TO_DO = re.compile(
    r"[Cc]heck the clock|try again|Try again|ask another copy|Ask again"
    r"|[Dd]o not (?:use|rely)|Use neither|tell the registry|Is this the address"
    r"|Without this file there is no answer|the clock of this machine is wrong"
    r"|take the newest|Delete it to begin anew|over https|give its address"
    r"|give it with --root"
)
"""Every refusal says what to do: one of these."""


def said(result: Result) -> str:
    """Return what a command wrote on standard error, in one line."""
    return " ".join(result.stderr.split())


@dataclass(kw_only=True)
class Reader:
    """Somebody who pinned a root once, and asks a registry with the command.

    Attributes:
        address: of the registry.
        folder: where the root lies, and what was seen.
        clock: what this machine's clock says; None for the right time.
    """

    address: str
    folder: Path
    root: RoleFile
    clock: datetime | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pinned.write_bytes(self.root.data)

    @property
    def pinned(self) -> Path:
        return self.folder / "pinned.root.json"

    @property
    def store(self) -> Path:
        return self.folder / "store"

    @property
    def kept(self) -> Path:
        """The file with what was seen by the pinned root."""
        return self.store / f"{self.root.digest}.json"

    def words(self, *more: str, isrc: str = LISTED) -> list[str]:
        """Return the words of a look-up that asks the host each time."""
        return [
            "lookup",
            isrc,
            f"--registry={self.address}",
            f"--root={self.pinned}",
            f"--store={self.store}",
            "--max-age=0m",
            *more,
        ]

    def ask(self, *more: str, isrc: str = LISTED) -> Result:
        """Look a recording up."""
        with self._clock():
            result = CliRunner().invoke(main, self.words(*more, isrc=isrc))
        assert "fault in sayso" not in result.output, result.output
        return result

    def verdict(self, isrc: str = LISTED) -> int:
        """Return the exit code for one use, when there is an answer."""
        result = self.ask(f"--use={USE}", isrc=isrc)
        assert result.exit_code in {0, 10, 20, 30}, result.output
        return result.exit_code

    def number(self) -> int:
        """Return the number of the release that is believed."""
        result = self.ask("--json")
        assert result.exit_code == 0, result.output
        number = json.loads(result.stdout)["release"]["number"]
        assert isinstance(number, int)
        return number

    def refuses(self, kind: type[RegistryError], *words: str, **asked: str) -> str:
        """Check that there is no answer, and that it is said why and what to do."""
        kept = self.kept.read_bytes() if self.kept.exists() else None
        result = self.ask(f"--use={USE}", **asked)
        assert (result.exit_code, result.stdout) == (40, ""), result.output
        found = said(result)
        assert found.startswith("sayso: ")
        for each in words:
            assert each in found, found
        assert _TO_DO.search(found), found
        with pytest.raises(kind), self._clock():
            self._invoke(self.words(**asked))
        if kept is not None:
            assert self.kept.read_bytes() == kept, "what was seen was forgotten"
        return found

    def fails(self) -> None:
        """Check that there is no answer, whatever the reason."""
        result = self.ask(f"--use={USE}")
        assert (result.exit_code, result.stdout) == (40, ""), result.output
        assert _TO_DO.search(said(result)), result.stderr

    def _invoke(self, words: list[str]) -> None:
        with main.make_context("sayso", words) as context:
            main.invoke(context)

    @contextmanager
    def _clock(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if (clock := self.clock) is not None:
                patch.setattr(lookup_command, "now", lambda: clock)
            yield


@dataclass(kw_only=True)
class Scene:
    """A web server that is in the hands of whoever attacks, and its readers."""

    site: Site
    folder: Path
    readers: int = 0

    def show(self, by_path: Mapping[str, bytes]) -> None:
        """Serve these files, and no others."""
        self.site.replies = files(dict(by_path))

    def answer(self, path: str, reply: Reply | bytes) -> None:
        """Answer otherwise for one path."""
        data = Reply(body=reply) if isinstance(reply, bytes) else reply
        self.site.replies[f"/{path}"] = data

    def reader(self, root: RoleFile, clock: datetime | None = None) -> Reader:
        """Return somebody who never asked before."""
        self.readers += 1
        folder = self.folder / f"reader-{self.readers}"
        return Reader(address=self.site.address, folder=folder, root=root, clock=clock)

    def tuf_reader(self, root: RoleFile) -> "TufReader":
        """Return somebody who has the client of TUF, and nothing of ours."""
        self.readers += 1
        return TufReader(
            site=self.site, folder=self.folder / f"tuf-{self.readers}", root=root
        )


@dataclass(kw_only=True)
class TufReader:
    """Somebody with python-tuf's own client, which knows nothing of the log."""

    site: Site
    folder: Path
    root: RoleFile

    def release(self) -> bytes:
        """Return the newest release, as far as TUF alone is believed."""
        updater = Updater(
            str(self.folder / "metadata"),
            f"{self.site.address}/tuf/metadata/",
            str(self.folder / "targets"),
            f"{self.site.address}/tuf/targets/",
            bootstrap=self.root.data,
        )
        info = updater.get_targetinfo("release.json")
        assert info is not None
        path = updater.find_cached_target(info) or updater.download_target(info)
        return Path(path).read_bytes()


@contextmanager
def stage(folder: Path) -> Iterator[Scene]:
    """Serve a registry until the block ends."""
    with serve({}) as site:
        yield Scene(site=site, folder=folder)
