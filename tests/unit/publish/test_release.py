"""From texts to answers: a release as its consumers read it."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest

from sayso.errors import PublishError
from sayso.publish.reading import readings as readings_module
from sayso.publish.reading.layout import Place
from sayso.publish.reading.readings import Readings
from sayso.publish.reading.said import Said, parse_yaml
from sayso.publish.reading.sources import source_file
from sayso.wire.merkle import leaf_hash, root_hash
from tests.declared import (
    FACTS,
    FERNWOOD,
    HARROW,
    MARA,
    PROOFS,
    START,
    decided,
    declaration,
    owner,
    publish,
    recordings,
)
from tests.vouched import Proof

ONE, TWO, THREE = "XXF012600001", "XXF012600002", "XXF012600003"
DENY = declaration("{any-ai: deny}", recordings(ONE, TWO))
OPEN = declaration("{search: allow}", recordings(ONE))
PREFIX_DENY = declaration("{any-ai: deny}", "prefix: XXF01")


def test_an_empty_registry_is_a_registry() -> None:
    published = publish({})
    assert published.release.counts["recordings"] == 0
    assert published.verdict(ONE, "search") == "undeclared"


def test_the_same_inputs_give_the_same_bytes() -> None:
    texts = {f"{FERNWOOD}/catalogue.yaml": DENY, f"{HARROW}/open.yaml": OPEN}
    backwards = dict(reversed(texts.items()))
    assert publish(texts).files == publish(backwards).files


def test_a_listed_recording_has_its_title_and_its_owner_s_word() -> None:
    published = publish({f"{FERNWOOD}/catalogue.yaml": DENY})
    answer = published.answer(ONE, "train-generative")
    assert (answer.verdict, answer.title, answer.listed) == ("deny", f"T{ONE}", True)
    assert answer.by == ("domain:fernwood.example/catalogue",)
    assert published.verdict(THREE, "train-generative") == "undeclared"


def test_a_catalogue_file_lists_recordings() -> None:
    published = publish(
        {
            f"{FERNWOOD}/catalogue.yaml": declaration(
                "{any-ai: deny}", "catalogue: {file: catalogue.csv, rows: 2}"
            ),
            f"{FERNWOOD}/catalogue.csv": (
                f"isrc,title,artist\n{TWO},Älv,\n{ONE},,Mara\n"
            ),
        }
    )
    recordings_of = published.registry.recordings
    assert recordings_of.isrcs == [ONE, TWO]
    assert recordings_of.titles == [None, "Älv"]
    assert published.verdict(TWO, "prompt") == "deny"


def test_a_prefix_answers_for_codes_that_nobody_lists() -> None:
    published = publish(
        {
            f"{FERNWOOD}/prefix.yaml": declaration(
                "{any-ai: deny}",
                "prefix: XXF01",
                "years: 2015-2026",
                "except: {ranges: [XXF012600010-XXF012600019], isrcs: [XXF012600030]}",
            )
        }
    )
    verdicts = {
        code: published.verdict(code, "search")
        for code in (
            "XXF011400001",
            "XXF011500000",
            "XXF012600009",
            "XXF012600010",
            "XXF012600020",
            "XXF012600030",
            "XXF012699999",
            "XXF012700000",
        )
    }
    assert list(verdicts.values()) == [
        "undeclared",
        "deny",
        "deny",
        "undeclared",
        "deny",
        "undeclared",
        "deny",
        "undeclared",
    ]
    assert published.registry.recordings.isrcs == []


def test_a_recording_is_opened_under_a_closed_prefix() -> None:
    published = publish(
        {f"{FERNWOOD}/prefix.yaml": PREFIX_DENY, f"{FERNWOOD}/open.yaml": OPEN}
    )
    assert published.verdict(ONE, "search") == "allow"
    assert published.verdict(ONE, "prompt") == "deny"
    assert published.verdict(TWO, "search") == "deny"
    assert published.answer(ONE, "search").ownership == "reviewed"


def test_two_owners_who_differ_are_shown_as_disputed() -> None:
    published = publish(
        {
            f"{FERNWOOD}/open.yaml": OPEN,
            f"{HARROW}/ours.yaml": declaration("{search: deny}", recordings(ONE)),
        }
    )
    answer = published.answer(ONE, "search")
    assert (answer.verdict, answer.disputed) == ("deny", True)
    assert published.release.counts["disputed"] == 1


def test_an_account_denies_at_most_its_share_in_isrc_order() -> None:
    codes = [f"XXF0126{number:05}" for number in range(502)]
    files = {
        f"{MARA}/b.yaml": declaration("{any-ai: deny}", recordings(*codes[300:])),
        f"{MARA}/a.yaml": declaration("{any-ai: deny}", recordings(*codes[:300])),
    }
    published = publish(files)
    assert published.verdict(codes[499], "search") == "deny"
    assert published.verdict(codes[500], "search") == "undeclared"


def test_a_recording_in_two_files_takes_one_place_of_an_account_s_share() -> None:
    codes = [f"XXF0126{number:05}" for number in range(500)]
    published = publish(
        {
            f"{MARA}/a.yaml": declaration("{any-ai: deny}", recordings(*codes[:300])),
            f"{MARA}/b.yaml": declaration("{search: deny}", recordings(*codes[100:])),
        }
    )
    assert published.verdict(codes[499], "search") == "deny"


def test_neither_a_delegate_nor_dead_rows_take_from_an_account_s_share() -> None:
    codes = [f"XXF0126{number:05}" for number in range(1200)]
    mandate = owner(
        "Mara Lindqvist",
        'accounts: ["github:583231"]',
        "represented_by: [github:700]",
        role="artist",
    )
    published = publish(
        {
            f"{MARA}/owner.yaml": mandate,
            "github/00/700/owner.yaml": owner("Agent", role="distributor"),
            f"{MARA}/no.yaml": declaration("{any-ai: deny}", recordings(codes[1199])),
            f"{MARA}/over.yaml": declaration(
                "{any-ai: deny}", recordings(*codes[:500]), "expires: 2026-11-01"
            ),
            "github/00/700/filed.yaml": declaration(
                "{search: deny}",
                recordings(*codes[500:1000]),
                "on_behalf_of: github:583231",
            ),
        },
        proofs={**PROOFS, "github:700": Proof(level="account")},
    )
    assert published.verdict(codes[1199], "search") == "deny"
    assert published.verdict(codes[999], "search") == "deny"
    assert published.verdict(codes[0], "search") == "undeclared"


def test_the_best_proved_owner_names_the_recording() -> None:
    strangers = recordings(ONE).replace(f"T{ONE}", "Public domain, free for AI")
    published = publish(
        {
            f"{FERNWOOD}/catalogue.yaml": declaration(
                "{any-ai: deny}", "catalogue: {file: catalogue.csv}"
            ),
            f"{FERNWOOD}/catalogue.csv": f"isrc,title,artist\n{ONE},Slow River,Mara\n",
            f"{MARA}/stranger.yaml": declaration("{search: deny}", strangers),
            f"{HARROW}/unasked.yaml": declaration(
                "{search: deny}", strangers, "on_behalf_of: domain:fernwood.example"
            ),
        }
    )
    assert published.answer(ONE, "search").title == "Slow River"


def test_a_reviewed_owner_names_the_recording_before_who_lists_it_as_precisely() -> (
    None
):
    strangers = recordings(ONE).replace(f"T{ONE}", "Public domain, free for AI")
    published = publish(
        {
            f"{FERNWOOD}/catalogue.yaml": declaration(
                "{any-ai: deny}", "catalogue: {file: catalogue.csv}"
            ),
            f"{FERNWOOD}/catalogue.csv": f"isrc,title\n{ONE},Slow River\n",
            f"{HARROW}/stranger.yaml": declaration("{search: allow}", strangers),
        }
    )
    rows = published.registry.recordings
    assert (rows.titles, rows.artists) == (["Slow River"], ["A"])
    assert rows.owners == ["domain:fernwood.example"]


def test_a_proof_of_one_file_raises_that_file_only() -> None:
    key = Proof(level="key", files=frozenset({"a.yaml"}))
    published = publish(
        {
            f"{MARA}/a.yaml": declaration("{any-ai: deny}", "prefix: XXF01"),
            f"{MARA}/b.yaml": declaration("{any-ai: deny}", "prefix: XXF02"),
        },
        proofs={**PROOFS, "github:583231": key},
    )
    assert published.verdict("XXF012600001", "search") == "deny"
    assert published.verdict("XXF022600001", "search") == "undeclared"


def test_a_proof_or_decision_of_tomorrow_counts_for_nothing_today() -> None:
    tomorrow = Proof(level="domain", checked=datetime(2026, 11, 23, tzinfo=UTC))
    proofs = {**PROOFS, "domain:fernwood.example": tomorrow}
    published = publish({f"{FERNWOOD}/catalogue.yaml": DENY}, proofs=proofs)
    assert published.verdict(ONE, "search") == "undeclared"
    review = decided(
        "reviewed",
        "owner: domain:fernwood.example",
        "prefixes: [XXF01]",
        day="2026-11-23",
    )
    texts = {
        "registry/decisions/2026/fernwood.yaml": review,
        f"{FERNWOOD}/open.yaml": OPEN,
    }
    assert publish(texts).verdict(ONE, "search") == "undeclared"


def test_a_delegate_speaks_only_where_the_owner_says_so() -> None:
    filed = declaration(
        "{search: deny}", recordings(ONE), "on_behalf_of: domain:fernwood.example"
    )
    mandate = owner("Fernwood", "represented_by: [domain:harrow.example]")
    with_mandate = publish(
        {f"{HARROW}/filed.yaml": filed, f"{FERNWOOD}/owner.yaml": mandate}
    )
    assert with_mandate.verdict(ONE, "search") == "deny"
    without = publish({f"{HARROW}/filed.yaml": filed})
    assert without.verdict(ONE, "search") == "undeclared"
    overridden = publish(
        {
            f"{HARROW}/filed.yaml": filed,
            f"{FERNWOOD}/owner.yaml": mandate,
            f"{FERNWOOD}/open.yaml": OPEN,
        }
    )
    assert overridden.verdict(ONE, "search") == "allow"


def test_a_stranger_who_files_for_nobody_is_left_out() -> None:
    filed = declaration(
        "{search: deny}", recordings(ONE), "on_behalf_of: domain:nobody.example"
    )
    published = publish({f"{HARROW}/filed.yaml": filed})
    assert published.verdict(ONE, "search") == "undeclared"
    assert published.registry.declarations == {}


DISPUTE = f"""\
schema: sayso/dispute/1
claimant: domain:harrow.example
against: domain:fernwood.example/open
recordings: [{ONE}]
claim: "We own this master."
filed: 2026-11-02
"""


@pytest.mark.parametrize(
    ("decisions", "verdict", "disputed", "status"),
    [
        ([], "allow", False, "filed"),
        (["dispute-accepted"], "undeclared", True, "open"),
        (["dispute-accepted", "dispute-closed"], "allow", False, "closed"),
    ],
)
def test_only_an_accepted_dispute_suspends_a_yes(
    decisions: list[str], verdict: str, *, disputed: bool, status: str
) -> None:
    texts = {
        f"{FERNWOOD}/open.yaml": OPEN,
        "disputes/2026/20261102-harrow-one.yaml": DISPUTE,
    }
    for kind in decisions:
        texts[f"registry/decisions/2026/{kind}.yaml"] = decided(
            kind, "dispute: 20261102-harrow-one"
        )
    published = publish(texts)
    answer = published.answer(ONE, "search")
    assert (answer.verdict, answer.disputed) == (verdict, disputed)
    assert [entry.status for entry in published.registry.disputes] == [status]


def test_a_dispute_against_a_delegate_s_file_reaches_whom_it_speaks_for() -> None:
    texts = {
        f"{FERNWOOD}/owner.yaml": owner(
            "Fernwood", "represented_by: [domain:harrow.example]"
        ),
        f"{HARROW}/filed.yaml": declaration(
            "{search: allow}", recordings(ONE), "on_behalf_of: domain:fernwood.example"
        ),
        "disputes/2026/20261102-mara-one.yaml": DISPUTE.replace(
            "claimant: domain:harrow.example", "claimant: github:583231"
        ).replace(
            "against: domain:fernwood.example/open",
            "against: domain:harrow.example/filed",
        ),
    }
    assert publish(texts).verdict(ONE, "search") == "allow"
    texts["registry/decisions/2026/accepted.yaml"] = decided(
        "dispute-accepted", "dispute: 20261102-mara-one"
    )
    answer = publish(texts).answer(ONE, "search")
    assert (answer.verdict, answer.disputed) == ("undeclared", True)


def test_a_settled_recording_leaves_the_prefix_of_another() -> None:
    texts = {
        f"{FERNWOOD}/prefix.yaml": PREFIX_DENY,
        f"{HARROW}/ours.yaml": declaration(
            "{search: ask}",
            recordings(ONE),
            'offer: {contact: "https://harrow.example/licensing", conditions: []}',
        ),
    }
    assert publish(texts).verdict(ONE, "search") == "deny"
    texts["registry/decisions/2026/settled.yaml"] = decided(
        "settled", "owner: domain:harrow.example", f"isrcs: [{ONE}]"
    )
    assert publish(texts).verdict(ONE, "search") == "ask"


def test_the_first_release_makes_nothing_wait_and_the_next_does() -> None:
    first = publish({f"{FERNWOOD}/open.yaml": OPEN})
    assert first.verdict(ONE, "search") == "allow"
    more = {
        f"{FERNWOOD}/open.yaml": declaration("{search: allow}", recordings(ONE, TWO))
    }
    second = publish(more, after=first, days=1)
    assert second.verdict(ONE, "search") == "allow"
    assert second.verdict(TWO, "search") == "undeclared"
    assert second.answer(TWO, "search").reason == "waiting"
    assert second.answer(TWO, "search").until == START + timedelta(days=8)
    third = publish(more, after=second, days=8)
    assert third.verdict(TWO, "search") == "allow"


def test_a_no_that_is_loosened_or_removed_holds_for_the_waiting_period() -> None:
    first = publish({f"{FERNWOOD}/catalogue.yaml": DENY})
    loosened = publish({f"{FERNWOOD}/open.yaml": OPEN}, after=first, days=1)
    assert loosened.verdict(ONE, "search") == "deny"
    assert loosened.verdict(TWO, "search") == "deny"
    assert loosened.answer(TWO, "search").title == f"T{TWO}"
    later = publish({f"{FERNWOOD}/open.yaml": OPEN}, after=loosened, days=8)
    assert later.verdict(ONE, "search") == "allow"
    assert later.verdict(TWO, "search") == "undeclared"
    assert later.registry.recordings.isrcs == [ONE]


def test_a_new_owner_s_no_holds_at_once() -> None:
    first = publish({})
    second = publish({f"{FERNWOOD}/catalogue.yaml": DENY}, after=first, days=1)
    assert second.verdict(ONE, "search") == "deny"


def test_renaming_a_file_disturbs_nothing() -> None:
    first = publish({f"{FERNWOOD}/open.yaml": OPEN})
    second = publish({f"{FERNWOOD}/opened.yaml": OPEN}, after=first, days=1)
    assert second.verdict(ONE, "search") == "allow"


def test_a_mandate_that_ends_is_waited_for() -> None:
    filed = {
        f"{HARROW}/filed.yaml": declaration(
            "{search: deny}", recordings(ONE), "on_behalf_of: domain:fernwood.example"
        )
    }
    mandate = owner("Fernwood", "represented_by: [domain:harrow.example]")
    first = publish({**filed, f"{FERNWOOD}/owner.yaml": mandate})
    second = publish(filed, after=first, days=1)
    assert second.verdict(ONE, "search") == "deny"
    assert publish(filed, after=second, days=8).verdict(ONE, "search") == "undeclared"


def test_a_delegate_s_file_outlives_the_owner_without_stopping_the_registry() -> None:
    mandate = owner("Mara", "represented_by: [domain:harrow.example]")
    filed = declaration(
        "{search: deny}", recordings(ONE), "on_behalf_of: github:583231"
    )
    texts = {f"{HARROW}/filed.yaml": filed}
    first = publish({**texts, f"{MARA}/owner.yaml": mandate})
    gone = {path: text for path, text in FACTS.items() if MARA not in path}
    second = publish(texts, after=first, days=1, facts=gone)
    assert second.verdict(ONE, "search") == "deny"
    third = publish(texts, after=second, days=9, facts=gone)
    assert third.verdict(ONE, "search") == "undeclared"


def test_policy_numbers_and_dates_are_carried_over() -> None:
    first = publish({f"{FERNWOOD}/catalogue.yaml": DENY})
    second = publish(
        {
            f"{FERNWOOD}/catalogue.yaml": DENY,
            f"{HARROW}/other.yaml": declaration("{any-ai: deny}", recordings(THREE)),
        },
        after=first,
        days=3,
    )
    assert second.release.header.number == 2
    assert second.release.previous is not None
    assert first.policy(ONE) == second.policy(ONE) == 1
    assert second.policy(THREE) == 2
    dates = {name[-9:]: e.published for name, e in second.registry.declarations.items()}
    assert dates["catalogue"] == START
    assert dates["ple/other"] == START + timedelta(days=3)


def test_a_policy_number_is_never_used_again() -> None:
    first = publish({f"{FERNWOOD}/catalogue.yaml": DENY})
    gone = publish({}, after=publish({}, after=first, days=1), days=9)
    assert gone.registry.policies == {}
    back = publish({f"{FERNWOOD}/catalogue.yaml": DENY}, after=gone, days=10)
    assert min(back.registry.policies) > max(first.registry.policies)


def test_a_release_never_goes_back_in_time() -> None:
    first = publish({}, days=1)
    with pytest.raises(PublishError, match="give a later --time"):
        publish({}, after=first, days=1)


def test_a_registry_never_changes_its_origin() -> None:
    first = publish({})
    policy = FACTS["registry/policy.yaml"].replace("sayso.example", "other.example")
    with pytest.raises(PublishError, match="origin"):
        publish({"registry/policy.yaml": policy}, after=first, days=1)


def test_an_operator_s_registry_has_a_policy() -> None:
    facts = {p: t for p, t in FACTS.items() if p == "registry/operators.yaml"}
    with pytest.raises(PublishError, match=r"policy\.yaml is missing"):
        publish({}, facts=facts)


def test_an_earlier_state_that_cannot_be_read_stops_the_build() -> None:
    first = publish({f"{FERNWOOD}/catalogue.yaml": DENY})
    for blob in list(first.sources):
        if blob == source_file("", DENY.encode()).blob:
            first.sources[blob] = b"schema: sayso/declaration/9\n"  # type: ignore[index]
    with pytest.raises(PublishError, match="can no longer be read"):
        publish({}, after=first, days=1)


def test_the_published_files_match_their_json_schemas() -> None:
    published = publish(
        {
            f"{FERNWOOD}/prefix.yaml": PREFIX_DENY,
            f"{FERNWOOD}/open.yaml": OPEN,
            f"{HARROW}/ask.yaml": declaration(
                "{search: ask}",
                recordings(TWO),
                'offer: {contact: "https://harrow.example/licensing", conditions: []}',
                "territories: [US, CA]",
                "expires: 2027-01-01",
            ),
            "disputes/2026/20261102-harrow-one.yaml": DISPUTE,
        }
    )
    for name in ("registry", "release"):
        schema = json.loads(published.files[f"schema/{name}.json"])
        jsonschema.validate(json.loads(published.files[f"{name}.json"]), schema)
    for name in ("signatures", "state", "status"):
        schema = json.loads(published.files[f"schema/{name}.json"])
        (path,) = (p for p in published.files if p.startswith(f"{name}/"))
        data = published.files[path]
        data = gzip.decompress(data) if path.endswith(".gz") else data
        jsonschema.validate(json.loads(data), schema)
    assert published.answer(TWO, "search").until is not None


def test_the_release_commits_to_every_declared_file() -> None:
    texts = {f"{FERNWOOD}/catalogue.yaml": DENY}
    published = publish(texts)
    files = published.tree.files
    leaves = [leaf_hash(f"{file.path}\0{file.sha256}".encode()) for file in files]
    root = root_hash(leaves).hex()
    assert published.release.source.declarations_root == root


def test_an_earlier_state_of_the_waiting_period_is_not_parsed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed: list[str] = []

    def parse(path: str, data: bytes, place: Place) -> Said:
        parsed.append(path)
        return parse_yaml(path, data, place)

    monkeypatch.setattr(readings_module, "parse_yaml", parse)
    readings, path = Readings(), f"{FERNWOOD}/catalogue.yaml"
    first = publish({path: DENY}, readings=readings)
    parsed.clear()

    changed = declaration("{any-ai: deny}", recordings(ONE))
    publish({path: changed}, after=first, days=1, readings=readings)

    assert parsed == [path]
