"""`owner.yaml`: who speaks."""

from sayso.model.owner import Owner, Role
from sayso.model.rules import place as place_rules
from sayso.publish.reading.layout import Place
from sayso.publish.reading.schema.addresses import ADDRESS, CONTACT
from sayso.publish.reading.schema.codes import PREFIX
from sayso.publish.reading.schema.field import Field, Values
from sayso.publish.reading.schema.form import Form
from sayso.publish.reading.schema.parties import ACCOUNT, IPI, ISNI, KEY, OWNER_ID
from sayso.publish.reading.schema.shape import ListOf, report
from sayso.publish.reading.schema.texts import (
    DPID,
    LANGUAGE,
    NAME,
    choice,
)
from sayso.publish.reading.sheet import Sheet

ROLES_ALIKE = {
    "band": "artist",
    "musician": "artist",
    "singer": "artist",
    "producer": "artist",
    "company": "label",
    "publisher": "label",
    "heirs": "estate",
    "cmo": "society",
}
"""Other words for a role, each with the one meant."""

_NAME = Field(
    name="name",
    shape=NAME,
    words="The name that people know: of the artist, the label, the society",
    required=True,
)
_ROLE = Field(
    name="role",
    shape=choice(Role, ROLES_ALIKE),
    words="What this owner is to the recordings",
    required=True,
)
_ACCOUNTS = Field(
    name="accounts",
    shape=ListOf(item=ACCOUNT),
    words="GitHub accounts that may change these files, by number: github:583231",
)
_KEYS = Field(
    name="keys",
    shape=ListOf(item=KEY),
    words="SSH public keys that sign these files; they make more of them count",
)
_CONTACT = Field(
    name="contact",
    shape=CONTACT,
    words="A licensing page or the mail address of a role, never of a person",
)
_WEBSITE = Field(name="website", shape=ADDRESS, words="The owner's web site")
_ISNI = Field(name="isni", shape=ISNI, words="ISNI, 16 digits")
_IPI = Field(name="ipi", shape=IPI, words="IPI name number, 11 digits")
_DPID = Field(name="dpid", shape=DPID, words="DDEX party identifier")
_PREFIXES = Field(
    name="isrc_prefixes",
    shape=ListOf(item=PREFIX),
    words="ISRC prefixes given to this owner, such as XXF01",
)
_LANGUAGE = Field(
    name="language", shape=LANGUAGE, words="Language for messages, such as en or sv"
)
_REPRESENTED_BY = Field(
    name="represented_by",
    shape=ListOf(item=OWNER_ID),
    words="Owners who may declare on this owner's behalf",
)
_ACTS_FOR = Field(
    name="acts_for",
    shape=ListOf(item=OWNER_ID),
    words="Owners on whose behalf this one declares; they have to say so too",
)


def _build(values: Values, sheet: Sheet, place: Place) -> Owner | None:
    accounts = values.get(_ACCOUNTS) or ()
    is_account = place.author.startswith("github:")
    if is_account and values.has(_ACCOUNTS) and place.author not in accounts:
        report(
            sheet,
            place_rules.FOLDER_NAME,
            values.node(_ACCOUNTS),
            f"The folder belongs to {place.author}, which is not among the accounts.",
            f"Add {place.author}, or move the files to the right folder.",
        )
    return Owner(
        id=place.author,
        name=values.need(_NAME),
        role=values.need(_ROLE),
        accounts=accounts,
        keys=values.get(_KEYS) or (),
        contact=values.get(_CONTACT),
        website=values.get(_WEBSITE),
        isni=values.get(_ISNI),
        ipi=values.get(_IPI),
        dpid=values.get(_DPID),
        isrc_prefixes=values.get(_PREFIXES) or (),
        language=values.get(_LANGUAGE),
        represented_by=values.get(_REPRESENTED_BY) or (),
        acts_for=values.get(_ACTS_FOR) or (),
    )


OWNER = Form(
    name="owner",
    title="Owner",
    words="Who speaks, and how to reach them for a licence.",
    fields=(
        _NAME,
        _ROLE,
        _ACCOUNTS,
        _KEYS,
        _CONTACT,
        _WEBSITE,
        _ISNI,
        _IPI,
        _DPID,
        _PREFIXES,
        _LANGUAGE,
        _REPRESENTED_BY,
        _ACTS_FOR,
    ),
    build=_build,
    elsewhere=dict.fromkeys(
        ("id", "owner"), "Delete this line; the folder's name says who you are."
    ),
)
