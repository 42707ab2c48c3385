"""Laws of the formats: what is written is read back, and nothing else is read."""

import contextlib
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.merkle import leaf_hash, node_hash, root_hash
from sayso.wire.minisign import SignatureFile, format_signature, parse_signature
from sayso.wire.profile import LARGEST, decode, encode, encode_item, encode_lines
from sayso.wire.registry import decode_registry
from sayso.wire.text import (
    format_day,
    format_time,
    from_base64,
    from_decimal,
    parse_day,
    parse_time,
    to_base64,
)
from tests.registries import ALLOWED, CONTESTED, LISTED, UNDECLARED, registry_document

LIMIT = 10_000_000
NAMES = st.text(st.characters(max_codepoint=127), max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)
SECONDS = st.datetimes(timezones=st.just(UTC)).map(lambda t: t.replace(microsecond=0))
REGISTRY = decode_registry(encode(registry_document()))


@given(DOCUMENTS)
def test_a_document_is_read_as_it_was_written(document: dict[str, Any]) -> None:
    assert decode(encode(document), limit=LIMIT) == document


@given(DOCUMENTS, st.data())
def test_what_is_read_has_one_spelling(
    document: dict[str, Any], data: st.DataObject
) -> None:
    """`encode(decode(b)) == b`, or b is refused."""
    written = bytearray(encode(document))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place : place + 1] = data.draw(st.binary(max_size=2))
    with contextlib.suppress(MalformedError):
        assert encode(decode(bytes(written), limit=LIMIT)) == bytes(written)


@given(DOCUMENTS, st.dictionaries(NAMES, st.lists(VALUES, max_size=4), max_size=3))
def test_a_document_in_lines_is_the_same_document(
    head: dict[str, Any], lists: dict[str, list[Any]]
) -> None:
    head = {name: value for name, value in head.items() if name not in lists}
    lines = {name: map(encode_item, items) for name, items in lists.items()}
    assert b"".join(encode_lines(head, lines)) == encode({**head, **lists})


@given(st.binary(max_size=80))
def test_base64_is_read_as_written(data: bytes) -> None:
    assert from_base64(to_base64(data)) == data


@given(st.text("AQRSw+/=\n- é", max_size=9))
def test_base64_has_one_spelling(text: str) -> None:
    with contextlib.suppress(MalformedError):
        assert to_base64(from_base64(text)) == text


@given(st.text("0123456789+-_ .e\uff11", max_size=4))
def test_a_number_has_one_spelling(text: str) -> None:
    with contextlib.suppress(MalformedError):
        assert str(from_decimal(text)) == text


@given(st.dates(), SECONDS)
def test_days_and_times_are_read_as_written(day: date, moment: datetime) -> None:
    assert parse_day(format_day(day)) == day
    assert parse_time(format_time(moment)) == moment


@given(
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=64, max_size=64),
    st.text(st.characters(exclude_categories=["C"]), max_size=30),
)
def test_a_signature_is_read_as_written(
    key_id: bytes, signature: bytes, comment: str
) -> None:
    file = SignatureFile(
        untrusted_comment=comment,
        key_id=key_id,
        signature=signature,
        trusted_comment=comment,
        global_signature=signature,
    )
    assert parse_signature(format_signature(file)) == file


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=40))
def test_a_tree_splits_at_the_largest_power_of_two(entries: list[bytes]) -> None:
    """RFC 6962, 2.1, in its own recursive words."""
    leaves = [leaf_hash(entry) for entry in entries]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    joined = node_hash(root_hash(leaves[:split]), root_hash(leaves[split:]))
    assert root_hash(leaves) == joined


@given(
    st.sampled_from([LISTED, CONTESTED, ALLOWED, UNDECLARED]),
    st.text(max_size=20) | st.sampled_from([*Use]),
    st.none() | st.sampled_from(sorted(COUNTRIES)),
    SECONDS,
)
def test_a_use_unknown_to_the_vocabulary_is_never_allowed(
    isrc: str, use: str, country: str | None, now: datetime
) -> None:
    verdict = REGISTRY.answer(Isrc(isrc), use, country, now=now).verdict
    if use not in set(Use) - {Use.ANY_AI}:
        assert verdict is not Verdict.ALLOW


@given(
    st.sampled_from([LISTED, CONTESTED, ALLOWED, UNDECLARED]),
    st.sampled_from([*Use]),
    st.sampled_from(sorted(COUNTRIES)),
    SECONDS,
    SECONDS,
)
def test_time_alone_never_permits(
    isrc: str, use: Use, country: str, one: datetime, other: datetime
) -> None:
    """An older release never becomes more permissive by waiting."""
    early, late = sorted([one, other])
    before = REGISTRY.answer(Isrc(isrc), use, country, now=early).verdict
    after = REGISTRY.answer(Isrc(isrc), use, country, now=late).verdict
    assert after is before or after is Verdict.UNDECLARED
