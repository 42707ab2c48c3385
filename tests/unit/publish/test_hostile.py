"""No owner stops a registry, or gets more than its share, whatever it files."""

import json
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pytest

from sayso.client.lookup import find
from sayso.model.isrc import Isrc
from sayso.model.territory import COUNTRIES
from sayso.publish import policies
from sayso.publish.reading.tables import HeldTable
from sayso.wire.lookup import LEAF_BYTES, POLICY_BYTES
from sayso.wire.profile import encode_item
from tests.declared import (
    FACTS,
    FERNWOOD,
    HARROW,
    MARA,
    POLICY,
    PROOFS,
    Published,
    declaration,
    owner,
    publish,
    recordings,
)
from tests.vouched import Proof

ONE = "XXF012600001"
CODES = [f"XXF0226{number:05}" for number in range(1, 30)]
LONG = ".".join(["x" * 61] * 4)[:243] + ".example"
LONGEST = f"domain/xx/{LONG}"


class Served:
    """Serves the files of a release."""

    def __init__(self, published: Published) -> None:
        self._files = published.files

    def fetch(self, path: str, *, limit: int) -> bytes:
        assert len(self._files[path]) <= limit
        return self._files[path]


def for_each_country(folder: str, *, each: int = 1) -> dict[str, str]:
    """Return declarations that deny one recording in one country each."""
    return {
        f"{folder}/{code.lower()}-{'x' * 50}{n}.yaml": declaration(
            "{any-ai: deny}", recordings(ONE), f"territories: [{code}]"
        )
        for code in COUNTRIES
        for n in range(each)
    }


def policy_bytes(published: Published) -> int:
    """Return how long the longest content of a policy is."""
    items: list[dict[str, Any]] = json.loads(published.files["registry.json"])[
        "policies"
    ]
    return max(
        len(encode_item({k: v for k, v in item.items() if k != "number"}))
        for item in items
    )


def test_many_declarations_of_one_code_do_not_stop_the_registry() -> None:
    facts = {
        **FACTS,
        f"{LONGEST}/owner.yaml": owner("Longest"),
    }
    proofs = {**PROOFS, f"domain:{LONG}": Proof(level="domain")}
    assert len(f"domain:{LONG}") > 250
    texts = for_each_country(LONGEST)
    published = publish(
        {**texts, f"{FERNWOOD}/a.yaml": declaration("{search: deny}", recordings(ONE))},
        facts=facts,
        proofs=proofs,
    )
    answer = published.answer(ONE, "prompt")
    assert answer.verdict == published.verdict(ONE, "prompt", "SE") == "deny"
    assert (len(answer.by), published.verdict(ONE, "search")) == (3, "deny")
    assert policy_bytes(published) <= POLICY_BYTES
    lookup = published.release.lookup
    found = find(Served(published), lookup.root, Isrc(ONE))
    assert found.policy == published.registry.policies[found.number or 0]


