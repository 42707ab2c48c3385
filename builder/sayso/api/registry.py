"""A registry that a program asks, on its own machine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Self

from platformdirs import user_state_path

from sayso.client.fetch import FolderFetcher, fetcher_of
from sayso.client.files import read_file
from sayso.client.store import Store
from sayso.client.synced.copy import Copy, open_copy, read_standing
from sayso.client.synced.layout import copies_below
from sayso.client.synced.standing import Standing
from sayso.client.synced.sync import sync
from sayso.errors import UntrustedError
from sayso.model.answer import Answer
from sayso.model.isrc import Isrc, parse_isrc
from sayso.model.vocabulary import Use
from sayso.trust.chain import read_root
from sayso.trust.roles import ROLE_LIMIT, RoleFile

HOUR: Final = timedelta(hours=1)


class Registry:
    """A registry that can be asked; what is asked never leaves this machine.

    Open one with `Registry.open`. It answers from a copy that was verified, and as long
    as the signatures hold that make it the newest release; then it raises `StaleError`
    and has to be opened again. It can be pickled: another process opens the same copy.
    """

    def __init__(self, folder: Path, standing: Standing) -> None:
        """Open a copy that is in a folder; use `Registry.open`."""
        self._folder = folder
        self._copy = Copy(folder / standing.folder, standing)

    @classmethod
    def open(
        cls,
        location: str | Path,
        *,
        root: RoleFile | Path | str | None = None,
        max_age: timedelta = HOUR,
        titles: bool = False,
        store: Path | str | None = None,
    ) -> Self:
        """Open a registry, and bring its copy on this machine up to date first.

        Args:
            location: a web address, such as `https://registry.example`; the folder of a
                release, such as `out/registry`; or a folder that `sayso sync --to`
                made, which is opened as it is and asks nobody.
            root: by which everything is believed, a `.root.json` file: never from the
                registry itself. A folder that was synced needs none.
            max_age: how long a web address is not asked again for a newer release.
            titles: whether titles and artists are fetched too, to find siblings.
            store: where copies are kept; a folder of yours where None.

        Raises:
            FetchError: a file is missing, too long or cannot be reached.
            UntrustedError: a file is not one that the root vouches for, or goes back;
                or no root was given.
            StaleError: what is there is out of date.
            MalformedError: a file is not in its format.
        """
        folder = Path(location)
        if "://" not in str(location) and read_standing(folder) is not None:
            return cls._opened(folder, pinned=None if root is None else _pinned(root))
        if root is None:
            raise UntrustedError(
                "no root was given to believe this by: give root=, a .root.json file "
                "that came from the operator in another way than from the registry"
            )
        pinned, kept = _pinned(root), _store(store)
        fetcher = fetcher_of(str(location))
        if isinstance(fetcher, FolderFetcher):
            max_age = timedelta(0)
        trusted = Store(kept, pinned).refresh(
            fetcher, now=_now(), max_age=max_age, source=str(location)
        )
        copies = copies_below(kept, pinned.digest)
        sync(fetcher, trusted, copies, location=str(location), titles=titles)
        return cls._opened(copies, pinned=pinned)

    @classmethod
    def _opened(cls, folder: Path, *, pinned: RoleFile | None) -> Self:
        copy = open_copy(folder)
        if copy is None:
            raise UntrustedError(f"there is no copy of a registry in {folder}")
        if pinned is not None and pinned.digest != copy.standing.root:
            raise UntrustedError(f"the copy in {folder} was believed by another root")
        copy.standing.check_fresh(_now())
        return cls(folder, copy.standing)

    def __reduce__(self) -> tuple[Callable[..., "Registry"], tuple[object, ...]]:
        """Pickle where the copy is; whoever opens it there checks its age again."""
        return type(self), (self._folder, self._copy.standing)

    @property
    def standing(self) -> Standing:
        """Which release this is, and how long it may answer."""
        return self._copy.standing

    def lookup(
        self, isrc: str, use: Use | str, *, territory: str | None = None
    ) -> Answer:
        """Return the verdict for a recording and a use.

        Args:
            isrc: in any spelling of an ISRC.
            use: of the vocabulary; another word is answered as `any-ai`.
            territory: an ISO 3166-1 alpha-2 code, or None for every country.

        Raises:
            InvalidIsrcError: it is no ISRC.
            StaleError: the copy is too old to answer.
            ValueError: the territory is not a country.
        """
        now = self._fresh()
        code: Isrc = parse_isrc(isrc)
        return self._copy.listing(code).answer(str(use), territory, now=now)

    def _fresh(self) -> datetime:
        now = _now()
        self._copy.standing.check_fresh(now)
        return now


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _pinned(root: RoleFile | Path | str) -> RoleFile:
    if isinstance(root, RoleFile):
        return root
    return read_root(read_file(Path(root), limit=ROLE_LIMIT))


def _store(store: Path | str | None) -> Path:
    return user_state_path("sayso", appauthor=False) if store is None else Path(store)
