"""Receipts: what was asked, what was answered, and all that proves it, in one file.

"`sayso verify receipt.json` works offline, years later, in milliseconds." (Release)
There are three kinds: of recordings, of a long list whose codes it does not show, and
of one file of declarations. Here is what they look like; nothing in them is believed
before `client.receipt` has found every answer again from the evidence.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sayso.model.vocabulary import NOTICE
from sayso.wire.evidence import Evidence, encode_evidence, read_evidence
from sayso.wire.members import Members
from sayso.wire.profile import decode, encode
from sayso.wire.receipt_kinds import Said, encode_kind, read_kind
from sayso.wire.text import format_time

FORMAT: Final = "sayso/receipt/1"
RECEIPT_LIMIT: Final = 16 * 2**20
"""No receipt is longer, in bytes."""
_MARK = b'\n"format":"%b",\n' % FORMAT.encode()
_PLACE = "a receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A receipt, not verified.

    Attributes:
        asked: when, by the clock of whoever asked; a whole second in UTC.
        maker: the program that made it, such as `sayso 1.0.0`.
    """

    asked: datetime
    maker: str
    said: Said
    evidence: Evidence
    notice: str = NOTICE


def is_receipt(data: bytes) -> bool:
    """Return whether bytes say of themselves that they are a receipt.

    In the JSON profile a line that begins so is a member of the document itself.
    """
    return _MARK in data


def encode_receipt(receipt: Receipt) -> bytes:
    """Return the bytes of a receipt.

    Raises:
        MalformedError: it breaks a rule of the format, or is too long.
        ValueError: the time is not a whole second in UTC.
    """
    data = encode(
        {
            **encode_kind(receipt.said),
            "evidence": encode_evidence(receipt.evidence),
            "format": FORMAT,
            "made": {"asked": format_time(receipt.asked), "by": receipt.maker},
            "notice": receipt.notice,
        }
    )
    decode_receipt(data)
    return data


def decode_receipt(data: bytes) -> Receipt:
    """Return the receipt that `encode_receipt` wrote.

    Raises:
        MalformedError: `encode_receipt` never makes these bytes.
    """
    members = Members(decode(data, limit=RECEIPT_LIMIT), _PLACE)
    members.constant("format", FORMAT)
    made = members.object("made")
    receipt = Receipt(
        asked=made.time("asked"),
        maker=made.text("by"),
        said=read_kind(members),
        evidence=read_evidence(members.object("evidence")),
        notice=members.text("notice"),
    )
    made.end()
    members.end()
    return receipt
