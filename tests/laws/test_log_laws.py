"""Laws of the log: every proof that is made holds, and nothing else does."""

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.errors import MalformedError, UntrustedError
from sayso.wire.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from sayso.wire.cosignature import (
    Cosignature,
    decode_cosignature,
    encode_cosignature,
)
from sayso.wire.log_policy import (
    Group,
    Log,
    LogPolicy,
    Witness,
    decode_log_policy,
    encode_log_policy,
)
from sayso.wire.log_proof import LogProof, decode_log_proof, encode_log_proof
from sayso.wire.merkle import (
    Hash,
    check_consistency,
    check_inclusion,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    tree_root,
)
from sayso.wire.note import (
    KeyType,
    Note,
    NoteSignature,
    VerifierKey,
    decode_note,
    encode_note,
    format_verifier_key,
    parse_verifier_key,
)
from sayso.wire.tiles import (
    Tile,
    decode_bundle,
    encode_bundle,
    tiles_between,
)
from tests.logs import (
    GrowingLog,
    log_of,
    reference_consistency,
    reference_inclusion,
    reference_root,
)

LARGE = log_of(1100)
ENTRIES = LARGE.entries
# Most mistakes are made where a tile or a perfect tree is full.
SIZES = st.integers(1, len(ENTRIES)) | st.sampled_from(
    [1, 2, 3, 4, 7, 8, 9, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025]
)
HASHES = st.binary(min_size=32, max_size=32).map(Hash)
NUMBERS = st.integers(0, 2**63 - 1)
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9)
NAMES = st.text(
    st.characters(exclude_categories=["C", "Z"], exclude_characters="+"),
    min_size=1,
    max_size=9,
)
SECONDS = st.datetimes(datetime(1970, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda time: time.replace(microsecond=0)
)
KEYS = st.builds(
    VerifierKey,
    name=NAMES,
    type=st.sampled_from(KeyType),
    key=st.binary(min_size=32, max_size=32),
)
NOTES = st.builds(
    Note,
    text=st.lists(LINES | st.just(""), min_size=1, max_size=4).map(
        lambda lines: "".join(f"{line}\n" for line in lines)
    ),
    signatures=st.lists(
        st.builds(
            NoteSignature,
            name=NAMES,
            key_id=st.binary(min_size=4, max_size=4),
            signature=st.binary(min_size=1, max_size=9),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
CHECKPOINTS = st.builds(Checkpoint, origin=LINES, size=NUMBERS, root=HASHES)
PROOFS = st.builds(
    LogProof,
    index=NUMBERS,
    hashes=st.lists(HASHES, max_size=5).map(tuple),
    checkpoint=NOTES.map(encode_note),
    extra=st.binary(max_size=9),
)


@st.composite
def policies(draw: st.DrawFn) -> LogPolicy:
    """Return a policy with groups of witnesses and of groups."""
    keys = st.binary(min_size=32, max_size=32)
    logs = draw(st.lists(keys, max_size=2, unique=True))
    witnesses = draw(st.lists(keys, max_size=6, unique=True))
    names = draw(
        st.lists(
            NAMES.filter(lambda name: name != "none"),
            min_size=len(witnesses) + 3,
            max_size=len(witnesses) + 3,
            unique=True,
        )
    )
    free = names[: len(witnesses)]
    groups: list[Group] = []
    for name in names[len(witnesses) :]:
        members = draw(st.lists(st.sampled_from(free), unique=True)) if free else []
        if members:
            least = draw(st.integers(1, len(members)))
            groups.append(Group(name=name, least=least, members=tuple(members)))
            free = [*(each for each in free if each not in members), name]
    defined = [*names[: len(witnesses)], *(group.name for group in groups)]
    return LogPolicy(
        logs=tuple(
            Log(key=VerifierKey(name=draw(NAMES), type=KeyType.ED25519, key=key))
            for key in logs
        ),
        witnesses=tuple(
            Witness(
                name=name,
                key=VerifierKey(name=draw(NAMES), type=KeyType.COSIGNATURE, key=key),
                url=draw(st.none() | NAMES),
            )
            for name, key in zip(names, witnesses, strict=False)
        ),
        groups=tuple(groups),
        quorum=draw(st.none() | st.sampled_from(defined)) if defined else None,
    )


def flipped(data: st.DataObject, value: Hash) -> Hash:
    """Return a hash of which one bit is another."""
    place = data.draw(st.integers(0, 255))
    number = int.from_bytes(value, "big") ^ (1 << place)
    return Hash(number.to_bytes(32, "big"))


@given(SIZES, st.data())
def test_a_proof_of_inclusion_is_that_of_the_rfc_and_holds(
    size: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, size - 1))
    hash_of = LARGE.hash_of(len(ENTRIES))
    proof = prove_inclusion(hash_of, index, size)
    root = tree_root(hash_of, size)
    assert [*proof] == reference_inclusion(index, ENTRIES[:size])
    assert root == reference_root(ENTRIES[:size])
    check_inclusion(leaf_hash(ENTRIES[index]), index, size, proof, root)


@given(SIZES, SIZES)
def test_a_proof_of_consistency_is_that_of_the_rfc_and_holds(
    one: int, other: int
) -> None:
    old, new = sorted([one, other])
    hash_of = LARGE.hash_of(len(ENTRIES))
    proof = prove_consistency(hash_of, old, new)
    assert [*proof] == reference_consistency(old, ENTRIES[:new])
    roots = tree_root(hash_of, old), tree_root(hash_of, new)
    check_consistency(old, roots[0], new, roots[1], proof)


@given(SIZES, st.data())
def test_no_changed_proof_of_inclusion_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hash_of = LARGE.hash_of(len(ENTRIES))
    proof = [*prove_inclusion(hash_of, index, size)]
    root, leaf = tree_root(hash_of, size), leaf_hash(ENTRIES[index])
    match data.draw(st.sampled_from(["leaf", "root", "index", "proof", "length"])):
        case "leaf":
            leaf = flipped(data, leaf)
        case "root":
            root = flipped(data, root)
        case "index":
            index ^= 1 << data.draw(st.integers(0, 62))
        case "proof" if proof:
            place = data.draw(st.integers(0, len(proof) - 1))
            proof[place] = flipped(data, proof[place])
        case _:
            proof = [*proof, root] if data.draw(st.booleans()) else [leaf, *proof]
    with pytest.raises(UntrustedError):
        check_inclusion(leaf, index, size, proof, root)


@given(SIZES, SIZES, st.data())
def test_no_changed_proof_of_consistency_holds(
    one: int, other: int, data: st.DataObject
) -> None:
    old, new = sorted([one, other])
    hash_of = LARGE.hash_of(len(ENTRIES))
    proof = [*prove_consistency(hash_of, old, new)]
    roots = [tree_root(hash_of, old), tree_root(hash_of, new)]
    match data.draw(st.sampled_from(["root", "proof", "length", "order"])):
        case "root":
            place = data.draw(st.integers(0, 1))
            roots[place] = flipped(data, roots[place])
        case "proof" if proof:
            place = data.draw(st.integers(0, len(proof) - 1))
            proof[place] = flipped(data, proof[place])
        case "order" if old < new:
            old, new = new, old
        case _:
            proof = [*proof, roots[1]]
    with pytest.raises(UntrustedError):
        check_consistency(old, roots[0], new, roots[1], proof)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=6))
def test_the_history_of_a_log_does_not_show_in_its_tiles(steps: list[int]) -> None:
    log = GrowingLog()
    for step in steps:
        before, had = log.size, set(log.tiles)
        log.add(*(b"%d" % number for number in range(before, before + step)))
        assert {*log.tiles} - had == {*tiles_between(before, log.size)}
        once = GrowingLog()
        once.add(*log.entries)
        now = {tile: log.tiles[tile] for tile in tiles_between(0, log.size)}
        assert now == once.tiles


@given(SIZES, st.data())
def test_a_proof_from_changed_tiles_does_not_hold(
    size: int, data: st.DataObject
) -> None:
    """Tiles come from anybody: what is proved with them is still checked."""
    small = log_of(size)
    index = data.draw(st.integers(0, size - 1))
    root = tree_root(small.hash_of(), size)
    honest = prove_inclusion(small.hash_of(), index, size)
    tile = data.draw(st.sampled_from(sorted(small.tiles)))
    place = data.draw(st.integers(0, 32 * tile.width - 1))
    changed = bytearray(small.tiles[tile])
    changed[place] ^= 1
    small.tiles[tile] = bytes(changed)
    proof = prove_inclusion(small.hash_of(), index, size)
    if proof != honest:
        with pytest.raises(UntrustedError):
            check_inclusion(leaf_hash(small.entries[index]), index, size, proof, root)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256), st.data())
