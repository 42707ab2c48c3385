"""registry.json: the whole registry in one file, and where it keeps what.

Recordings are parallel columns, never an object each; the policy of codes that nobody
lists is a row of intervals. Both are ascending, so that an answer is a search by
halving. Where the file would be too long, the recordings are in parts, and it never
answers by itself: what it does not hold may be listed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sayso.errors import FetchError, MalformedError
from sayso.model.answer import Answer
from sayso.model.declaration import DeclarationId
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.model.policy import Cells, Policy, Reason
from sayso.model.vocabulary import VOCABULARY, Use, Verdict
from sayso.wire.columns import Interval, Recordings, read_intervals, read_recordings
from sayso.wire.entries import DeclarationEntry, DisputeEntry, OwnerEntry
from sayso.wire.header import LICENCE, ReleaseHeader, read_counts, read_header
from sayso.wire.listing import Listing
from sayso.wire.members import Members
from sayso.wire.parts import Part, check_rows, read_parts
from sayso.wire.policies import read_policy
from sayso.wire.profile import decode
from sayso.wire.reading import read_declaration, read_dispute, read_owner
from sayso.wire.release import REGISTRY_FILE
from sayso.wire.text import shown

FORMAT: Final = "sayso/registry/1"
REGISTRY_LIMIT: Final = 512 * 1024 * 1024
"""registry.json is never longer, in bytes."""

INLINE_LIMIT: Final = 20 * 2**20
"""A registry.json that holds its recordings is never longer, in bytes."""

_Key = TypeVar("_Key", int, str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """A decoded registry.json, not verified: see `client.registry`."""

    release: ReleaseHeader
    counts: Mapping[str, int]
    notice: str
    owners: Mapping[OwnerId, OwnerEntry]
    declarations: Mapping[DeclarationId, DeclarationEntry]
    disputes: tuple[DisputeEntry, ...]
    policies: Mapping[int, Policy]
    prefixes: tuple[Interval, ...]
    recordings: Recordings
    parts: tuple[Part, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the recordings are here, and not in the parts only."""
        return len(self.recordings.isrcs) == self.counts["recordings"]

    def listing(self, isrc: Isrc) -> Listing:
        """Return what holds for a code.

        Raises:
            FetchError: the recordings are in parts, so that this file cannot tell
                whether one is listed: `client.asking` can.
        """
        if not self.is_whole:
            raise FetchError(
                f"{REGISTRY_FILE} does not hold the recordings, which are in parts, "
                f"so it cannot say by itself what holds for {isrc}"
            )
        rows = self.recordings
        row = bisect_left(rows.isrcs, isrc)
        if row == len(rows.isrcs) or rows.isrcs[row] != isrc:
            number = self.default_of(isrc)
            policy = None if number is None else self.policies[number]
            return Listing(isrc=isrc, listed=False, number=number, policy=policy)
        return Listing(
            isrc=isrc,
            listed=True,
            number=rows.policies[row],
            policy=self.policies[rows.policies[row]],
            title=rows.titles[row],
            artist=rows.artists[row],
            owner=rows.owners[row],
        )

    def default_of(self, isrc: Isrc) -> int | None:
        """Return the number of the policy that a code has where nobody lists it."""
        after = bisect_right(self.prefixes, isrc, key=lambda span: span.first)
        if after and isrc <= self.prefixes[after - 1].last:
            return self.prefixes[after - 1].policy
        return None

    def policy_of(self, isrc: Isrc) -> int | None:
        """Return the number of a recording's policy, or None if nobody speaks.

        Raises:
            FetchError: as for `listing`.
        """
        return self.listing(isrc).number

    def covering(self, listing: Listing) -> tuple[DeclarationEntry, ...]:
        """Return the declarations that cover a recording, deciding or not."""
        names = () if listing.policy is None else listing.policy.declarations
        return tuple(self.declarations[name] for name in names)

    def disputes_of(self, isrc: Isrc) -> tuple[DisputeEntry, ...]:
        """Return the disputes that name a recording."""
        return tuple(d for d in self.disputes if isrc in d.recordings)

    def answer(
        self, isrc: Isrc, use: str, territory: str | None = None, *, now: datetime
    ) -> Answer:
        """Return the verdict for a recording and a use, by `Listing.answer`.

        Raises:
            FetchError: as for `listing`.
            ValueError: the territory is not a country.
        """
        return self.listing(isrc).answer(use, territory, now=now)


