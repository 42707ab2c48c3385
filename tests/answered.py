"""Files of answers, by a second hand: line by line, as the page about receipts says.

Nothing here comes from the code that writes or reads real files of answers, and the
answers are those of registry.json, not of a core.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.profile import encode
from sayso.wire.receipt_kinds import Screened
from sayso.wire.registry import decode_registry
from sayso.wire.text import Digest
from tests.registries import Document
from tests.trees import digest_of

HEAD = re.compile(r"sayso/answers/1\t([0-9a-f]{64})", re.ASCII)
LINE = re.compile(r"([A-Z]{2}[A-Z0-9]{3}[0-9]{7})\t(?:([0-9a-f]{64})|-)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Codes and their policies, None where nobody speaks: two columns of one length."""

    salt: bytes
    isrcs: Sequence[str]
    policies: Sequence[str | None]

    @property
    def list_digest(self) -> Digest:
        """The commitment to the codes."""
        return salted(self.salt, (f"{isrc}\n" for isrc in self.isrcs))

    @property
    def answers_digest(self) -> Digest:
        """The commitment to the answers."""
        return salted(self.salt, self._lines())

    def encode(self) -> bytes:
        """Return the bytes of the file."""
        head = f"sayso/answers/1\t{self.salt.hex()}\n"
        return "".join([head, *self._lines()]).encode()

    def _lines(self) -> Iterator[str]:
        for isrc, policy in zip(self.isrcs, self.policies, strict=True):
            yield f"{isrc}\t{policy or '-'}\n"


def decode_answered(data: bytes) -> Answered:
    """Return what `Answered.encode` wrote.

    Raises:
        ValueError: it never makes these bytes.
    """
    head, *lines = data.decode().split("\n")
    begins = HEAD.fullmatch(head)
    if begins is None or not lines or lines.pop():
        raise ValueError("not a file of answers")
    isrcs, policies = [], []
    for line in lines:
        match = LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"not a line: {line}")
        isrcs.append(match[1])
        policies.append(match[2])
    if not all(one < other for one, other in pairwise(isrcs)):
        raise ValueError("the codes do not ascend")
    return Answered(salt=bytes.fromhex(begins[1]), isrcs=isrcs, policies=policies)


def plainly_screened(
    document: Document,
    isrcs: Iterable[Isrc],
    *,
    salt: bytes,
    territory: str | None,
    now: datetime,
) -> tuple[Screened, Answered]:
    """Return what a receipt of a list must say, and the answers beside it.

    Args:
        document: registry.json.
        isrcs: ascending, each once.
        salt: of the file.
        territory: the country that is asked about, or None.
        now: the moment of asking, in UTC.
    """
    registry = decode_registry(encode(document))
    codes = list(isrcs)
    digests: dict[int | None, str | None] = {None: None}
    for item in document["policies"]:
        content = {name: item[name] for name in item if name != "number"}
        digests[item["number"]] = digest_of(content)
    found = [registry.listing(isrc) for isrc in codes]
    answered = Answered(
        salt=salt,
        isrcs=codes,
        policies=[digests[listing.number] for listing in found],
    )
    verdicts = {
        use: Counter(
            registry.answer(isrc, use, territory, now=now).verdict for isrc in codes
        )
        for use in Use
    }
    said = Screened(
        codes=len(codes),
        listed=sum(listing.listed for listing in found),
        territory=territory,
        list=answered.list_digest,
        answers=answered.answers_digest,
        counts={
            use: {verdict: count[verdict] for verdict in Verdict}
            for use, count in verdicts.items()
        },
    )
    return said, answered


def salted(salt: bytes, lines: Iterable[str]) -> Digest:
    """Return the SHA-256 of a salt and of lines."""
    return Digest(sha256(salt + "".join(lines).encode()).hexdigest())
