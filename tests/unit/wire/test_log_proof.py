"""Proofs of a log, as files."""

from dataclasses import replace

import pytest

from sayso.errors import MalformedError
from sayso.wire.log_proof import (
    PROOF_LIMIT,
    LogProof,
    decode_log_proof,
    encode_log_proof,
)
from sayso.wire.merkle import Hash
from sayso.wire.text import from_base64, to_base64

# The head of the example of C2SP tlog-proof; its signatures are shortened there.
HASHES = (
    "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=",
    "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=",
    "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=",
    "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=",
    "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=",
)
NOTE = (
    "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n"
    "\n— example.com/fancylog hI2DJ1roloI=\n"
)
EXTRA = "YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ="
HEAD = "c2sp.org/tlog-proof@v1\n"
BODY = "index 73894\n" + "".join(f"{text}\n" for text in HASHES) + f"\n{NOTE}"
GOOD = HEAD + BODY
PROOF = LogProof(
    index=73894,
    hashes=tuple(Hash(from_base64(text)) for text in HASHES),
    checkpoint=NOTE.encode(),
)


def test_the_example_of_the_specification() -> None:
    assert decode_log_proof(GOOD.encode()) == PROOF
    assert encode_log_proof(PROOF) == GOOD.encode()


def test_extra_data_is_read_and_written() -> None:
    data = b"age-v1.2.1-darwin-arm64.tar.gz"
    text = f"{HEAD}extra {to_base64(data)}\n{BODY}"
    proof = replace(PROOF, extra=data)
    assert decode_log_proof(text.encode()) == proof
    assert encode_log_proof(proof) == text.encode()


def test_the_only_entry_of_a_log_needs_no_hash() -> None:
    text = f"{HEAD}index 0\n\n{NOTE}"
    assert decode_log_proof(text.encode()) == replace(PROOF, index=0, hashes=())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a proof"),
        (HEAD, "not a proof"),
        (BODY, "not a proof"),
        (GOOD.replace("@v1", "@v2"), "not a proof"),
        (f"{HEAD}index 0\n\n", "not a proof"),
        (f"{HEAD}\n{NOTE}", "not the index"),
        (f"{HEAD}index\n\n{NOTE}", "not the index"),
        (GOOD.replace("index ", "Index "), "not the index"),
        (GOOD.replace("index 7", "index 07"), "decimal"),
        (f"{HEAD}extra \n{BODY}", "no line for it"),
        (f"{HEAD}extra {EXTRA}\n{BODY}", "base64"),
        (f"{HEAD}extra QQ==\nextra QQ==\n{BODY}", "not the index"),
        (f"{HEAD}extra QQ==\n\n{NOTE}", "not the index"),
        (GOOD.replace(HASHES[0], "QQ=="), "32 bytes"),
        (GOOD.replace(HASHES[0], HASHES[0][:-2] + "R="), "canonical"),
        (GOOD.replace(HASHES[0], "\n".join([HASHES[0]] * 60)), "at most 63"),
        (GOOD.replace("\n", "\r\n"), "not a proof"),
        (GOOD + "x" * PROOF_LIMIT, "at most"),
    ],
)
def test_other_proofs_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_log_proof(text.encode())


@pytest.mark.parametrize(
    "proof",
    [
        replace(PROOF, index=-1),
        replace(PROOF, hashes=(Hash(b"short"),)),
        replace(PROOF, hashes=PROOF.hashes[:1] * 64),
        replace(PROOF, checkpoint=b""),
        replace(PROOF, checkpoint=b"\xff"),
    ],
)
def test_what_would_not_be_read_is_not_written(proof: LogProof) -> None:
    with pytest.raises(MalformedError):
        encode_log_proof(proof)
