"""The question that somebody asks in Python, checked before any row is looked at."""

from datetime import datetime
from difflib import get_close_matches
from typing import Literal, TypeAlias

from sayso.client.screening.question import Question
from sayso.model.screening import read_handling
from sayso.model.vocabulary import Use
from sayso.wire.policies import CLAIMED, REVIEWED

Ownership: TypeAlias = Literal["claimed", "reviewed"]


def ask(
    use: Use | str,
    *,
    territory: str | None,
    ownership: Ownership,
    siblings: bool,
    policy: str,
    now: datetime,
) -> Question:
    """Return a question.

    Raises:
        ValueError: the use, the territory, the ownership or the policy is none.
    """
    if ownership not in (CLAIMED, REVIEWED):
        raise ValueError(f"ownership is {CLAIMED!r} or {REVIEWED!r}, not {ownership!r}")
    if not isinstance(policy, str):
        raise ValueError(f"a policy is a text such as 'strict', not {policy!r}")  # noqa: TRY004 - like the others
    return Question(
        use=_use(use),
        territory=territory,
        now=now,
        reviewed_only=ownership == REVIEWED,
        siblings=siblings,
        handling=read_handling(policy),
    )


def _use(name: str) -> Use:
    """Return a use; of many rows a word with a slip of the pen is not asked about.

    A look-up answers it as `any-ai`; here whoever keeps what is undeclared would keep
    what is denied for the use that was meant.
    """
    try:
        return Use(name)
    except ValueError:
        near = get_close_matches(str(name), [*Use], n=1)
        hint = f"is it {near[0]!s}? " if near else ""
        raise ValueError(
            f"there is no use {name!r}; {hint}there are {', '.join(Use)}; ask about "
            "any other as any-ai"
        ) from None
