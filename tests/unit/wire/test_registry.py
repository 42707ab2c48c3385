"""registry.json: what it holds, what it answers, and what it must not say."""

import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sayso.errors import FetchError, MalformedError
from sayso.model.answer import Answer
from sayso.model.declaration import Capacity, Level, Offer, PrefixRange, Withdrawal
from sayso.model.isrc import Isrc, Prefix
from sayso.model.owner import OwnerId, Role
from sayso.model.policy import Reason
from sayso.model.vocabulary import Preference, Use, Verdict
from sayso.wire.entries import DisputeStatus, ScopeKind
from sayso.wire.parts import encode_part
from sayso.wire.profile import Json, encode
from sayso.wire.registry import Registry, decode_registry
from tests.registries import (
    ALLOWED,
    CATALOGUE,
    CONTESTED,
    FERNWOOD,
    ISSUED,
    LISTED,
    MARA,
    SONGS,
    UNDECLARED,
    UNDER_PREFIX,
    UNTITLED,
    Document,
    parted,
    recording,
    registry_document,
    side,
    with_counts,
)

REGISTRY = decode_registry(encode(registry_document()))


def ask(
    isrc: str, use: str, country: str | None = None, now: datetime = ISSUED
) -> Answer:
    return REGISTRY.answer(Isrc(isrc), use, country, now=now)


def test_recordings_are_columns() -> None:
    assert REGISTRY.recordings.isrcs == [LISTED, CONTESTED, ALLOWED, UNTITLED]
    assert REGISTRY.recordings.policies == [1, 2, 4, 1]
    assert REGISTRY.recordings.titles[0] == "Slow River"
    assert REGISTRY.recordings.artists == [
        "Mara Lindqvist",
        None,
        "Mara & Friends",
        None,
    ]
    assert REGISTRY.recordings.owners == [FERNWOOD, MARA, FERNWOOD, None]


def test_an_owner_is_read() -> None:
    owner = REGISTRY.owners[OwnerId(FERNWOOD)]
    assert (owner.name, owner.role, owner.level) == (
        "Fernwood Records",
        Role.LABEL,
        Level.DOMAIN,
    )
    assert owner.reviewed
    assert owner.acts_for == (MARA,)
    assert (owner.isni, owner.ipi) == ("0000000121032683", "00123456789")
    assert REGISTRY.owners[OwnerId(MARA)].represented_by == (FERNWOOD,)
    assert REGISTRY.owners[OwnerId(MARA)].contact is None


def test_a_declaration_is_read() -> None:
    entries = list(REGISTRY.declarations.values())
    catalogue, delegated, songs = entries
    assert catalogue.offer == Offer(
        contact="https://fernwood.example/licensing",
        conditions=("payment", "per-model-version"),
        terms_url="https://fernwood.example/terms",
        terms_sha256="ab" * 32,
    )
    assert (catalogue.effective, catalogue.expires) == (
        date(2026, 12, 1),
        date(2031, 12, 1),
    )
    assert catalogue.except_territories == ("CH",)
    assert (catalogue.scope, catalogue.recordings) == (ScopeKind.CATALOGUE, 4)
    assert (delegated.author, delegated.owner) == (FERNWOOD, MARA)
    assert delegated.prefix == PrefixRange(
        prefix=Prefix("XXF01"),
        years=(2015, 2026),
        except_isrcs=(Isrc("XXF012500001"),),
        except_ranges=((Isrc("XXF012500002"), Isrc("XXF012500009")),),
    )
    assert delegated.withdrawn == Withdrawal(
        on=date(2026, 11, 20), reason="sold", successor=OwnerId(FERNWOOD)
    )
    assert songs.capacity is Capacity.PERFORMER
    assert songs.published == ISSUED


def test_a_declaration_says_by_name_or_by_any_ai() -> None:
    catalogue, *_, songs = REGISTRY.declarations.values()
    assert catalogue.says(Use.INDEX) is Preference.ASK
    assert catalogue.says(Use.PROMPT) is Preference.DENY
    assert songs.says(Use.PROMPT) is None


