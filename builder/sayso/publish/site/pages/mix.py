"""The mix: how an owner's word answers the lead use, over all its recordings."""

from collections import Counter
from dataclasses import dataclass

from sayso.model.owner import OwnerId
from sayso.model.vocabulary import Verdict, Words
from sayso.publish.site.pages.shelf import LEAD, Shelf
from sayso.publish.site.pages.words import spell_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How many recordings of a list have a verdict, and its share of a bar."""

    verdict: str
    word: str
    count: str
    start: int
    width: int


def mix_of(shelf: Shelf, owner: OwnerId) -> tuple[Part, ...]:
    """Return how an owner's word answers the lead use, strictest first.

    What somebody else permits is not the owner's permission: only answers that its
    declarations give are counted, and where nothing counts.
    """
    counts: Counter[Verdict] = Counter()
    for policy, count in shelf.spoken_of(owner):
        cell = policy.anywhere[LEAD]
        deciding = {shelf.registry.declarations[name].owner for name in cell.by}
        if cell.verdict is Verdict.UNDECLARED or owner in deciding:
            counts[cell.verdict] += count
    parts, start, total = [], 0, counts.total()
    done = 0
    for verdict in (Verdict.DENY, Verdict.ASK, Verdict.ALLOW, Verdict.UNDECLARED):
        if not (count := counts[verdict]):
            continue
        done += count
        end = done * 1000 // total
        parts.append(
            Part(
                verdict=verdict.value,
                word=Words.VERDICTS[verdict],
                count=spell_count(count),
                start=start,
                width=end - start,
            )
        )
        start = end
    return tuple(parts)
