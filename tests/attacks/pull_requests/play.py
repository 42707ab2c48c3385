"""Playing a case: a review by the command, a merge all the same, two releases."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.attacks.pull_requests.case import Case, Merged
from tests.attacks.pull_requests.merged import (
    AT,
    DAY,
    EARLIER,
    LATER,
    Outcome,
    Reviewed,
    Verdicts,
    changed,
    merge,
    publish,
    review,
    verdicts,
)
from tests.attacks.pull_requests.scene import MARA, World
from tests.declared import Published


@dataclass(frozen=True, kw_only=True)
class Played:
    """What came of a case.

    Attributes:
        reviewed: what the command said.
        outcome: what the next release made of the merge.
        now: the answers of it that are others than without the merge.
        later: the same of the release after it, when everything has waited.
    """

    reviewed: Reviewed
    outcome: Outcome
    now: Mapping[tuple[str, str], str] = field(default_factory=dict)
    later: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def merged(self) -> Merged:
        """What publication made of it."""
        if self.outcome.release is None:
            return Merged.STOPPED
        if self.outcome.left_out:
            return Merged.LEFT_OUT
        return Merged.COUNTS if self.now or self.later else Merged.NOTHING

    def check_answers(self, case: Case) -> None:
        """Check that those answers are others that the case names, and only then."""
        later = case.answers if case.later is None else case.later
        for found, expected in ((self.now, case.answers), (self.later, later)):
            assert {**found, **expected} == dict(found)
            assert bool(found) == bool(expected), found


@dataclass
class Stage:
    """The repository, the release that pull requests come after, and what it answers.

    Attributes:
        release: made from the base.
    """

    world: World
    release: Published
    _without: dict[str, tuple[Verdicts, Verdicts]] = field(default_factory=dict)

    def play(self, case: Case) -> Played:
        """Review a pull request, merge it all the same, and publish."""
        world, change = self.world, case.change(self.world)
        base, release = world.base, self.release
        if case.before is not None:
            base = merge(world, case.before(world), MARA, number=EARLIER)
            release = publish(world, base, after=release, at=AT - DAY).made
        parents = {"base": base, "earlier": world.base, "first": world.first}
        head = world.commit(change, replace(case.made, parent=parents[case.parent]))
        reviewed = review(world, head, case.author, case.sender, base=base)
        commit = merge(world, change, case.author, case.sender, onto=base)
        outcome = publish(world, commit, after=release, at=AT)
        if outcome.release is None:
            return Played(reviewed=reviewed, outcome=outcome)
        after = publish(world, commit, after=outcome.release, at=LATER)
        was_now, was_later = self.without(base, release)
        return Played(
            reviewed=reviewed,
            outcome=outcome,
            now=changed(was_now, verdicts(world, outcome.made)),
            later=changed(was_later, verdicts(world, after.made)),
        )

    def without(self, base: str, release: Published) -> tuple[Verdicts, Verdicts]:
        """Return what is answered at both times where nothing is merged."""
        if base not in self._without:
            now = publish(self.world, base, after=release, at=AT).made
            later = publish(self.world, base, after=now, at=LATER).made
            answers = verdicts(self.world, now), verdicts(self.world, later)
            self._without[base] = answers
        return self._without[base]


def stage(world: World) -> Stage:
    """Return a stage with the releases before pull requests."""
    first = publish(world, world.first, after=None, at=timedelta(0))
    assert not first.left_out
    second = publish(world, world.base, after=first.made, at=timedelta(days=1))
    assert not second.left_out
    return Stage(world=world, release=second.made)