def test_a_dispute_is_found_by_its_recordings() -> None:
    (dispute,) = REGISTRY.disputes_of(Isrc(CONTESTED))
    assert dispute.status is DisputeStatus.OPEN
    assert REGISTRY.disputes_of(Isrc(LISTED)) == ()


def test_a_listed_recording_has_its_own_policy() -> None:
    answer = ask(LISTED, "train-generative")
    assert answer.verdict is Verdict.DENY
    assert answer.reason is Reason.ANY_AI
    assert answer.by == (CATALOGUE,)
    assert answer.ownership == "claimed"
    assert answer.listed
    assert (answer.title, answer.artist) == ("Slow River", "Mara Lindqvist")
    assert ask(LISTED, "search").ownership == "reviewed"


def test_an_unlisted_code_takes_the_default_of_its_range() -> None:
    answer = ask(UNDER_PREFIX, "benchmark")
    assert answer.verdict is Verdict.DENY
    assert not answer.listed
    assert answer.title is None


@pytest.mark.parametrize(
    ("isrc", "verdict"),
    [
        ("XXF011499999", "undeclared"),
        ("XXF011500000", "deny"),
        ("XXF012699999", "deny"),
        ("XXF012700000", "undeclared"),
        ("XXH009999999", "undeclared"),
        ("XXH010000000", "deny"),
        ("XXH019999999", "deny"),
        ("XXH020000000", "undeclared"),
        ("AA0000000000", "undeclared"),
        ("ZZZZZ9999999", "undeclared"),
    ],
)
def test_a_range_ends_where_it_says(isrc: str, verdict: str) -> None:
    assert ask(isrc, "prompt").verdict == verdict


def test_nothing_declared_is_undeclared_and_never_permission() -> None:
    answer = ask(UNDECLARED, "search")
    assert answer.verdict is Verdict.UNDECLARED
    assert answer.reason is Reason.NOTHING_DECLARED
    assert answer.ownership is None
    assert answer.by == ()
    assert REGISTRY.covering(REGISTRY.listing(Isrc(UNDECLARED))) == ()


def test_both_sides_of_a_conflict_are_named() -> None:
    answer = ask(CONTESTED, "clone-voice")
    assert answer.disputed
    assert answer.by == (CATALOGUE, SONGS)
    assert [(side.owner, side.verdict, side.by) for side in answer.sides] == [
        (FERNWOOD, Verdict.DENY, (CATALOGUE,)),
        (MARA, Verdict.DENY, (SONGS,)),
    ]
    covering = REGISTRY.covering(REGISTRY.listing(Isrc(CONTESTED)))
    assert [entry.id for entry in covering] == [CATALOGUE, SONGS]


@pytest.mark.parametrize(
    ("country", "verdict"),
    [
        ("DE", "allow"),
        ("FR", "allow"),
        ("US", "deny"),
        ("GB", "undeclared"),
        (None, "undeclared"),
    ],
)
def test_an_answer_depends_on_the_country(country: str | None, verdict: str) -> None:
    answer = ask(ALLOWED, "benchmark", country)
    assert answer.verdict == verdict
    assert answer.territory == country


def test_where_countries_do_not_matter_any_is_answered_alike() -> None:
    assert ask(LISTED, "search", "AQ").verdict is Verdict.ALLOW


@pytest.mark.parametrize("country", ["EU", "XX", "de", "", "worldwide"])
@pytest.mark.parametrize("isrc", [LISTED, UNDECLARED])
def test_what_is_no_country_is_refused(isrc: str, country: str) -> None:
    with pytest.raises(ValueError, match="not a country"):
        ask(isrc, "search", country)


def test_a_permission_ends_when_its_policy_changes() -> None:
    until = datetime(2027, 1, 1, tzinfo=UTC)
    before = ask(ALLOWED, "search", "DE", until - timedelta(seconds=1))
    after = ask(ALLOWED, "search", "DE", until)
    assert before.verdict is Verdict.ALLOW
    assert before.until == until
    assert after.verdict is Verdict.UNDECLARED
    assert after.reason is Reason.OUT_OF_DATE
    assert after.ownership is None


