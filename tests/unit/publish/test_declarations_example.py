"""The shipped registry: invented throughout, and an example of every feature."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime

import pytest

from sayso.model.declaration import (
    Capacity,
    CatalogueFile,
    DecisionKind,
    Declaration,
    Level,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import Isrc, Prefix, isrc_of, prefix_of
from sayso.model.owner import Role
from sayso.model.territory import EVERYWHERE
from sayso.model.vocabulary import Preference, Use
from sayso.publish.authority.authorise import authorise
from sayso.publish.authority.before import Before
from sayso.publish.reading.registry import Documents, read_documents
from sayso.publish.reading.sources import SourceTree, read_tree
from sayso.wire.folder_manifest import REGISTRY
from tests.conftest import ROOT

DECLARATIONS = ROOT / "declarations"
NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)
FERNWOOD = "domain:fernwood.example"


@pytest.fixture(scope="module")
def tree() -> SourceTree:
    return read_tree(DECLARATIONS)


@pytest.fixture(scope="module")
def shipped(tree: SourceTree) -> Documents:
    documents, problems = read_documents(tree.files, today=date(2026, 11, 22))
    assert [*tree.problems, *problems] == []
    return documents


def listed(documents: Documents, declaration: Declaration) -> set[Isrc]:
    match declaration.scope:
        case RecordingList(isrcs=isrcs):
            return set(isrcs)
        case CatalogueFile():
            keys = documents.catalogues[declaration.id].keys()
            return {isrc_of(key) for key in keys.tolist()}
        case PrefixRange():
            return set()


def every_code(documents: Documents) -> Iterable[Isrc]:
    for declaration in documents.declarations.values():
        yield from listed(documents, declaration)
        if isinstance(declaration.scope, PrefixRange):
            yield from declaration.scope.except_isrcs
            yield from (
                code for pair in declaration.scope.except_ranges for code in pair
            )
    for decision in documents.decisions:
        yield from decision.extent.isrcs
        yield from (code for pair in decision.extent.ranges for code in pair)
    for dispute in documents.disputes:
        yield from dispute.isrcs


def test_every_code_is_under_a_prefix_that_was_never_given_out(
    shipped: Documents,
) -> None:
    examples = set(shipped.policy.example_prefixes)
    assert all(prefix.startswith("XX") for prefix in examples)
    assert {prefix_of(code) for code in every_code(shipped)} <= examples
    assert set(shipped.managers) <= examples
    prefixes = {
        declaration.scope.prefix
        for declaration in shipped.declarations.values()
        if isinstance(declaration.scope, PrefixRange)
    }
    named = {
        Prefix(p) for owner in shipped.owners.values() for p in owner.isrc_prefixes
    }
    reviewed = {p for decision in shipped.decisions for p in decision.extent.prefixes}
    assert prefixes | named | reviewed <= examples


def test_every_domain_is_reserved_for_examples(tree: SourceTree) -> None:
    text = "\n".join(file.data.decode() for file in tree.files)
    hosts = set(re.findall(r"(?:https://|domain:|@)([\w.-]*\w)", text))
    assert len(hosts) > 10
    assert [host for host in hosts if not host.endswith(".example")] == []


def test_every_account_is_the_hosts_mascot_or_not_given_out(tree: SourceTree) -> None:
    text = "\n".join(file.data.decode() for file in tree.files)
    accounts = {int(number) for number in re.findall(r"github:([0-9]+)", text)}
    assert len(accounts) > 10
    assert {number for number in accounts if number < 900_000_000} == {583231}


def test_every_yaml_names_its_schema_for_editors(tree: SourceTree) -> None:
    for file in tree.files:
        if file.path.endswith(".yaml"):
            first, _, rest = file.data.decode().partition("\n")
            kind = re.search(r"^schema: sayso/(\w+)/1$", rest, re.MULTILINE)
            assert kind is not None, file.path
            assert first == (
                "# yaml-language-server: $schema="
                f"https://sayso.example/schema/{kind[1]}.json"
            )


def test_the_tables_stay_small(tree: SourceTree) -> None:
    assert sum(len(f.data) for f in tree.files if f.path.endswith(".csv")) < 300_000


def test_the_readme_leads_to_files_that_exist(tree: SourceTree) -> None:
    text = (DECLARATIONS / "README.md").read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if ":" not in link]
    paths = {file.path for file in tree.files}
    assert len(links) > 20
    assert [link for link in links if link not in paths] == []


def test_every_role_and_capacity_occurs(shipped: Documents) -> None:
    assert {owner.role for owner in shipped.owners.values()} == set(Role)
    declarations = shipped.declarations.values()
    assert {declaration.capacity for declaration in declarations} == set(Capacity)


def test_everything_has_authority_and_every_level_and_decision_occurs(
    tree: SourceTree, shipped: Documents
) -> None:
    accepted, standing = authorise(tree, Before(state=None, blobs=no_blobs), now=NOW)
    assert standing.left_out == ()
    assert accepted.files == tree.files
    assert {*standing.held} - {REGISTRY} == {*shipped.owners}
    signed = {owner for owner, held in standing.held.items() if held.signed}
    levels = {
        Level.ACCOUNT: {*shipped.owners} - signed,
        Level.KEY: signed - {*standing.proved},
        Level.DOMAIN: signed & {*standing.proved},
    }
    assert all(levels.values()), levels
    # Nobody loses a key before there is a release that knows it.
    kinds = {decision.kind for decision in shipped.decisions}
    assert kinds == set(DecisionKind) - {DecisionKind.RECOVERED}
    decided = {decision.dispute for decision in shipped.decisions}
    assert {dispute.id for dispute in shipped.disputes} - decided


def test_every_domain_that_names_an_owner_names_its_key(
    tree: SourceTree, shipped: Documents
) -> None:
    _, standing = authorise(tree, Before(state=None, blobs=no_blobs), now=NOW)
    domains = {owner for owner in shipped.owners if owner.startswith("domain:")}
    assert domains == {owner for owner in standing.proved if owner in domains}
    assert len(domains) > 5


def no_blobs(blobs: list[str]) -> Mapping[str, bytes]:
    """Bring what a genesis asks of earlier files: nothing."""
    raise AssertionError(blobs)


FEATURES: dict[str, Callable[[Declaration], bool]] = {
    "a list of recordings": lambda d: isinstance(d.scope, RecordingList),
    "a catalogue with its rows counted": lambda d: (
        isinstance(d.scope, CatalogueFile) and d.scope.rows is not None
    ),
    "a prefix without years": lambda d: (
        isinstance(d.scope, PrefixRange) and d.scope.years is None
    ),
    "a prefix with years and exceptions": lambda d: (
        isinstance(d.scope, PrefixRange)
        and d.scope.years is not None
        and bool(d.scope.except_ranges)
        and bool(d.scope.except_isrcs)
    ),
    "an offer with terms": lambda d: (
        d.offer is not None
        and bool(d.offer.conditions)
        and d.offer.terms_url is not None
        and d.offer.terms_sha256 is not None
    ),
    "one country": lambda d: d.territories.codes == {"US"},
    "a group of countries but two": lambda d: (
        "DE" in d.territories.codes
        and not {"FR", "NO"} & d.territories.codes
        and not d.territories.everywhere_but
    ),
    "everywhere": lambda d: d.territories == EVERYWHERE,
    "expiry": lambda d: d.expires is not None,
    "a future start": lambda d: d.effective is not None and d.effective.year > 2026,
    "a withdrawal with a successor": lambda d: (
        d.withdrawn is not None and d.withdrawn.successor is not None
    ),
    "a delegate's declaration": lambda d: d.author != d.owner,
    "a performer's no to a voice clone": lambda d: (
        d.capacity is Capacity.PERFORMER
        and d.uses == {Use.CLONE_VOICE: Preference.DENY}
    ),
    "a yes to every named use": lambda d: (
        d.uses == dict.fromkeys(set(Use) - {Use.ANY_AI}, Preference.ALLOW)
    ),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_has_an_example(shipped: Documents, feature: str) -> None:
    assert any(map(FEATURES[feature], shipped.declarations.values()))


def test_two_owners_contradict_each_other(shipped: Documents) -> None:
    first, second = (
        shipped.declarations[name]
        for name in map(
            type(next(iter(shipped.declarations))),
            (
                "domain:quince-orchard.example/duo-sessions",
                "domain:harrow-vale.example/duo-sessions",
            ),
        )
    )
    assert first.uses != second.uses
    assert len(listed(shipped, first) & listed(shipped, second)) == 4


def test_mandates_are_mutual(shipped: Documents) -> None:
    for owner in shipped.owners.values():
        for delegate in owner.represented_by:
            assert owner.id in shipped.owners[delegate].acts_for
        for client in owner.acts_for:
            assert owner.id in shipped.owners[client].represented_by


def test_the_catalogue_has_some_thousand_rows_in_many_scripts(
    shipped: Documents,
) -> None:
    (table,) = shipped.catalogues.values()
    assert table.height > 3000
    rows = table.rows(0, table.height)
    text = "".join(rows["title"].to_pylist() + rows["artist"].to_pylist())
    scripts = {
        "latin": "[a-z]",
        "diacritics": "[åéłőşþ]",
        "cyrillic": "[\u0430-\u044f]",
        "greek": "[\u03b1-\u03c9]",
        "han": "[一-龯]",
        "kana": "[ぁ-ん]",
        "hangul": "[가-힣]",
        "arabic": "[\u0627-\u064a]",
        "hebrew": "[א-ת]",
        "devanagari": "[क-ह]",
        "thai": "[ก-ฮ]",
        "georgian": "[ა-ჰ]",
    }
    missing = [name for name, form in scripts.items() if not re.search(form, text)]
    assert missing == []
