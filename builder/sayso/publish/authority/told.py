"""What was left out, in words for operators and for the status page."""

from collections.abc import Iterable, Iterator

from sayso.model.authority import Ground
from sayso.model.visible import printable
from sayso.wire.state import LeftOut

WORDS: dict[Ground, str] = {
    Ground.NOT_YOURS: "no account that may change this folder filed it",
    Ground.UNPROVED: "nobody proved that this folder is theirs",
    Ground.DELETED: "it was deleted, and only the owner may do so",
    Ground.SIGNATURE: "no signature of somebody who may change it is on it",
    Ground.SEQUENCE: "its manifest is older than the one that counts",
    Ground.PREVIOUS: "its manifest does not go on from the one that counts",
    Ground.DIFFERS: "it is not what the owner's manifest says",
    Ground.PROTECTED: (
        "keys, accounts, contact and delegation change only by a signature"
    ),
    Ground.SIGNED_FILE: "the owner signed it, and this change is not signed",
    Ground.TRANSPLANT: "its manifest is of another registry or of another owner",
    Ground.RECOVERY: "new keys wait in public for 30 days",
    Ground.INCOMPLETE: "a file that it needs, or that needs it, was left out",
    Ground.SECOND_FOLDER: "its owner has another folder",
    Ground.RECORD: "a record stays as it was accepted",
    Ground.CLAIMANT: "nobody who may speak for the claimant filed it",
}
"""Why something was left out, in a few words."""


def told(left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield a line for each file that was left out."""
    for one in left_out:
        yield f"left out: {printable(one.path)}: {WORDS[one.ground]}"
