"""The corpus: registries with one thing right or wrong, found by their names.

A case is a folder of files that are laid over `corpus/base`. A rejected one is named
after the rule that it breaks, and `expected.txt` beside the files is what is said
about it (`corpus/README.md` says how to renew it).
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sayso.model.problem import Problem
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.registry import read_documents
from sayso.publish.reading.sources import read_tree

CORPUS = Path(__file__).parent / "corpus"
EXPECTED = "expected.txt"
TODAY = date(2026, 11, 22)
FERNWOOD = "domain/fe/fernwood.example"
DECLARATION = """\
schema: sayso/declaration/1
capacity: owner
uses:
  any-ai: deny
"""


@dataclass(frozen=True)
class Case:
    """A folder of the corpus.

    Attributes:
        code: the rule that it breaks; "" when it is accepted.
    """

    folder: Path
    code: str

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def expected(self) -> Path:
        return self.folder / EXPECTED

    def write(self, place: Path) -> Path:
        """Write the case over the base, and return its folder of declarations."""
        folder = place / "declarations"
        shutil.copytree(CORPUS / "base", folder)
        ignore = shutil.ignore_patterns(EXPECTED)
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, ignore=ignore)
        return folder


def cases(kind: str) -> Iterator[Case]:
    """Yield the `accepted` or `rejected` cases, in order."""
    for folder in sorted((CORPUS / kind).iterdir()):
        code = folder.name.partition("-")[0] if kind == "rejected" else ""
        yield Case(folder=folder, code=code)


def read(folder: Path) -> tuple[Documents, list[Problem]]:
    """Read a folder of declarations as `sayso validate` does."""
    tree = read_tree(folder)
    documents, problems = read_documents(tree.files, refused=tree.refused, today=TODAY)
    return documents, sorted([*tree.problems, *problems], key=lambda p: p.order)


def _write(folder: Path, name: str, text: str) -> Path:
    place = folder / FERNWOOD / name
    place.write_text(text, encoding="utf-8")
    return place


def _sparse(folder: Path) -> None:
    with (folder / FERNWOOD / "catalogue.yaml").open("wb") as file:
        file.truncate(2**30)


def _link(folder: Path) -> None:
    (folder / FERNWOOD / "live.yaml").symlink_to("owner.yaml")


def _program(folder: Path) -> None:
    _write(folder, "live.yaml", f"{DECLARATION}prefix: XXF01\n").chmod(0o755)


def _reserved(folder: Path) -> None:
    _write(folder, "con.yaml", f"{DECLARATION}prefix: XXF01\n")


def _collision(folder: Path) -> None:
    for name in ("live.yaml", "Live.yaml"):
        _write(folder, name, f"{DECLARATION}prefix: XXF01\n")


def _litter(folder: Path) -> None:
    _write(folder, ".DS_Store", "x")


def _long_list(folder: Path) -> None:
    rows = "".join(f"  - {{isrc: XXF0126{number:05d}}}\n" for number in range(501))
    _write(folder, "live.yaml", f"{DECLARATION}recordings:\n{rows}")


def _deep(folder: Path) -> None:
    _write(folder, "live.yaml", "[" * 200_000)


MADE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a sparse file of 1 GiB": ("SAY008", _sparse),
    "a link": ("SAY102", _link),
    "a program": ("SAY103", _program),
    "a name of Windows": ("SAY105", _reserved),
    "two names in one": ("SAY106", _collision),
    "litter of macOS": ("SAY111", _litter),
    "200,000 levels": ("SAY205", _deep),
    "501 recordings": ("SAY505", _long_list),
}
"""Cases that Git, or a reader of this repository, had better not hold."""