def test_a_bundle_is_read_as_written_and_has_one_spelling(
    entries: list[bytes], data: st.DataObject
) -> None:
    tile = Tile(level=0, index=0, width=len(entries))
    written = bytearray(encode_bundle(entries))
    assert decode_bundle(bytes(written), tile) == tuple(entries)
    spoil(written, data)
    with contextlib.suppress(MalformedError):
        assert encode_bundle(decode_bundle(bytes(written), tile)) == bytes(written)


def spoil(written: bytearray, data: st.DataObject) -> None:
    """Put a few bytes where others, or none, stood."""
    start = data.draw(st.integers(0, len(written)))
    end = data.draw(st.integers(start, min(len(written), start + 2)))
    written[start:end] = data.draw(st.binary(max_size=2))


@given(NOTES, st.data())
def test_a_note_is_read_as_written_and_has_one_spelling(
    note: Note, data: st.DataObject
) -> None:
    written = bytearray(encode_note(note))
    assert decode_note(bytes(written)) == note
    spoil(written, data)
    with contextlib.suppress(MalformedError):
        assert encode_note(decode_note(bytes(written))) == bytes(written)


@given(PROOFS, st.data())
def test_a_proof_is_read_as_written_and_has_one_spelling(
    proof: LogProof, data: st.DataObject
) -> None:
    written = bytearray(encode_log_proof(proof))
    assert decode_log_proof(bytes(written)) == proof
    spoil(written, data)
    with contextlib.suppress(MalformedError):
        assert encode_log_proof(decode_log_proof(bytes(written))) == bytes(written)


