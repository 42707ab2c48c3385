"""By number: a release of which the log proves that the registry published it."""

from sayso.client.fetch import Fetcher
from sayso.client.history import read_logged
from sayso.client.log import LogTree
from sayso.client.refresh import Trusted
from sayso.errors import MissingError
from sayso.wire.succession import Entry, check_follows


def release_numbered(fetcher: Fetcher, trusted: Trusted, number: int) -> Entry:
    """Return the release of a number, proved by the log that is believed.

    Takes two or three small requests; none for the newest release.

    Args:
        fetcher: brings the files of the log.
        trusted: what is believed of the registry now.
        number: from 1.

    Raises:
        MissingError: there is no such release, or a file of the log is missing.
        FetchError: a file of the log is too long or cannot be reached.
        MalformedError: a file of the log, or the release, is not in its format.
        UntrustedError: a file is not what the checkpoint commits to, or the release is
            of another registry than the newest one.
    """
    newest = trusted.release.header
    if not 1 <= number <= newest.number:
        raise MissingError(
            f"{newest.origin} has no release {number}: they go from 1 to the newest, "
            f"{newest.number}"
        )
    if number == newest.number:
        return trusted.entry
    tree = LogTree(fetcher, trusted.checkpoint.checkpoint)
    (data,) = tree.entries(range(number - 1, number))
    entry = read_logged(data, index=number - 1)
    check_follows(trusted.entry, entry)
    return entry
