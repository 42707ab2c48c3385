"""Rules about the fields of a file: which there are, and what may stand in them."""

from sayso.model.problem import Family, Rule, Severity

SCHEMA = Rule(
    code="SAY301",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="The first line does not say what the file is",
    sentence=(
        "Every file begins with `schema:` and the name of its form, so that it can "
        "still be read when the forms have changed."
    ),
    fix="Write the schema line of this kind of file first.",
    wrong="name: Fernwood Records",
    right="schema: sayso/owner/1\nname: Fernwood Records",
)
UNKNOWN_FIELD = Rule(
    code="SAY302",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="There is no such field",
    sentence=(
        "A field that nobody knows would be passed over in silence, and a typing error "
        "would change what you say."
    ),
    fix="Correct the name of the field, or delete the line.",
    wrong="artst: Mara Lindqvist",
    right="artist: Mara Lindqvist",
)
MISSING_FIELD = Rule(
    code="SAY303",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="A field is missing",
    sentence="Without this field the file cannot be understood.",
    fix="Add the field.",
    wrong="schema: sayso/owner/1\nname: Fernwood Records",
    right="schema: sayso/owner/1\nname: Fernwood Records\nrole: label",
)
EMPTY_VALUE = Rule(
    code="SAY304",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="A field is empty",
    sentence="The field is named, but nothing stands behind it.",
    fix="Write the value, or delete the line.",
    wrong="name:",
    right="name: Fernwood Records",
)
WRONG_KIND = Rule(
    code="SAY305",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="A list, a group or a text stands in the wrong place",
    sentence=(
        "Some fields take one text, some a list (each item after `- `), some a group "
        "of fields. Square and curly brackets make lists and groups too."
    ),
    fix="Write the kind that the message names; put a text with brackets in quotes.",
    wrong="title: [Untitled]",
    right='title: "[Untitled]"',
)
NOT_A_CHOICE = Rule(
    code="SAY306",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="The word is none of those allowed",
    sentence="This field takes one of a few words, so that programs can act on it.",
    fix="Use one of the words that the message lists.",
    wrong="role: band",
    right="role: artist",
)
YES_OR_NO = Rule(
    code="SAY307",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="Yes and no are not preferences",
    sentence=(
        "A preference is allow, ask or deny. Yes and no could be taken either way, and "
        "many programs read them as true and false."
    ),
    fix="Write deny for no, allow for yes, ask for “ask me first”.",
    wrong="train-generative: no",
    right="train-generative: deny",
)
UNKNOWN_USE = Rule(
    code="SAY308",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="There is no such use",
    sentence=(
        "Uses are the words of the vocabulary uses/1. Whatever has no word of its own, "
        "now or later, is covered by any-ai."
    ),
    fix="Use one of the words of the vocabulary, or any-ai.",
    wrong="training: deny",
    right="train-generative: deny",
)
DATE = Rule(
    code="SAY309",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="This is not a date",
    sentence=(
        "Dates are written year-month-day, as 2026-11-22, because other orders are "
        "read differently in different countries; and the day has to exist."
    ),
    fix="Write the date as YYYY-MM-DD.",
    wrong="effective: 31.12.2026",
    right="effective: 2026-12-31",
)
WEB_ADDRESS = Rule(
    code="SAY310",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="This is not a web address",
    sentence="The address has to be complete, begin with https:// and be plain.",
    fix="Copy the address from the browser's address line.",
    wrong="website: fernwood.example",
    right="website: https://fernwood.example/",
)
CONTACT = Rule(
    code="SAY311",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="The contact is neither a page nor a role address",
    sentence=(
        "Everything here is public for ever. A contact is therefore a licensing page, "
        "or an address of a role such as licensing@, never of a person."
    ),
    fix="Write an https:// address, or a role address such as licensing@your.domain.",
    wrong="contact: mara.lindqvist@fernwood.example",
    right="contact: licensing@fernwood.example",
)
UNFIT_TEXT = Rule(
    code="SAY312",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="The text holds what no name holds",
    sentence=(
        "Names and titles are shown on pages and in tables. They are one line of at "
        "most 200 characters, without web or mail addresses and without markup."
    ),
    fix="Leave only the name or the title.",
    wrong='title: "Slow River <b>out now</b> https://fernwood.example"',
    right='title: "Slow River"',
)
FORM = Rule(
    code="SAY313",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="The value does not have its form",
    sentence=(
        "Numbers, keys, digests and codes have a fixed form, and this has another."
    ),
    fix="Write it in the form that the message shows.",
    wrong="rows: 50.000",
    right="rows: 50000",
)
TERRITORY = Rule(
    code="SAY314",
    family=Family.FIELDS,
    severity=Severity.ERROR,
    title="The territories make no sense",
    sentence=(
        "Territories are worldwide, two-letter country codes (ISO 3166), EU or EEA; "
        "worldwide stands alone, and something has to remain after the exceptions."
    ),
    fix="Use codes such as DE, FR, GB, US; leave the field out for worldwide.",
    wrong="territories: [Germany]",
    right="territories: [DE]",
)
