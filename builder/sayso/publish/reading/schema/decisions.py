"""Decisions and disputes: records about owners and declarations."""

from datetime import date

from sayso.model.declaration import (
    Decision,
    DecisionKind,
    Dispute,
    Extent,
)
from sayso.model.rules import registry as registry_rules
from sayso.publish.reading.layout import Place
from sayso.publish.reading.schema.codes import ISRC, PREFIX, RANGE
from sayso.publish.reading.schema.field import Field, Values
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.schema.parties import (
    ACCOUNT,
    FINGERPRINT,
    OWNER_ID,
    TARGET,
)
from sayso.publish.reading.schema.shape import ListOf, report
from sayso.publish.reading.schema.texts import (
    DAY,
    PROSE,
    RECORD_NAME,
    choice,
)
from sayso.publish.reading.sheet import Sheet

_KIND = Field(
    name="kind", shape=choice(DecisionKind), words="What was decided", required=True
)
_ABOUT = Field(name="owner", shape=OWNER_ID, words="The owner whom it is about")
_PREFIXES = Field(name="prefixes", shape=ListOf(item=PREFIX), words="ISRC prefixes")
_RANGES = Field(
    name="ranges", shape=ListOf(item=RANGE), words="Ranges: XXF012600001-XXF012600250"
)
_ISRCS = Field(name="isrcs", shape=ListOf(item=ISRC), words="Single recordings")
_DISPUTE = Field(
    name="dispute", shape=RECORD_NAME, words="The dispute, by its file's name"
)
_NEW_KEY = Field(
    name="key", shape=FINGERPRINT, words="The new key of the owner: SHA256:…"
)
_DECIDED = Field(name="decided", shape=DAY, words="The day of decision", required=True)
_EVIDENCE = Field(
    name="evidence", shape=PROSE, words="What was seen, and what follows", required=True
)
_DECIDERS = Field(
    name="operators",
    shape=ListOf(item=ACCOUNT),
    words="The two operators who decided",
    required=True,
)
_OF_DISPUTES = {DecisionKind.DISPUTE_ACCEPTED, DecisionKind.DISPUTE_CLOSED}
_TWO = 2


def _decision(values: Values, sheet: Sheet, place: Place) -> Decision:
    kind = values.need(_KIND)
    extent = Extent(
        prefixes=values.get(_PREFIXES) or (),
        ranges=values.get(_RANGES) or (),
        isrcs=values.get(_ISRCS) or (),
    )
    node = values.node(_KIND)
    if kind in _OF_DISPUTES:
        if not values.has(_DISPUTE):
            message = f"{kind} does not say which dispute."
            report(sheet, registry_rules.INCOMPLETE_DECISION, node, message)
    elif kind is DecisionKind.RECOVERED:
        if not values.has(_ABOUT) or not values.has(_NEW_KEY):
            message = f"{kind} needs an owner and the new key."
            report(sheet, registry_rules.INCOMPLETE_DECISION, node, message)
    elif not values.has(_ABOUT) or extent == Extent():
        message = f"{kind} needs an owner, and prefixes, ranges or isrcs."
        report(sheet, registry_rules.INCOMPLETE_DECISION, node, message)
    operators = values.need(_DECIDERS)
    if len(set(operators)) < _TWO:
        message = "Two different operators have to decide."
        report(sheet, registry_rules.TWO_OPERATORS, values.node(_DECIDERS), message)
    return Decision(
        id=place.stem,
        kind=kind,
        decided=values.need(_DECIDED),
        operators=operators,
        evidence=values.need(_EVIDENCE),
        owner=values.get(_ABOUT),
        extent=extent,
        dispute=values.get(_DISPUTE),
        key=values.get(_NEW_KEY),
        path=sheet.path,
    )


DECISION = Form(
    name="decision",
    title="Decision",
    words="What two operators decided about ownership or a dispute.",
    fields=(
        _KIND,
        _ABOUT,
        _PREFIXES,
        _RANGES,
        _ISRCS,
        _DISPUTE,
        _NEW_KEY,
        _DECIDED,
        _EVIDENCE,
        _DECIDERS,
    ),
    build=_decision,
)


_CLAIMANT = Field(
    name="claimant", shape=OWNER_ID, words="The owner who disputes", required=True
)
_AGAINST = Field(
    name="against",
    shape=TARGET,
    words="The owner or the declaration that is disputed",
    required=True,
)
_RECORDINGS = Field(
    name="recordings",
    shape=ListOf(item=ISRC, minimum=1),
    words="The recordings, each by its ISRC",
    required=True,
)
_CLAIM = Field(
    name="claim", shape=PROSE, words="What you claim, and why", required=True
)
_REQUESTED = Field(name="requested", shape=PROSE, words="What should change")
_FILED = Field(name="filed", shape=DAY, words="The day of filing", required=True)


def _dispute(values: Values, sheet: Sheet, place: Place) -> Dispute:
    owner, declaration = values.need(_AGAINST)
    filed = values.need(_FILED)
    if owner == values.need(_CLAIMANT):
        message = "The claimant disputes its own statement."
        node = values.node(_AGAINST)
        fix = "Name the owner whose statement you dispute."
        report(sheet, registry_rules.INCOMPLETE_DECISION, node, message, fix)
    _check_name(filed, values, sheet, place)
    return Dispute(
        id=place.stem,
        claimant=values.need(_CLAIMANT),
        against=owner,
        isrcs=values.need(_RECORDINGS),
        claim=values.need(_CLAIM),
        filed=filed,
        declaration=declaration,
    )


def _check_name(filed: date, values: Values, sheet: Sheet, place: Place) -> None:
    folder = sheet.path.split("/")[-2]
    day = f"{filed.year:04}{filed.month:02}{filed.day:02}"
    if folder != day[:4] or not place.stem.startswith(f"{day}-"):
        slug = place.stem.partition("-")[2] or place.stem
        report(
            sheet,
            registry_rules.DATED_NAME,
            values.node(_FILED),
            f"It was filed on {filed}, and its name says something else.",
            f"Rename it to disputes/{day[:4]}/{day}-{slug}.yaml.",
        )


DISPUTE = Form(
    name="dispute",
    title="Dispute",
    words="An owner contests what another says of some recordings.",
    fields=(_CLAIMANT, _AGAINST, _RECORDINGS, _CLAIM, _REQUESTED, _FILED),
    build=_dispute,
)
