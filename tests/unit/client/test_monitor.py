"""What a monitor keeps, and what it says of a new release."""

import gzip
from array import array
from dataclasses import replace
from hashlib import sha256

import pytest

from sayso.client.log import LogTree
from sayso.client.monitor import (
    Seen,
    Step,
    changes_of,
    decode_seen,
    encode_contradiction,
    encode_seen,
    new_releases,
    newest_release,
)
from sayso.errors import MalformedError, MissingError, StaleError, UntrustedError
from sayso.model.settings import Revocation
from sayso.trust.log import sign_checkpoint
from sayso.wire.contents import Contents
from sayso.wire.delta import DELTA_LIMIT, REMOVED, Delta, delta_path, encode_delta
from sayso.wire.profile import decode
from sayso.wire.release import decode_release
from sayso.wire.release_file import ReleaseFile, encode_index, index_path
from sayso.wire.succession import Entry, read_entry
from sayso.wire.text import Digest
from tests.logs import log_of
from tests.published import DAY, Published, following
from tests.registries import ISSUED, KEY, listed

RELEASES = [*following(4)]
NOTE = sign_checkpoint(log_of(3).checkpoint(), KEY)


def step_of(number: int) -> Step:
    first, second = (
        read_entry(RELEASES[index], index=index, before=None)
        for index in (number - 2, number - 1)
    )
    return Step(entry=second, before=first)


def test_what_was_seen_is_kept() -> None:
    seen = Seen(note=NOTE, watched={"XXF012600001": {"listed": "yes"}, "github:1": {}})
    assert decode_seen(encode_seen(seen)) == seen
    assert seen.checkpoint == log_of(3).checkpoint()


@pytest.mark.parametrize(
    "change",
    [
        (b"sayso/monitor/1", b"sayso/monitor/2"),
        (b"sayso.example/log", b""),
        (b'"watched":{}', b'"watched":{"a":1}'),
        (b'"watched":{}', b'"watched":{},\n"x":1'),
    ],
)
def test_what_was_not_kept_so_is_not_read(change: tuple[bytes, bytes]) -> None:
    with pytest.raises(MalformedError):
        decode_seen(encode_seen(Seen(note=NOTE)).replace(*change, 1))


def test_both_sides_of_a_contradiction_are_kept_as_signed() -> None:
    data = encode_contradiction(NOTE, NOTE + b"x", why="two trees", found=ISSUED)
    assert decode(data, limit=2**16) == {
        "checkpoints": [NOTE.decode(), NOTE.decode() + "x"],
        "format": "sayso/contradiction/1",
        "found": "2026-11-22T11:00:00Z",
        "why": "two trees",
    }


@pytest.mark.parametrize("seen", [None, 0, 1, 3, 4])
def test_new_releases_are_those_that_were_not_seen(seen: int | None) -> None:
    log = Published().add(RELEASES)
    new = log.log.checkpoint()
    old = None if seen is None else replace(new, size=seen)
    steps = [*new_releases(LogTree(log, new), old, new, now=ISSUED + 9 * DAY)]
    assert [step.entry.index for step in steps] == [*range(seen or 0, 4)]
    for step in steps:
        before = None if step.before is None else step.before.index
        assert before == (step.entry.index - 1 if step.entry.index else None)


def test_new_releases_are_not_of_the_future() -> None:
    log = Published().add(RELEASES)
    new = log.log.checkpoint()
    with pytest.raises(StaleError, match="release 3 was issued in the future"):
        [*new_releases(LogTree(log, new), None, new, now=ISSUED + DAY)]


def test_the_newest_release_is_the_last_entry() -> None:
    log = Published().add(RELEASES)
    new = log.log.checkpoint()
    assert newest_release(LogTree(log, new), new).index == 3


def test_what_a_release_revokes_is_what_was_not_revoked_before() -> None:
    one, two = (Revocation(release=number, reason="bad") for number in (1, 2))
    step = step_of(4)
    assert step.before is not None
    old = replace(step.before.release, revoked=(one,))
    new = replace(step.entry.release, revoked=(one, two))
    step = Step(
        entry=replace(step.entry, release=new), before=replace(step.before, release=old)
    )
    assert step.revoked == (two,)
    assert Step(entry=step.entry, before=None).revoked == (one, two)


def test_counts_are_told_with_those_before() -> None:
    step = step_of(2)
    assert step.count("recordings") == (4, 4)
    assert Step(entry=step.entry, before=None).count("recordings") == (4, None)


def contents(number: int) -> Contents:
    fields = Contents.__dataclass_fields__
    values = {name: Digest("ab" * 32) for name in fields if name != "number"}
    return Contents(number=number, **values)


def published(before: int = 1, after: int = 2, *, path: str | None = None) -> Published:
    """Return files of a release with the delta that leads to it."""
    delta = Delta(
        before=contents(before),
        after=contents(after),
        keys=array("q", [5, 7, 9]),
        numbers=array("i", [1, REMOVED, 2]),
        policies={3: None},
        prefixes={},
    )
    data = encode_delta(delta)
    packed = gzip.compress(data, mtime=0)
    content = Digest(sha256(data).hexdigest())
    path = path or delta_path(content, before, after)
    index = encode_index([_file(listed(path, packed, content))])
    name = index_path(Digest(sha256(index).hexdigest()))
    return Published(files={path: packed, name: index})


def _file(entry: dict[str, object]) -> ReleaseFile:
    return ReleaseFile(**entry)  # type: ignore[arg-type]


def step_to(log: Published) -> Step:
    """Return the second release, which names the index among these files."""
    (path,) = (path for path in log.files if path.startswith("index/"))
    index = _file(listed(path, log.files[path]))
    release = decode_release(RELEASES[1])
    files = tuple(
        index if file.path.startswith("index/") else file for file in release.files
    )
    entry = Entry(release=replace(release, files=files), digest=Digest("cd" * 32))
    return Step(entry=entry, before=read_entry(RELEASES[0], index=0, before=None))


def test_a_delta_says_what_changed() -> None:
    log = published()
    changes = changes_of(log, step_to(log))
    assert changes is not None
    assert (changes.recordings, changes.removed) == (2, 1)
    assert (changes.policies, changes.prefixes) == (1, 0)


def test_without_a_delta_nothing_is_said_of_changes() -> None:
    log = published(path="bulk/x.parquet")
    assert changes_of(log, step_to(log)) is None
    first = Step(entry=step_to(log).entry, before=None)
    assert changes_of(Published(), first) is None


def test_a_delta_is_the_one_that_the_release_names() -> None:
    log = published()
    (path,) = (path for path in log.files if path.startswith("delta/"))
    log.files[path] = bytes(len(log.files[path]))
    with pytest.raises(UntrustedError, match="not the one that the release names"):
        changes_of(log, step_to(log))
    del log.files[path]
    with pytest.raises(MissingError):
        changes_of(log, step_to(log))
    log = published(3, 4, path="delta/x.1-2.jsonl.gz")
    with pytest.raises(MalformedError, match="from another release to another"):
        changes_of(log, step_to(log))


def test_a_delta_that_is_too_long_is_not_fetched() -> None:
    log = published()
    (path,) = (path for path in log.files if path.startswith("delta/"))
    entry = listed(path, log.files[path])
    index = encode_index([_file({**entry, "bytes": DELTA_LIMIT + 1})])
    name = index_path(Digest(sha256(index).hexdigest()))
    long = Published(files={path: log.files[path], name: index})
    with pytest.raises(MalformedError, match="is longer than"):
        changes_of(long, step_to(long))
    assert path not in long.asked
