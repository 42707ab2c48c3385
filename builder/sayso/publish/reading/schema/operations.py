"""`registry/policy.yaml` and `registry/operators.yaml`: how the registry is run."""

from dataclasses import dataclass

from sayso.model.rules import fields as field_rules
from sayso.model.settings import REVOCATIONS, Brake, RegistryPolicy, Revocation
from sayso.publish.reading.layout import Place
from sayso.publish.reading.schema.addresses import ORIGIN
from sayso.publish.reading.schema.codes import PREFIX
from sayso.publish.reading.schema.field import Field, GroupOf, Values, field_set
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.schema.parties import ACCOUNT, KEY
from sayso.publish.reading.schema.shape import ListOf, report
from sayso.publish.reading.schema.texts import (
    COUNT,
    DAYS,
    ENTRIES,
    LONG_DAYS,
    NAME,
)
from sayso.publish.reading.sheet import Sheet

_ORIGIN = Field(
    name="origin",
    shape=ORIGIN,
    words="The registry's own name, a domain that never changes",
    required=True,
)
_WAITING = Field(
    name="waiting_days",
    shape=DAYS,
    words="How many days a change that loosens waits in public; 7 when left out",
)
_LISTED = Field(
    name="account_recordings",
    shape=COUNT,
    words="How many listed recordings an account alone may deny; 500 when left out",
)
_RECHECK = Field(
    name="recheck_days",
    shape=LONG_DAYS,
    words="After how many days a domain's proof is checked again; 30 when left out",
)
_GRACE = Field(
    name="grace_days",
    shape=DAYS,
    words="How many days more it counts where that fails; 14 when left out",
)
_EXAMPLES = Field(
    name="example_prefixes",
    shape=ListOf(item=PREFIX),
    words="Prefixes that were never given to anybody, for examples",
)
_LEAF = Field(
    name="leaf_items",
    shape=ENTRIES,
    words="How many recordings a leaf of the look-up tree holds; 256 when left out",
)
_NODE = Field(
    name="node_entries",
    shape=ENTRIES,
    words="How many ranges a node of the look-up tree holds; 64 when left out",
)
_RANGES = Field(
    name="prefix_ranges",
    shape=COUNT,
    words="Into how many ranges the prefixes of one owner may fall apart by their "
    "years and exceptions; 10000 when left out",
)
_RECORDINGS = Field(
    name="recordings",
    shape=COUNT,
    words="How many listed recordings may become looser; 10000 when left out",
)
_UNLISTED = Field(
    name="ranges",
    shape=COUNT,
    words="How many ranges of unlisted codes may become looser; 100 when left out",
)


def _limits(values: Values, _sheet: Sheet) -> Brake:
    default = Brake()
    return Brake(
        recordings=values.get(_RECORDINGS) or default.recordings,
        ranges=values.get(_UNLISTED) or default.ranges,
    )


_BRAKE = Field(
    name="brake",
    shape=GroupOf(fields=field_set(_RECORDINGS, _UNLISTED), build=_limits),
    words="How much one release may loosen before offline holders have to approve it; "
    "a change takes effect one release later",
)
_RELEASE = Field(
    name="release", shape=COUNT, words="The number of the release", required=True
)
_REASON = Field(
    name="reason", shape=NAME, words="Why, in one line for everybody", required=True
)


def _revocation(values: Values, _sheet: Sheet) -> Revocation:
    return Revocation(release=values.need(_RELEASE), reason=values.need(_REASON))


_REVOKED = Field(
    name="revoked",
    shape=ListOf(
        item=GroupOf(fields=field_set(_RELEASE, _REASON), build=_revocation),
        maximum=REVOCATIONS,
    ),
    words="Releases that are revoked, for ever; each release from now on says so",
)


def _policy(values: Values, sheet: Sheet, _place: Place) -> RegistryPolicy:
    default = RegistryPolicy(origin=values.need(_ORIGIN))
    return RegistryPolicy(
        origin=default.origin,
        waiting_days=values.get(_WAITING) or default.waiting_days,
        account_recordings=values.get(_LISTED) or default.account_recordings,
        recheck_days=values.get(_RECHECK) or default.recheck_days,
        grace_days=values.get(_GRACE) or default.grace_days,
        example_prefixes=values.get(_EXAMPLES) or (),
        leaf_items=values.get(_LEAF) or default.leaf_items,
        node_entries=values.get(_NODE) or default.node_entries,
        prefix_ranges=values.get(_RANGES) or default.prefix_ranges,
        brake=values.get(_BRAKE) or default.brake,
        revoked=_in_order(values, sheet),
    )


def _in_order(values: Values, sheet: Sheet) -> tuple[Revocation, ...]:
    """Return the releases that are revoked, ascending; report one named twice."""
    revoked = values.get(_REVOKED) or ()
    fault = None
    if len(revoked) > REVOCATIONS:
        fault = f"{len(revoked)} releases are revoked; at most {REVOCATIONS} can be."
    if len({one.release for one in revoked}) < len(revoked):
        fault = "A release is revoked twice."
    if fault is not None:
        report(sheet, field_rules.FORM, values.node(_REVOKED), fault)
    return tuple(sorted(revoked, key=lambda one: one.release))


POLICY = Form(
    name="policy",
    title="Policy of the registry",
    words="The operators' settings.",
    fields=(
        _ORIGIN,
        _WAITING,
        _LISTED,
        _RECHECK,
        _GRACE,
        _EXAMPLES,
        _LEAF,
        _NODE,
        _RANGES,
        _BRAKE,
        _REVOKED,
    ),
    build=_policy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One of the people who run the registry."""

    name: str
    account: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operators:
    """Who runs the registry, and which keys its jobs have.

    Attributes:
        intake: the public keys of the job that writes admissions and verifications.
    """

    operators: tuple[Operator, ...]
    intake: tuple[str, ...] = ()


_NAME = Field(name="name", shape=NAME, words="The operator's name", required=True)
_ACCOUNT = Field(
    name="account", shape=ACCOUNT, words="The operator's account", required=True
)
_KEYS = Field(name="keys", shape=ListOf(item=KEY), words="SSH public keys")


def _operator(values: Values, _sheet: Sheet) -> Operator:
    return Operator(
        name=values.need(_NAME),
        account=values.need(_ACCOUNT),
        keys=values.get(_KEYS) or (),
    )


_OPERATORS = Field(
    name="operators",
    shape=ListOf(
        item=GroupOf(fields=field_set(_NAME, _ACCOUNT, _KEYS), build=_operator),
        minimum=1,
    ),
    words="The people who run the registry",
    required=True,
)
_INTAKE = Field(
    name="intake",
    shape=ListOf(item=KEY),
    words="SSH public keys of the job that signs admissions and verifications",
)


def _operators(values: Values, _sheet: Sheet, _place: Place) -> Operators:
    return Operators(
        operators=values.need(_OPERATORS), intake=values.get(_INTAKE) or ()
    )


OPERATORS = Form(
    name="operators",
    title="Operators",
    words="Who runs the registry; a change needs two of them.",
    fields=(_OPERATORS, _INTAKE),
    build=_operators,
)
