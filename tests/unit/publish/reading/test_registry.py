from collections.abc import Mapping
from datetime import date

import pytest

from sayso.model.declaration import (
    CatalogueFile,
    DecisionKind,
    DeclarationId,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import Isrc, Prefix
from sayso.model.isrc import key_of as isrc_key
from sayso.model.owner import OwnerId
from sayso.model.settings import Brake
from sayso.model.territory import Territories
from sayso.model.vocabulary import Preference, Use
from sayso.publish.reading.documents import DEFAULT_POLICY, Documents
from sayso.publish.reading.registry import read_documents, read_owner_folder
from sayso.publish.reading.sheet import SHOWN
from sayso.publish.reading.sources import source_file
from tests.cases import CORPUS, cases
from tests.declared import FACTS, FERNWOOD, MARA, declaration, owner, recordings
from tests.vouched import INTAKE, key_of, line_of

OWNER = OwnerId("domain:fernwood.example")
LIVE = DeclarationId("domain:fernwood.example/live")
DENY = "{any-ai: deny}"
ONE, TWO, THREE = "XXF012600001", "XXF012600002", "XXF012600003"


def read(
    texts: Mapping[str, str],
    *,
    refused: tuple[str, ...] = (),
    today: date | None = None,
) -> tuple[Documents, list[tuple[str, str]]]:
    files = [source_file(path, text.encode()) for path, text in texts.items()]
    documents, problems = read_documents(files, refused=refused, today=today)
    return documents, [(problem.rule.code, problem.path) for problem in problems]


def codes(texts: Mapping[str, str], *refused: str) -> list[str]:
    return [code for code, _ in read({**FACTS, **texts}, refused=refused)[1]]


def case(name: str) -> Documents:
    folder = next(c.folder for c in cases("accepted") if c.name == name)
    files = [
        source_file(file.relative_to(root).as_posix(), file.read_bytes())
        for root in (CORPUS / "base", folder)
        for file in root.rglob("*")
        if file.is_file()
    ]
    return read_documents({file.path: file for file in files}.values())[0]


def test_every_field_of_an_owner_is_read() -> None:
    quince = case("every-field-of-an-owner").owners[OwnerId("domain:quince.example")]

    assert quince.name == "Quince Orchard"
    assert quince.role == "distributor"
    assert quince.accounts == ("github:900040012",)
    assert quince.keys[0].startswith("ssh-ed25519 AAAA")
    assert quince.contact == "https://quince.example/licensing"
    assert quince.website == "https://quince.example"
    assert quince.isni == "0000000500000008"
    assert quince.ipi == "99999990162"
    assert quince.dpid == "PADPIDA2026112202S"
    assert quince.isrc_prefixes == ("XXF02",)
    assert quince.language == "pt-BR"
    assert quince.represented_by == (OWNER,)
    assert quince.acts_for == (OwnerId("github:583231"),)


def test_every_field_of_a_declaration_is_read() -> None:
    documents = case("every-field-of-a-declaration")
    name = DeclarationId("domain:fernwood.example/catalogue")
    said = documents.declarations[name]

    assert said.author == said.owner == OWNER
    assert said.uses == {
        Use.TRAIN_GENERATIVE: Preference.ASK,
        Use.SEARCH: Preference.ALLOW,
        Use.ANY_AI: Preference.DENY,
    }
    assert said.offer is not None
    assert said.offer.contact == "licensing@fernwood.example"
    assert said.offer.conditions == ("payment", "per-model-version")
    assert said.offer.terms_url == "https://fernwood.example/terms.txt"
    assert said.offer.terms_sha256 == "0" * 64
    assert said.territories.covers("GB")
    assert not said.territories.covers("FR")
    assert (said.effective, said.expires) == (date(2026, 12, 1), date(2031, 12, 1))
    assert said.withdrawn is not None
    assert said.withdrawn.on == date(2028, 1, 1)
    assert said.withdrawn.successor == "github:583231"
    assert isinstance(said.scope, CatalogueFile)
    assert said.scope.rows == 2
    rows = documents.catalogues[name].rows(0, 9)
    assert rows["key"].to_pylist() == [isrc_key(Isrc(ONE)), isrc_key(Isrc(TWO))]
    assert rows["title"].to_pylist() == ['Hello, "Goodbye"', "Slow River"]
    assert documents.files[name].path == f"{FERNWOOD}/catalogue.yaml"


def test_a_prefix_is_read_with_its_exceptions() -> None:
    said = case("prefix-with-exceptions").declarations
    scope = said[DeclarationId("domain:fernwood.example/prefix")].scope

    assert scope == PrefixRange(
        prefix=Prefix("XXF01"),
        years=(2015, 2026),
        except_ranges=(
            (Isrc("XXF011900001"), Isrc("XXF011900250")),
            (Isrc("XXF012000001"), Isrc("XXF012000009")),
        ),
        except_isrcs=(Isrc("XXF012100017"),),
    )


def test_the_registry_s_own_files_are_read() -> None:
    documents = case("the-registry-s-own-files")

    assert documents.policy.waiting_days == 14
    assert documents.policy.account_recordings == 100
    assert documents.policy.brake == Brake(recordings=5000, ranges=100)
    assert [one.release for one in documents.policy.revoked] == [3, 12]
    assert documents.policy.revoked[0].reason == "Signed by mistake."
    assert documents.managers == {"XXM99": "Northlight Distribution"}
    assert (documents.policy.recheck_days, documents.policy.grace_days) == (20, 5)
    assert documents.operators.operators[0].account == "github:900000101"
    assert documents.operators.intake == (line_of(INTAKE),)
    (dispute,) = documents.disputes
    assert dispute.id == "20261122-slow-river"
    assert dispute.declaration == "domain:fernwood.example/slow-river"
    opened, recovered, reviewed = documents.decisions
    assert opened.kind is DecisionKind.DISPUTE_ACCEPTED
    assert opened.path == "registry/decisions/2026/opened.yaml"
    assert recovered.kind is DecisionKind.RECOVERED
    assert recovered.owner == OWNER
    assert recovered.key == key_of("a new key of Fernwood").public.fingerprint
    assert reviewed.key is None
    assert reviewed.extent.prefixes == ("XXF01",)
    assert reviewed.extent.isrcs == ("XXM022600001",)


def test_a_policy_says_nothing_of_releases_unless_it_does() -> None:
    policy = read(FACTS)[0].policy
    assert (policy.brake, policy.revoked) == (Brake(), ())


def revoking(*numbers: object, reason: str = "Bad.") -> str:
    rows = [f'  - {{release: {number}, reason: "{reason}"}}' for number in numbers]
    return FACTS["registry/policy.yaml"] + "\n".join(["revoked:", *rows]) + "\n"


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (revoking(3, 3), "SAY313"),
        (revoking(*range(1, 66)), "SAY313"),
        (revoking(0), "SAY313"),
        (revoking("latest"), "SAY313"),
        (revoking(3, reason="x" * 201), "SAY312"),
        (revoking(3, reason=""), "SAY304"),
        (revoking(3).replace(', reason: "Bad."', ""), "SAY303"),
        (revoking(3).replace("reason", "because"), "SAY302"),
        (revoking(3).replace("  - {", "  - [{").replace("}", "}]"), "SAY305"),
        (FACTS["registry/policy.yaml"] + "brake: {recordings: 0}\n", "SAY313"),
        (FACTS["registry/policy.yaml"] + "brake: {owners: 1}\n", "SAY302"),
        (FACTS["registry/policy.yaml"] + "brake: 5\n", "SAY305"),
        (FACTS["registry/policy.yaml"] + "recheck_days: 0\n", "SAY313"),
        (FACTS["registry/policy.yaml"] + "recheck_days: 10000\n", "SAY313"),
        (FACTS["registry/policy.yaml"] + "grace_days: 366\n", "SAY313"),
    ],
)
def test_what_a_policy_says_is_strict(policy: str, code: str) -> None:
    assert code in codes({"registry/policy.yaml": policy})


