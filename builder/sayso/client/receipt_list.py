"""Receipts of lists: answered from the core, so that nobody learns the codes.

The receipt commits to codes and answers, and proves the release whose core was asked.
That the answers are those of this core anybody can compute again who is given them and
has the core: the release names it by its content.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import numpy as np

from sayso.client.core import Core
from sayso.client.receipt_codes import screen_codes
from sayso.columns.codes import Keys
from sayso.errors import UntrustedError
from sayso.model.isrc import Isrc, key_of
from sayso.wire.receipt_kinds import Screened


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """A list that was asked about.

    Attributes:
        said: what the receipt says.
        answers: the file of answers, which stays with whoever asked.
    """

    said: Screened
    answers: bytes


def screen_list(
    core: Core,
    isrcs: Sequence[Isrc],
    *,
    salt: bytes,
    territory: str | None,
    now: datetime,
) -> Screening:
    """Return what a core says of a list.

    Args:
        core: of a verified release.
        isrcs: ascending, each once.
        salt: as many bytes as `wire.answered.SALT_BYTES` that nobody can guess.
        territory: the country that is asked about, or None.
        now: the moment of asking, in UTC.
    """
    keys = np.fromiter(map(key_of, isrcs), np.int64, len(isrcs))
    out = BytesIO()
    said = screen_codes(core, [keys], out, salt=salt, territory=territory, now=now)
    return Screening(said=said, answers=out.getvalue())


def check_screening(
    core: Core, said: Screened, parts: Iterable[Keys], *, salt: bytes, asked: datetime
) -> None:
    """Check that a core gives the answers that a receipt commits to.

    Args:
        core: of the release that the receipt proves.
        said: what the receipt says.
        parts: the keys of the codes, as the file of answers has them.
        salt: likewise.
        asked: when, as the receipt says.

    Raises:
        UntrustedError: it gives others.
    """
    again = screen_codes(
        core, parts, None, salt=salt, territory=said.territory, now=asked
    )
    if again != said:
        raise UntrustedError(
            "the receipt commits to other answers than those of its release"
        )
