"""`sayso build` over an older release: what has not changed is not written again."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.test_build import LATER, NOON, ROOT, write
from tests.declared import FACTS, FERNWOOD, HARROW, declaration, files_of, recordings
from tests.operating import Operator, commit

CODES = [f"XXF0126{number:05}" for number in range(60)]
EDITED = CODES[7]
TITLE = "Slow River, Live"
RELEASE_ONLY = {"index.html", "data/index.html"}
"""The pages about the release itself."""
DATA = (
    *("bulk/", "delta/", "index/", "lookup/", "registry/", "signatures/", "source/"),
    "state/",
    *("registry.json", "release.json"),
)


@dataclass(frozen=True, kw_only=True)
class Builds:
    """Two releases in one folder, and the second one from nothing.

    Attributes:
        before: the files of the first, and `stamps` of them.
        after: the files of the second, likewise.
        whole: the files of the second, made where no other release was.
    """

    before: dict[str, bytes]
    stamps_before: dict[str, tuple[int, int]]
    after: dict[str, bytes]
    stamps_after: dict[str, tuple[int, int]]
    whole: dict[str, bytes]

    @property
    def written(self) -> set[str]:
        """The files of the second release that are not those of the first."""
        stamps = self.stamps_after.items()
        return {path for path, stamp in stamps if self.stamps_before.get(path) != stamp}


def stamps_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Return the inode of each file, and when it was written."""
    found = {path: (folder / path).stat() for path in files_of(folder)}
    return {path: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}


def catalogue(titles: dict[str, str]) -> str:
    rows = [f'{code},"{titles.get(code, code)}"\n' for code in CODES]
    return "isrc,title\n" + "".join(rows)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    place = tmp_path_factory.mktemp("unchanged")

    def build(out: str, *more: str) -> Path:
        source = ["--declarations", str(place / "declarations")]
        site = ["--site", str(ROOT / "mkdocs.yml"), "--out", str(place / out)]
        operator.run("build", "--operator", *source, *site, *operator.ledger, *more)
        return place / out

    scope = declaration("{any-ai: deny}", "catalogue: {file: songs.csv}")
    other = declaration("{any-ai: deny}", recordings("XXF022600001"))
    texts = {f"{FERNWOOD}/songs.yaml": scope, f"{HARROW}/one.yaml": other}
    write(place, {**FACTS, **texts, f"{FERNWOOD}/songs.csv": catalogue({})})
    commit(place)
    operator = Operator(place).hold()
    out = build("out/registry", "--genesis", "--time", NOON)
    before, stamps = files_of(out), stamps_of(out)
    operator.seal("--genesis", "--time", NOON)
    shutil.copytree(out, place / "before")
    write(place, {f"{FERNWOOD}/songs.csv": catalogue({EDITED: TITLE})})
    commit(place)
    again = ("--previous", str(place / "before"), "--time", LATER)
    build("out/registry", *again)
    whole = build("other/registry", *again)
    return Builds(
        before=before,
        stamps_before=stamps,
        after=files_of(out),
        stamps_after=stamps_of(out),
        whole=files_of(whole),
    )


def test_the_bytes_are_those_of_a_build_from_nothing(builds: Builds) -> None:
    assert builds.after == builds.whole


def test_what_is_equal_is_not_written_and_nothing_else_is_kept(builds: Builds) -> None:
    changed = {p for p, data in builds.after.items() if builds.before.get(p) != data}
    assert changed <= builds.written
    # The core is written before its name is known.
    assert all(path.endswith(".core.parquet") for path in builds.written - changed)


def test_an_edited_title_changes_the_pages_that_name_it_and_no_others(
    builds: Builds,
) -> None:
    pages = {path for path in builds.written if not path.startswith(DATA)}
    about = (f"isrc/{EDITED}", "owner/fernwood.example", "prefix/XXF01")
    named = {f"{page}/index.{kind}" for page in about for kind in ("html", "json")}
    assert pages == named | RELEASE_ONLY
    assert all(TITLE.encode() in builds.after[path] for path in named)
    assert len(builds.after) - len(builds.written) > 2 * len(CODES)
