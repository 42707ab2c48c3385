"""The question: what a screening asks of every row."""

from dataclasses import dataclass
from datetime import datetime

from sayso.model.screening import STRICT, Handling, Status
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Use


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of every row; it may travel to other machines.

    Attributes:
        use: of the vocabulary.
        territory: an ISO 3166-1 alpha-2 code, or None for every country.
        now: the moment of asking, in UTC.
        reviewed_only: whether only verdicts of reviewed ownership are believed. One
            that is only claimed then reads as `undeclared`, and never as `allow`.
        siblings: whether titles and artists are compared too.
        handling: what is done with a row.
    """

    use: Use
    territory: str | None = None
    now: datetime
    reviewed_only: bool = False
    siblings: bool = False
    handling: Handling = STRICT

    def __post_init__(self) -> None:
        """Check that it can be asked.

        Raises:
            ValueError: the territory is not a country; or what nobody believes would be
                kept as if nobody had said it.
        """
        if self.reviewed_only and Status.UNDECLARED in self.handling.kept:
            raise ValueError(
                "a no whose ownership is only claimed would be kept as undeclared: "
                "believe every owner, or keep nothing that is undeclared"
            )
        if self.territory is not None and self.territory not in COUNTRIES:
            raise ValueError(f"{self.territory!r} is not a country's code, such as DE")
