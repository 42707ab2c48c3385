"""Declarations: one owner's statement."""

from sayso.model.declaration import Capacity, Declaration, Offer, Withdrawal
from sayso.model.rules import fields as field_rules
from sayso.model.rules import meaning as meaning_rules
from sayso.model.territory import EVERYWHERE, WORLDWIDE, Territories, territories
from sayso.model.vocabulary import Preference
from sayso.publish.reading.layout import Place
from sayso.publish.reading.schema.addresses import ADDRESS, CONTACT
from sayso.publish.reading.schema.codes import TERRITORY
from sayso.publish.reading.schema.field import Field, GroupOf, Values, field_set
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.schema.parties import OWNER_ID
from sayso.publish.reading.schema.scope import (
    CATALOGUE,
    PREFIX_CODE,
    PREFIX_EXCEPT,
    PREFIX_YEARS,
    RECORDINGS,
    SCOPES,
    read_scope,
)
from sayso.publish.reading.schema.shape import ListOf, report
from sayso.publish.reading.schema.texts import (
    DAY,
    DIGEST,
    NAME,
    SLUG,
    choice,
)
from sayso.publish.reading.schema.uses import Uses
from sayso.publish.reading.sheet import Sheet

_URL = Field(name="url", shape=ADDRESS, words="Where the terms are", required=True)
_SHA256 = Field(name="sha256", shape=DIGEST, words="The SHA-256 of the terms")
_CONTACT = Field(
    name="contact",
    shape=CONTACT,
    words="A licensing page or the mail address of a role, never of a person",
    required=True,
)
_CONDITIONS = Field(
    name="conditions",
    shape=ListOf(item=SLUG),
    words="Conditions in a word each: payment, per-model-version, no-voice-imitation",
)


def _terms(values: Values, _sheet: Sheet) -> tuple[str, str | None]:
    return values.need(_URL), values.get(_SHA256)


_TERMS = Field(
    name="terms",
    shape=GroupOf(fields=field_set(_URL, _SHA256), build=_terms),
    words="The full terms, and their digest so that they stay the same",
)


def _offer(values: Values, _sheet: Sheet) -> Offer:
    url, digest = values.get(_TERMS) or (None, None)
    return Offer(
        contact=values.need(_CONTACT),
        conditions=values.get(_CONDITIONS) or (),
        terms_url=url,
        terms_sha256=digest,
    )


_ON = Field(name="on", shape=DAY, words="The day on which it ends", required=True)
_REASON = Field(
    name="reason",
    shape=NAME,
    words="Why, in a few words: sold, error, duplicate",
    required=True,
)
_SUCCESSOR = Field(
    name="successor", shape=OWNER_ID, words="The owner who speaks from now on"
)


def _withdrawal(values: Values, _sheet: Sheet) -> Withdrawal:
    return Withdrawal(
        on=values.need(_ON),
        reason=values.need(_REASON),
        successor=values.get(_SUCCESSOR),
    )


_CAPACITY = Field(
    name="capacity",
    shape=choice(
        Capacity,
        {
            "licensee": "exclusive-licensee",
            "artist": "owner or performer",
            "label": "owner",
            "singer": "performer",
            "musician": "performer",
            "distributor": "administrator",
        },
    ),
    words="In what right you speak",
    required=True,
)
_ON_BEHALF_OF = Field(
    name="on_behalf_of",
    shape=OWNER_ID,
    words="Only for a representative: the owner for whom this speaks",
)
_USES = Field(
    name="uses",
    shape=Uses(),
    words="What you say of each use: allow, ask or deny",
    required=True,
    example="{any-ai: deny}",
)
_OFFER = Field(
    name="offer",
    shape=GroupOf(fields=field_set(_CONTACT, _CONDITIONS, _TERMS), build=_offer),
    words="Where a licence can be had; needed when any use is ask",
)
_TERRITORIES = Field(
    name="territories",
    shape=ListOf(item=TERRITORY, minimum=1),
    words="Where it holds: worldwide, or country codes, EU, EEA",
)
_EXCEPT = Field(
    name="except_territories",
    shape=ListOf(item=TERRITORY),
    words="Where it does not hold",
)
_EFFECTIVE = Field(
    name="effective", shape=DAY, words="The first day; as published when left out"
)
_EXPIRES = Field(name="expires", shape=DAY, words="The first day without it")
_WITHDRAWN = Field(
    name="withdrawn",
    shape=GroupOf(fields=field_set(_ON, _REASON, _SUCCESSOR), build=_withdrawal),
    words="Ends this statement; others of yours then apply",
)


