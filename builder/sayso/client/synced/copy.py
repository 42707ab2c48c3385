"""The copy: what a synced registry answers, from columns and lines on the disk."""

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sayso.client.files import read_file
from sayso.client.synced.layout import (
    EVIDENCE,
    FIRSTS,
    KEYS,
    LASTS,
    LISTS,
    NUMBERS,
    POLICIES,
    POLICY_LINES,
    RANGES,
    TITLED,
    TITLES,
)
from sayso.client.synced.lines import Items, Lines
from sayso.client.synced.numbers import Numbers
from sayso.client.synced.standing import (
    STANDING_FILE,
    STANDING_LIMIT,
    Standing,
    decode_standing,
)
from sayso.errors import FetchError, MalformedError, MissingError
from sayso.model.declaration import DeclarationId
from sayso.model.isrc import Isrc, key_of
from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.wire.entries import DeclarationEntry, DisputeEntry, OwnerEntry
from sayso.wire.evidence import Evidence, read_evidence
from sayso.wire.listing import Listing
from sayso.wire.members import Members
from sayso.wire.policies import read_policy
from sayso.wire.profile import decode
from sayso.wire.reading import read_declaration, read_dispute, read_owner
from sayso.wire.receipt import RECEIPT_LIMIT

if TYPE_CHECKING:
    from sayso.client.core import Core
    from sayso.client.screening.siblings import Titled

_REMEMBERED: Final = 4096
"""How many policies are kept as they were read."""


class Copy:
    """A registry on this machine, opened; nothing is read before it is needed."""

    def __init__(self, folder: Path, standing: Standing) -> None:
        """Open a copy.

        Args:
            folder: the one that `standing` names, with its columns and lines.
            standing: as it was read; whether it may answer is for the caller to ask.

        Raises:
            FetchError: a file is missing or cut off.
        """
        self.folder = folder
        self.standing = standing
        self._keys = Numbers(folder / KEYS, "q")
        self._numbers = Numbers(folder / POLICIES, "i")
        self._firsts = Numbers(folder / FIRSTS, "q")
        self._lasts = Numbers(folder / LASTS, "q")
        self._ranges = Numbers(folder / RANGES, "i")
        self.policies = PolicyLines(folder)
        # A sync may take the folder away; what is mapped can be read all the same.
        self._lines = {name: Lines(folder / name) for name in LISTS}
        # Many recordings share a policy; to read one takes longer than to find it.
        # What reads it does not know the copy, whose files close once nobody does.
        self._policy = lru_cache(_REMEMBERED)(self.policies.read)
        ends = {len(each) for each in (self._firsts, self._lasts, self._ranges)}
        if len(self._keys) != len(self._numbers) or len(ends) > 1:
            raise _cut_off(folder)

    def check_whole(self) -> None:
        """Check that everything is there that may be asked for.

        Raises:
            FetchError: a file is missing or cut off.
            MalformedError: one is damaged.
        """
        self.evidence()
        if self.standing.titles:
            marks = Numbers(self.folder / TITLES, "Q")
            if len(marks) != len(Numbers(self.folder / TITLED, "q")):
                raise _cut_off(self.folder)

    @property
    def recordings(self) -> int:
        """How many recordings are listed."""
        return len(self._keys)

    @cached_property
    def owners(self) -> Mapping[OwnerId, OwnerEntry]:
        """The owners by their ids, each read when it is asked for."""
        return Items(self._lines["owners"], read_owner)

    @cached_property
    def declarations(self) -> Mapping[DeclarationId, DeclarationEntry]:
        """The declarations by their ids, each read when it is asked for."""
        return Items(self._lines["declarations"], read_declaration)

    def listing(self, isrc: Isrc) -> Listing:
        """Return what holds for a code; titles are not among it."""
        key = key_of(isrc)
        place = self._keys.place_of(key)
        number = self._default(key) if place is None else self._numbers[place]
        return Listing(
            isrc=isrc,
            listed=place is not None,
            number=number,
            policy=None if number is None else self._policy(number),
        )

    def covering(self, listing: Listing) -> tuple[DeclarationEntry, ...]:
        """Return the declarations that cover a recording, deciding or not."""
        names = () if listing.policy is None else listing.policy.declarations
        return tuple(self.declarations[name] for name in names)

    def disputes_of(self, isrc: Isrc) -> tuple[DisputeEntry, ...]:
        """Return the disputes that name a recording."""
        lines = self._lines["disputes"]
        disputes = (read_dispute(lines.item(place)) for place in range(len(lines)))
        return tuple(dispute for dispute in disputes if isrc in dispute.recordings)

    def evidence(self) -> Evidence:
        """Return what proves the release, for receipts.

        Raises:
            FetchError: it cannot be read.
            MalformedError: it is damaged.
        """
        data = read_file(self.folder / EVIDENCE, limit=RECEIPT_LIMIT)
        return read_evidence(Members(decode(data, limit=RECEIPT_LIMIT), EVIDENCE))

    def titled(self) -> "Titled | None":
        """Return the columns of titles, or None where they were not synced."""
        if not self.standing.titles:
            return None
        from sayso.client.synced.columns import mapped_titles  # noqa: PLC0415

        marks = Numbers(self.folder / TITLES, "Q")
        return mapped_titles(marks, Numbers(self.folder / TITLED, "q"))

    def core(self) -> "Core":
        """Return the columns, for many codes; they stay on the disk."""
        # Columns take longer to load than a look-up takes.
        from sayso.client.synced.columns import mapped_core  # noqa: PLC0415

        return mapped_core(
            self.standing.contents,
            rows=(self._keys, self._numbers),
            ranges=(self._firsts, self._lasts, self._ranges),
            policies=self.policies,
        )

    def _default(self, key: int) -> int | None:
        after = self._firsts.places_until(key)
        if after and key <= self._lasts[after - 1]:
            return self._ranges[after - 1]
        return None


