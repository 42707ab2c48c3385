"""The stage about pull requests: a change of one file in a registry of 200,000."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.contributed import ARTIST, FIRST, SIGNED
from tests.bench.measure import (
    ROOT,
    CommandError,
    Measured,
    bytes_below,
    measure,
    module,
)
from tests.bench.report import Row
from tests.bench.setting import Setting, child, number

_OWNERS = 10
"""Recordings of one owner, so that there are so many owners fewer."""
_TARGET = "≤ 3 s and ≤ 300 MB after the fetch"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A change that is reviewed.

    Attributes:
        words: what it is, for people.
        ref: where it is.
    """

    words: str
    ref: str


_CASES = (
    _Case(words="an artist edits one YAML file", ref=ARTIST),
    _Case(words="a label edits 50,000 signed rows", ref=SIGNED),
)


def review(setting: Setting) -> list[Row]:
    """Review a change of one owner, in a whole clone and in one without files."""
    size = max(setting.recordings // _OWNERS, 100)
    registry = setting.work / f"contributed-{size}"
    options = ("--owners", str(size), "--recordings", str(setting.recordings))
    facts = child("tests.bench.contributed", str(registry), *options)[1]
    files = int(number(facts, "files"))
    place = setting.fresh("review")
    rows: list[Row] = []
    reviews: dict[str, list[Measured]] = {}
    for case in _CASES:
        whole = [_review(registry, "main", case) for _ in range(setting.repeat)]
        stats = [_diff(registry, case) for _ in range(setting.repeat)]
        rows.append(_row(f"review: {case.words}", whole, {"git diff --stat": stats}))
        reviews[case.ref] = whole
        rows += _partial(setting, registry, place / case.ref.rpartition("/")[2], case)
    return [*rows, *_everything(registry, place, files, reviews[ARTIST])]


def _partial(setting: Setting, registry: Path, clone: Path, case: _Case) -> list[Row]:
    """Review in a clone that has no file but those that `.ci/objects` fetches."""
    options = ("--quiet", "--filter=blob:none", "--no-checkout", f"file://{registry}")
    cloned = measure(["git", "clone", *options, str(clone)])
    (clone / ".ci").mkdir()
    shutil.copy2(ROOT / ".ci/objects", clone / ".ci/objects")
    head = f"origin/{case.ref.rpartition('/')[2]}"
    before = bytes_below(clone / ".git/objects")[0]
    fetched = measure([str(clone / ".ci/objects"), head, "origin/main"], cwd=clone)
    after = bytes_below(clone / ".git/objects")[0]
    here = _Case(words=case.words, ref=head)
    done = [_review(clone, "origin/main", here) for _ in range(setting.repeat)]
    return [
        Row(
            stage="  in a clone without files",
            seconds=median(one.wall for one in done),
            cpu=median(one.cpu for one in done),
            peak=max(one.peak for one in done),
            target=_TARGET,
        ),
        Row(
            stage="  what .ci/objects fetches for it, from this machine",
            seconds=fetched.wall,
            cpu=fetched.cpu,
            out=after - before,
        ),
        Row(
            stage="  that clone, with all folders and no file",
            seconds=cloned.wall,
            cpu=cloned.cpu,
            out=before,
        ),
    ]


def _everything(
    registry: Path, place: Path, files: int, reviews: list[Measured]
) -> list[Row]:
    """Do what one would without a review: check out, and validate all there is."""
    clone = place / "all"
    source = f"file://{registry}"
    fetch = measure(["git", "clone", "--quiet", "--branch=artist", source, str(clone)])
    checked = measure(module("sayso", "validate"), cwd=clone)
    once = median(one.wall for one in reviews)
    return [
        Row(
            stage=f"instead: clone and check out {files:,} files",
            seconds=fetch.wall,
            cpu=fetch.cpu,
            peak=fetch.peak,
            out=bytes_below(clone)[0],
        ),
        Row(
            stage="instead: sayso validate of all of them",
            seconds=checked.wall,
            cpu=checked.cpu,
            peak=checked.peak,
            ratios={
                "× as long as the review": checked.wall / once,
                "× as long with the clone": (fetch.wall + checked.wall) / once,
                "× its memory": checked.peak / max(one.peak for one in reviews),
            },
        ),
    ]


def _review(repository: Path, base: str, case: _Case) -> Measured:
    who = f"github:{FIRST}" if case.ref.endswith("artist") else "github:700123"
    names = ("--base", base, "--head", case.ref, "--author", who)
    command = module("sayso", "review", *names, "--format", "json")
    done = measure(command, cwd=repository)
    if '"verdict":"accept"' not in done.output:
        raise CommandError(f"a change that may be merged was refused: {done.output}")
    return done


def _diff(repository: Path, case: _Case) -> Measured:
    return measure(["git", "-C", str(repository), "diff", "--stat", "main", case.ref])


def _row(stage: str, done: list[Measured], others: dict[str, list[Measured]]) -> Row:
    return Row(
        stage=stage,
        seconds=median(one.wall for one in done),
        cpu=median(one.cpu for one in done),
        peak=max(one.peak for one in done),
        ratios={
            f"× {name}": median(
                one.wall / limit.wall for one, limit in zip(done, limits, strict=True)
            )
            for name, limits in others.items()
        },
        target=_TARGET,
    )
