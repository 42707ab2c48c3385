"""registry.json: the whole registry in one file, and where it keeps what.

Recordings are four parallel columns, never an object each; the policy of codes that
nobody lists is a row of intervals. Both are ascending, so that an answer is a search
by halving.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from sayso.errors import MalformedError
from sayso.model.answer import Answer, answer
from sayso.model.declaration import DeclarationId
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.model.policy import Cells, Policy, Reason
from sayso.model.vocabulary import VOCABULARY, Use, Verdict
from sayso.wire.columns import Interval, Recordings, read_intervals, read_recordings
from sayso.wire.entries import DeclarationEntry, DisputeEntry, OwnerEntry
from sayso.wire.header import LICENCE, ReleaseHeader, read_counts, read_header
from sayso.wire.members import Members
from sayso.wire.policies import CLAIMED, REVIEWED, read_policy
from sayso.wire.profile import decode
from sayso.wire.reading import read_declaration, read_dispute, read_owner
from sayso.wire.release import REGISTRY_FILE
from sayso.wire.text import shown

FORMAT: Final = "sayso/registry/1"
REGISTRY_LIMIT: Final = 512 * 1024 * 1024
"""registry.json is never longer, in bytes."""

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

    def row_of(self, isrc: Isrc) -> int | None:
        """Return the place of a recording in the columns, or None if unlisted."""
        isrcs = self.recordings.isrcs
        row = bisect_left(isrcs, isrc)
        return row if row < len(isrcs) and isrcs[row] == isrc else None

    def policy_of(self, isrc: Isrc) -> int | None:
        """Return the number of a recording's policy, or None if nobody speaks."""
        if (row := self.row_of(isrc)) is not None:
            return self.recordings.policies[row]
        after = bisect_right(self.prefixes, isrc, key=lambda span: span.first)
        if after and isrc <= self.prefixes[after - 1].last:
            return self.prefixes[after - 1].policy
        return None

    def covering(self, isrc: Isrc) -> tuple[DeclarationEntry, ...]:
        """Return the declarations that cover a recording, deciding or not."""
        number = self.policy_of(isrc)
        names = () if number is None else self.policies[number].declarations
        return tuple(self.declarations[name] for name in names)

    def disputes_of(self, isrc: Isrc) -> tuple[DisputeEntry, ...]:
        """Return the disputes that name a recording."""
        return tuple(d for d in self.disputes if isrc in d.recordings)

    def answer(
        self, isrc: Isrc, use: str, territory: str | None = None, *, now: datetime
    ) -> Answer:
        """Return the verdict for a recording and a use, by `sayso.model.answer`.

        Args:
            isrc: the recording.
            use: a use of the vocabulary; another word is answered as `any-ai`.
            territory: an ISO 3166-1 alpha-2 code, or None for every country.
            now: the moment of asking, in UTC.

        Raises:
            ValueError: the territory is not a country.
        """
        row = self.row_of(isrc)
        number = self.policy_of(isrc)
        policy = None if number is None else self.policies[number]
        cell = answer(policy, use, territory, now=now)
        return Answer(
            isrc=isrc,
            use=use,
            verdict=cell.verdict,
            reason=cell.reason,
            disputed=cell.disputed,
            ownership={None: None, True: REVIEWED, False: CLAIMED}[cell.reviewed],
            by=cell.by,
            sides=cell.sides,
            territory=territory,
            title=None if row is None else self.recordings.titles[row],
            artist=None if row is None else self.recordings.artists[row],
            listed=row is not None,
            until=None if policy is None else policy.until,
        )


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
    )
    release.end()
    members.end()
    _check_ascending("owners", [entry.id for entry in owners])
    _check_ascending("declarations", [entry.id for entry in declarations])
    _check_ascending("disputes", [entry.id for entry in disputes])
    _check_ascending("policies", [number for number, _ in policies])
    _check_references(registry)
    _check_counts(registry)
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
        "recordings": len(registry.recordings.isrcs),
    }
    for name, size in sizes.items():
        if registry.counts.get(name, size) != size:
            raise MalformedError(f"counts {registry.counts[name]} {name}, holds {size}")
