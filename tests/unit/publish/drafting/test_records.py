"""Disputes and decisions as they are written, and what is told of them."""

from datetime import date

import pytest

from sayso.model.declaration import (
    Decision,
    DecisionKind,
    DeclarationId,
    Dispute,
    Extent,
)
from sayso.model.isrc import Isrc, Prefix
from sayso.model.owner import Fingerprint, OwnerId
from sayso.model.problem import Problem
from sayso.publish.drafting.following import (
    after_decision,
    after_dispute,
    fault_of_order,
)
from sayso.publish.drafting.records import (
    decision_path,
    decision_text,
    dispute_path,
    dispute_text,
    recordings_of,
)
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.said import parse_yaml
from sayso.publish.reading.schema import Operators
from sayso.publish.reading.schema.operations import Operator

FERNWOOD = OwnerId("domain:fernwood.example")
MARA = OwnerId("github:583231")
ADA, BEN = "github:900000101", "github:900000102"
ONE = Isrc("XXF012600001")
DAY = date(2026, 11, 22)
MANY = tuple(Isrc(f"XXF0126{number:05}") for number in range(1, 7))
KEY = Fingerprint("SHA256:" + "A" * 43)
CATALOGUE = DeclarationId(f"{FERNWOOD}/catalogue")


def dispute(
    isrcs: tuple[Isrc, ...] = (ONE,), declaration: DeclarationId | None = CATALOGUE
) -> Dispute:
    return Dispute(
        id="20261122-583231-catalogue",
        claimant=MARA,
        against=FERNWOOD,
        declaration=declaration,
        isrcs=isrcs,
        claim='The contract "Rivers" ended.\nIt was mine: always.',
        filed=DAY,
    )


def decision(
    kind: DecisionKind,
    *,
    owner: OwnerId | None = None,
    extent: Extent | None = None,
    about: str | None = None,
    key: Fingerprint | None = None,
) -> Decision:
    return Decision(
        id="",
        kind=kind,
        decided=DAY,
        operators=(ADA, BEN),
        evidence="Letter: seen.",
        owner=owner,
        extent=extent or Extent(),
        dispute=about,
        key=key,
    )


ABOUT = "20261012-early-singles"
DECISIONS = [
    decision(
        DecisionKind.REVIEWED,
        owner=FERNWOOD,
        extent=Extent(
            prefixes=(Prefix("XXF01"),),
            ranges=((ONE, Isrc("XXF012600250")),),
            isrcs=MANY,
        ),
    ),
    decision(DecisionKind.SETTLED, owner=MARA, extent=Extent(isrcs=(ONE,))),
    decision(DecisionKind.DISPUTE_ACCEPTED, about=ABOUT),
    decision(DecisionKind.DISPUTE_CLOSED, about=ABOUT),
    decision(DecisionKind.RECOVERED, owner=FERNWOOD, key=KEY),
]


def read(path: str, text: str) -> object:
    place = place_of(path)
    assert not isinstance(place, Problem)
    said = parse_yaml(path, text.encode(), place)
    assert said.problems == ()
    return said.value


@pytest.mark.parametrize("isrcs", [(ONE,), MANY], ids=["one", "many"])
@pytest.mark.parametrize("named", [CATALOGUE, None], ids=["declaration", "owner"])
def test_a_dispute_is_read_as_it_was_meant(
    isrcs: tuple[Isrc, ...], named: DeclarationId | None
) -> None:
    meant = dispute(isrcs, named)
    path = dispute_path(DAY, MARA, FERNWOOD, named)
    said = read(path, dispute_text(meant, "Take it out."))
    assert isinstance(said, Dispute)
    assert (said.claimant, said.against, said.declaration) == (MARA, FERNWOOD, named)
    assert (said.isrcs, said.claim, said.filed) == (isrcs, meant.claim, DAY)


def test_what_is_wanted_may_be_left_out() -> None:
    assert "requested" not in dispute_text(dispute(), None)


