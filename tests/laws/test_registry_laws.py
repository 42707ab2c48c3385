"""A published registry answers as if each recording had been resolved by itself.

The builder groups recordings by the facts that bear on them, as columns and spans.
Here every code is resolved alone, from the documents and in plain loops, and must
get the same answers.
"""

from datetime import timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sayso.model.declaration import (
    CatalogueFile,
    DecisionKind,
    Declaration,
    Extent,
    Level,
    PrefixRange,
    RecordingList,
)
from sayso.model.isrc import Isrc, isrc_of, prefix_of, year_of
from sayso.model.owner import OwnerId
from sayso.model.policy import Cells
from sayso.model.resolution import resolve
from sayso.model.statement import Specificity, Standing, State, Statement
from sayso.model.vocabulary import Use
from sayso.publish.reading.documents import Documents
from sayso.publish.reading.registry import read_documents
from tests.declared import (
    FACTS,
    FERNWOOD,
    HARROW,
    START,
    decided,
    declaration,
    owner,
    publish,
    recordings,
    tree_of,
)

CODES = [
    "XXF010000000",
    "XXF012599999",
    "XXF012600000",
    "XXF012600001",
    "XXF012600002",
    "XXF012699999",
    "XXF012700000",
    "XXF018600000",
    "XXF019999999",
    "XXF020000000",
    "XXF022600001",
]
PAIRS = st.tuples(st.sampled_from(CODES[:9]), st.sampled_from(CODES[:9])).map(sorted)
LISTS = st.lists(st.sampled_from(CODES), min_size=1, unique=True).map(sorted)
USES = st.sampled_from(
    ["{any-ai: deny}", "{search: allow}", "{any-ai: deny, search: allow}"]
)
MORE = st.sampled_from(
    [
        (),
        ("territories: [US]",),
        ("except_territories: [EU]",),
        ("expires: 2026-11-25",),
        ("effective: 2026-11-24",),
    ]
)


@st.composite
def prefixes(draw: st.DrawFn) -> str:
    lines = [f"prefix: {draw(st.sampled_from(['XXF01', 'XXF02']))}"]
    if draw(st.booleans()):
        first, last = sorted(draw(st.tuples(*[st.integers(1986, 2085)] * 2)))
        lines.append(f"years: {first}-{last}")
    elif lines == ["prefix: XXF01"] and draw(st.booleans()):
        start, stop = draw(PAIRS)
        hole = draw(st.sampled_from(CODES[:9]))
        lines.append(f"except: {{ranges: [{start}-{stop}], isrcs: [{hole}]}}")
    return "\n".join(lines)


SCOPES = LISTS.map(lambda codes: recordings(*codes)) | prefixes()
FILES = st.lists(st.tuples(USES, SCOPES, MORE), max_size=3)
DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["reviewed", "settled"]),
        st.sampled_from(["domain:fernwood.example", "domain:harrow.example"]),
        LISTS.map(lambda codes: f"isrcs: [{', '.join(codes)}]")
        | PAIRS.map(lambda pair: f"ranges: [{pair[0]}-{pair[1]}]"),
    ),
    max_size=3,
)


@st.composite
def registries(draw: st.DrawFn) -> dict[str, str]:
    mandate = draw(st.sampled_from([(), ("represented_by: [domain:harrow.example]",)]))
    texts = {f"{FERNWOOD}/owner.yaml": owner("Fernwood", *mandate)}
    for folder in (FERNWOOD, HARROW):
        for number, (uses, scope, more) in enumerate(draw(FILES)):
            behalf = draw(st.booleans()) and folder == HARROW and bool(mandate)
            filed = ("on_behalf_of: domain:fernwood.example",) if behalf else ()
            said = declaration(uses, scope, *more, *filed)
            texts[f"{folder}/d{number}.yaml"] = said
    for number, (kind, who, extent) in enumerate(draw(DECISIONS)):
        text = decided(kind, f"owner: {who}", extent)
        texts[f"registry/decisions/2026/n{number}.yaml"] = text
    return texts


def covers(said: Declaration, isrc: Isrc) -> Specificity | None:
    match said.scope:
        case RecordingList(isrcs=isrcs):
            return Specificity.RECORDINGS if isrc in isrcs else None
        case CatalogueFile():
            return None
        case PrefixRange() as scope:
            years = scope.years
            left_out = isrc in scope.except_isrcs or any(
                first <= isrc <= last for first, last in scope.except_ranges
            )
            in_years = years is None or years[0] <= year_of(isrc) <= years[1]
            if prefix_of(isrc) != scope.prefix or left_out or not in_years:
                return None
            return Specificity.PREFIX_YEARS if years else Specificity.PREFIX


def within(extent: Extent, isrc: Isrc) -> bool:
    return (
        isrc in extent.isrcs
        or prefix_of(isrc) in extent.prefixes
        or any(first <= isrc <= last for first, last in extent.ranges)
    )


def standings(documents: Documents, isrc: Isrc) -> list[Standing]:
    spoken: dict[OwnerId, list[Statement]] = {}
    for said in documents.declarations.values():
        scope = covers(said, isrc)
        if scope is not None:
            spoken.setdefault(said.owner, []).append(
                Statement(
                    declaration=said.id,
                    uses=said.uses,
                    specificity=scope,
                    level=Level.DOMAIN,
                    delegated=said.author != said.owner,
                    territories=said.territories,
                    effective=said.effective,
                    expires=said.expires,
                )
            )
    found = {
        (decision.kind, decision.owner)
        for decision in documents.decisions
        if within(decision.extent, isrc)
    }
    return [
        Standing(
            owner=name,
            states=(State(statements=tuple(statements)),),
            reviewed=(DecisionKind.REVIEWED, name) in found,
            settled=(DecisionKind.SETTLED, name) in found,
        )
        for name, statements in spoken.items()
    ]


def alone(documents: Documents, isrc: Isrc, country: str) -> Cells:
    policy = resolve(standings(documents, isrc), now=START, waiting=timedelta(days=7))
    for codes, cells in policy.groups:
        if country in codes:
            return cells
    return policy.elsewhere


@given(registries())
@settings(max_examples=40)
def test_every_code_is_answered_as_if_it_stood_alone(texts: dict[str, str]) -> None:
    documents, problems = read_documents(tree_of({**FACTS, **texts}).files)
    assume(not any(problem.is_error for problem in problems))
    published = publish(texts)
    neighbours = [isrc_of(77), *map(Isrc, CODES)]
    for isrc in neighbours:
        for country in ("US", "DE", "JP"):
            expected = alone(documents, isrc, country)
            for use in (Use.SEARCH, Use.PROMPT):
                answer = published.answer(isrc, use, country)
                cell = expected[use]
                assert (answer.verdict, answer.disputed, answer.by) == (
                    cell.verdict,
                    cell.disputed,
                    cell.by,
                )
