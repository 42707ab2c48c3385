"""Recordings are columns: a build makes no Python object for each of them.

"No Python object per recording." (Architecture) What is alive is counted whenever a
function returns, in C or in Python and in any thread, so that a list of a column that
lives for one line is counted too.
"""

import sys
import threading
from collections.abc import Callable
from pathlib import Path

from sayso.publish.cache import cache
from sayso.publish.output import Folder
from tests.declared import FERNWOOD, HARROW, declaration, publish

FEW, MANY = 4_000, 20_000
DENY = "{any-ai: deny}"


def most_blocks(work: Callable[[], object]) -> int:
    """Return how many blocks of memory more than before Python holds at most."""
    before = sys.getallocatedblocks()
    most = before

    def look(*_: object) -> None:
        nonlocal most
        most = max(most, sys.getallocatedblocks())

    threading.setprofile(look)
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return most - before


def texts_of(count: int) -> dict[str, str]:
    """Return two catalogues that share a third of their recordings, and a prefix."""
    rows = [f"XXF01{n:07d},Slow River {n},The Fernwoods" for n in range(count)]
    first, second = rows[: count * 2 // 3], rows[count // 3 :]
    return {
        f"{FERNWOOD}/c.csv": "\n".join(["isrc,title,artist", *first, ""]),
        f"{FERNWOOD}/c.yaml": declaration(DENY, "catalogue: {file: c.csv}"),
        f"{HARROW}/c.csv": "\n".join(["isrc,title,artist", *second, ""]),
        f"{HARROW}/c.yaml": declaration("{search: deny}", "catalogue: {file: c.csv}"),
        f"{HARROW}/p.yaml": declaration(DENY, "prefix: XXF02"),
    }


def most_of_a_build(home: Path, count: int) -> int:
    """Return how many blocks a build with so many recordings holds at most."""
    texts = texts_of(count)
    with cache(home / "cache", print) as tables:
        output = Folder(home / "registry")
        return most_blocks(lambda: publish(texts, output=output, tables=tables))


def test_a_build_makes_no_object_for_each_recording(tmp_path: Path) -> None:
    most_of_a_build(tmp_path / "first", FEW)  # what is made once is made
    few = most_of_a_build(tmp_path / "few", FEW)
    many = most_of_a_build(tmp_path / "many", MANY)
    assert many - few < (MANY - FEW) / 10


def test_a_list_of_a_column_would_be_noticed() -> None:
    assert most_blocks(lambda: len([str(number) for number in range(MANY)])) >= MANY
