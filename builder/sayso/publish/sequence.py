"""Sequence: what a release says of those before it, and whether it may follow them."""

from sayso.errors import PublishError
from sayso.model.settings import Brake
from sayso.publish.inputs import Inputs
from sayso.publish.reading.documents import DEFAULT_POLICY
from sayso.wire.header import Profile, ReleaseHeader
from sayso.wire.text import format_time


def next_header(inputs: Inputs) -> ReleaseHeader:
    """Return which release it is that is made."""
    previous = inputs.previous
    return ReleaseHeader(
        number=1 if previous is None else previous.release.header.number + 1,
        issued=inputs.issued,
        origin=inputs.documents.policy.origin,
        profile=inputs.profile,
    )


def check_inputs(inputs: Inputs) -> None:
    """Check that the settings and the time are those of a release that may follow.

    Raises:
        PublishError: they are not.
    """
    policy = inputs.documents.policy
    if policy is DEFAULT_POLICY and inputs.profile is Profile.OPERATOR:
        raise PublishError(
            "registry/policy.yaml is missing, which names the registry's origin and "
            "its waiting period; only a development release does without"
        )
    _check_header(inputs)
    _check_revoked(inputs)


def brakes(inputs: Inputs) -> tuple[Brake, Brake]:
    """Return how much a release may loosen without approval, and how much the next.

    What the release before said holds: else whoever wants to loosen much raises the
    limit in the same release.
    """
    brake = inputs.documents.policy.brake
    previous = inputs.previous
    return (brake if previous is None else previous.release.next_brake), brake


def _check_header(inputs: Inputs) -> None:
    if inputs.previous is None:
        return
    header, before = next_header(inputs), inputs.previous.release.header
    if header.issued <= before.issued:
        raise PublishError(
            f"release {header.number} would be issued at {format_time(header.issued)}, "
            f"not after release {before.number} ({format_time(before.issued)}); give a "
            "later --time"
        )
    if header.origin != before.origin:
        raise PublishError(
            f"the previous release is of {before.origin}, and policy.yaml says "
            f"{header.origin}; a registry never changes its origin"
        )


def _check_revoked(inputs: Inputs) -> None:
    number = next_header(inputs).number
    revoked = [one.release for one in inputs.documents.policy.revoked]
    if revoked and revoked[-1] >= number:
        raise PublishError(
            f"policy.yaml revokes release {revoked[-1]}, and this is release {number}; "
            "only an earlier one can be revoked"
        )
    before = inputs.previous.release.revoked if inputs.previous is not None else ()
    for one in before:
        if one.release not in revoked:
            raise PublishError(
                f"release {one.release} is revoked, and policy.yaml no longer says so; "
                "what is revoked stays so: put it back under revoked"
            )
