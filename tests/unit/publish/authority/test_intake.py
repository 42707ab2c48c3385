"""What intake signed: admissions and proofs, believed only with its signature."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from sayso.model.owner import OwnerId
from sayso.publish.authority.intake import Intake
from sayso.publish.authority.signers import fingerprints, signers_of
from sayso.publish.reading.documents import DEFAULT_POLICY
from sayso.publish.reading.file import source_file
from sayso.wire.admission import AdmissionFile, encode_admission
from sayso.wire.verification import (
    Method,
    ResolverAnswer,
    VerificationFile,
    encode_verification,
    verification_path,
)
from tests.vouched import ADA, CHECKED, COMMIT, INTAKE, ORIGIN, key_of, line_of, signed

OWNER = OwnerId("github:583231")
FERNWOOD = OwnerId("domain:fernwood.example")
KEYS = fingerprints((line_of(INTAKE),))
POLICY = DEFAULT_POLICY
LASTS = timedelta(days=POLICY.recheck_days + POLICY.grace_days)
Pair = tuple[str, bytes]


def admission(
    number: int, *, name: str = "", origin: str = ORIGIN, signer: str = INTAKE
) -> list[Pair]:
    data = encode_admission(
        AdmissionFile(
            number=number,
            origin=origin,
            owner=OWNER,
            author=OWNER,
            sender="github:7",
            pull_request=None,
            base=COMMIT,
            head=COMMIT,
            merge=COMMIT,
            admitted=CHECKED,
            files={"github/31/583231/songs.yaml": "1" * 40},
        )
    )
    path = f"registry/admissions/{name or number}.json"
    return [(path, data), (f"{path}.sig", signed(data, signer))]


def proof(
    owner: OwnerId = FERNWOOD,
    domain: str = "fernwood.example",
    *,
    checked: datetime = CHECKED,
    origin: str = POLICY.origin,
    signer: str = INTAKE,
) -> list[Pair]:
    key = key_of(owner).public.fingerprint
    answer = ResolverAnswer(
        resolver="192.0.2.53",
        authenticated=True,
        texts=(f"v=sayso1; key={key}; registry={origin}",),
    )
    said = VerificationFile(
        origin=origin,
        owner=owner,
        domain=domain,
        key=key,
        method=Method.DNS,
        checked=checked,
        answers=(answer,),
    )
    path, data = verification_path(said), encode_verification(said)
    return [(path, data), (f"{path}.sig", signed(data, signer))]


def intake(*pairs: Iterable[Pair]) -> Intake:
    files = {path: source_file(path, data) for pair in pairs for path, data in pair}
    return Intake(files, KEYS)


def numbers(found: Intake, after: int = 0) -> list[int]:
    return [one.number for one in found.admissions(OWNER, origin=ORIGIN, after=after)]


def test_admissions_are_in_the_order_of_their_numbers() -> None:
    found = intake(admission(10), admission(9), admission(100))

    assert numbers(found) == [9, 10, 100]
    assert numbers(found, after=9) == [10, 100]
    assert found.admissions(FERNWOOD, origin=ORIGIN, after=0) == []
    first, *_ = found.admissions(OWNER, origin=ORIGIN, after=0)
    assert first.accounts == {OWNER, "github:7"}


@pytest.mark.parametrize(
    "pairs",
    [
        admission(1, signer=ADA),
        admission(1)[:1],
        admission(1, origin="other.example"),
        admission(1, name="2"),
        [admission(1)[0], ("registry/admissions/1.json.sig", b"x")],
        [("registry/admissions/1.json", b"{}"), admission(1)[1]],
    ],
    ids=["another key", "no signature", "another registry", "another number",
         "no signature in it", "no admission"],
)  # fmt: skip
def test_what_intake_did_not_sign_as_it_is_admits_nothing(pairs: list[Pair]) -> None:
    assert numbers(intake(pairs)) == []


def test_a_proof_counts_from_when_it_was_seen_until_it_lapses() -> None:
    found = intake(proof())
    key = key_of(FERNWOOD).public.fingerprint

    for now, counts in (
        (CHECKED - timedelta(seconds=1), False),
        (CHECKED, True),
        (CHECKED + LASTS - timedelta(seconds=1), True),
        (CHECKED + LASTS, False),
    ):
        expected = {FERNWOOD: {key: CHECKED}} if counts else {}
        assert found.proofs(policy=POLICY, now=now) == expected


def test_the_newest_proof_of_a_key_is_told() -> None:
    later = CHECKED + timedelta(days=30)
    found = intake(proof(), proof(checked=later))
    key = key_of(FERNWOOD).public.fingerprint

    assert found.proofs(policy=POLICY, now=later) == {FERNWOOD: {key: later}}
    # One of the future does not hide one of the past.
    assert found.proofs(policy=POLICY, now=CHECKED) == {FERNWOOD: {key: CHECKED}}


@pytest.mark.parametrize(
    "pairs",
    [
        proof(signer=ADA),
        proof()[:1],
        proof(origin="other.example"),
        proof(domain="evil.example"),
        [(proof()[0][0], b"{}"), proof()[1]],
    ],
    ids=["another key", "no signature", "another registry", "another domain", "none"],
)
def test_what_proves_nothing(pairs: list[Pair]) -> None:
    assert intake(pairs).proofs(policy=POLICY, now=CHECKED) == {}


def test_an_account_may_have_any_domain() -> None:
    found = intake(proof(OWNER, "mara.example"))
    assert {*found.proofs(policy=POLICY, now=CHECKED)} == {OWNER}


def test_signers_are_those_whose_signatures_are_right() -> None:
    data = b"said\n"
    file = source_file("a.yaml", data)
    wrong = signed(b"other\n", ADA)
    both = source_file("a.yaml.sig", wrong + signed(data, INTAKE))

    assert signers_of(file, both) == KEYS
    assert signers_of(file, source_file("a.yaml.sig", b"text\n")) == set()
    assert signers_of(file, None) == set()


def test_what_is_no_key_has_no_fingerprint() -> None:
    assert fingerprints(("", "ssh-ed25519 AAAA", line_of(INTAKE))) == KEYS
