"""Rules about the operators' files and about disputes."""

from sayso.model.problem import Family, Rule, Severity

UNKNOWN_REFERENCE = Rule(
    code="SAY801",
    family=Family.REGISTRY,
    severity=Severity.ERROR,
    title="It refers to something that is not here",
    sentence=(
        "A dispute, a proof or a decision names an owner, a declaration or a dispute "
        "that the registry does not have."
    ),
    fix="Correct the id; it is the path of the folder or file.",
    wrong="against: domain:fernwod.example/catalogue",
    right="against: domain:fernwood.example/catalogue",
)
TWO_OPERATORS = Rule(
    code="SAY802",
    family=Family.REGISTRY,
    severity=Severity.ERROR,
    title="Two operators have to decide",
    sentence=(
        "A decision is made by two different people who are listed in operators.yaml."
    ),
    fix="Name two accounts of operators.yaml.",
    wrong="operators: [github:700123, github:700123]",
    right="operators: [github:700123, github:700977]",
)
INCOMPLETE_DECISION = Rule(
    code="SAY803",
    family=Family.REGISTRY,
    severity=Severity.ERROR,
    title="The decision or dispute does not say what it is about",
    sentence=(
        "reviewed and settled need an owner and some prefixes, ranges or isrcs; "
        "dispute-accepted and dispute-closed need the dispute; nobody disputes with "
        "themselves."
    ),
    fix="Add what is missing.",
    wrong="kind: reviewed\nowner: domain:fernwood.example",
    right="kind: reviewed\nowner: domain:fernwood.example\nprefixes: [XXF01]",
)
DATED_NAME = Rule(
    code="SAY804",
    family=Family.REGISTRY,
    severity=Severity.ERROR,
    title="Name and date of the file differ",
    sentence=(
        "A dispute lies in the folder of its year and its name begins with the day on "
        "which it was filed, so that disputes are in order."
    ),
    fix="Rename the file after its date: 2026/20261122-slow-river.yaml.",
    wrong="disputes/2026/20261122-slow-river.yaml, filed: 2026-11-23",
    right="disputes/2026/20261123-slow-river.yaml, filed: 2026-11-23",
)
MANAGERS = Rule(
    code="SAY805",
    family=Family.REGISTRY,
    severity=Severity.ERROR,
    title="The list of ISRC managers cannot be read",
    sentence=(
        "The list has a first line prefix,name and then a prefix and a name a row."
    ),
    fix="Correct the row.",
    wrong="XXM9,Northlight Distribution",
    right="XXM99,Northlight Distribution",
)
