"""At once: the copy on this machine that may answer, without asking anybody.

Nothing that fetches or verifies is loaded here: that was done when the copy was synced.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sayso.cli.root import root_digest
from sayso.client.synced.copy import Copy, open_copy
from sayso.client.synced.layout import copies_below
from sayso.errors import RegistryError, UntrustedError
from sayso.wire.text import Digest


def copy_at_once(
    location: str,
    root_file: Path | None,
    store: Path,
    *,
    now: datetime,
    max_age: timedelta,
) -> Copy | None:
    """Return the copy of a registry that may answer now, or None where it is asked.

    A folder that `sayso sync --to` made always answers, as long as its signatures hold.
    The copy of a web address answers until that has to be asked again.

    Raises:
        StaleError: the folder is too old to answer.
        UntrustedError: the folder was believed by another root than the one given.
        FetchError: the copy cannot be read.
        MalformedError: it is damaged.
        click.BadParameter: the root cannot be read.
    """
    if "://" not in location:
        copy = open_copy(Path(location))
        if copy is None:
            return None
        if root_file is not None and root_digest(root_file) != copy.standing.root:
            raise UntrustedError(
                f"the copy in {location} was believed by another root than {root_file}"
            )
        copy.standing.check_fresh(now)
        return copy
    if root_file is None:
        return None
    copy = None
    with suppress(RegistryError):  # the registry is asked, and says what is wrong
        copy = open_copy(copies_below(store, root_digest(root_file)))
    if copy is None or copy.standing.location != location:
        return None
    standing = copy.standing
    is_young = standing.checked <= now < standing.checked + max_age
    return copy if is_young and now < standing.fresh_until else None


def copy_of(release: Digest, root: Digest, store: Path) -> Copy | None:
    """Return the copy of a release that is believed, or None if there is none.

    Args:
        release: SHA-256 of its release.json.
        root: SHA-256 of the pinned root.
        store: where copies are kept.
    """
    copy = None
    with suppress(RegistryError):  # a damaged copy is none
        copy = open_copy(copies_below(store, root))
    return copy if copy is not None and copy.standing.digest == release else None