def decode_registry(data: bytes) -> Registry:
    """Return the registry in the bytes of registry.json.

    Raises:
        MalformedError: the bytes are not a registry, or contradict themselves.
    """
    if len(data) > REGISTRY_LIMIT:
        raise MalformedError(
            f"{REGISTRY_FILE} has {len(data)} bytes, and this version of sayso reads "
            f"{REGISTRY_LIMIT} at most; is there a newer version?"
        )
    members = Members(decode(data, limit=REGISTRY_LIMIT), REGISTRY_FILE)
    members.constant("format", FORMAT)
    members.constant("licence", LICENCE)
    _check_vocabulary(members.object("vocabulary"))
    release = members.object("release")
    owners = [read_owner(item) for item in members.items("owners")]
    declarations = [read_declaration(item) for item in members.items("declarations")]
    disputes = [read_dispute(item) for item in members.items("disputes")]
    policies = [read_policy(item) for item in members.items("policies")]
    registry = Registry(
        release=read_header(release),
        counts=read_counts(members.object("counts")),
        notice=members.text("notice"),
        owners={entry.id: entry for entry in owners},
        declarations={entry.id: entry for entry in declarations},
        disputes=tuple(disputes),
        policies=dict(policies),
        prefixes=read_intervals(members.items("prefixes")),
        recordings=read_recordings(members.items("recordings")),
        parts=read_parts(members.items("parts")),
    )
    release.end()
    members.end()
    _check_ascending("owners", [entry.id for entry in owners])
    _check_ascending("declarations", [entry.id for entry in declarations])
    _check_ascending("disputes", [entry.id for entry in disputes])
    _check_ascending("policies", [number for number, _ in policies])
    _check_references(registry)
    _check_counts(registry)
    check_rows(registry.parts, registry.recordings.isrcs)
    if len(data) > INLINE_LIMIT and registry.recordings.isrcs:
        raise MalformedError(
            f"recordings stand in a {REGISTRY_FILE} of {len(data)} bytes; beyond "
            f"{INLINE_LIMIT} they are in parts only"
        )
    return registry


def _check_vocabulary(members: Members) -> None:
    members.constant("id", VOCABULARY)
    uses = [Members(item, "a use") for item in members.items("uses")]
    described = [use.word("use", Use) for use in uses]
    for use in uses:
        use.text("boundary")
        use.text("words")
        use.end()
    reasons, verdicts = members.object("reasons"), members.object("verdicts")
    for reason in Reason:
        reasons.text(reason)
    for verdict in Verdict:
        verdicts.text(verdict)
    for part in (reasons, verdicts, members):
        part.end()
    if described != list(Use):
        raise MalformedError(f"the vocabulary does not describe {VOCABULARY}")


def _check_ascending(name: str, keys: list[_Key]) -> None:
    if keys != sorted(set(keys)):
        raise MalformedError(f"{name} do not ascend, or one stands twice")


def _check_references(registry: Registry) -> None:
    used = {*registry.recordings.policies, *(p.policy for p in registry.prefixes)}
    if unknown := used - registry.policies.keys():
        raise MalformedError(f"there is no policy {min(unknown)}")
    named = {
        declaration
        for policy in registry.policies.values()
        for names in _names(policy)
        for declaration in names
    }
    if absent := named - registry.declarations.keys():
        raise MalformedError(f"there is no declaration {shown(min(absent))}")
    speakers = {
        owner
        for entry in registry.declarations.values()
        for owner in (entry.author, entry.owner)
    }
    speakers |= {
        side.owner
        for policy in registry.policies.values()
        for cells in _places(policy)
        for cell in cells.values()
        for side in cell.sides
    }
    # A declaration that is contested may be gone: its author never is.
    for dispute in registry.disputes:
        speakers |= {dispute.claimant, OwnerId(dispute.against.partition("/")[0])}
    speakers |= {owner for owner in registry.recordings.owners if owner is not None}
    if strangers := speakers - registry.owners.keys():
        raise MalformedError(f"there is no owner {shown(min(strangers))}")


def _names(policy: Policy) -> Iterator[tuple[DeclarationId, ...]]:
    yield policy.declarations
    for cells in _places(policy):
        for cell in cells.values():
            yield cell.by
            yield from (side.by for side in cell.sides)


def _places(policy: Policy) -> tuple[Cells, ...]:
    return (policy.anywhere, *(cells for _, cells in policy.groups), policy.elsewhere)


def _check_counts(registry: Registry) -> None:
    sizes = {
        "declarations": len(registry.declarations),
        "disputes": len(registry.disputes),
        "owners": len(registry.owners),
        "policies": len(registry.policies),
        "prefixes": len(registry.prefixes),
        "recordings": sum(part.recordings for part in registry.parts),
    }
    for name, size in sizes.items():
        if registry.counts.get(name, size) != size:
            raise MalformedError(f"counts {registry.counts[name]} {name}, holds {size}")
