"""Witnesses are asked over HTTP, and believed by their keys alone."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from sayso.client.witness import collect, encode_request, merge
from sayso.errors import MalformedError, UntrustedError
from sayso.trust.log import open_checkpoint, sign_checkpoint
from sayso.wire.log_policy import LogPolicy
from sayso.wire.merkle import Hash, prove_consistency
from tests.logs import (
    LOG,
    ORIGIN,
    SEEN,
    WITNESSES,
    GrowingLog,
    log_of,
    policy,
    witnessed,
)
from tests.registries import KEY, OTHER_KEY
from tests.webserver import Reply, serve
from tests.witnessing import WitnessServer, serve_witness


@pytest.fixture
def witnesses() -> Iterator[tuple[WitnessServer, WitnessServer]]:
    with ExitStack() as stack:
        first, second = (
            stack.enter_context(serve_witness(WitnessServer(number=number)))
            for number in (1, 2)
        )
        yield first, second


def policy_of(*addresses: str, quorum: str | None = None) -> LogPolicy:
    """Return a policy that says where its witnesses are, as far as they are given."""
    urls = [*addresses, None, None, None]
    return replace(
        policy(quorum),
        witnesses=tuple(
            replace(witness, url=url)
            for witness, url in zip(WITNESSES, urls, strict=False)
        ),
    )


def note_of(log: GrowingLog) -> bytes:
    return sign_checkpoint(log.checkpoint(), KEY)


def ask(
    log: GrowingLog, by: LogPolicy, *, old: int = 0
) -> tuple[bytes, dict[str, str]]:
    collected = collect(
        note_of(log),
        by,
        old=old,
        prove=lambda size: prove_consistency(log.hash_of(), size, log.size),
    )
    return collected.note, {**collected.refused}


def test_every_witness_with_an_address_cosigns(
    witnesses: tuple[WitnessServer, WitnessServer],
) -> None:
    by, log = policy_of(*(each.address for each in witnesses), quorum="W2"), log_of(5)
    note, refused = ask(log, by)
    assert refused == {}
    assert note == witnessed(note_of(log), 1, 2)
    assert open_checkpoint(note, by).cosigned == {"W1": SEEN, "W2": SEEN}
    assert [each.seen[ORIGIN] for each in witnesses] == [log.checkpoint()] * 2


def test_a_witness_is_shown_that_the_log_grew(
    witnesses: tuple[WitnessServer, WitnessServer],
) -> None:
    by = policy_of(witnesses[0].address + "/")
    for old, size in [(0, 0), (0, 5), (5, 5), (5, 300), (300, 301)]:
        log = log_of(size)
        note, refused = ask(log, by, old=old)
        assert (refused, note) == ({}, witnessed(note_of(log), 1))
    assert len(witnesses[0].requests) == 5


def test_a_witness_says_what_it_saw_last(
    witnesses: tuple[WitnessServer, WitnessServer],
) -> None:
    by = policy_of(witnesses[0].address)
    ask(log_of(5), by)
    for old in (0, 6, 8, 99):
        log = log_of(8)
        assert ask(log, by, old=old)[0] == witnessed(note_of(log), 1)
    heads = [body.partition(b"\n")[0] for body in witnesses[0].requests]
    assert heads[:3] == [b"old 0", b"old 0", b"old 5"]
    assert heads[-1] == b"old 8"


def test_the_request_is_the_one_of_the_specification() -> None:
    body = encode_request(b"note\n", 20852014, [Hash(bytes(32)), Hash(b"\1" * 32)])
    assert body == (
        b"old 20852014\n"
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        b"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
        b"\nnote\n"
    )
    assert encode_request(b"note\n", 0, []) == b"old 0\n\nnote\n"


def test_no_witness_cosigns_a_log_that_was_rewritten(
    witnesses: tuple[WitnessServer, WitnessServer],
) -> None:
    by = policy_of(witnesses[0].address)
    ask(log_of(5), by)
    other = GrowingLog()
    other.add(*(b"another entry %d" % number for number in range(8)))
    note, refused = ask(other, by, old=5)
    assert note == note_of(other)
    assert "says 422 'not consistent': the log did not grow" in refused["W1"]
    note, refused = ask(log_of(4), by, old=4)
    assert note == note_of(log_of(4))
    assert "has cosigned 5 entries" in refused["W1"]
    assert "this checkpoint has 4: the log went back" in refused["W1"]
    assert witnesses[0].seen[ORIGIN] == log_of(5).checkpoint()


def test_one_witness_that_refuses_does_not_keep_the_others(
    witnesses: tuple[WitnessServer, WitnessServer],
) -> None:
    witnesses[0].logs = {}
    by = policy_of(*(each.address for each in witnesses))
    note, refused = ask(log_of(5), by)
    assert note == witnessed(note_of(log_of(5)), 2)
    assert "does not know this log: ask its operator to add it" in refused["W1"]
    assert [*refused] == ["W1"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((400, b"what?\n"), "says 400 'what?': it does not understand"),
        ((403, b"\x1b[2J"), r"says 403 '\x1b[2J': it knows another key of the log"),
        ((409, b"seven\n"), "says 409 'seven': try again later"),
        ((409, b"007\n"), "does not say which size it saw last"),
        ((409, b"2\n"), "says 409 '2': try again later"),
        ((500, b""), "says 500 '': try again later"),
        ((599, b""), "says 599 '': try again later"),
        ((302, b""), "says 302 '': try again later"),
        ((200, b""), "no cosignature of 'witness1.example' that is true"),
        ((200, b"\n"), "no cosignature of 'witness1.example' that is true"),
        ((200, bytes(2**18)), "answers more than"),
    ],
)
def test_why_a_witness_gave_no_cosignature_is_said(
    witnesses: tuple[WitnessServer, WitnessServer], answer: tuple[int, bytes], why: str
) -> None:
    witnesses[0].forced = answer
    note, refused = ask(log_of(5), policy_of(witnesses[0].address))
    assert note == note_of(log_of(5))
    assert why in refused["W1"]
    assert refused["W1"].startswith(f"{witnesses[0].address}/add-checkpoint")


def test_another_witness_cannot_stand_in(
    witnesses: tuple[WitnessServer, WitnessServer],
) -> None:
    note, refused = ask(log_of(5), policy_of(witnesses[1].address))
    assert note == note_of(log_of(5))
    assert "no key that is believed signed the note; compare its key" in refused["W1"]


@pytest.mark.parametrize(
    "address", ["http://witness.example", "ftp://127.0.0.1", "https://", "witness"]
)
def test_a_witness_is_asked_over_tls(address: str) -> None:
    _, refused = ask(log_of(1), policy_of(address))
    assert "data is sent over https" in refused["W1"]


def test_a_witness_that_is_not_there_is_named() -> None:
    with serve({}) as site:
        address = site.address
    _, refused = ask(log_of(1), policy_of(address))
    assert "cannot be reached" in refused["W1"]


def test_a_redirect_is_not_followed() -> None:
    with serve({"/": Reply()}) as site:
        _, refused = ask(log_of(1), policy_of(site.address))
    assert "says 501" in refused["W1"]
    assert site.asked == []


def test_what_is_no_checkpoint_is_not_sent() -> None:
    with pytest.raises(MalformedError):
        collect(b"hello\n", policy_of("https://w.example"), old=0, prove=lambda _: ())


def test_a_copy_that_a_witness_cosigned_is_merged() -> None:
    note, by = note_of(log_of(5)), policy()
    merged = merge(merge(note, witnessed(note, 2), by), witnessed(note, 1), by)
    assert merged == witnessed(note, 2, 1)


def test_a_copy_of_another_checkpoint_is_not_merged() -> None:
    other = witnessed(note_of(log_of(6)), 1)
    with pytest.raises(
        UntrustedError, match=r"6 entries of .* not the one of 5 entries"
    ):
        merge(note_of(log_of(5)), other, policy())


def test_a_copy_without_a_known_witness_is_not_merged() -> None:
    note = note_of(log_of(5))
    with pytest.raises(UntrustedError, match="no key that is believed"):
        merge(note, sign_checkpoint(log_of(5).checkpoint(), OTHER_KEY), policy())
    with pytest.raises(UntrustedError, match="no key that is believed"):
        merge(note, note, policy())
    assert open_checkpoint(note, policy()).checkpoint.origin == LOG.name