def test_a_denial_outlives_its_release() -> None:
    late = datetime(2099, 1, 1, tzinfo=UTC)
    assert ask(ALLOWED, "search", "US", late).verdict is Verdict.DENY
    assert ask(LISTED, "search", None, late).verdict is Verdict.ALLOW


def test_an_unknown_use_is_answered_as_the_rest() -> None:
    answer = ask(LISTED, "dream-about")
    assert answer.use == "dream-about"
    assert answer.verdict is Verdict.DENY
    assert ask(ALLOWED, "dream-about", "DE").verdict is Verdict.UNDECLARED


def test_a_registry_may_be_empty() -> None:
    document = registry_document()
    for name in (
        "declarations",
        "disputes",
        "owners",
        "policies",
        "prefixes",
        "recordings",
    ):
        document[name] = []
    registry = decode_registry(encode(with_counts(document)))
    answer = registry.answer(Isrc(LISTED), "search", now=ISSUED)
    assert answer.verdict is Verdict.UNDECLARED


def put(document: Document, path: str, value: object) -> None:
    """Set the value at a path such as `policies/0/until`; `None` of `del` removes."""
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    place: Any = document
    for part in parents:
        place = place[part]
    if value is ...:
        del place[last]
    elif last == len(place) and isinstance(place, list):
        place.append(value)
    else:
        place[last] = value


def decode_with(path: str, value: object) -> Registry:
    document = copy.deepcopy(registry_document())
    put(document, path, value)
    if not path.startswith(("counts", "parts")):
        document = with_counts(document)
    return decode_registry(encode(document))