_NOWHERE = Territories(everywhere_but=False)


def _build(values: Values, sheet: Sheet, place: Place) -> Declaration | None:
    scope = read_scope(values, sheet)
    where = _read_territories(values, sheet)
    _check_dates(values, sheet)
    _check_uses(values, sheet)
    if scope is None:
        return None
    return Declaration(
        id=place.declaration,
        author=place.author,
        owner=values.get(_ON_BEHALF_OF) or place.author,
        capacity=values.need(_CAPACITY),
        uses=values.need(_USES),
        scope=scope,
        territories=where,
        offer=values.get(_OFFER),
        effective=values.get(_EFFECTIVE),
        expires=values.get(_EXPIRES),
        withdrawn=values.get(_WITHDRAWN),
    )


def _read_territories(values: Values, sheet: Sheet) -> Territories:
    included = list(values.get(_TERRITORIES) or ())
    excepted = list(values.get(_EXCEPT) or ())
    where = territories(included, excepted)
    node = values.node(_TERRITORIES)
    if WORLDWIDE in included and len(included) > 1:
        fault, fix = "worldwide means every country already.", "[worldwide]"
    elif WORLDWIDE in excepted or (included and where == _NOWHERE):
        fault, node = "No country remains after the exceptions.", values.node(_EXCEPT)
        fix = "Take out of except_territories what is meant to remain."
    else:
        return where
    report(sheet, field_rules.TERRITORY, node, fault, fix)
    return EVERYWHERE


def _check_dates(values: Values, sheet: Sheet) -> None:
    effective, expires = values.get(_EFFECTIVE), values.get(_EXPIRES)
    if effective is not None and expires is not None and expires <= effective:
        message = f"It expires on {expires}, but begins on {effective} only."
        node = values.node(_EXPIRES)
        report(sheet, meaning_rules.DATES_REVERSED, node, message)


def _check_uses(values: Values, sheet: Sheet) -> None:
    uses = values.need(_USES)
    node = values.node(_USES)
    if Preference.ASK in uses.values() and not values.has(_OFFER):
        asked = next(u for u, said in uses.items() if said is Preference.ASK)
        message = f"{asked} is ask, and no offer says where a licence can be had."
        report(sheet, meaning_rules.NO_OFFER, node, message)
    if (
        values.need(_CAPACITY) is Capacity.PERFORMER
        and Preference.ALLOW in uses.values()
    ):
        message = "The allow of a performer counts for nothing."
        report(sheet, meaning_rules.PERFORMER_YES, node, message)


DECLARATION = Form(
    name="declaration",
    title="Declaration",
    words="What an owner says of the uses of some recordings.",
    fields=(
        _CAPACITY,
        _ON_BEHALF_OF,
        _USES,
        _OFFER,
        _TERRITORIES,
        _EXCEPT,
        _EFFECTIVE,
        _EXPIRES,
        _WITHDRAWN,
        RECORDINGS,
        CATALOGUE,
        PREFIX_CODE,
        PREFIX_YEARS,
        PREFIX_EXCEPT,
    ),
    build=_build,
    elsewhere={
        "id": "Delete this line; the file's name and its folder are the id.",
        "owner": "Delete this line; the folder's name says who you are.",
    },
    rules={"oneOf": [{"required": [scope.name]} for scope in SCOPES]},
)