def test_the_longest_names_that_are_never_cut_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Policies of few declarations are not measured: these are too short to matter."""
    monkeypatch.setattr(policies, "POLICY_BYTES", 0)
    files = {
        f"{LONGEST}{n}/{'y' * 64}.yaml": declaration(
            f"{{any-ai: {word}}}",
            recordings(ONE),
            'offer: {contact: "https://x.example/l", conditions: []}',
        )
        for n, word in enumerate(["deny", "ask"] * 2)
    }
    facts, proofs = dict(FACTS), dict(PROOFS)
    for n in range(4):
        facts[f"{LONGEST}{n}/owner.yaml"] = owner("Longest")
        proofs[f"domain:{LONG}{n}"] = Proof(level="domain")
    published = publish(files, facts=facts, proofs=proofs)
    assert len(published.answer(ONE, "search").sides) == 4
    assert 20_000 < policy_bytes(published) <= POLICY_BYTES


def test_a_leaf_holds_three_of_the_longest_policies() -> None:
    assert 3 * POLICY_BYTES < LEAF_BYTES


def test_who_proved_nothing_takes_no_country_s_answer_away() -> None:
    texts = {
        f"{FERNWOOD}/us.yaml": declaration(
            "{search: allow}", recordings(ONE), "territories: [US]"
        ),
        f"{FERNWOOD}/no.yaml": declaration("{search: deny}", "prefix: XXF01"),
    }
    unproved = {k: v for k, v in PROOFS.items() if k != "github:583231"}
    published = publish({**texts, **for_each_country(MARA, each=4)}, proofs=unproved)
    assert published.verdict(ONE, "search", "US") == "allow"
    assert published.verdict(ONE, "search", "SE") == "deny"
    named = published.registry.policies[published.policy(ONE) or 0].declarations
    assert named == ("domain:fernwood.example/no", "domain:fernwood.example/us")


def test_another_list_in_each_release_denies_no_more_than_two_shares() -> None:
    policy = POLICY.replace("account_recordings: 500", "account_recordings: 2")
    facts = {**FACTS, "registry/policy.yaml": policy}

    def listing(*codes: str) -> dict[str, str]:
        return {f"{MARA}/no.yaml": declaration("{any-ai: deny}", recordings(*codes))}

    def denied(published: Published) -> list[int]:
        return [
            n for n, c in enumerate(CODES) if published.verdict(c, "any-ai") == "deny"
        ]

    release = publish(listing(*CODES[10:12]), facts=facts)
    release = publish(listing(*CODES[:2]), facts=facts, after=release, days=1)
    assert denied(release) == [0, 1, 10, 11]
    release = publish(listing(CODES[1], CODES[5]), facts=facts, after=release, days=2)
    assert denied(release) == [0, 1, 5, 10]
    for turn in range(5):
        some = listing(*CODES[12 + 2 * turn :][:2])
        release = publish(some, facts=facts, after=release, days=3 + turn / 2)
        assert len(denied(release)) == 4
    last = listing(*CODES[22:24])
    release = publish(last, facts=facts, after=release, days=6)
    assert denied(release) == [20, 21, 22, 23]
    release = publish(last, facts=facts, after=release, days=20)
    assert denied(release) == [22, 23]


def test_a_catalogue_and_a_list_share_an_account_s_places() -> None:
    codes = [f"XXF0226{number:05}" for number in range(700)]
    published = publish(
        {
            f"{MARA}/a.yaml": declaration("{any-ai: deny}", "catalogue: {file: c.csv}"),
            f"{MARA}/c.csv": "\n".join(["isrc", *reversed(codes[100:])]),
            f"{MARA}/b.yaml": declaration("{any-ai: deny}", recordings(*codes[:200])),
        }
    )
    verdicts = [published.verdict(code, "search") for code in codes]
    assert verdicts == ["deny"] * 500 + ["undeclared"] * 200


def test_names_of_a_catalogue_are_read_once_however_many_declarations_name_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    rows = HeldTable.rows

    def note(table: HeldTable, start: int, stop: int) -> pa.RecordBatch:
        asked.append(stop - start)
        return rows(table, start, stop)

    monkeypatch.setattr(HeldTable, "rows", note)
    texts = {
        f"{HARROW}/d{n}.yaml": declaration("{search: deny}", "catalogue: {file: c.csv}")
        for n in range(20)
    }
    lines = "".join(f"{code},T{code},A\n" for code in CODES)
    texts[f"{HARROW}/c.csv"] = f"isrc,title,artist\n{lines}"
    published = publish(texts)
    assert asked == [len(CODES)]
    assert published.answer(CODES[3], "search").title == f"T{CODES[3]}"
    assert len(published.answer(CODES[3], "search").by) == 20


def test_a_release_of_hostile_files_is_the_same_twice() -> None:
    texts = for_each_country(MARA, each=2)
    files = publish(texts).files
    again = publish(dict(reversed(texts.items()))).files
    assert {p: sha256(d).digest() for p, d in files.items()} == {
        p: sha256(d).digest() for p, d in again.items()
    }
