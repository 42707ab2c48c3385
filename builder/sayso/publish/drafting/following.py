"""What follows from a dispute or a decision, in plain words for whoever writes one."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from sayso.model.declaration import Decision, DecisionKind, Dispute
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.schema import Operators

_SILENT = "Filing changes no answer, so nobody can silence another by filing."
_WHO = (
    "Two operators look at it. They ask the other owner to answer, and accept it, or "
    "close it, by a decision that both sign and everybody can read."
)
_INTERIM = (
    "Once they accept it, and until they close it, a yes of the other owner for these "
    "recordings does not count, “ask” means no, and the answers are shown as disputed. "
    "A no stays a no."
)
_DECLARE = (
    "If you have not declared these recordings yourself, do so: your own no counts "
    "without any dispute."
)
_WAITS = "It loosens, so it counts seven days after the release that accepts it."


def after_dispute(dispute: Dispute, path: str, *, has_key: bool) -> Iterator[str]:
    """Yield how a dispute is handed in, and what happens then.

    Args:
        dispute: the one that was written.
        path: its file, as the person has to type it.
        has_key: whether the claimant's `owner.yaml` lists a key.
    """
    if has_key:
        yield f"Sign it with a key of your owner.yaml: sayso sign {path}"
        yield "Hand it in as a pull request of its own, with nothing else in it."
    else:
        yield (
            "Hand it in as a pull request of its own, with nothing else in it, from "
            f"an account that may speak for {dispute.claimant}."
        )
    yield _SILENT
    yield _WHO
    yield _INTERIM
    yield _DECLARE


def after_decision(
    decision: Decision, path: str, operators: Operators
) -> Iterator[str]:
    """Yield who signs a decision, and what it changes.

    Args:
        decision: the one that was written.
        path: its file, as the person has to type it.
        operators: those of this registry.
    """
    names = {one.account: one.name for one in operators.operators}
    keyless = {one.account for one in operators.operators if not one.keys}
    both = " and ".join(names.get(one, one) for one in decision.operators)
    yield f"{both} each sign it: sayso sign {path}"
    for account in decision.operators:
        if account in keyless:
            yield (
                f"{names[account]} has no key in operators.yaml, and cannot sign "
                "before one is there."
            )
    yield "Without both signatures no release takes it, and it changes nothing."
    yield from _effect(decision)
    yield "It is never changed afterwards; another decision may follow it."


def fault_of_decision(decision: Decision, documents: Documents) -> str | None:
    """Return why a new decision could not count; None where it can."""
    known = {operator.account for operator in documents.operators.operators}
    strangers = [one for one in decision.operators if one not in known]
    if strangers:
        return f"{strangers[0]} is not listed in operators.yaml"
    return fault_of_order(decision, documents.decisions)


def fault_of_order(decision: Decision, earlier: Sequence[Decision]) -> str | None:
    """Return why a decision about a dispute comes too late; None where it does not."""
    kinds = {one.kind for one in earlier if one.dispute == decision.dispute}
    if decision.dispute is None:
        return None
    if DecisionKind.DISPUTE_CLOSED in kinds:
        return f"{decision.dispute} is closed already; what is new needs a new dispute"
    if decision.kind in kinds:
        return f"{decision.dispute} is accepted already; it can only be closed"
    return None


def _effect(decision: Decision) -> Iterator[str]:
    match decision.kind:
        case DecisionKind.REVIEWED:
            yield (
                f"From then on a yes of {decision.owner} counts for these recordings, "
                "where a key or the domain proves who says it."
            )
            yield _WAITS
        case DecisionKind.SETTLED:
            yield (
                f"From then on what {decision.owner} says of these recordings goes "
                "before what others say of a whole prefix, also where it is milder."
            )
            yield _WAITS
        case DecisionKind.DISPUTE_ACCEPTED:
            yield (
                "It holds at once, in the next release: a yes of the owner who is "
                "disputed does not count there, “ask” means no, and the answers are "
                "shown as disputed."
            )
        case DecisionKind.DISPUTE_CLOSED:
            yield "From then on the owners' own statements apply again."
            yield _WAITS
        case DecisionKind.RECOVERED:
            yield (
                f"{decision.owner} then signs the folder with the new key. New keys "
                "wait 30 days in public, in which an old key can stop them; until "
                "then, what counted goes on counting."
            )
        case _:
            assert_never(decision.kind)
