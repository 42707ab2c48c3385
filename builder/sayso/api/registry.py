"""A registry that a program asks, on its own machine."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from sayso.api.clock import now as current
from sayso.api.native import Native
from sayso.api.opening import find_copy
from sayso.client.synced.copy import Copy
from sayso.client.synced.standing import Standing
from sayso.model.answer import Answer
from sayso.model.isrc import Isrc, parse_isrc
from sayso.model.vocabulary import Use

if TYPE_CHECKING:
    from sayso.api.screening.asking import Ownership
    from sayso.api.screening.rows import Annotate, Keep
    from sayso.api.screening.screening import Screening
    from sayso.trust.roles import RoleFile

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
        root: "RoleFile | Path | str | None" = None,
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
        return cls(
            *find_copy(location, root=root, max_age=max_age, titles=titles, store=store)
        )

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

    def screen(
        self,
        table: Native,
        *,
        use: Use | str,
        column: str | None = None,
        territory: str | None = None,
        ownership: "Ownership" = "claimed",
        siblings: bool = False,
        policy: str = "strict",
        distribute: bool = False,
    ) -> Native:
        """Return a table with what the registry says of each row beside its columns.

        The columns are `sayso_status`, `sayso_action`, `sayso_disputed`, `sayso_isrc`,
        `sayso_basis`, `sayso_rule`, `sayso_ownership` and `sayso_by`; columns that are
        called so already are replaced. `undeclared` is not permission.

        Args:
            table: a data frame of pandas, Polars, Dask or Spark, a relation of DuckDB,
                a table, batch, stream or dataset of PyArrow; or an array of codes, of
                which the answers alone come back. What is lazy stays lazy, and answers
                as of now; a dataset of PyArrow comes back as a stream.
            use: of the vocabulary.
            column: the name of the column with the ISRCs; None to find it by its name.
            territory: an ISO 3166-1 alpha-2 code, or None for every country.
            ownership: with `reviewed`, a verdict of an owner whose ownership was not
                reviewed reads as `undeclared`.
            siblings: whether recordings with the same title and artist are looked for,
                for one more column, `sayso_sibling`. Open with `titles=True`.
            policy: what to do with a row, for `sayso_action`: `strict`, `reservations`,
                or pairs such as `undeclared=keep`.
            distribute: whether to send the copy to the workers of Spark, which do not
                see the folder where it is.

        Raises:
            ManifestError: there is no column with codes, or none for siblings.
            StaleError: the copy is too old to answer.
            TypeError: it is no table that we know.
            ValueError: an argument is none of those.
        """
        # Columns take longer to load than a look-up takes.
        from sayso.api.screening.tables import screen_table  # noqa: PLC0415

        screening = self._screening(use, territory, ownership, policy, siblings)
        return screen_table(screening, table, column, distribute=distribute)

    def keep(
        self,
        *,
        use: Use | str,
        column: str | None = None,
        territory: str | None = None,
        ownership: "Ownership" = "claimed",
        siblings: bool = False,
        policy: str = "strict",
    ) -> "Keep":
        """Return a function that says which rows to keep, for loaders of data.

        As in `dataset.filter(registry.keep(use="train-generative"), batched=True)`. It
        can be pickled, answers as of now, and raises `StaleError` as soon as the copy
        is too old. A row without a usable code is never kept.

        Args:
            use: as in `screen`, like all the others.
            column: likewise; of a sample of WebDataset, a member of it or of its JSON.
            territory: likewise.
            ownership: likewise.
            siblings: likewise.
            policy: likewise.

        Raises:
            StaleError: the copy is too old to answer.
            ValueError: an argument is none of those.
        """
        from sayso.api.screening.rows import Keep  # noqa: PLC0415 - as above

        return Keep(
            self._screening(use, territory, ownership, policy, siblings), column
        )

    def annotate(
        self,
        *,
        use: Use | str,
        column: str | None = None,
        territory: str | None = None,
        ownership: "Ownership" = "claimed",
        siblings: bool = False,
        policy: str = "strict",
    ) -> "Annotate":
        """Return a function that gives rows the columns of `screen`.

        As in `dataset.map(registry.annotate(use="train-generative"), batched=True)`; in
        all else it is like what `keep` returns.

        Args:
            use: as in `screen`, like all the others.
            column: likewise; of a sample of WebDataset, a member of it or of its JSON.
            territory: likewise.
            ownership: likewise.
            siblings: likewise.
            policy: likewise.

        Raises:
            StaleError: the copy is too old to answer.
            ValueError: an argument is none of those.
        """
        from sayso.api.screening.rows import Annotate  # noqa: PLC0415 - as above

        return Annotate(
            self._screening(use, territory, ownership, policy, siblings), column
        )

    def _screening(
        self,
        use: Use | str,
        territory: str | None,
        ownership: "Ownership",
        policy: str,
        siblings: bool,  # noqa: FBT001 - as the public ones take it
    ) -> "Screening":
        from sayso.api.screening.asking import ask  # noqa: PLC0415 - as above
        from sayso.api.screening.screening import Screening  # noqa: PLC0415

        if siblings and not self.standing.titles:
            raise ValueError(
                "siblings are found by titles, which this copy has not: open the "
                "registry with titles=True, or run sayso sync --titles"
            )
        question = ask(
            use,
            territory=territory,
            ownership=ownership,
            siblings=siblings,
            policy=policy,
            now=self._fresh(),
        )
        return Screening(self._folder, self.standing, question)

    def _fresh(self) -> datetime:
        now = current()
        self._copy.standing.check_fresh(now)
        return now
