"""What a release says of one code: the ground of every answer about it.

Two places know it, and both say it so: a registry.json that holds its recordings, and
the look-up tree.
"""

from dataclasses import dataclass
from datetime import datetime

from sayso.model.answer import Answer, answer
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.model.policy import Policy
from sayso.wire.policies import CLAIMED, REVIEWED


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What holds for one code, listed or not.

    Attributes:
        listed: whether the recording has a row of its own.
        number: of the policy; None where nobody speaks.
        policy: None where nobody speaks.
        owner: whose best-proved listing names it; None for one that is not listed,
            and where only a decision of the operators names it.
    """

    isrc: Isrc
    listed: bool
    number: int | None
    policy: Policy | None
    title: str | None = None
    artist: str | None = None
    owner: OwnerId | None = None

    def answer(
        self, use: str, territory: str | None = None, *, now: datetime
    ) -> Answer:
        """Return the verdict for a use, by `sayso.model.answer`.

        Args:
            use: a use of the vocabulary; another word is answered as `any-ai`.
            territory: an ISO 3166-1 alpha-2 code, or None for every country.
            now: the moment of asking, in UTC.

        Raises:
            ValueError: the territory is not a country.
        """
        cell = answer(self.policy, use, territory, now=now)
        return Answer(
            isrc=self.isrc,
            use=use,
            verdict=cell.verdict,
            reason=cell.reason,
            disputed=cell.disputed,
            ownership={None: None, True: REVIEWED, False: CLAIMED}[cell.reviewed],
            by=cell.by,
            sides=cell.sides,
            territory=territory,
            title=self.title,
            artist=self.artist,
            listed=self.listed,
            until=None if self.policy is None else self.policy.until,
        )
