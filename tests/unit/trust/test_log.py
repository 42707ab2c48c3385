"""Who is believed about a log, and what a proof then shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.trust.log import (
    check_consistency,
    check_inclusion,
    open_checkpoint,
    sign_checkpoint,
)
from sayso.trust.note import sign_note
from sayso.wire.log_policy import Group, Log
from sayso.wire.log_proof import LogProof, decode_log_proof, encode_log_proof
from sayso.wire.merkle import Hash, prove_consistency
from sayso.wire.note import KeyType, VerifierKey
from tests.logs import LOG, ORIGIN, SEEN, log_of, policy, private_key, witnessed
from tests.registries import KEY, OTHER_KEY

TREE = log_of(5)
CHECKPOINT = TREE.checkpoint()
SIGNED = sign_checkpoint(CHECKPOINT, KEY)
TWO_OF_THREE = replace(
    policy("few"), groups=(Group(name="few", least=2, members=("W1", "W2", "W3")),)
)


def test_a_checkpoint_is_opened_as_it_was_signed() -> None:
    trusted = open_checkpoint(SIGNED, policy())
    assert trusted.checkpoint == CHECKPOINT
    assert trusted.cosigned == {}


def test_a_quorum_of_witnesses_is_asked_for() -> None:
    for few in ([], [1], [3, 3]):
        with pytest.raises(UntrustedError, match="too few witnesses"):
            open_checkpoint(witnessed(SIGNED, *few), TWO_OF_THREE)
    trusted = open_checkpoint(witnessed(SIGNED, 3, 1), TWO_OF_THREE)
    assert trusted.cosigned == {"W1": SEEN, "W3": SEEN}


def test_the_message_names_who_cosigned() -> None:
    with pytest.raises(UntrustedError, match="names none"):
        open_checkpoint(SIGNED, TWO_OF_THREE)
    with pytest.raises(UntrustedError, match="names 'W2'"):
        open_checkpoint(witnessed(SIGNED, 2), TWO_OF_THREE)


def test_witnesses_alone_are_not_believed() -> None:
    forged = sign_checkpoint(CHECKPOINT, OTHER_KEY)
    with pytest.raises(UntrustedError, match="not signed by a log of this name"):
        open_checkpoint(witnessed(forged, 1, 2, 3), TWO_OF_THREE)
    with pytest.raises(UntrustedError, match="no key that is believed"):
        open_checkpoint(forged, policy())


def test_a_log_speaks_for_itself_alone() -> None:
    """A believed log cannot sign the checkpoint of another one."""
    key = private_key(21)
    other = VerifierKey(
        name="other.example/log", type=KeyType.ED25519, key=key.public.key
    )
    both = replace(policy(), logs=(Log(key=LOG), Log(key=other)))
    text = f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    with pytest.raises(UntrustedError, match="not signed by a log of this name"):
        open_checkpoint(sign_note(text, key, name=other.name), both)
    named = sign_note(text.replace(ORIGIN, other.name), key, name=other.name)
    assert open_checkpoint(named, both).checkpoint.origin == other.name


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(MalformedError, match="not a checkpoint"):
        open_checkpoint(sign_note("anything\n", KEY, name=ORIGIN), policy())


def test_extension_lines_are_signed_too() -> None:
    text = SIGNED.decode().partition("\n\n")[0] + "\nan extension\n"
    note = witnessed(sign_note(text, KEY, name=ORIGIN), 1)
    assert open_checkpoint(note, policy("W1")).checkpoint == CHECKPOINT
    changed = note.replace(b"an extension", b"an Extension")
    with pytest.raises(UntrustedError, match="not over this text"):
        open_checkpoint(changed, policy())


def test_an_origin_that_names_no_key_is_not_signed() -> None:
    with pytest.raises(MalformedError):
        sign_checkpoint(replace(CHECKPOINT, origin="the log"), KEY)


@pytest.mark.parametrize("index", range(5))
def test_an_entry_is_proved(index: int) -> None:
    proof = decode_log_proof(encode_log_proof(TREE.proof(index, 1, 2)))
    trusted = check_inclusion(TREE.entries[index], proof, TWO_OF_THREE)
    assert trusted.checkpoint == CHECKPOINT
    assert trusted.cosigned == {"W1": SEEN, "W2": SEEN}


def test_another_entry_is_not_proved() -> None:
    proof = TREE.proof(2)
    with pytest.raises(UntrustedError, match="another leaf 2"):
        check_inclusion(TREE.entries[3], proof, policy())
    for index in (0, 1, 3, 4, 5, 10**9):
        with pytest.raises(UntrustedError):
            check_inclusion(TREE.entries[2], replace(proof, index=index), policy())


def test_a_proof_needs_a_believed_checkpoint() -> None:
    with pytest.raises(UntrustedError, match="too few witnesses"):
        check_inclusion(TREE.entries[0], TREE.proof(0, 1), TWO_OF_THREE)
    forged = sign_checkpoint(CHECKPOINT, OTHER_KEY)
    proof = replace(TREE.proof(0), checkpoint=forged)
    with pytest.raises(UntrustedError, match="no key that is believed"):
        check_inclusion(TREE.entries[0], proof, policy())


def test_every_flipped_bit_of_a_proof_is_refused() -> None:
    """Each witness is needed, so that not even its name may change."""
    small = log_of(3)
    proof = encode_log_proof(small.proof(1, 1))
    check_inclusion(small.entries[1], decode_log_proof(proof), policy("W1"))
    for place in range(len(proof) * 8):
        changed = bytearray(proof)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(RegistryError):
            check_inclusion(
                small.entries[1], decode_log_proof(bytes(changed)), policy("W1")
            )


def test_every_flipped_bit_of_an_entry_is_refused() -> None:
    proof = TREE.proof(4)
    for place in range(len(TREE.entries[4]) * 8):
        changed = bytearray(TREE.entries[4])
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises(UntrustedError):
            check_inclusion(bytes(changed), proof, policy())


def test_a_log_that_only_grew_is_consistent() -> None:
    for old in range(1, 6):
        proof = prove_consistency(TREE.hash_of(), old, TREE.size)
        check_consistency(log_of(old).checkpoint(), CHECKPOINT, proof)


def test_a_log_never_goes_back() -> None:
    with pytest.raises(UntrustedError, match="has 4 entries, and had 5: it went back"):
        check_consistency(CHECKPOINT, log_of(4).checkpoint(), ())


def test_two_trees_of_one_size_are_seen() -> None:
    other = replace(CHECKPOINT, root=Hash(bytes(32)))
    with pytest.raises(UntrustedError, match="two trees of 5 leaves"):
        check_consistency(CHECKPOINT, other, ())


def test_rewritten_history_is_seen() -> None:
    rewritten = log_of(0)
    rewritten.add(b"another beginning", *TREE.entries[1:], b"one more")
    for old in range(1, 6):
        proof = prove_consistency(rewritten.hash_of(), old, rewritten.size)
        with pytest.raises(UntrustedError):
            check_consistency(log_of(old).checkpoint(), rewritten.checkpoint(), proof)


def test_another_log_is_not_the_same_log() -> None:
    other = replace(CHECKPOINT, origin="other.example/log")
    with pytest.raises(UntrustedError, match="does not follow"):
        check_consistency(CHECKPOINT, other, ())


def test_the_witnesses_know_the_time_that_the_log_does_not() -> None:
    later = SEEN + timedelta(days=1)
    note = witnessed(witnessed(SIGNED, 1), 2, now=later)
    assert open_checkpoint(note, policy()).cosigned == {"W1": SEEN, "W2": later}


def test_a_proof_of_a_false_hash_length_is_malformed() -> None:
    proof = LogProof(index=0, hashes=(Hash(b"short"),), checkpoint=SIGNED)
    with pytest.raises(MalformedError, match="32 bytes"):
        check_inclusion(TREE.entries[0], proof, policy())
