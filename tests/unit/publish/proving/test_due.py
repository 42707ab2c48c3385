"""Which domains are due: before their proofs are old, and until they name a key."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from sayso.model.owner import Fingerprint, OwnerId
from sayso.publish.proving.due import EARLIER, Claim, due
from sayso.wire.verification import Method, ResolverAnswer, VerificationFile

FERNWOOD = OwnerId("domain:fernwood.example")
MARA = OwnerId("github:583231")
ONE, TWO, OLD = (Fingerprint(f"SHA256:{letter * 43}") for letter in "ABC")
NOW = datetime(2026, 11, 28, 5, tzinfo=UTC)
RECHECK = timedelta(days=30)
DAY = timedelta(days=1)

OWN = Claim(owner=FERNWOOD, domain="fernwood.example")
HERS = Claim(owner=MARA, domain="mara.example")


def seen(
    age: timedelta, claim: Claim = OWN, key: Fingerprint = ONE
) -> VerificationFile:
    return VerificationFile(
        origin="sayso.example",
        owner=claim.owner,
        domain=claim.domain,
        key=key,
        method=Method.DNS,
        checked=NOW - age,
        answers=(ResolverAnswer(resolver="a", authenticated=False, texts=()),),
    )


def found(
    *verifications: VerificationFile,
    keys: Mapping[OwnerId, tuple[Fingerprint, ...]] | None = None,
    recheck: timedelta = RECHECK,
) -> list[Claim]:
    held = {FERNWOOD: (ONE, TWO), MARA: (ONE,)} if keys is None else keys
    return due(held, verifications, recheck=recheck, now=NOW)


@pytest.mark.parametrize(
    ("age", "is_due"),
    [
        pytest.param(timedelta(0), False, id="now"),
        pytest.param(RECHECK - EARLIER - timedelta(seconds=1), False, id="just-before"),
        pytest.param(RECHECK - EARLIER, True, id="days-before-it-is-old"),
        pytest.param(RECHECK, True, id="ageing"),
        pytest.param(999 * DAY, True, id="lapsed"),
    ],
)
def test_a_domain_is_due_some_days_before_its_proof_is_old(
    age: timedelta, *, is_due: bool
) -> None:
    assert found(seen(age)) == ([OWN] if is_due else [])


def test_the_newest_look_counts() -> None:
    assert found(seen(99 * DAY), seen(DAY), seen(50 * DAY)) == []


def test_one_of_the_keys_is_enough() -> None:
    assert found(seen(DAY, key=TWO)) == []


def test_a_key_that_is_listed_no_more_does_not_count() -> None:
    assert found(seen(DAY, key=OLD)) == [OWN]


def test_a_domain_that_was_never_looked_at_is_due() -> None:
    assert found() == [OWN]


def test_a_look_of_tomorrow_does_not_count() -> None:
    assert found(seen(-DAY)) == [OWN]


def test_an_account_claims_what_was_proved_for_it() -> None:
    assert found(seen(DAY), seen(40 * DAY, HERS)) == [HERS]
    assert found(seen(DAY), seen(40 * DAY, HERS, OLD)) == [HERS]
    assert found(seen(DAY), seen(DAY, HERS)) == []


def test_an_owner_with_a_domain_claims_no_other_one() -> None:
    other = Claim(owner=FERNWOOD, domain="other.example")
    assert found(seen(DAY), seen(99 * DAY, other)) == []


@pytest.mark.parametrize(
    "keys", [pytest.param({}, id="no-owner"), pytest.param({FERNWOOD: ()}, id="no-key")]
)
def test_who_has_no_keys_has_nothing_to_prove(
    keys: Mapping[OwnerId, tuple[Fingerprint, ...]],
) -> None:
    assert found(seen(99 * DAY), seen(99 * DAY, HERS), keys=keys) == []


def test_claims_are_in_order() -> None:
    early = OwnerId("domain:a.example")
    keys = {MARA: (ONE,), FERNWOOD: (ONE,), early: (ONE,)}
    more = Claim(owner=MARA, domain="a.example")
    assert found(seen(99 * DAY, HERS), seen(99 * DAY, more), keys=keys) == [
        Claim(owner=early, domain="a.example"),
        OWN,
        more,
        HERS,
    ]


def test_a_short_time_is_halved() -> None:
    assert found(seen(11 * timedelta(hours=1)), recheck=DAY) == []
    assert found(seen(12 * timedelta(hours=1)), recheck=DAY) == [OWN]
