"""What a release says of others: the brake, revocations, and how much it loosens."""

import pytest

from sayso.errors import PublishError
from sayso.model.settings import Brake
from tests.declared import (
    FACTS,
    FERNWOOD,
    HARROW,
    Published,
    declaration,
    publish,
    recordings,
)

ONE, TWO, THREE = "XXF012600001", "XXF012600002", "XXF012600003"
DENY = {
    f"{FERNWOOD}/catalogue.yaml": declaration("{any-ai: deny}", recordings(ONE, TWO))
}
OPEN = {f"{FERNWOOD}/open.yaml": declaration("{search: allow}", recordings(ONE))}
PREFIX = {f"{FERNWOOD}/prefix.yaml": declaration("{any-ai: deny}", "prefix: XXF01")}
POLICY = "registry/policy.yaml"


def policy(*lines: str) -> dict[str, str]:
    return {POLICY: FACTS[POLICY] + "\n".join(lines) + "\n"}


def loosened(published: Published) -> tuple[int, int]:
    counts = published.release.counts
    return counts["loosened"], counts["loosened_ranges"]


def test_a_first_release_loosens_nothing() -> None:
    assert loosened(publish({**DENY, **OPEN})) == (0, 0)


def test_what_waits_is_not_looser_until_it_has_waited() -> None:
    first = publish(DENY)
    second = publish(OPEN, after=first, days=1)
    assert loosened(second) == (0, 0)
    third = publish(OPEN, after=second, days=8)
    assert (third.verdict(ONE, "search"), third.verdict(TWO, "search")) == (
        "allow",
        "undeclared",
    )
    assert loosened(third) == (2, 0)
    assert loosened(publish(OPEN, after=third, days=9)) == (0, 0)


def test_a_default_that_is_gone_is_a_looser_range() -> None:
    first = publish({**PREFIX, **DENY})
    second = publish(DENY, after=first, days=1)
    third = publish(DENY, after=second, days=8)
    assert third.verdict(THREE, "search") == "undeclared"
    assert loosened(third) == (0, 1)


def test_a_recording_that_is_not_listed_any_more_is_under_its_default() -> None:
    first = publish({**PREFIX, **DENY})
    second = publish(PREFIX, after=first, days=1)
    third = publish(PREFIX, after=second, days=8)
    assert third.registry.recordings.isrcs == []
    assert third.verdict(ONE, "search") == "deny"
    assert loosened(third) == (0, 0)


def test_a_day_that_comes_loosens_too() -> None:
    ends = declaration("{any-ai: deny}", recordings(ONE), "expires: 2026-11-24")
    texts = {f"{HARROW}/until.yaml": ends}
    first = publish(texts)
    assert loosened(publish(texts, after=first, days=1)) == (0, 0)
    assert loosened(publish(texts, after=first, days=3)) == (1, 0)


def test_a_stricter_release_loosens_nothing() -> None:
    first = publish(OPEN)
    assert loosened(publish({**OPEN, **DENY}, after=first, days=1)) == (0, 0)


@pytest.mark.parametrize("days", [1, 0.5])
def test_a_release_is_issued_after_the_one_before(days: float) -> None:
    first = publish(DENY, days=1)
    with pytest.raises(PublishError, match="not after release 1"):
        publish(DENY, after=first, days=days)


def test_the_limits_of_the_release_before_hold() -> None:
    first = publish({})
    assert first.release.brake == first.release.next_brake == Brake()
    second = publish(policy("brake: {recordings: 7, ranges: 1}"), after=first, days=1)
    assert second.release.brake == Brake()
    assert second.release.next_brake == Brake(recordings=7, ranges=1)
    assert not second.release.is_braked
    third = publish({}, after=second, days=2)
    assert third.release.brake == Brake(recordings=7, ranges=1)
    assert third.release.next_brake == Brake()
    assert third.release.is_braked


def test_a_release_that_loosens_much_is_braked() -> None:
    limit = policy("brake: {recordings: 1, ranges: 1}")
    first = publish({**DENY, **limit})
    second = publish({**OPEN, **limit}, after=first, days=1)
    assert not second.release.is_braked
    assert publish({**OPEN, **limit}, after=second, days=8).release.is_braked


REVOKED = ("revoked:", '  - {release: 1, reason: "Signed by mistake."}')


def test_a_revoked_release_is_named_by_all_that_follow() -> None:
    first = publish({})
    second = publish(policy(*REVOKED), after=first, days=1)
    (revocation,) = second.release.revoked
    assert (revocation.release, revocation.reason) == (1, "Signed by mistake.")
    reworded = policy("revoked:", '  - {release: 1, reason: "Wrong owner."}')
    third = publish(reworded, after=second, days=2)
    assert third.release.revoked[0].reason == "Wrong owner."


def test_what_is_revoked_stays_revoked() -> None:
    second = publish(policy(*REVOKED), after=publish({}), days=1)
    with pytest.raises(PublishError, match=r"1 is revoked, and policy\.yaml no"):
        publish({}, after=second, days=2)


def test_only_an_earlier_release_is_revoked() -> None:
    with pytest.raises(PublishError, match="revokes release 1, and this is release 1"):
        publish(policy(*REVOKED))
