"""Grounds: why something was left out and what to do, in plain words."""

from dataclasses import dataclass
from typing import Final

from sayso.model.authority import Ground
from sayso.publish.authority.told import WORDS
from sayso.publish.review.grounds import RULES
from sayso.wire.state import LeftOut

_SIGN = "Sign again with a key that counts (sayso sign), and propose it anew."
_TO_DO: Final[dict[Ground, str]] = {
    Ground.NOT_YOURS: "Propose it from an account that owner.yaml lists, or sign it.",
    Ground.UNPROVED: (
        "Open the folder from the account whose number it has; or let the domain name "
        "your key, and sign the folder."
    ),
    Ground.DELETED: "Bring the file back, and withdraw what it says (sayso withdraw).",
    Ground.SIGNATURE: _SIGN,
    Ground.SEQUENCE: _SIGN,
    Ground.PREVIOUS: _SIGN,
    Ground.DIFFERS: _SIGN,
    Ground.PROTECTED: _SIGN,
    Ground.SIGNED_FILE: _SIGN,
    Ground.TRANSPLANT: _SIGN,
    Ground.RECOVERY: (
        "Wait; or, if these keys are not yours, sign with an old key, which ends it."
    ),
    Ground.INCOMPLETE: "Mend the other file; both then count together.",
    Ground.SECOND_FOLDER: "Move the files into the folder that the owner has.",
    Ground.RECORD: "Bring back what was accepted, and file what is new beside it.",
    Ground.CLAIMANT: "File it from an account of the claimant, or sign it.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundView:
    """Why something was left out.

    Attributes:
        why: a sentence.
        to_do: another one.
        rule: the code of the rule that is broken, and `href` where it is explained.
    """

    why: str
    to_do: str
    rule: str
    href: str


def ground_view(left_out: LeftOut) -> GroundView:
    """Return why something was left out, in plain words."""
    rule = RULES[left_out.ground]
    words = WORDS[left_out.ground]
    return GroundView(
        why=f"{words[0].upper()}{words[1:]}{_detail(left_out)}.",
        to_do=_TO_DO[left_out.ground],
        rule=rule.code,
        href=rule.anchor,
    )


def _detail(left_out: LeftOut) -> str:
    detail = left_out.detail
    if not detail:
        return ""
    match left_out.ground:
        case Ground.NOT_YOURS | Ground.UNPROVED:
            return f": {' and '.join(detail.split(' '))} did"
        case Ground.SEQUENCE:
            return f": number {' after '.join(detail.split(' '))}"
        case Ground.RECOVERY:
            return f", until {detail}"
        case _:
            return f": {detail}"
