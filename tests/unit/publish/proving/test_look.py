"""What looks show: who agrees, who is silent, and what is told of it."""

from datetime import UTC, datetime

import pytest

from sayso.model.owner import Fingerprint, OwnerId
from sayso.publish.proving.attesting import attested, outcome_of_all
from sayso.publish.proving.due import Claim
from sayso.publish.proving.look import Look, Outcome, Seen, keys_of, outcome_of, told
from sayso.publish.proving.well_known import Served
from sayso.wire.text import Digest
from sayso.wire.verification import (
    Method,
    ResolverAnswer,
    decode_verification,
    encode_verification,
)

REGISTRY = "sayso.example"
ONE, TWO, OTHER = (Fingerprint(f"SHA256:{letter * 43}") for letter in "ABC")
KEYS = (ONE, TWO)
CLAIM = Claim(owner=OwnerId("domain:fernwood.example"), domain="fernwood.example")
CHECKED = datetime(2026, 11, 28, 6, tzinfo=UTC)
SERVED = Served(body="{\n}\n", certificate=Digest("ab" * 32))
SILENT = None


def record(*keys: Fingerprint, registry: str = REGISTRY) -> str:
    named = "".join(f"key={key}; " for key in keys)
    return f"v=sayso1; {named}registry={registry}"


def dns(*answers: tuple[str, ...] | None) -> Look:
    seen = tuple(
        Seen(place=f"192.0.2.{number}", texts=texts, fault="" if texts else "why")
        for number, texts in enumerate(answers, 1)
    )
    return Look(method=Method.DNS, seen=seen)


def web(texts: tuple[str, ...] | None, served: Served | None = SERVED) -> Look:
    seen = Seen(place="https://fernwood.example", texts=texts)
    return Look(method=Method.WELL_KNOWN, seen=(seen,), served=served)


GOOD, NOTHING = (record(ONE),), ()


@pytest.mark.parametrize(
    ("look", "outcome"),
    [
        pytest.param(dns(GOOD), Outcome.NAMED, id="one-of-one"),
        pytest.param(dns(NOTHING), Outcome.ABSENT, id="none-of-one"),
        pytest.param(dns(SILENT), Outcome.UNKNOWN, id="silent"),
        pytest.param(dns(GOOD, GOOD, GOOD), Outcome.NAMED, id="all"),
        pytest.param(dns(GOOD, GOOD, SILENT), Outcome.NAMED, id="two-and-a-silent"),
        pytest.param(dns(GOOD, SILENT), Outcome.UNKNOWN, id="half"),
        pytest.param(dns(GOOD, SILENT, SILENT), Outcome.UNKNOWN, id="one-of-three"),
        pytest.param(dns(GOOD, GOOD, NOTHING), Outcome.ABSENT, id="one-says-no"),
        pytest.param(dns(NOTHING, NOTHING, GOOD), Outcome.ABSENT, id="one-lies"),
        pytest.param(dns(NOTHING, SILENT, SILENT), Outcome.ABSENT, id="no-of-three"),
        pytest.param(dns(SILENT, SILENT, SILENT), Outcome.UNKNOWN, id="all-silent"),
        pytest.param(dns(GOOD, (record(TWO),)), Outcome.ABSENT, id="one-key-each"),
        pytest.param(
            dns(GOOD, (record(TWO), record(ONE))), Outcome.NAMED, id="one-key-in-both"
        ),
        pytest.param(dns((record(OTHER),)), Outcome.ABSENT, id="another-key"),
        pytest.param(
            dns((record(ONE, registry="b.example"),)), Outcome.ABSENT, id="elsewhere"
        ),
        pytest.param(web(GOOD), Outcome.NAMED, id="web"),
        pytest.param(web(NOTHING), Outcome.ABSENT, id="web-without"),
        pytest.param(web(SILENT, None), Outcome.UNKNOWN, id="web-unreachable"),
    ],
)
def test_who_has_to_agree(look: Look, outcome: Outcome) -> None:
    assert outcome_of(look, REGISTRY, KEYS) is outcome
    named = keys_of(look, REGISTRY) & set(KEYS)
    assert bool(named) is (outcome is Outcome.NAMED)
    found = attested(CLAIM, KEYS, [look], registry=REGISTRY, checked=CHECKED)
    assert {one.key for one in found} == named


