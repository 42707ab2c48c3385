"""Opening a registry: finding the copy that answers, and bringing it up to date."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_state_path

from sayso.api.clock import now
from sayso.client.files import read_file
from sayso.client.synced.copy import open_copy, read_standing
from sayso.client.synced.layout import copies_below
from sayso.client.synced.standing import Standing
from sayso.errors import UntrustedError

if TYPE_CHECKING:
    from sayso.trust.roles import RoleFile


def find_copy(
    location: str | Path,
    *,
    root: "RoleFile | Path | str | None",
    max_age: timedelta,
    titles: bool,
    store: Path | str | None,
) -> tuple[Path, Standing]:
    """Return a folder of copies, and the standing of the one that answers.

    The arguments and the errors are those of `Registry.open`.
    """
    folder = Path(location).absolute()
    if "://" not in str(location) and read_standing(folder) is not None:
        return folder, _standing(folder, None if root is None else _pinned(root))
    if root is None:
        raise UntrustedError(
            "no root was given to believe this by: give root=, a .root.json file "
            "that came from the operator in another way than from the registry"
        )
    pinned = _pinned(root)
    kept = (
        user_state_path("sayso", appauthor=False)
        if store is None
        else Path(store).absolute()
    )
    _sync(str(location), pinned, kept, max_age=max_age, titles=titles)
    copies = copies_below(kept, pinned.digest)
    return copies, _standing(copies, pinned)


def _sync(
    location: str, root: "RoleFile", store: Path, *, max_age: timedelta, titles: bool
) -> None:
    # What fetches and verifies takes longer to load than a copy takes to answer.
    from sayso.client.fetch import FolderFetcher, fetcher_of  # noqa: PLC0415
    from sayso.client.store import Store  # noqa: PLC0415
    from sayso.client.synced.sync import sync  # noqa: PLC0415

    fetcher = fetcher_of(location)
    if isinstance(fetcher, FolderFetcher):
        max_age = timedelta(0)
    trusted = Store(store, root).refresh(
        fetcher, now=now(), max_age=max_age, source=location
    )
    copies = copies_below(store, root.digest)
    sync(fetcher, trusted, copies, location=location, titles=titles)


def _standing(folder: Path, pinned: "RoleFile | None") -> Standing:
    copy = open_copy(folder)
    if copy is None:
        raise UntrustedError(f"there is no copy of a registry in {folder}")
    if pinned is not None and pinned.digest != copy.standing.root:
        raise UntrustedError(f"the copy in {folder} was believed by another root")
    copy.standing.check_fresh(now())
    return copy.standing


def _pinned(root: "RoleFile | Path | str") -> "RoleFile":
    if not isinstance(root, str | Path):
        return root
    from sayso.trust.chain import read_root  # noqa: PLC0415 - as above
    from sayso.trust.roles import ROLE_LIMIT  # noqa: PLC0415

    return read_root(read_file(Path(root), limit=ROLE_LIMIT))
