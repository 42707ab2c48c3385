"""What a witness signs, as bytes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sayso.errors import MalformedError
from sayso.wire.cosignature import (
    Cosignature,
    cosigned_message,
    decode_cosignature,
    encode_cosignature,
)
from sayso.wire.text import from_base64

# The example of C2SP tlog-cosignature.
TEXT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
TIME = datetime(2023, 3, 20, 12, 25, 47, tzinfo=UTC)


def test_the_message_of_the_specification() -> None:
    assert cosigned_message(TEXT, TIME).decode() == (
        "cosignature/v1\n"
        "time 1679315147\n"
        "example.com/behind-the-sofa\n"
        "20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_signature_of_the_specification() -> None:
    line = (
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin"
        "1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    data = from_base64(line)[4:]
    cosignature = decode_cosignature(data)
    assert cosignature.time == TIME
    assert encode_cosignature(cosignature) == data


@pytest.mark.parametrize("length", [0, 64, 71, 73, 2428])
def test_a_signature_of_another_kind_is_refused(length: int) -> None:
    with pytest.raises(MalformedError, match=f"72 bytes, and this {length}"):
        decode_cosignature(bytes(length))


@pytest.mark.parametrize("seconds", [2**63 - 1, 2**64 - 1, 253402300800])
def test_a_time_that_does_not_exist_is_refused(seconds: int) -> None:
    with pytest.raises(MalformedError, match="there is no time"):
        decode_cosignature(seconds.to_bytes(8, "big") + bytes(64))


@pytest.mark.parametrize(
    "time",
    [
        TIME.replace(tzinfo=None),
        TIME.astimezone(timezone(timedelta(hours=1))),
        TIME + timedelta(microseconds=1),
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
    ],
)
def test_a_time_that_has_no_spelling_is_not_signed(time: datetime) -> None:
    with pytest.raises(ValueError, match="whole second in UTC"):
        cosigned_message(TEXT, time)
    with pytest.raises(ValueError, match="whole second in UTC"):
        encode_cosignature(Cosignature(time=time, signature=bytes(64)))
