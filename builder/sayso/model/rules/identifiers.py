"""Rules about codes and ids: ISRCs, prefixes, owners."""

from sayso.model.problem import Family, Rule, Severity

ISRC = Rule(
    code="SAY401",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="This is not an ISRC",
    sentence=(
        "An ISRC has two letters, three letters or digits and seven digits. It has no "
        "check digit: one wrong character may be somebody else's recording."
    ),
    fix="Copy the code from your distributor or from the label copy.",
    wrong="isrc: XXF01260000O",
    right="isrc: XXF012600000",
)
TWO_CODES = Rule(
    code="SAY402",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="More than one code stands here",
    sentence="Each recording has a line of its own, so that each can be found.",
    fix="Give each code its own line.",
    wrong="isrc: XXF012600001 / XXF012600002",
    right="isrc: XXF012600001",
)
LISTED_TWICE = Rule(
    code="SAY403",
    family=Family.IDENTIFIERS,
    severity=Severity.WARNING,
    title="A recording is listed twice",
    sentence="The same code stands twice in this file; once is enough.",
    fix="Delete one of the two.",
    wrong="XXF012600001,Slow River\nXXF012600001,Slow River",
    right="XXF012600001,Slow River",
)
TWO_TITLES = Rule(
    code="SAY404",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="One code has two titles",
    sentence=(
        "An ISRC names one recording, so one of the two codes is most likely mistyped "
        "and belongs to another recording."
    ),
    fix="Look up both codes and correct the wrong one.",
    wrong="XXF012600001,Slow River\nXXF012600001,Kitchen Light",
    right="XXF012600001,Slow River\nXXF012600002,Kitchen Light",
)
CONTRADICTION = Rule(
    code="SAY405",
    family=Family.IDENTIFIERS,
    severity=Severity.WARNING,
    title="Two of your declarations contradict each other",
    sentence=(
        "A recording is in two declarations of the same kind that say different things "
        "about a use. The stricter one counts."
    ),
    fix="Take the recording out of one of the two.",
    wrong="live.yaml: search: allow; studio.yaml: search: deny",
    right="live.yaml: search: allow",
)
COUNTRY_CODE = Rule(
    code="SAY406",
    family=Family.IDENTIFIERS,
    severity=Severity.WARNING,
    title="No agency is known for these two letters",
    sentence=(
        "The first two letters name the agency that gave out the code. New ones come "
        "every year, so this is a question, not a refusal."
    ),
    fix="Compare with the code you were given.",
    wrong="isrc: XZF012600001",
    right="isrc: XXF012600001",
)
FUTURE_YEAR = Rule(
    code="SAY407",
    family=Family.IDENTIFIERS,
    severity=Severity.WARNING,
    title="The code's year is in the future",
    sentence=(
        "The sixth and seventh characters are the year in which the code was given "
        "out: 86 to 99 are 1986 to 1999, 00 to 85 are 2000 to 2085."
    ),
    fix="Compare with the code you were given.",
    wrong="isrc: XXF016200001",
    right="isrc: XXF012600001",
)
PREFIX = Rule(
    code="SAY408",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="This is not an ISRC prefix",
    sentence="A prefix is the first five characters of the codes of one registrant.",
    fix="Write two letters and three letters or digits, such as XXF01.",
    wrong="prefix: XX-F",
    right="prefix: XXF01",
)
SHARED_PREFIX = Rule(
    code="SAY409",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="Many owners share this prefix",
    sentence=(
        "An ISRC manager, such as a distributor, gives out codes under this prefix to "
        "many owners, so nobody can speak for all of it."
    ),
    fix="List your recordings, or name a catalogue, instead of the prefix.",
    wrong="prefix: XXM99",
    right="catalogue: {file: catalogue.csv}",
)
YEARS = Rule(
    code="SAY410",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="These are not years of reference",
    sentence=(
        "Years are written with four digits, from 1986 to 2085, and from the earlier "
        "to the later."
    ),
    fix="Write for example 2015-2026.",
    wrong="years: 15-26",
    right="years: 2015-2026",
)
RANGE = Rule(
    code="SAY411",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="This is not a range of codes",
    sentence=(
        "A range goes from one code to a later one under the same prefix, and an "
        "exception lies under the prefix of its declaration."
    ),
    fix="Write first and last code with a hyphen: XXF012600001-XXF012600250.",
    wrong="ranges: [XXF012600250-XXF012600001]",
    right="ranges: [XXF012600001-XXF012600250]",
)
OWNER_ID = Rule(
    code="SAY412",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="This is not an owner's id",
    sentence=(
        "Owners are named by what they can prove: github: and the number of the "
        "account (not its login, which can change hands), or domain: and a domain."
    ),
    fix=(
        "Find an account's number at https://api.github.com/users/<login>, or write "
        "domain:your.domain."
    ),
    wrong="accounts: [github:mara]",
    right="accounts: [github:583231]",
)
CHECK_DIGIT = Rule(
    code="SAY413",
    family=Family.IDENTIFIERS,
    severity=Severity.ERROR,
    title="The check digit does not fit",
    sentence=(
        "The last digits of an ISNI or IPI number are computed from the others; here "
        "they do not agree, so a digit is wrong."
    ),
    fix="Copy the number anew.",
    wrong="isni: 0000 0005 0000 0007",
    right="isni: 0000 0005 0000 0008",
)