def test_as_many_releases_are_revoked_as_fit() -> None:
    assert codes({"registry/policy.yaml": revoking(*range(1, 65))}) == []


def test_titles_are_exactly_what_was_typed() -> None:
    said = case("text-exactly-as-typed").declarations
    scope = said[DeclarationId("domain:fernwood.example/as-typed")].scope

    assert isinstance(scope, RecordingList)
    assert scope.titles[:10] == (
        *("NO", "No", "yes", "On", "off", "4:44", "22:22", "012345670123", "1e3", "~"),
    )
    assert "*NSYNC" in scope.titles
    assert "#1 Crush" in scope.titles


def test_a_delegate_speaks_for_the_owner() -> None:
    said = case("delegate-with-a-mandate").declarations
    found = said[DeclarationId("domain:fernwood.example/for-mara")]

    assert (found.author, found.owner) == (OWNER, "github:583231")


def test_a_registry_without_a_policy_has_the_usual_one() -> None:
    assert read({})[0].policy == DEFAULT_POLICY


def test_what_merely_follows_from_a_refused_file_is_not_told() -> None:
    said = declaration(DENY, "catalogue: {file: catalogue.csv}")
    texts = {"domain/ne/new.example/live.yaml": said}

    assert set(codes(texts)) == {"SAY109", "SAY609"}
    refused = (
        "domain/ne/new.example/Owner.yaml",
        "domain/ne/new.example/catalogue.csv",
    )
    assert codes(texts, *refused) == []