@pytest.mark.parametrize(
    ("looks", "outcome"),
    [
        pytest.param([dns(GOOD), web(SILENT)], Outcome.NAMED, id="dns"),
        pytest.param([dns(NOTHING), web(GOOD)], Outcome.NAMED, id="web"),
        pytest.param([dns(SILENT), web(GOOD)], Outcome.NAMED, id="web-alone"),
        pytest.param([dns(NOTHING), web(NOTHING)], Outcome.ABSENT, id="neither"),
        pytest.param([dns(NOTHING), web(SILENT)], Outcome.ABSENT, id="no-server"),
        pytest.param([dns(SILENT), web(NOTHING)], Outcome.UNKNOWN, id="no-dns"),
        pytest.param([dns(SILENT)], Outcome.UNKNOWN, id="nothing"),
    ],
)
def test_one_way_is_enough(looks: list[Look], outcome: Outcome) -> None:
    assert outcome_of_all(looks, REGISTRY, KEYS) is outcome


def test_each_key_that_is_named_is_attested_once() -> None:
    looks = [dns((record(TWO, OTHER),)), web((record(ONE, TWO),))]
    first, second = attested(CLAIM, KEYS, looks, registry=REGISTRY, checked=CHECKED)
    assert (first.key, first.method) == (ONE, Method.WELL_KNOWN)
    assert (first.body, first.certificate) == (SERVED.body, SERVED.certificate)
    assert first.answers == ()
    assert (second.key, second.method) == (TWO, Method.DNS)
    answer = ResolverAnswer(
        resolver="192.0.2.1", authenticated=False, texts=(record(TWO, OTHER),)
    )
    assert second.answers == (answer,)
    assert (second.body, second.certificate) == (None, None)
    for said in (first, second):
        assert (said.owner, said.domain, said.origin, said.checked) == (
            CLAIM.owner,
            CLAIM.domain,
            REGISTRY,
            CHECKED,
        )
        assert decode_verification(encode_verification(said)) == said


def test_what_resolvers_answered_is_kept_and_who_was_silent_is_not() -> None:
    look = dns(GOOD, SILENT, GOOD)
    assert [one.resolver for one in look.answers] == ["192.0.2.1", "192.0.2.3"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param(GOOD, [f"names {ONE}"], id="named"),
        pytest.param(
            (record(ONE, OTHER),),
            [f"names {ONE}", f"names {OTHER}, which is not in owner.yaml"],
            id="not-listed",
        ),
        pytest.param(
            (record(ONE, registry="b.example"),),
            ["a record is for the registry b.example"],
            id="elsewhere",
        ),
        pytest.param(
            ("v=spf1 -all",), ["there are other texts, and no record"], id="others"
        ),
        pytest.param((), ["there is no record"], id="nothing"),
    ],
)
def test_an_owner_is_told_what_is_there(
    texts: tuple[str, ...], expected: list[str]
) -> None:
    assert told(Seen(place="192.0.2.1", texts=texts), REGISTRY, KEYS) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f'"{record(ONE)}"', id="quoted"),
        pytest.param(record(ONE).replace("sayso1", "sayso2"), id="another-version"),
        pytest.param(record(ONE)[:-30], id="cut-off"),
    ],
)
def test_an_owner_is_told_what_is_wrong_with_a_record(text: str) -> None:
    (said,) = told(Seen(place="192.0.2.1", texts=(text,)), REGISTRY, KEYS)
    assert said.startswith("a record cannot be read: ")


@pytest.mark.parametrize("texts", [None, ()])
def test_an_owner_is_told_why_nothing_is_there(texts: tuple[str, ...] | None) -> None:
    seen = Seen(place="192.0.2.1", texts=texts, fault="it does not answer")
    assert told(seen, REGISTRY, KEYS) == ["it does not answer"]
