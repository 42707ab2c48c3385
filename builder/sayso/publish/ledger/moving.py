"""Moving to another log, where the old one can be believed no more.

Whoever stole the key of a log can sign a tree that is longer than the honest one will
ever be, and readers who saw it refuse all that is shorter. So holders of offline keys
name a log of another name instead. It has the same entries, and so the same tree.
"""

from contextlib import suppress

from sayso.errors import PublishError, UntrustedError
from sayso.publish.ledger.entering import log_origin, prove
from sayso.publish.ledger.signed import Logged, Read, read_logged, required
from sayso.trust.folder import TrustFolder
from sayso.trust.keys import SigningKey
from sayso.trust.log import sign_checkpoint
from sayso.trust.naming import named_target
from sayso.wire.checkpoint import Checkpoint
from sayso.wire.log_policy import decode_log_policy
from sayso.wire.places import CHECKPOINT, POLICY_NAME, named_path


def moved(
    read: Read, holders: TrustFolder, release: bytes, key: SigningKey
) -> dict[str, bytes]:
    """Return the checkpoint of the log that takes over the entries of a ledger's.

    Args:
        read: gives the files of the ledger.
        holders: whose newest policy names the new log and not the old one.
        release: the bytes of the `release.json` that was entered last.
        key: of the new log.

    Raises:
        PublishError: no earlier policy names the ledger's log, another release was
            entered last, a file is missing or was changed, or the new policy does not
            name the key.
        RegistryError: a file is not what it should be.
    """
    old = _logged(read, holders)
    if old.last != release:
        raise PublishError(
            "another log begins with the release that was entered last: give the "
            "folder of that release"
        )
    prove(read, old)
    policy = decode_log_policy(holders.policy)
    checkpoint = Checkpoint(
        origin=log_origin(policy, key),
        size=old.checkpoint.size,
        root=old.checkpoint.root,
    )
    return {CHECKPOINT: sign_checkpoint(checkpoint, key)}


def _logged(read: Read, holders: TrustFolder) -> Logged:
    for targets in reversed(holders.targets[:-1]):
        named = named_target(targets, POLICY_NAME)
        data = required(read, named_path(POLICY_NAME, named.sha256))
        named.check(data)
        with suppress(UntrustedError):
            logged = read_logged(read, decode_log_policy(data))
            if logged is not None:
                return logged
    raise PublishError(
        "the ledger has no log that holders named before, so that there is nothing to "
        "take over"
    )