def test_a_catalogue_is_not_called_unnamed_while_a_declaration_is_unreadable() -> None:
    texts = {
        f"{FERNWOOD}/live.yaml": "title: @home\n",
        f"{FERNWOOD}/c.csv": f"isrc\n{ONE}\n",
    }

    assert codes(texts) == ["SAY208"]


def test_two_declarations_may_share_a_catalogue() -> None:
    texts = {
        f"{FERNWOOD}/us.yaml": declaration(
            DENY, "catalogue: {file: c.csv}", "territories: [US]"
        ),
        f"{FERNWOOD}/gb.yaml": declaration(
            DENY, "catalogue: {file: c.csv}", "territories: [GB]"
        ),
        f"{FERNWOOD}/c.csv": f"isrc\n{ONE}\n",
    }
    documents, problems = read({**FACTS, **texts})

    assert problems == []
    assert len(documents.catalogues) == 2


def test_rows_are_counted_whatever_their_line_ends() -> None:
    for csv in (f"isrc\n{ONE}\n{TWO}", f"isrc\r\n{ONE}\r\n\r\n{TWO}\r\n"):
        texts = {
            f"{FERNWOOD}/c.yaml": declaration(
                DENY, "catalogue: {file: c.csv, rows: 2}"
            ),
            f"{FERNWOOD}/c.csv": csv,
        }
        assert codes(texts) == []


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("{search: allow}", ""), ("{search: deny}", ""), ["SAY405"]),
        (("{search: deny}", ""), ("{search: deny}", ""), []),
        (("{search: allow}", ""), (DENY, ""), []),
        (("{search: allow}", "territories: [US]"), ("{search: deny}", ""), ["SAY405"]),
        (
            ("{search: allow}", "territories: [US]"),
            ("{search: deny}", "territories: [EU]"),
            [],
        ),
        (
            ("{search: allow}", "except_territories: [US]"),
            ("{search: deny}", "except_territories: [EU]"),
            ["SAY405"],
        ),
        (
            ("{search: allow}", "expires: 2027-01-01"),
            ("{search: deny}", "effective: 2027-01-01"),
            [],
        ),
        (
            ("{search: allow}", "withdrawn: {on: 2026-12-01, reason: sold}"),
            ("{search: deny}", ""),
            [],
        ),
        (
            ("{search: allow}", "on_behalf_of: github:583231"),
            ("{search: deny}", ""),
            [],
        ),
    ],
)
@pytest.mark.parametrize("scope", ["recordings", "catalogue"])
def test_contradictions_are_found_where_both_hold(
    first: tuple[str, str],
    second: tuple[str, str],
    expected: list[str],
    scope: str,
) -> None:
    texts = {f"{MARA}/owner.yaml": owner("Mara", f"represented_by: [{OWNER}]")}
    for name, (uses, more), isrcs in (
        ("a", first, (ONE, TWO)),
        ("b", second, (TWO, THREE)),
    ):
        covered = recordings(*isrcs)
        if scope == "catalogue":
            covered = f"catalogue: {{file: {name}.csv}}"
            texts[f"{FERNWOOD}/{name}.csv"] = "\n".join(["isrc", *isrcs, ""])
        texts[f"{FERNWOOD}/{name}.yaml"] = declaration(uses, covered, more)

    assert codes(texts) == expected