class PolicyLines(Mapping[int, bytes]):
    """Items of registry.json by the numbers of their policies, on the disk."""

    def __init__(self, folder: Path) -> None:
        """Open them; its errors are those of `Lines`."""
        self._folder = folder
        self._numbers = Numbers(folder / NUMBERS, "i")
        self.lines = Lines(folder / POLICY_LINES)
        if len(self._numbers) != len(self.lines):
            raise _cut_off(folder)

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers.items)

    def __getitem__(self, number: int) -> bytes:
        return self.lines[self.place_of(number)]

    def place_of(self, number: int) -> int:
        """Return the place of a policy's line.

        Raises:
            KeyError: there is no such policy.
        """
        place = self._numbers.place_of(number)
        if place is None:
            raise KeyError(number)
        return place

    def read(self, number: int) -> Policy:
        """Return a policy.

        Raises:
            MalformedError: there is none of this number, or it is damaged.
        """
        try:
            place = self.place_of(number)
        except KeyError as error:
            raise MalformedError(
                f"{self._folder} has no policy {number}; run sayso sync again"
            ) from error
        _, policy = read_policy(self.lines.item(place))
        return policy


def read_standing(folder: Path) -> Standing | None:
    """Return the standing of the copy in a folder, or None if there is none.

    Raises:
        FetchError: it cannot be read.
        MalformedError: it is damaged.
    """
    try:
        data = read_file(folder / STANDING_FILE, limit=STANDING_LIMIT)
    except MissingError:
        return None
    return decode_standing(data)


def open_copy(folder: Path) -> Copy | None:
    """Return the copy in a folder, or None if there is none; its errors are theirs."""
    standing = read_standing(folder)
    while standing is not None:
        try:
            return Copy(folder / standing.folder, standing)
        except FetchError:
            newer = read_standing(folder)
            # Only a sync that ended meanwhile may have taken the copy away.
            if newer is not None and newer.folder == standing.folder:
                raise
            standing = newer
    return None


def _cut_off(folder: Path) -> FetchError:
    return FetchError(f"{folder} is cut off; run sayso sync again")
