"""What was found: how many answers changed, for each use, and for which codes."""

from collections.abc import Mapping
from dataclasses import dataclass

from sayso.client.difference.states import State
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Use, Verdict, is_looser


@dataclass(frozen=True, slots=True, kw_only=True)
class OfUse:
    """How the answers about one use changed, of recordings that either release lists.

    Attributes:
        pairs: how many recordings had the first verdict and have the second, another;
            only where there are any.
        disputed: how many are disputed now and were not.
        settled: how many were and are not.
    """

    use: Use
    pairs: Mapping[tuple[Verdict, Verdict], int]
    disputed: int
    settled: int

    @property
    def stricter(self) -> int:
        """How many recordings have a stricter verdict."""
        return sum(
            count for (old, new), count in self.pairs.items() if is_looser(old, new)
        )

    @property
    def looser(self) -> int:
        """How many have a less strict one."""
        return sum(self.pairs.values()) - self.stricter


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of codes of which those that neither release lists changed alike.

    Attributes:
        first: its first code.
        last: its last one.
        changes: what was said before, and what is said now, by use.
    """

    first: Isrc
    last: Isrc
    changes: Mapping[Use, tuple[State, State]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed from one release to another.

    Attributes:
        recordings: how many each of them lists.
        listed: how many recordings are listed now and were not.
        gone: how many were and are not.
        changed: of how many, listed in either, an answer that is asked about changed.
        uses: in the order in which they were asked about.
        spans: ascending.
    """

    recordings: tuple[int, int]
    listed: int
    gone: int
    changed: int
    uses: tuple[OfUse, ...]
    spans: tuple[Span, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing changed that was asked about, and the lists are the same."""
        return not (self.listed or self.gone or self.changed or self.spans)
