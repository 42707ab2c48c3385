"""What has become of a release since a receipt was made: asked of the registry now.

The receipt proves what was signed. Whether the registry stands by it, its log shows: it
must still have the very release, and a later one may revoke it.
"""

from dataclasses import dataclass

from sayso.client.fetch import Fetcher
from sayso.client.log import LogTree
from sayso.client.refresh import Trusted
from sayso.errors import RewrittenError, UntrustedError
from sayso.model.settings import Revocation
from sayso.trust.evidence import Believed
from sayso.wire.release import Release
from sayso.wire.text import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a release stands today.

    Attributes:
        newest: the registry's newest release.
        revoked: that it revokes the release, and why; None where it does not.
    """

    newest: Release
    revoked: Revocation | None


def standing_of(believed: Believed, trusted: Trusted, fetcher: Fetcher) -> Standing:
    """Return how a release of a receipt stands in the registry of today.

    Args:
        believed: what the receipt proves.
        trusted: what the registry says now.
        fetcher: brings the files of its log; some three are asked for.

    Raises:
        FetchError: a file of the log is missing or cannot be reached.
        UntrustedError: a file is not of the log, or the registry is another one or
            shows an older state.
        RewrittenError: the log has another release at this place.
    """
    number = believed.release.header.number
    log, newest = trusted.checkpoint.checkpoint, trusted.release
    if log.origin != believed.checkpoint.checkpoint.origin:
        raise UntrustedError(
            f"the receipt is of the log {shown(believed.checkpoint.checkpoint.origin)}"
            f", and this registry now has the log {shown(log.origin)}: it is another "
            "registry, or began a new log"
        )
    if log.size < number:
        raise UntrustedError(
            f"this registry has {log.size} releases, and the receipt is of release "
            f"{number}: ask the registry itself, and not an old copy"
        )
    (entry,) = LogTree(fetcher, log).entries(range(number - 1, number))
    if entry != believed.data:
        raise RewrittenError(
            f"the registry's log has another release {number} than the receipt: "
            "somebody signed both. Keep both, and show them to the registry and to "
            "other readers"
        )
    revoked = next((one for one in newest.revoked if one.release == number), None)
    return Standing(newest=newest, revoked=revoked)