CONFLICT = "policies/1/answers/0/uses/clone-voice"
SIDE = side(FERNWOOD, "deny", CATALOGUE)
CELL = "policies/0/answers/0/uses/search"
ROW = registry_document()["recordings"][0]


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("format", "sayso/registry/2", "reads 'sayso/registry/1'"),
        ("licence", "MIT", "reads 'CC0-1.0'"),
        ("notice", ..., "has no 'notice'"),
        ("surprise", 1, "not part of the format"),
        ("release/surprise", 1, "not part of the format"),
        ("release/number", 0, "'number' is not a number from 1"),
        ("counts/recordings", 5, "counts 5 recordings, holds 4"),
        ("parts", [], "counts 4 recordings, holds 0"),
        ("parts", ..., "has no 'parts'"),
        ("parts/0/recordings", 3, "counts 4 recordings, holds 3"),
        ("counts/disputes", 5, "counts 5 disputes, holds 1"),
        ("vocabulary/id", "uses/2", "reads 'uses/1'"),
        ("vocabulary/uses/0/use", "index", "does not describe uses/1"),
        ("vocabulary/uses/0/use", "dream", "'use' is not one of"),
        ("vocabulary/uses/0/more", "x", "not part of the format"),
        ("vocabulary/reasons/because", "x", "not part of the format"),
        ("vocabulary/verdicts/maybe", "x", "not part of the format"),
        ("vocabulary/verdicts/deny", ..., "has no 'deny'"),
        ("vocabulary/more", "x", "not part of the format"),
        ("owners/0/id", "fernwood", "not the id of an owner"),
        ("owners/0/id", "github:999", "owners do not ascend"),
        ("owners/1/id", "github:999", "there is no owner 'github:583231'"),
        ("owners/0/level", "friend", "'level' is not a level of proof"),
        ("owners/0/role", "fan", "'role' is not one of artist"),
        ("owners/0/reviewed", "yes", "'reviewed' is not true or false"),
        ("owners/0/acts_for", "x", "'acts_for' is not a list"),
        ("owners/0/acts_for", [1], "'acts_for' is not a list of texts"),
        ("owners/0/more", 1, "not part of the format"),
        ("declarations/0/id", "x", "not the id of a declaration"),
        ("declarations/0/id", f"{FERNWOOD}/A", "not the id of a declaration"),
        ("declarations/0/id", f"{FERNWOOD}/other", "there is no decl|do not ascend"),
        ("declarations/0/on_behalf_of", FERNWOOD, "'on_behalf_of' is not"),
        ("declarations/1/on_behalf_of", ..., "'on_behalf_of' is not"),
        ("declarations/0/capacity", "boss", "'capacity' is not one of"),
        ("declarations/0/uses", {"dream": "deny"}, "not part of the format"),
        ("declarations/0/uses", {"search": "yes"}, "'search' is not one of"),
        ("declarations/0/scope", "world", "'scope' is not one of"),
        ("declarations/0/recordings", ..., "has no 'recordings'"),
        ("declarations/0/prefix", "XXF01", "not part of the format"),
        ("declarations/0/territories", ..., "has no 'territories'"),
        ("declarations/0/effective", "2026-02-30", "there is no day"),
        ("declarations/0/offer/contact", ..., "has no 'contact'"),
        ("declarations/0/offer/more", 1, "not part of the format"),
        ("declarations/0/offer/terms/more", 1, "not part of the format"),
        ("declarations/0/offer/terms/sha256", "x", "SHA-256"),
        ("declarations/0/more", 1, "not part of the format"),
        ("declarations/1/prefix", "XXF0", "'prefix' is not an ISRC prefix"),
        ("declarations/1/prefix", "xxf01", "'prefix' is not an ISRC prefix"),
        ("declarations/1/years", "2015", "'years' is not years"),
        ("declarations/1/except/more", 1, "not part of the format"),
        ("declarations/1/except/isrcs", ["XX"], "not an ISRC"),
        ("declarations/1/except/ranges", ["XXF012500002"], "not an ISRC"),
        ("declarations/1/withdrawn/more", 1, "not part of the format"),
        ("disputes/0/status", "lost", "'status' is not one of"),
        ("disputes/0/claimant", "Mara", "not the id of an owner"),
        ("disputes/0/claimant", "github:1", "there is no owner 'github:1'"),
        ("disputes/0/against", "\x1b[2J", "not the id of an owner"),
        ("disputes/0/against", f"{FERNWOOD}/\u202e", "not the id of a declaration"),
        ("disputes/0/against", "x/catalogue", "not the id of a declaration"),
        ("disputes/0/against", "github:1", "there is no owner 'github:1'"),
        ("disputes/0/against", "github:1/x", "there is no owner 'github:1'"),
        ("disputes/0/id", "20261120", "'id' is not a day and a name"),
        ("disputes/0/id", "20261120-\x1b[2J", "'id' is not a day and a name"),
        ("disputes/0/id", '"><script>', "'id' is not a day and a name"),
        ("disputes/0/recordings", ["XX-F01-26-00001"], "not an ISRC"),
        ("disputes/0/more", 1, "not part of the format"),
        ("policies/0/number", 2, "do not ascend"),
        ("policies/0/number", 0, "'number' is not a number from 1"),
        ("policies/0/number", 3, "do not ascend"),
        ("policies/1/number", 3, "there is no policy 2"),
        ("policies/0/until", "soon", "not a time"),
        ("policies/0/answers", [], "does not answer once"),
        ("policies/0/answers/0/in", "elsewhere", "does not answer once"),
        ("policies/2/answers/3", ..., "does not answer once"),
        ("policies/2/answers/2/in", ["FR"], "does not answer once"),
        ("policies/2/answers/2/in", [], "'in' is not a list of countries"),
        ("policies/2/answers/2/in", ["US", "GB"], "'in' is not a list of countries"),
        ("policies/2/answers/2/in", ["EU"], "'in' is not a list of countries"),
        ("policies/2/answers/2/in", ["US", 1], "'in' is not a list of countries"),
        ("policies/2/answers/2/in", None, "'in' is not a list of countries"),
        ("policies/0/answers/0/more", 1, "not part of the format"),
        ("policies/0/answers/0/uses/any-ai", ..., "has no 'any-ai'"),
        ("policies/0/answers/0/uses/dream", {}, "not part of the format"),
        (
            "policies/0/declarations",
            [SONGS, CATALOGUE],
            "'declarations' is not a list in",
        ),
        ("policies/0/more", 1, "not part of the format"),
        (f"{CELL}/verdict", "maybe", "'verdict' is not one of"),
        (f"{CELL}/rule", "because", "'rule' is not one of"),
        (f"{CELL}/disputed", 0, "'disputed' is not true or false"),
        (f"{CELL}/by", [SONGS, CATALOGUE], "'by' is not a list in ascending order"),
        (f"{CELL}/by", ["github:1/x"], "there is no declaration 'github:1/x'"),
        (f"{CELL}/ownership", "stolen", "'ownership' is not claimed or reviewed"),
        (f"{CELL}/sides", [SIDE], "'sides' is not each owner once"),
        (f"{CONFLICT}/sides", [SIDE, SIDE], "'sides' is not each owner once"),
        (f"{CONFLICT}/sides/0/by", [], "'by' is not what an owner says"),
        (f"{CONFLICT}/sides/0/verdict", "undeclared", "'by' is not what an owner"),
        (f"{CONFLICT}/sides/0/by", ["github:1/x"], "there is no declaration"),
        (f"{CONFLICT}/sides/0/owner", "domain:a.example", "there is no owner"),
        (f"{CONFLICT}/sides/0/more", 1, "not part of the format"),
        (f"{CELL}/more", 1, "not part of the format"),
        ("prefixes/0/last", "XXF011400000", "ends before XXF011500000"),
        ("prefixes/0/last", "XXH010000000", "overlap at XXH010000000"),
        ("prefixes/0/first", "XXF01", "not an ISRC"),
        ("prefixes/0/policy", 7, "there is no policy 7"),
        ("prefixes/0/more", 1, "not part of the format"),
        ("recordings/0/policy", 7, "there is no policy 7"),
        ("recordings/0/policy", True, "not a recording"),
        ("recordings/0/owner", 1, "not a recording"),
        ("recordings/0/owner", ..., "not a recording"),
        ("recordings/0/owner", "github:1", "there is no owner 'github:1'"),
        ("recordings/0/owner", "fernwood", "there is no owner 'fernwood'"),
        ("recordings/0/isrc", "XX-F01-26-00001", "not a recording"),
        ("recordings/0/isrc", 1, "not a recording"),
        ("recordings/0/title", 1, "not a recording"),
        ("recordings/0/artist", [], "not a recording"),
        ("recordings/0/artist", ..., "not a recording"),
        ("recordings/0/more", 1, "not a recording"),
        ("recordings/0", "XXF012600001", "not a recording"),
        ("recordings/1", ROW, "do not ascend at XXF012600001"),
        ("recordings/4", ROW, "do not ascend at XXF012600001"),
    ],
)
def test_another_registry_is_refused(path: str, value: object, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_with(path, value)


ALLOW = {
    "by": [CATALOGUE],
    "disputed": False,
    "ownership": "reviewed",
    "rule": "named",
    "verdict": "allow",
}


@pytest.mark.parametrize(
    ("use", "changes"),
    [
        ("search", {"ownership": "claimed"}),
        ("search", {"ownership": ...}),
        ("search", {"by": []}),
        ("any-ai", {}),
        ("search", {"verdict": "deny", "by": []}),
        ("search", {"verdict": "ask", "ownership": ...}),
        ("search", {"verdict": "undeclared"}),
    ],
)
def test_a_promise_holds_whoever_signed(use: str, changes: dict[str, Any]) -> None:
    """An `allow` without reviewed ownership or for `any-ai` is never answered."""
    cell = {k: v for k, v in {**ALLOW, **changes}.items() if v is not ...}
    with pytest.raises(MalformedError, match=f"for {use} without the declarations"):
        decode_with(f"policies/0/answers/0/uses/{use}", cell)


@pytest.mark.parametrize("against", [MARA, CATALOGUE, f"{FERNWOOD}/gone"])
def test_a_dispute_may_contest_an_owner_or_a_declaration(against: str) -> None:
    registry = decode_with("disputes/0/against", against)
    assert registry.disputes[0].against == against


def test_a_registry_beyond_the_limit_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sayso.wire.registry.REGISTRY_LIMIT", 1000)
    with pytest.raises(MalformedError, match=r"reads 1000 at most; is there a newer"):
        decode_registry(b" " * 1001)


def in_parts(**fields: Json) -> Registry:
    document, _ = parted(registry_document())
    return decode_registry(encode({**document, **fields}))


def test_recordings_may_be_in_parts_alone() -> None:
    registry = in_parts()
    assert not registry.is_whole
    assert [(part.first, part.last, part.recordings) for part in registry.parts] == [
        (LISTED, CONTESTED, 2),
        (ALLOWED, UNTITLED, 2),
    ]
    paths = [file.path for part in registry.parts for file in part.files]
    assert paths == list(parted(registry_document())[1])
    assert [encode_part(part) for part in registry.parts] == parted(
        registry_document()
    )[0]["parts"]


@pytest.mark.parametrize("isrc", [LISTED, UNDER_PREFIX, UNDECLARED])
def test_what_is_in_parts_is_never_answered_without_them(isrc: str) -> None:
    """Nothing that a registry.json does not hold is taken for unlisted."""
    registry = in_parts()
    for ask_it in (registry.listing, registry.policy_of):
        with pytest.raises(FetchError, match=f"by itself what holds for {isrc}"):
            ask_it(Isrc(isrc))
    with pytest.raises(FetchError, match="in parts"):
        registry.answer(Isrc(isrc), "search", now=ISSUED)


def test_a_code_s_default_is_known_without_the_recordings() -> None:
    registry = in_parts()
    assert registry.default_of(Isrc(LISTED)) == 1
    assert registry.default_of(Isrc(UNDER_PREFIX)) == 1
    assert registry.default_of(Isrc(UNDECLARED)) is None


ROWS = registry_document()["recordings"]


@pytest.mark.parametrize("kept", [ROWS[:1], ROWS[:2], ROWS[2:], ROWS[:3]])
def test_recordings_stand_here_all_or_none(kept: list[Document]) -> None:
    with pytest.raises(MalformedError, match=r"has 2 recordings, and [01] stand"):
        in_parts(recordings=kept)
    assert in_parts(recordings=ROWS).is_whole


def test_no_recording_stands_outside_of_all_parts() -> None:
    more = [*ROWS, recording("XXF012600009", 1)]
    with pytest.raises(MalformedError, match="outside of all parts"):
        in_parts(recordings=more)


def test_recordings_stand_in_a_short_registry_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = len(encode(registry_document()))
    monkeypatch.setattr("sayso.wire.registry.INLINE_LIMIT", size)
    assert decode_registry(encode(registry_document())).is_whole
    monkeypatch.setattr("sayso.wire.registry.INLINE_LIMIT", size - 1)
    with pytest.raises(MalformedError, match="are in parts only"):
        decode_registry(encode(registry_document()))
    monkeypatch.setattr("sayso.wire.registry.INLINE_LIMIT", 1)
    assert not in_parts().is_whole


def test_a_number_of_a_policy_may_be_left_out() -> None:
    """Numbers are carried over from release to release, and none is used again."""
    assert list(REGISTRY.policies) == [1, 2, 4]


def test_a_prefix_may_stand_without_years_exceptions_or_terms() -> None:
    document = copy.deepcopy(registry_document())
    for name in ("years", "except"):
        put(document, f"declarations/1/{name}", ...)
    put(document, "declarations/0/offer/terms", ...)
    catalogue, delegated, _ = decode_registry(encode(document)).declarations.values()
    assert delegated.prefix == PrefixRange(prefix=Prefix("XXF01"))
    assert catalogue.offer is not None
    assert catalogue.offer.terms_url is None
