"""The status of a release: what it left out, and what waits in public."""

from datetime import timedelta

from sayso.model.authority import RECOVERY_WAIT
from sayso.publish.findings import Findings
from sayso.publish.inputs import Inputs
from sayso.wire.status import Ageing, Recovering, Status


def status_of(inputs: Inputs, findings: Findings) -> Status:
    """Return what a release left out, and what waits.

    Args:
        inputs: what the release is made from.
        findings: what it says.
    """
    standing, policy = inputs.standing, inputs.documents.policy
    recheck = timedelta(days=policy.recheck_days)
    grace = timedelta(days=policy.grace_days)
    return Status(
        left_out=standing.left_out,
        pending=tuple(findings.pending),
        recovering=tuple(
            Recovering(owner=owner, since=held.recovery.since + RECOVERY_WAIT)
            for owner, held in sorted(standing.held.items())
            if held.recovery is not None
        ),
        ageing=tuple(
            Ageing(owner=owner, checked=checked, until=checked + recheck + grace)
            for owner, checked in sorted(standing.proved.items())
            if checked + recheck <= inputs.issued
        ),
    )
