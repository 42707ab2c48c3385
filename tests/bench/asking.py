"""Questions to a copy without the command: what the copy itself takes for one code.

    python -m tests.bench.asking COPY RELEASE

Every answer is compared with what the core of the release says.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TypeVar

from sayso.client.synced.copy import open_copy
from sayso.client.synced.layout import KEYS
from sayso.client.synced.numbers import Numbers
from sayso.model.isrc import isrc_of, key_of
from sayso.model.vocabulary import Use
from tests.bench.lookups import Expected

_SAMPLE = 2_000

_Value = TypeVar("_Value")


def ask(folder: Path, release: Path) -> dict[str, object]:
    """Return codes to ask about, and median seconds of each part of an answer."""
    copy = open_copy(folder)
    assert copy is not None
    samples = Expected(release).samples(_SAMPLE, 1)
    for sample in samples.values():
        for key, number in sample:
            if copy.listing(isrc_of(key)).number != number:
                raise AssertionError(f"{isrc_of(key)} has not policy {number} here")
    listed = [isrc_of(key) for key, _ in samples["listed"]]
    others = [isrc_of(key) for key, number in samples["anywhere"] if number is None]
    now = datetime.now(UTC)
    keys = Numbers(copy.folder / KEYS, "q")
    return {
        "codes": [code for pair in zip(listed, others, strict=False) for code in pair],
        "to find a code": _median(lambda isrc: keys.place_of(key_of(isrc)), listed),
        "and to read its policy": _median(copy.listing, listed),
        "for a code of nobody": _median(copy.listing, others),
        "for a verdict of a policy": _median(
            lambda listing: listing.answer(Use.TRAIN_GENERATIVE, None, now=now),
            [copy.listing(isrc) for isrc in listed],
        ),
    }


def _median(do: Callable[[_Value], object], values: Sequence[_Value]) -> float:
    """Return the median seconds that a call takes, of one value each."""
    found = []
    for value in values:
        begun = time.perf_counter()
        do(value)
        found.append(time.perf_counter() - begun)
    return median(found)


def main() -> None:
    """Ask a copy, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.asking")
    parser.add_argument("copy", type=Path)
    parser.add_argument("release", type=Path)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(ask(given.copy, given.release)) + "\n")


if __name__ == "__main__":
    main()
