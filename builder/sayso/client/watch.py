"""Watching: what a release says of codes and of an owner, to be held against the next.

What is said is broken into facts with a name each, so that any two releases can be
compared, and what was said be kept.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sayso.client.fetch import Fetcher
from sayso.client.lookup import find
from sayso.client.monitor import Facts
from sayso.client.registry import fetch_registry
from sayso.errors import FetchError
from sayso.model.answer import answer
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId, is_owner_id
from sayso.model.vocabulary import Use
from sayso.wire.release import Release
from sayso.wire.succession import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact that is no longer what it was; None where there is or was none."""

    fact: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is said of something that is watched, as of a release.

    Attributes:
        topic: a code or an owner.
        number: of the release.
        facts: what is said, where the topic is new to this monitor; else None.
        changes: what differs from what was said before.
        missing: why it could not be told, if it could not.
    """

    topic: str
    number: int
    facts: Facts | None = None
    changes: tuple[Change, ...] = ()
    missing: str | None = None


def tell(
    fetcher: Fetcher,
    topics: Iterable[Isrc | OwnerId],
    known: dict[str, Facts],
    entries: Sequence[Entry],
) -> Iterator[Told]:
    """Yield what is new of what is watched, and keep what is said of all of it.

    Each release is held against the one before it, so that a change which was taken
    back meanwhile is told as well.

    Args:
        fetcher: brings the files of the releases.
        topics: what is watched.
        known: what was said last; it is kept up to date.
        entries: the releases to ask, the newest last.

    Raises:
        RegistryError: the newest release cannot be asked. Of an older one, whose files
            may be gone, it is told that it cannot.
    """
    for topic in topics:
        for entry in entries if topic in known else entries[-1:]:
            number = entry.release.header.number
            try:
                facts = _facts(fetcher, entry.release, topic)
            except FetchError as error:
                if entry is entries[-1]:
                    raise
                yield Told(topic=topic, number=number, missing=str(error))
                continue
            if topic not in known:
                yield Told(topic=topic, number=number, facts=facts)
            elif changes := tuple(changed(known[topic], facts)):
                yield Told(topic=topic, number=number, changes=changes)
            known[topic] = facts


def changed(before: Facts, after: Facts) -> Iterator[Change]:
    """Yield the facts that differ, by name."""
    for fact in sorted({*before, *after}):
        old, new = before.get(fact), after.get(fact)
        if old != new:
            yield Change(fact=fact, before=old, after=new)


def facts_of_code(fetcher: Fetcher, release: Release, isrc: Isrc) -> Facts:
    """Return what a release answers for a code, everywhere, when it was issued.

    Who serves the files learns a range of some 256 recordings that holds the code.

    Args:
        fetcher: brings the files of the release's look-up tree.
        release: which the log was proved to have.
        isrc: the code.

    Raises:
        RegistryError: as `client.lookup.find`.
    """
    found = find(
        fetcher,
        release.lookup.root,
        isrc,
        leaf_items=release.lookup.leaf_items,
        node_entries=release.lookup.node_entries,
    )
    facts = {
        "listed": "yes" if found.listed else "no",
        "owner": found.owner or "nobody",
        # Territories, dates and who declares stand in the policy.
        "policy": found.digest or "none",
    }
    for use in Use:
        cell = answer(found.policy, use, None, now=release.header.issued)
        disputed = ", disputed" if cell.disputed else ""
        facts[use.value] = f"{cell.verdict}{disputed}"
    return facts


def facts_of_owner(fetcher: Fetcher, release: Release, owner: OwnerId) -> Facts:
    """Return the declarations and disputes of an owner in a release.

    Those that somebody else made in the owner's name are among them, like those that
    the owner made for others.

    Raises:
        RegistryError: as `client.registry.fetch_registry`.
    """
    registry = fetch_registry(fetcher, release)
    facts: dict[str, str] = {
        entry.id: f"{entry.level.word}, file {entry.sha256}"
        + ("" if entry.withdrawn is None else f", withdrawn on {entry.withdrawn.on}")
        for entry in registry.declarations.values()
        if owner in {entry.owner, entry.author}
    }
    disputes = {
        f"dispute {dispute.id}": dispute.status.value
        for dispute in registry.disputes
        if dispute.claimant == owner or dispute.against.partition("/")[0] == owner
    }
    return facts | disputes


def _facts(fetcher: Fetcher, release: Release, topic: str) -> Facts:
    if is_owner_id(topic):
        return facts_of_owner(fetcher, release, OwnerId(topic))
    return facts_of_code(fetcher, release, Isrc(topic))
