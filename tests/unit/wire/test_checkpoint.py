"""Checkpoints, as text."""

from dataclasses import replace

import pytest

from sayso.errors import MalformedError
from sayso.wire.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from sayso.wire.merkle import Hash
from sayso.wire.text import from_base64, to_base64

# The example of C2SP tlog-checkpoint.
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
TEXT = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
CHECKPOINT = Checkpoint(
    origin="example.com/behind-the-sofa",
    size=20852163,
    root=Hash(from_base64(ROOT)),
)


def test_the_example_of_the_specification() -> None:
    assert parse_checkpoint(TEXT) == CHECKPOINT
    assert format_checkpoint(CHECKPOINT) == TEXT


def test_an_empty_log_has_size_0() -> None:
    empty = replace(CHECKPOINT, size=0)
    assert parse_checkpoint(format_checkpoint(empty)) == empty


def test_extension_lines_say_nothing() -> None:
    assert parse_checkpoint(f"{TEXT}anything\n – at all\n") == CHECKPOINT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a checkpoint"),
        (TEXT.removesuffix("\n"), "not a checkpoint"),
        (f"{TEXT}\n", "not a checkpoint"),
        (f"{TEXT}x\n\ny\n", "not a checkpoint"),
        (f"{TEXT}x", "not a checkpoint"),
        (f"\n2\n{ROOT}\n", "not a checkpoint"),
        (TEXT.replace(f"\n{ROOT}", ""), "not a checkpoint"),
        (TEXT.replace("\n20", "\n020"), "decimal"),
        (TEXT.replace("\n20", "\n-20"), "decimal"),
        (TEXT.replace("20852163", str(2**63)), "a log does not have"),
        (TEXT.replace(ROOT, to_base64(bytes(31))), "32 bytes"),
        (TEXT.replace("q2I=", "q2J="), "canonical"),
    ],
)
def test_other_checkpoints_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "checkpoint",
    [
        replace(CHECKPOINT, origin=""),
        replace(CHECKPOINT, origin=f"a\n1\n{ROOT}"),
        replace(CHECKPOINT, size=-1),
        replace(CHECKPOINT, size=2**63),
        replace(CHECKPOINT, root=Hash(b"short")),
    ],
)
def test_what_would_read_back_otherwise_is_not_written(checkpoint: Checkpoint) -> None:
    with pytest.raises(MalformedError):
        format_checkpoint(checkpoint)
