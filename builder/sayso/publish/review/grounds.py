"""Grounds as problems: why a change may not be made, in words for its author."""

from collections.abc import Iterable

from sayso.model.authority import OWNER_FILE, Fault, Ground, Held
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem, Rule
from sayso.model.rules import authority as rules
from sayso.model.rules import place as place_rules
from sayso.publish.reading.layout import misplaced

RULES: dict[Ground, Rule] = {
    Ground.NOT_YOURS: rules.NOT_YOURS,
    Ground.UNPROVED: rules.UNPROVED,
    Ground.DELETED: rules.DELETED,
    Ground.SIGNATURE: rules.SIGNATURE,
    Ground.SEQUENCE: rules.SEQUENCE,
    Ground.PREVIOUS: rules.PREVIOUS,
    Ground.DIFFERS: rules.DIFFERS,
    Ground.PROTECTED: rules.PROTECTED,
    Ground.SIGNED_FILE: rules.SIGNED_FILE,
    Ground.TRANSPLANT: rules.TRANSPLANT,
    Ground.RECOVERY: rules.RECOVERY,
    Ground.INCOMPLETE: rules.INCOMPLETE,
    Ground.SECOND_FOLDER: place_rules.SECOND_FOLDER,
    Ground.RECORD: rules.RECORD,
    Ground.CLAIMANT: rules.CLAIMANT,
}
"""The rule that each ground breaks."""


def folder_problems(
    owner: OwnerId, home: str, held: Held, faults: Iterable[Fault]
) -> list[Problem]:
    """Return the problems of an owner's folder.

    Args:
        owner: whose folder it is.
        home: the folder.
        held: what is accepted of it.
        faults: what is not.
    """
    return [
        misplaced(
            f"{home}/{fault.file}",
            RULES[fault.ground],
            _message(owner, home, held, fault),
        )
        for fault in faults
    ]


def record_problem(fault: Fault) -> Problem:
    """Return the problem of a record."""
    rule = RULES[fault.ground]
    message = f"{rule.title}."
    if fault.ground is Ground.INCOMPLETE:
        message = "Its claimant, or whom it accuses, has no folder in this registry."
    return misplaced(fault.file, rule, message)


def _message(owner: OwnerId, home: str, held: Held, fault: Fault) -> str:
    match fault.ground:
        case Ground.NOT_YOURS:
            return f"{_who(fault)} may not change {home}/. {_managed(owner, held)}"
        case Ground.UNPROVED:
            return f"{home}/ is new, and nothing proves that {owner} made it."
        case Ground.SEQUENCE:
            new, old = fault.detail.split(" ")
            return f"This manifest has sequence {new}; {old} is accepted already."
        case Ground.INCOMPLETE:
            other = fault.detail or OWNER_FILE
            return f"It cannot count, because {other} does not."
        case Ground.RECOVERY:
            return f"The new keys of {owner} count from {fault.detail} on."
        case _:
            return f"{RULES[fault.ground].title}."


def _who(fault: Fault) -> str:
    names = fault.detail.split(" ") if fault.detail else []
    return " and ".join(names) or "Whoever made this change"


def _managed(owner: OwnerId, held: Held) -> str:
    accounts = ", ".join(sorted(held.filers(owner)))
    keys = f"{len(held.keys)} keys" if len(held.keys) != 1 else "1 key"
    if not accounts:
        return f"It is managed by {keys}."
    return f"It is managed by {accounts}" + (f", and {keys}." if held.keys else ".")