@pytest.mark.parametrize("meant", DECISIONS, ids=lambda one: one.kind)
def test_a_decision_is_read_as_it_was_meant(meant: Decision) -> None:
    path = decision_path(meant)
    said = read(path, decision_text(meant))
    assert isinstance(said, Decision)
    assert (said.kind, said.owner, said.extent) == (
        meant.kind,
        meant.owner,
        meant.extent,
    )
    assert (said.dispute, said.key) == (meant.dispute, meant.key)
    assert (said.operators, said.evidence) == ((ADA, BEN), meant.evidence)


def test_records_are_named_by_their_day_and_what_they_are_about() -> None:
    assert dispute_path(DAY, MARA, FERNWOOD, CATALOGUE) == (
        "disputes/2026/20261122-583231-catalogue.yaml"
    )
    assert dispute_path(DAY, MARA, FERNWOOD, None) == (
        "disputes/2026/20261122-583231-fernwood.yaml"
    )
    assert [decision_path(one).rpartition("/")[2] for one in DECISIONS] == [
        "20261122-fernwood-reviewed.yaml",
        "20261122-583231-settled.yaml",
        "20261122-early-singles-accepted.yaml",
        "20261122-early-singles-closed.yaml",
        "20261122-fernwood-recovered.yaml",
    ]


def test_a_long_name_is_cut_and_can_still_be_referred_to() -> None:
    long = OwnerId(f"domain:{'a' * 60}.example")
    path = dispute_path(DAY, long, FERNWOOD, CATALOGUE)
    assert len(path.rpartition("/")[2].removesuffix(".yaml")) == 64
    assert isinstance(place_of(path), type(place_of("disputes/2026/20261122-a.yaml")))


def test_a_recording_that_is_named_twice_stands_there_once() -> None:
    assert recordings_of([ONE, MANY[1], ONE]) == (ONE, MANY[1])


def test_a_claimant_is_told_how_to_file_and_that_filing_silences_nobody() -> None:
    by_account = " ".join(after_dispute(dispute(), "d.yaml", has_key=False))
    assert "from an account that may speak for github:583231" in by_account
    assert "Filing changes no answer" in by_account
    assert "“ask” means no" in by_account
    assert "sayso sign" not in by_account
    by_key = " ".join(after_dispute(dispute(), "d.yaml", has_key=True))
    assert "sayso sign d.yaml" in by_key


def test_operators_are_told_who_signs_and_from_when_it_counts() -> None:
    operators = Operators(
        operators=(
            Operator(name="Ada", account=ADA, keys=("ssh-ed25519 AAAA",)),
            Operator(name="Ben", account=BEN),
        )
    )
    told = {
        one.kind: " ".join(after_decision(one, "d.yaml", operators))
        for one in DECISIONS
    }
    for words in told.values():
        assert words.startswith("Ada and Ben each sign it: sayso sign d.yaml")
        assert "Ben has no key in operators.yaml" in words
        assert "Ada has no key" not in words
    waits = {kind for kind, words in told.items() if "seven days" in words}
    assert waits == {
        DecisionKind.REVIEWED,
        DecisionKind.SETTLED,
        DecisionKind.DISPUTE_CLOSED,
    }
    assert "at once" in told[DecisionKind.DISPUTE_ACCEPTED]
    assert "30 days" in told[DecisionKind.RECOVERED]


def test_a_decision_about_a_dispute_comes_in_its_order() -> None:
    reviewed, _, accepted, closed, _ = DECISIONS
    assert fault_of_order(accepted, []) is None
    assert fault_of_order(closed, []) is None
    assert fault_of_order(closed, [accepted]) is None
    assert fault_of_order(reviewed, [reviewed, closed]) is None
    assert "accepted already" in str(fault_of_order(accepted, [accepted]))
    assert "closed already" in str(fault_of_order(accepted, [accepted, closed]))
    assert "closed already" in str(fault_of_order(closed, [closed]))
