"""Verifications: what was seen has one spelling, and what was not is refused."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sayso.errors import MalformedError
from sayso.model.owner import Fingerprint, OwnerId
from sayso.wire.text import Digest
from sayso.wire.verification import (
    ANSWERS,
    VERIFICATION_LIMIT,
    Method,
    ResolverAnswer,
    VerificationFile,
    decode_verification,
    encode_verification,
    verification_path,
    verifications_of,
)

KEY = Fingerprint("SHA256:LvMOk4FkZhIouoocPGBvlQshuY1BehZawaK2trRcVc4")
TEXT = f"v=sayso1; key={KEY}; registry=sayso.example"
ANSWER = ResolverAnswer(resolver="192.0.2.53", authenticated=True, texts=(TEXT,))
ASKED = VerificationFile(
    origin="sayso.example",
    owner=OwnerId("domain:fernwood.example"),
    domain="fernwood.example",
    key=KEY,
    method=Method.DNS,
    checked=datetime(2026, 11, 16, 9, tzinfo=UTC),
    answers=(ANSWER,),
)
SERVED = replace(
    ASKED,
    method=Method.WELL_KNOWN,
    answers=(),
    body='{\n"format":"sayso/well-known/1"\n}\n',
    certificate=Digest("ab" * 32),
)
WRITTEN = f"""\
{{
"answers":[
{{"authenticated":true,"resolver":"192.0.2.53","texts":["{TEXT}"]}}
],
"body":null,
"certificate":null,
"checked":"2026-11-16T09:00:00Z",
"domain":"fernwood.example",
"format":"sayso/verification/1",
"key":"{KEY}",
"method":"dns",
"origin":"sayso.example",
"owner":"domain:fernwood.example"
}}
""".encode()


def test_a_verification_has_one_spelling() -> None:
    assert encode_verification(ASKED) == WRITTEN


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(ASKED, id="dns"),
        pytest.param(replace(ASKED, answers=(ANSWER,) * ANSWERS), id="many"),
        pytest.param(SERVED, id="well-known"),
        pytest.param(replace(SERVED, owner=OwnerId("github:583231")), id="account"),
    ],
)
def test_what_is_written_is_read(said: VerificationFile) -> None:
    assert decode_verification(encode_verification(said)) == said


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(replace(ASKED, answers=()), id="no-answers"),
        pytest.param(replace(ASKED, answers=(ANSWER,) * (ANSWERS + 1)), id="too-many"),
        pytest.param(replace(ASKED, body="{}"), id="a-body-in-the-dns"),
        pytest.param(
            replace(ASKED, certificate=Digest("ab" * 32)), id="a-certificate-in-the-dns"
        ),
        pytest.param(replace(SERVED, answers=(ANSWER,)), id="answers-of-a-server"),
        pytest.param(replace(SERVED, body=None), id="no-body"),
        pytest.param(replace(SERVED, certificate=None), id="no-certificate"),
    ],
)
def test_evidence_is_what_its_method_sees(said: VerificationFile) -> None:
    with pytest.raises(MalformedError, match="either answers"):
        decode_verification(encode_verification(said))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        pytest.param(b"domain:fern", b"mail:fern", "is of 'mail", id="owner"),
        pytest.param(b'"fernwood.', b'"Fernwood.', "is of", id="domain"),
        pytest.param(b'"fernwood.example"', b'"com"', "is of", id="one-label"),
        pytest.param(b'"SHA256:', b'"MD5:', "no fingerprint", id="key"),
        pytest.param(b'"dns"', b'"mail"', "one of", id="method"),
        pytest.param(b"16T09", b"16 09", "not a time", id="time"),
        pytest.param(b'e":null,\n"ch', b'e":"AB",\n"ch', "SHA-256", id="digest"),
        pytest.param(b"ion/1", b"ion/2", "this version reads", id="format"),
        pytest.param(b":true", b":1", "true or false", id="flag"),
        pytest.param(b'"resolver', b'"a":1,"resolver', "canonical", id="order"),
        pytest.param(b'"texts"', b'"sure":1,"texts"', "not part", id="in-an-answer"),
        pytest.param(b"dns", b"d\\u006es", "canonical", id="spelling"),
        pytest.param(b"}\n", b'"z":1\n}\n', "not JSON", id="comma"),
        pytest.param(b'example"\n}', b'example",\n"z":1\n}', "not part", id="more"),
    ],
)
def test_what_is_not_the_format_is_refused(old: bytes, new: bytes, why: str) -> None:
    assert old in WRITTEN
    with pytest.raises(MalformedError, match=why):
        decode_verification(WRITTEN.replace(old, new))


def test_a_long_verification_is_not_read() -> None:
    with pytest.raises(MalformedError, match="at most 262144"):
        decode_verification(b" " * (VERIFICATION_LIMIT + 1))


def test_its_name_says_when_and_whom() -> None:
    path = verification_path(ASKED)
    assert path.startswith(
        "registry/verifications/2026/20261116-domain-fernwood-example-"
    )
    assert verifications_of(ASKED.owner) in path
    others = [
        replace(ASKED, domain="fernwood.test"),
        replace(ASKED, key=Fingerprint("SHA256:" + "A" * 43)),
        replace(ASKED, owner=OwnerId("github:583231")),
        replace(ASKED, checked=datetime(2026, 11, 17, 9, tzinfo=UTC)),
    ]
    assert len({path, *map(verification_path, others)}) == 5
    # Another look on the same day has the same name, so it replaces nothing.
    again = replace(ASKED, checked=datetime(2026, 11, 16, 10, tzinfo=UTC))
    assert verification_path(again) == path
