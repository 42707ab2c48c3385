"""Rules about what a declaration says as a whole."""

from sayso.model.problem import Family, Rule, Severity

ONE_SCOPE = Rule(
    code="SAY501",
    family=Family.MEANING,
    severity=Severity.ERROR,
    title="It must be clear what is covered",
    sentence=(
        "A declaration covers either recordings listed in it, or a catalogue, or a "
        "prefix: exactly one of the three."
    ),
    fix="Keep one of recordings, catalogue and prefix; make another file for the rest.",
    wrong="prefix: XXF01\ncatalogue: {file: catalogue.csv}",
    right="catalogue: {file: catalogue.csv}",
)
DATES_REVERSED = Rule(
    code="SAY502",
    family=Family.MEANING,
    severity=Severity.ERROR,
    title="It ends before it begins",
    sentence="The declaration would never be in force.",
    fix="Put expires after effective; expires is the first day without it.",
    wrong="effective: 2026-12-01\nexpires: 2026-11-01",
    right="effective: 2026-12-01\nexpires: 2031-12-01",
)
OPEN_ENDED_YES = Rule(
    code="SAY503",
    family=Family.MEANING,
    severity=Severity.ERROR,
    title="any-ai cannot be allowed",
    sentence=(
        "any-ai covers uses that nobody has invented yet. A yes covers only uses that "
        "it names, so any-ai takes deny or ask."
    ),
    fix="Name the uses that you allow, each with allow.",
    wrong="any-ai: allow",
    right="search: allow\nanalyse: allow",
)
NO_OFFER = Rule(
    code="SAY504",
    family=Family.MEANING,
    severity=Severity.ERROR,
    title="Nobody knows whom to ask",
    sentence="Who says “ask me first” has to say where a licence can be had.",
    fix="Add an offer with a contact: a licensing page or a role address.",
    wrong="train-generative: ask",
    right="train-generative: ask\noffer:\n  contact: https://fernwood.example/licensing",
)
TOO_MANY_RECORDINGS = Rule(
    code="SAY505",
    family=Family.MEANING,
    severity=Severity.ERROR,
    title="The list is too long for YAML",
    sentence="Above 500 recordings a table is quicker to read and to check.",
    fix="Move them into a CSV: catalogue: {file: catalogue.csv}.",
    wrong="recordings: (501 of them)",
    right="catalogue: {file: catalogue.csv}",
)
UNKNOWN_PARTNER = Rule(
    code="SAY506",
    family=Family.MEANING,
    severity=Severity.WARNING,
    title="The other owner is not in the registry",
    sentence=(
        "This names an owner who has no folder here yet, so it has no effect until "
        "that owner joins."
    ),
    fix="Check the id, or wait until the other owner has joined.",
    wrong="represented_by: [domain:fernwod.example]",
    right="represented_by: [domain:fernwood.example]",
)
NO_MANDATE = Rule(
    code="SAY507",
    family=Family.MEANING,
    severity=Severity.WARNING,
    title="The owner has not named you as representative",
    sentence=(
        "A declaration on behalf of an owner counts only when that owner lists you in "
        "represented_by. Until then it counts for nothing."
    ),
    fix="Ask the owner to add your id to represented_by in their owner.yaml.",
    wrong="on_behalf_of: domain:fernwood.example",
    right="represented_by: [domain:tidewater.example]   # in the owner's owner.yaml",
)
MIXED_SCRIPTS = Rule(
    code="SAY508",
    family=Family.MEANING,
    severity=Severity.WARNING,
    title="A word mixes alphabets",
    sentence=(
        "One word has letters of two alphabets that look alike, as names do that "
        "imitate somebody else."
    ),
    fix="Type the word anew in one alphabet.",
    wrong="name: F\\u0435rnwood",
    right="name: Fernwood",
)
PERFORMER_YES = Rule(
    code="SAY509",
    family=Family.MEANING,
    severity=Severity.WARNING,
    title="A performer alone cannot permit",
    sentence=(
        "With capacity: performer a declaration can restrict. Its allow counts for "
        "nothing, since the recording belongs to somebody else."
    ),
    fix="If you own the recording, write capacity: owner; else leave out the allow.",
    wrong="capacity: performer\nuses:\n  search: allow",
    right="capacity: owner\nuses:\n  search: allow",
)
TOO_MANY_RANGES = Rule(
    code="SAY510",
    family=Family.MEANING,
    severity=Severity.ERROR,
    title="The prefixes fall apart into too many ranges",
    sentence=(
        "Each exception cuts a prefix in two, and each range makes work for everybody "
        "who reads the registry. Its policy.yaml says how many ranges an owner may "
        "have."
    ),
    fix=(
        "Name exceptions as ranges of codes, or list what you do own in a catalogue "
        "instead."
    ),
    wrong="except: {isrcs: [XXF012600001, XXF012600003, XXF012600005, …]}",
    right="catalogue: {file: catalogue.csv}",
)
