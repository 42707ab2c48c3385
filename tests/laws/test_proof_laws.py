"""Proof records: reading is total, and what is written is read as it was."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import MalformedError
from sayso.model.owner import Fingerprint
from sayso.wire.proof_record import (
    KEYS,
    ProofRecord,
    format_document,
    format_record,
    is_record,
    keys_named,
    parse_document,
    parse_record,
)
from sayso.wire.verification import decode_verification

KEY = st.from_regex(r"SHA256:[A-Za-z0-9+/]{43}", fullmatch=True).map(Fingerprint)
REGISTRY = st.from_regex(
    r"[a-z0-9]{1,8}(-[a-z0-9]{1,4})?(\.[a-z]{2,6}){0,3}", fullmatch=True
)
RECORD = st.builds(
    ProofRecord,
    keys=st.lists(KEY, min_size=1, max_size=KEYS, unique=True).map(tuple),
    registry=REGISTRY,
)
PIECES = st.sampled_from(
    ["v=sayso1", ";", " ", "\t", "key=", "registry=", "SHA256:", "A" * 43, "a.example"]
)
NEARLY = st.lists(PIECES | st.text(max_size=3), max_size=16).map("".join)


@given(RECORD)
def test_what_is_written_is_read(record: ProofRecord) -> None:
    text = format_record(record)
    assert parse_record(text) == record
    assert is_record(text)
    assert keys_named([text], record.registry) == set(record.keys)


@given(RECORD, st.text(" \t", max_size=3))
def test_spaces_mean_nothing(record: ProofRecord, spaces: str) -> None:
    text = format_record(record).replace("; ", f"{spaces};{spaces}")
    assert parse_record(f"{spaces}{text}{spaces}") == record


@given(st.text() | NEARLY)
def test_any_text_is_a_record_or_none(text: str) -> None:
    try:
        record = parse_record(text)
    except MalformedError:
        assert keys_named([text], "a.example") == frozenset()
    else:
        assert is_record(text)
        assert parse_record(format_record(record)) == record


@given(st.lists(RECORD, max_size=8).map(tuple))
def test_a_document_that_is_written_is_read(records: tuple[ProofRecord, ...]) -> None:
    assert parse_document(format_document(records)) == records


@given(st.binary())
def test_any_bytes_are_a_document_or_none(data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        parse_document(data)
    with contextlib.suppress(MalformedError):
        decode_verification(data)
