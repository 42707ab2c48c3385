"""Receipts of a published release: how long they are, and how fast they are verified.

python -m tests.bench.receipts RELEASE --sample 300

The release is entered into a log of its own, and signed by keys of its own, so that it
does not matter how it was made. The limit is the same signatures and SHA-256 of the
same bytes, and nothing else.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from operator import truediv
from pathlib import Path
from statistics import median

from sayso.client.fetch import FolderFetcher
from sayso.client.receipt import verify_receipt
from sayso.client.receipt_list import screen_list
from sayso.client.receipt_making import Question, receipt_of_codes
from sayso.client.whole import open_core
from sayso.model.isrc import isrc_of
from sayso.trust.roles import RoleFile
from sayso.wire.header import Profile
from sayso.wire.release import RELEASE_FILE, decode_release
from tests.bench.bare import signatures_in, verify_alone, verify_signed
from tests.bench.lookups import Expected
from tests.receipts import World
from tests.roles import DEV, SOLO

_LIST = 100_000


def question_of(folder: Path) -> tuple[Question, RoleFile]:
    """Return what receipts of a release begin with, and the root to verify them by."""
    data = (folder / RELEASE_FILE).read_bytes()
    header = decode_release(data).header
    profile = DEV if header.profile is Profile.DEVELOPMENT else SOLO
    world = World(profile=profile, now=header.issued)
    # The entries before it do not matter: nobody reads them.
    world.log.add(b"%d" % number for number in range(1, header.number))
    question = world.enter(data).question()
    return (
        Question(
            fetcher=FolderFetcher(folder),
            release=question.release,
            evidence=question.evidence,
            asked=question.asked,
            maker=question.maker,
        ),
        world.roots[0],
    )


def receipts(folder: Path, count: int, seed: int = 1) -> dict[str, float | int]:
    """Make receipts of one code each, verify them, and one of a long list."""
    question, root = question_of(folder)
    expected = Expected(folder)
    samples = expected.samples(count, seed).values()
    made = []
    begun = time.perf_counter()
    for key, _ in (each for sample in samples for each in sample):
        made.append(receipt_of_codes(question, [isrc_of(key)], territory=None))
    making = time.perf_counter() - begun
    works = [partial(verify_receipt, data, [root]) for data in made]
    alone = signatures_in(works[0])
    spent, limits, signed = [], [], []
    for data, work in zip(made, works, strict=True):
        spent.append(_spent(work))
        limits.append(verify_alone(alone, data))
        signed.append(verify_signed(alone[-1], data))
    ordered = sorted(spent)
    core = open_core(question.fetcher, question.release)
    codes = [isrc_of(key) for key in expected.keys[:_LIST].tolist()]
    found: list[int] = []

    def screen() -> None:
        screening = screen_list(
            core, codes, salt=bytes(32), territory=None, now=question.asked
        )
        found.append(len(question.receipt(screening.said)))

    listing = _spent(screen)
    return {
        "receipts": len(made),
        "making": making / len(made),
        "signatures": len(alone),
        "times_limit": median(map(truediv, spent, limits)),
        "times_signed": median(map(truediv, spent, signed)),
        "median": median(ordered),
        "at_99": ordered[len(ordered) * 99 // 100],
        "most": ordered[-1],
        "bytes": median(map(len, made)),
        "bytes_most": max(map(len, made)),
        "packed": median(len(gzip.compress(data, 6)) for data in made),
        "codes": len(codes),
        "listing": listing,
        "bytes_of_list": found[0],
    }


def _spent(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main() -> None:
    """Measure, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.receipts")
    parser.add_argument("release", type=Path)
    parser.add_argument("--sample", type=int, default=300)
    given = parser.parse_args()
    sys.stdout.write(json.dumps(receipts(given.release, given.sample)) + "\n")


if __name__ == "__main__":
    main()
