"""`registry/policy.yaml` and `registry/operators.yaml`: how the registry is run."""

from dataclasses import dataclass

from sayso.model.declaration import (
    RegistryPolicy,
)
from sayso.publish.reading.layout import Place
from sayso.publish.reading.schema.addresses import ORIGIN
from sayso.publish.reading.schema.codes import PREFIX
from sayso.publish.reading.schema.field import Field, GroupOf, Values, field_set
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.schema.parties import ACCOUNT, KEY
from sayso.publish.reading.schema.shape import ListOf
from sayso.publish.reading.schema.texts import (
    COUNT,
    DAYS,
    ENTRIES,
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


def _policy(values: Values, _sheet: Sheet, _place: Place) -> RegistryPolicy:
    default = RegistryPolicy(origin=values.need(_ORIGIN))
    return RegistryPolicy(
        origin=default.origin,
        waiting_days=values.get(_WAITING) or default.waiting_days,
        account_recordings=values.get(_LISTED) or default.account_recordings,
        example_prefixes=values.get(_EXAMPLES) or (),
        leaf_items=values.get(_LEAF) or default.leaf_items,
        node_entries=values.get(_NODE) or default.node_entries,
        prefix_ranges=values.get(_RANGES) or default.prefix_ranges,
    )


POLICY = Form(
    name="policy",
    title="Policy of the registry",
    words="The operators' settings.",
    fields=(_ORIGIN, _WAITING, _LISTED, _EXAMPLES, _LEAF, _NODE, _RANGES),
    build=_policy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One of the people who run the registry."""

    name: str
    account: str
    keys: tuple[str, ...] = ()


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


def _operators(values: Values, _sheet: Sheet, _place: Place) -> tuple[Operator, ...]:
    return values.need(_OPERATORS)


OPERATORS = Form(
    name="operators",
    title="Operators",
    words="Who runs the registry; a change needs two of them.",
    fields=(_OPERATORS,),
    build=_operators,
)
