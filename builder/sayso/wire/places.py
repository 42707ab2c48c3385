"""Where the files of trust lie below the address of a registry.

tuf/metadata/timestamp.json          the only one that changes
tuf/metadata/<version>.<role>.json
tuf/targets/<sha256>.<name>          what those files name: policy, release, proof
log/checkpoint  log/tile/…           the transparency log
trust/1.root.json                    the first root, for convenience only
"""

from hashlib import sha256
from typing import Final

CHECKPOINT: Final = "log/checkpoint"
FIRST_ROOT: Final = "trust/1.root.json"
TIMESTAMP: Final = "tuf/metadata/timestamp.json"

POLICY_NAME: Final = "policy.txt"
"""The target that says who is believed about the log."""
RELEASE_NAME: Final = "release.json"
"""The target that says what the newest release is."""
PROOF_NAME: Final = "release.tlog-proof"
"""The target that proves the newest release to be in the log."""
APPROVAL_NAME: Final = "release.approval.json"
"""The target by which offline holders let a release loosen more than the brake does."""


def metadata_path(name: str) -> str:
    """Return where a file of TUF's metadata lies, such as `1.root.json`."""
    return f"tuf/metadata/{name}"


def target_path(name: str, data: bytes) -> str:
    """Return where a file lies that TUF names: at "HASH.FILENAME.EXT"."""
    return named_path(name, sha256(data).hexdigest())


def named_path(name: str, digest: str) -> str:
    """Return where a file lies of which TUF says the SHA-256."""
    return f"tuf/targets/{digest}.{name}"


def log_path(path: str) -> str:
    """Return where a file of the log lies, by its path within the log."""
    return f"log/{path}"