@given(CHECKPOINTS, st.data())
def test_a_checkpoint_is_read_as_written_and_has_one_spelling(
    checkpoint: Checkpoint, data: st.DataObject
) -> None:
    text = format_checkpoint(checkpoint)
    assert parse_checkpoint(text) == checkpoint
    written = bytearray(text.encode())
    spoil(written, data)
    changed = written.decode(errors="replace")
    with contextlib.suppress(MalformedError):
        again = format_checkpoint(parse_checkpoint(changed))
        assert changed.startswith(again)
        assert "\n\n" not in changed


@given(KEYS, st.data())
def test_a_verifier_key_is_read_as_written_and_has_one_spelling(
    key: VerifierKey, data: st.DataObject
) -> None:
    text = format_verifier_key(key)
    assert parse_verifier_key(text) == key
    written = bytearray(text.encode())
    spoil(written, data)
    changed = written.decode(errors="replace")
    with contextlib.suppress(MalformedError):
        assert format_verifier_key(parse_verifier_key(changed)) == changed


@given(SECONDS, st.binary(min_size=64, max_size=64))
def test_a_cosignature_is_read_as_written(time: datetime, signature: bytes) -> None:
    cosignature = Cosignature(time=time, signature=signature)
    assert decode_cosignature(encode_cosignature(cosignature)) == cosignature


@given(policies())
def test_a_policy_is_read_as_written(policy: LogPolicy) -> None:
    assert decode_log_policy(encode_log_policy(policy)) == policy


@given(policies(), st.data())
def test_one_more_witness_never_spoils_a_quorum(
    policy: LogPolicy, data: st.DataObject
) -> None:
    names = [witness.name for witness in policy.witnesses]
    some = data.draw(st.sets(st.sampled_from(names))) if names else set()
    assert policy.is_quorum(set(names))
    if policy.is_quorum(some):
        for name in names:
            assert policy.is_quorum({*some, name})