def test_of_very_many_contradictions_the_first_are_shown() -> None:
    texts = {
        f"{FERNWOOD}/d{number}.yaml": declaration(
            "{search: %s}" % ("deny" if number % 2 else "allow"), recordings(ONE)
        )
        for number in range(2 * SHOWN)
    }
    assert codes(texts) == ["SAY405"] * SHOWN


def test_a_list_and_a_catalogue_do_not_contradict_each_other() -> None:
    """The more specific of the two answers (Resolution, rule 3)."""
    texts = {
        f"{FERNWOOD}/a.yaml": declaration("{search: allow}", recordings(ONE)),
        f"{FERNWOOD}/b.yaml": declaration("{search: deny}", "catalogue: {file: b.csv}"),
        f"{FERNWOOD}/b.csv": f"isrc\n{ONE}\n",
    }

    assert codes(texts) == []


def test_a_successor_who_is_not_here_is_told() -> None:
    more = "withdrawn: {on: 2026-12-01, reason: sold, successor: domain:gone.example}"
    texts = {f"{FERNWOOD}/live.yaml": declaration(DENY, recordings(ONE), more)}

    assert codes(texts) == ["SAY506"]


def test_an_owner_for_whom_nobody_answers_is_told() -> None:
    more = "on_behalf_of: domain:gone.example"
    texts = {f"{FERNWOOD}/live.yaml": declaration(DENY, recordings(ONE), more)}

    assert codes(texts) == ["SAY506"]


def test_codes_of_the_future_are_told_only_where_the_day_is_known() -> None:
    texts = {
        **FACTS,
        f"{FERNWOOD}/live.yaml": declaration(DENY, recordings("XXF016200001")),
        f"{FERNWOOD}/c.yaml": declaration(DENY, "catalogue: {file: c.csv}"),
        f"{FERNWOOD}/c.csv": "isrc\nXXF016200002\nXXF016200003\n",
    }

    assert read(texts)[1] == []
    assert [c for c, _ in read(texts, today=date(2026, 11, 22))[1]] == ["SAY407"] * 2
    assert read(texts, today=date(2061, 1, 1))[1] == []


def test_the_order_of_files_does_not_matter() -> None:
    texts = {
        **FACTS,
        f"{FERNWOOD}/live.yaml": declaration(DENY, recordings(ONE)),
        f"{FERNWOOD}/odd.yaml": "a: [\n",
    }

    assert read(texts) == read(dict(reversed(texts.items())))


def test_the_documents_of_one_owner_are_those_of_its_folder() -> None:
    folder = {
        "owner.yaml": owner("Fernwood"),
        "live.yaml": declaration(DENY, recordings(ONE)),
        "c.yaml": declaration(DENY, "catalogue: {file: c.csv}"),
        "c.csv": f"isrc\n{TWO}\n",
    }
    whole, _ = read(
        {**FACTS, **{f"{FERNWOOD}/{name}": text for name, text in folder.items()}}
    )
    files = [source_file(name, text.encode()) for name, text in folder.items()]

    part = whole.of_owner(OWNER)
    earlier, problems = read_owner_folder(OWNER, files)

    assert problems == []
    assert part.owners == earlier.owners
    assert part.declarations == earlier.declarations
    assert set(part.catalogues) == set(earlier.catalogues)
    assert part.authored == earlier.authored == {OWNER: tuple(part.declarations)}
    assert earlier.files[LIVE].path == "live.yaml"


def test_an_owner_who_is_not_here_has_no_documents() -> None:
    assert Documents().of_owner(OWNER) == Documents()


