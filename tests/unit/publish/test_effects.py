"""What each record does to answers, release by release, from filing to the end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pytest

from tests.declared import (
    FERNWOOD,
    HARROW,
    PROOFS,
    Published,
    decided,
    declaration,
    owner,
    publish,
    recordings,
)
from tests.vouched import Proof

ONE = "XXF012600001"
SONGS = f"{FERNWOOD}/songs.yaml"
PREFIX = f"{FERNWOOD}/prefix.yaml"
THEIRS = f"{HARROW}/songs.yaml"
FOR_FERNWOOD = f"{HARROW}/for-fernwood.yaml"
FILED = "disputes/2026/20261102-harrow-one.yaml"
ACCEPTED = "registry/decisions/2026/one-accepted.yaml"
CLOSED = "registry/decisions/2026/one-closed.yaml"
REVIEWED = "registry/decisions/2026/harrow.yaml"

OFFER = "offer: {contact: https://fernwood.example/licensing}"
EACH = declaration(
    "{search: allow, train-generative: ask, clone-voice: deny}", recordings(ONE), OFFER
)
DISPUTE = f"""\
schema: sayso/dispute/1
claimant: domain:harrow.example
against: domain:fernwood.example/songs
recordings: [{ONE}]
claim: "It is ours."
filed: 2026-11-02
"""
ACCEPT = decided("dispute-accepted", "dispute: 20261102-harrow-one")
CLOSE = decided("dispute-closed", "dispute: 20261102-harrow-one")
DENY = declaration("{train-generative: deny}", recordings(ONE))
ASK = declaration("{train-generative: ask}", recordings(ONE), OFFER)
ALLOW = declaration("{train-generative: allow}", recordings(ONE))
ON_BEHALF = "on_behalf_of: domain:fernwood.example"
MANDATE = owner("Fernwood", "represented_by: [domain:harrow.example]")
NO_MANDATE = owner("Fernwood")
ACTS = owner("Harrow", "acts_for: [domain:fernwood.example]")


def withdrawn(text: str, on: str = "2026-11-23", successor: str = "") -> str:
    """Return a declaration with its end."""
    more = f"  successor: {successor}\n" if successor else ""
    return f"{text}withdrawn:\n  on: {on}\n  reason: sold\n{more}"


def delegated(uses: str) -> str:
    """Return what Harrow says for Fernwood."""
    more = [OFFER] if "ask" in uses else []
    return declaration(
        uses, recordings(ONE), ON_BEHALF, *more, capacity="administrator"
    )


@dataclass(frozen=True, kw_only=True)
class Step:
    """A release.

    Attributes:
        day: when, from the first release; a day begins at 11:00 UTC.
        answers: what is answered for each use, with `!` where it is disputed.
        files: what changed since the release before.
        proofs: what is proved of owners.
    """

    day: float
    answers: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, Proof] = field(default_factory=lambda: PROOFS)


def follow(steps: Sequence[Step]) -> Iterator[tuple[Step, Published]]:
    """Publish a release for each step."""
    texts: dict[str, str] = {}
    released: Published | None = None
    for step in steps:
        texts |= step.files
        released = publish(texts, after=released, days=step.day, proofs=step.proofs)
        yield step, released


def answers(released: Published, uses: Mapping[str, str]) -> dict[str, str]:
    found = {use: released.answer(ONE, use) for use in uses}
    return {
        use: f"{answer.verdict}{'!' if answer.disputed else ''}"
        for use, answer in found.items()
    }


BEFORE = {"search": "allow", "train-generative": "ask", "clone-voice": "deny"}
HELD = {"search": "undeclared!", "train-generative": "deny!", "clone-voice": "deny!"}
TRAIN = "train-generative"

DISPUTES = {
    "filing changes nothing": [
        Step(day=0, answers=BEFORE, files={SONGS: EACH}),
        Step(day=1, answers=BEFORE, files={FILED: DISPUTE}),
        Step(day=30, answers=BEFORE),
    ],
    "what is accepted holds at once, and closing it waits": [
        Step(day=0, answers=BEFORE, files={SONGS: EACH, FILED: DISPUTE}),
        Step(day=1, answers=HELD, files={ACCEPTED: ACCEPT}),
        Step(day=19, answers=HELD),
        Step(day=20, answers=HELD, files={CLOSED: CLOSE}),
        Step(day=26.9, answers=HELD),
        Step(day=27, answers=BEFORE),
    ],
    "a dispute that is closed at once was never accepted": [
        Step(day=0, answers=BEFORE, files={SONGS: EACH, FILED: DISPUTE}),
        Step(day=1, answers=BEFORE, files={CLOSED: CLOSE}),
        Step(day=9, answers=BEFORE),
    ],
    "what nobody filed for the claimant is no dispute": [
        Step(day=0, answers=BEFORE, files={SONGS: EACH}),
        Step(
            day=1,
            answers=BEFORE,
            files={FILED: DISPUTE},
            proofs={"domain:fernwood.example": Proof(level="domain")},
        ),
    ],
    "a yes that the claimant says no to stays no after the end": [
        Step(day=0, answers=BEFORE, files={SONGS: EACH, FILED: DISPUTE}),
        Step(
            day=1,
            answers={TRAIN: "deny!"},
            files={THEIRS: DENY, ACCEPTED: ACCEPT, CLOSED: CLOSE},
        ),
        Step(day=9, answers={"search": "allow", TRAIN: "deny!"}),
    ],
}

WITHDRAWALS = {
    "a no holds seven days": [
        Step(day=0, answers={TRAIN: "deny"}, files={SONGS: DENY}),
        Step(day=1, answers={TRAIN: "deny"}, files={SONGS: withdrawn(DENY)}),
        Step(day=7.9, answers={TRAIN: "deny"}),
        Step(day=8, answers={TRAIN: "undeclared"}),
    ],
    "a yes ends at once": [
        Step(day=0, answers={TRAIN: "allow"}, files={SONGS: ALLOW}),
        Step(day=1, answers={TRAIN: "undeclared"}, files={SONGS: withdrawn(ALLOW)}),
        Step(day=9, answers={TRAIN: "undeclared"}),
    ],
    "the owner's other statement applies, where it is milder after seven days": [
        Step(
            day=0,
            answers={TRAIN: "deny"},
            files={
                SONGS: DENY,
                PREFIX: declaration(f"{{{TRAIN}: ask}}", "prefix: XXF01", OFFER),
            },
        ),
        Step(day=1, answers={TRAIN: "deny"}, files={SONGS: withdrawn(DENY)}),
        Step(day=7.9, answers={TRAIN: "deny"}),
        Step(day=8, answers={TRAIN: "ask"}),
    ],
    "the owner's other statement applies, where it is stricter at once": [
        Step(
            day=0,
            answers={TRAIN: "allow"},
            files={
                SONGS: ALLOW,
                PREFIX: declaration("{any-ai: deny}", "prefix: XXF01"),
            },
        ),
        Step(day=1, answers={TRAIN: "deny"}, files={SONGS: withdrawn(ALLOW)}),
    ],
    "an end that was announced in time comes on its day": [
        Step(day=0, answers={TRAIN: "deny"}, files={SONGS: DENY}),
        Step(
            day=1,
            answers={TRAIN: "deny"},
            files={SONGS: withdrawn(DENY, on="2026-12-22")},
        ),
        Step(day=29, answers={TRAIN: "deny"}),
        Step(day=30, answers={TRAIN: "undeclared"}),
    ],
}

BUYER = "domain:harrow.example"
TRANSFERS = {
    "the buyer says no too": [
        Step(day=0, answers={TRAIN: "deny"}, files={SONGS: DENY}),
        Step(
            day=1,
            answers={TRAIN: "deny"},
            files={SONGS: withdrawn(DENY, successor=BUYER), THEIRS: DENY},
        ),
        Step(day=8, answers={TRAIN: "deny"}),
        Step(day=30, answers={TRAIN: "deny"}),
    ],
    "the buyer offers licences: the seller's no holds for seven days": [
        Step(day=0, answers={TRAIN: "deny"}, files={SONGS: DENY}),
        Step(
            day=1,
            answers={TRAIN: "deny!"},
            files={SONGS: withdrawn(DENY, successor=BUYER), THEIRS: ASK},
        ),
        Step(day=7.9, answers={TRAIN: "deny!"}),
        Step(day=8, answers={TRAIN: "ask"}),
    ],
    "the buyer says yes: it counts reviewed, and after seven days": [
        Step(day=0, answers={TRAIN: "deny"}, files={SONGS: DENY}),
        Step(
            day=1,
            answers={TRAIN: "deny!"},
            files={
                SONGS: withdrawn(DENY, successor=BUYER),
                THEIRS: ALLOW,
                REVIEWED: decided("reviewed", f"owner: {BUYER}", f"isrcs: [{ONE}]"),
            },
        ),
        Step(day=7.9, answers={TRAIN: "deny!"}),
        Step(day=8, answers={TRAIN: "allow"}),
    ],
    "a buyer who never declares says nothing, which is no yes": [
        Step(day=0, answers={TRAIN: "deny"}, files={SONGS: DENY}),
        Step(
            day=1,
            answers={TRAIN: "deny"},
            files={SONGS: withdrawn(DENY, successor=BUYER)},
        ),
        Step(day=8, answers={TRAIN: "undeclared"}),
        Step(day=20, answers={TRAIN: "deny"}, files={THEIRS: DENY}),
    ],
}

OWNER, DELEGATE = f"{FERNWOOD}/owner.yaml", f"{HARROW}/owner.yaml"
FOR = delegated(f"{{{TRAIN}: deny}}")
DELEGATIONS = {
    "a mandate that both sides name counts": [
        Step(
            day=0,
            answers={TRAIN: "deny"},
            files={OWNER: MANDATE, DELEGATE: ACTS, FOR_FERNWOOD: FOR},
        ),
    ],
    "the owner's word is enough: who files says the rest": [
        Step(day=0, answers={TRAIN: "deny"}, files={OWNER: MANDATE, FOR_FERNWOOD: FOR}),
    ],
    "a stranger who claims to act for the owner counts for nothing": [
        Step(
            day=0,
            answers={TRAIN: "undeclared"},
            files={DELEGATE: ACTS, FOR_FERNWOOD: FOR},
        ),
        Step(day=9, answers={TRAIN: "undeclared"}),
    ],
    "a stranger takes nothing from what the owner says": [
        Step(
            day=0,
            answers={TRAIN: "allow"},
            files={SONGS: ALLOW, DELEGATE: ACTS, FOR_FERNWOOD: FOR},
        ),
    ],
    "a mandate counts from the release that has it": [
        Step(
            day=0,
            answers={TRAIN: "undeclared"},
            files={DELEGATE: ACTS, FOR_FERNWOOD: FOR},
        ),
        Step(day=1, answers={TRAIN: "deny"}, files={OWNER: MANDATE}),
    ],
    "what a delegate denied holds for seven days after the mandate": [
        Step(
            day=0,
            answers={TRAIN: "deny"},
            files={OWNER: MANDATE, DELEGATE: ACTS, FOR_FERNWOOD: FOR},
        ),
        Step(day=1, answers={TRAIN: "deny"}, files={OWNER: NO_MANDATE}),
        Step(day=7.9, answers={TRAIN: "deny"}),
        Step(day=8, answers={TRAIN: "undeclared"}),
    ],
    "what a delegate allowed ends with the mandate": [
        Step(
            day=0,
            answers={TRAIN: "allow"},
            files={
                OWNER: MANDATE,
                DELEGATE: ACTS,
                FOR_FERNWOOD: delegated(f"{{{TRAIN}: allow}}"),
            },
        ),
        Step(day=1, answers={TRAIN: "undeclared"}, files={OWNER: NO_MANDATE}),
    ],
    "the owner's yes goes before a delegate's no": [
        Step(
            day=0,
            answers={TRAIN: "allow"},
            files={OWNER: MANDATE, SONGS: ALLOW, FOR_FERNWOOD: FOR},
        ),
    ],
    "the owner's default goes before a delegate's list": [
        Step(
            day=0,
            answers={TRAIN: "deny"},
            files={
                OWNER: MANDATE,
                PREFIX: declaration("{any-ai: deny}", "prefix: XXF01"),
                FOR_FERNWOOD: delegated(f"{{{TRAIN}: allow}}"),
            },
        ),
    ],
}


def table(
    scenarios: Mapping[str, Sequence[Step]],
) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("steps", scenarios.values(), ids=scenarios)


def check(steps: Sequence[Step]) -> None:
    for step, released in follow(steps):
        assert answers(released, step.answers) == step.answers, f"day {step.day}"


@table(DISPUTES)
def test_a_dispute(steps: Sequence[Step]) -> None:
    check(steps)


@table(WITHDRAWALS)
def test_a_withdrawal(steps: Sequence[Step]) -> None:
    check(steps)


@table(TRANSFERS)
def test_a_transfer(steps: Sequence[Step]) -> None:
    check(steps)


@table(DELEGATIONS)
def test_a_delegation(steps: Sequence[Step]) -> None:
    check(steps)


def test_a_dispute_is_filed_then_open_then_closed() -> None:
    steps = [
        Step(day=0, answers={}, files={SONGS: EACH, FILED: DISPUTE}),
        Step(day=1, answers={}, files={ACCEPTED: ACCEPT}),
        Step(day=2, answers={}, files={CLOSED: CLOSE}),
        Step(day=9, answers={}),
    ]
    seen = [released.registry.disputes[0].status for _, released in follow(steps)]
    assert seen == ["filed", "open", "open", "closed"]


def test_what_was_not_filed_for_the_claimant_is_in_no_release() -> None:
    steps = DISPUTES["what nobody filed for the claimant is no dispute"]
    *_, (_, last) = follow(steps)
    assert last.registry.disputes == ()
    assert FILED in [one.path for one in last.state.left_out]


def test_a_withdrawal_stays_on_record_with_its_reason_and_successor() -> None:
    *_, (_, last) = follow(TRANSFERS["the buyer says no too"])
    entry = last.registry.declarations["domain:fernwood.example/songs"]  # type: ignore[index]
    assert entry.withdrawn is not None
    assert (entry.withdrawn.reason, entry.withdrawn.successor) == ("sold", BUYER)


LAXEST = ["deny", "ask", "undeclared", "allow"]
SAYING = {"deny": DENY, "ask": ASK, "allow": ALLOW}


@pytest.mark.parametrize(
    ("old", "new", "delay"),
    list(product(SAYING, SAYING, (0, 3, 7))),
    ids=str,
)
def test_a_transfer_has_no_gap_in_which_it_is_laxer(
    old: str, new: str, delay: int
) -> None:
    sold = {SONGS: withdrawn(SAYING[old], successor=BUYER)}
    bought = {
        THEIRS: SAYING[new],
        REVIEWED: decided("reviewed", f"owner: {BUYER}", f"isrcs: [{ONE}]"),
    }
    days = {0: {SONGS: SAYING[old]}, 1: sold, 1 + delay: bought}
    if delay == 0:
        days[1] = {**sold, **bought}
    steps = [Step(day=day, answers={}, files=days.get(day, {})) for day in range(18)]
    bound = max(LAXEST.index(old), LAXEST.index(new))
    verdicts = [released.verdict(ONE, TRAIN) for _, released in follow(steps)]
    assert all(LAXEST.index(verdict) <= bound for verdict in verdicts)
    assert verdicts[0] == old
    assert verdicts[-1] == new
