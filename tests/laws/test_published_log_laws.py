"""A published log: whatever a host changes, nothing wrong is read from it."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from sayso.client.log import LogTree, check_grown
from sayso.errors import RegistryError, RewrittenError
from sayso.wire.places import CHECKPOINT
from tests.published import Published

SIZES = st.integers(1, 600)


def published(count: int) -> Published:
    return Published().add(b"entry %d\n" % number for number in range(count))


@given(first=SIZES, second=SIZES, pruned=st.booleans())
def test_every_log_is_followed_from_every_size(
    *, first: int, second: int, pruned: bool
) -> None:
    old, new = sorted((first, second))
    before, log = published(old).log.checkpoint(), published(new)
    if pruned:
        log.prune()
    check_grown(log, before, log.log.checkpoint())
    which = range(old - 1, new)
    entries = [*LogTree(log, log.log.checkpoint()).entries(which)]
    assert entries == log.log.entries[old - 1 :]


@given(size=SIZES, seed=st.data())
def test_a_changed_file_gives_an_error_or_what_was_entered(
    size: int, seed: st.DataObject
) -> None:
    log = published(size)
    before = published(seed.draw(st.integers(1, size))).log.checkpoint()
    path = seed.draw(st.sampled_from(sorted({*log.files} - {CHECKPOINT})))
    data = bytearray(log.files[path])
    place = seed.draw(st.integers(0, len(data) - 1))
    data[place] ^= seed.draw(st.integers(1, 255))
    log.files[path] = bytes(data)
    tree = LogTree(log, log.log.checkpoint())
    read = list[bytes]()
    with suppress(RegistryError):
        read += tree.entries(range(size))
    assert read == log.log.entries[: len(read)]
    try:
        check_grown(log, before, log.log.checkpoint())
    except RewrittenError:
        raise  # a host that lies is no proof against the log
    except RegistryError:
        pass


@given(size=SIZES, seed=st.data())
def test_a_log_that_was_rewritten_never_passes(size: int, seed: st.DataObject) -> None:
    before = published(size).log.checkpoint()
    entries = [b"entry %d\n" % number for number in range(seed.draw(SIZES))]
    place = seed.draw(st.integers(0, min(size, len(entries)) - 1))
    entries[place] = b"another entry\n"
    log = Published().add(entries)
    try:
        check_grown(log, before, log.log.checkpoint())
    except RewrittenError:
        return
    raise AssertionError("a rewritten log was believed")