def test_an_earlier_folder_is_read_alone() -> None:
    """Other owners, and files that were not known then, are left out of account."""
    texts = {
        "owner.yaml": owner("Fernwood", "represented_by: [domain:gone.example]"),
        "notes.txt": "x",
    }
    files = [source_file(name, text.encode()) for name, text in texts.items()]

    documents, problems = read_owner_folder(OWNER, files)

    assert problems == []
    assert set(documents.owners) == {OWNER}
    assert read_owner_folder(OWNER, []) == (
        Documents(authored={OWNER: ()}, twins={OWNER: {}}),
        [],
    )


def test_territories_are_those_named_without_the_exceptions() -> None:
    more = ("territories: [EU]", "except_territories: [FR]")
    texts = {
        **FACTS,
        f"{FERNWOOD}/live.yaml": declaration(DENY, recordings(ONE), *more),
    }

    where = read(texts)[0].declarations[LIVE].territories
    assert isinstance(where, Territories)
    assert where.covers("DE")
    assert not where.covers("FR")
    assert not where.covers(None)


@pytest.mark.parametrize(
    ("uses", "fix"),
    [
        ("{any-ai: No}", "Write deny for no."),
        ("{any-ai: licence}", "Write ask."),
        ("{any-ai: denyy}", "Write deny."),
        ("{any-ai: purple}", "Write allow, ask or deny."),
        ("{voice-cloning: deny}", "Write clone-voice."),
        ("{TDM: deny}", "Write analyse."),
        ("{trainn: deny}", "Write train-generative."),
        ("{zzzz: deny}", "The uses are: train-generative"),
        ("{any-ai: [deny]}", "Write the kind"),
        ("{any-ai: }", "Write the value"),
        ("", "Write the value"),
        ("{}", "Write the value"),
        ("[deny]", "uses: {any-ai: deny}"),
    ],
)
def test_a_preference_that_was_meant_is_shown(uses: str, fix: str) -> None:
    file = source_file(
        f"{FERNWOOD}/live.yaml", declaration(uses, recordings(ONE)).encode()
    )
    _, problems = read_documents([file], refused=[f"{FERNWOOD}/owner.yaml"])

    assert problems[0].fix.startswith(fix)


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("recordings: XXF012600001", "SAY305"),
        ("recordings: {isrc: XXF012600001}", "SAY305"),
        ("recordings: []", "SAY304"),
        ("recordings:", "SAY304"),
        ("recordings: [XXF012600001]", "SAY305"),
        ("recordings:\n  -", "SAY304"),
        ("catalogue: catalogue.csv", "SAY305"),
        ("catalogue:", "SAY304"),
        ("prefix: XXF01\nexcept: [XXF012600001]", "SAY305"),
        ("prefix: XXF01\nexcept: {isrcs: }", "SAY304"),
        ("prefix: XXF01\nexcept: {isrcs: XXF012600001}", "SAY305"),
        ("recordings: [{isrc: XXF012600001}]\nyears: 2015-2026", "SAY501"),
        ("recordings: [{isrc: XXF012600001}]\nterritories: []", "SAY304"),
    ],
)
def test_a_part_of_another_kind_is_told(scope: str, code: str) -> None:
    assert codes({f"{FERNWOOD}/live.yaml": declaration(DENY, scope)}) == [code]


def test_nothing_more_is_said_of_a_prefix_that_cannot_be_read() -> None:
    scope = "prefix: XX\nexcept: {isrcs: [XXF012600001]}"

    assert codes({f"{FERNWOOD}/live.yaml": declaration(DENY, scope)}) == ["SAY408"]


@pytest.mark.parametrize(
    "text",
    [
        "schema: sayso/declaration/1\n" + "".join(f"f{n}: x\n" for n in range(20_000)),
        declaration("{" + ", ".join(f"u{n}: x" for n in range(15_000)) + "}", ""),
    ],
    ids=["fields", "uses"],
)
def test_hostile_files_come_to_an_end(text: str) -> None:
    found = codes({f"{FERNWOOD}/live.yaml": text})

    assert len(found) < 100


def test_a_thousand_unknown_partners_are_not_all_shown() -> None:
    partners = ", ".join(f"domain:x{number}.example" for number in range(1000))
    texts = {f"{MARA}/owner.yaml": owner("Mara", f"acts_for: [{partners}]")}

    assert codes(texts) == ["SAY506"] * 20
