"""Rules about YAML, the notation of every file but the catalogues."""

from sayso.model.problem import Family, Rule, Severity

SYNTAX = Rule(
    code="SAY201",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The YAML cannot be read",
    sentence=(
        "YAML has a few rules of its own about colons, hyphens and indentation, and "
        "here one of them is broken."
    ),
    fix=(
        "Compare with an example: `name: value` with a space after the colon, items of "
        "a list each on a line after `- `, equal indentation for equal rank."
    ),
    wrong="name:Mara Lindqvist",
    right="name: Mara Lindqvist",
)
DUPLICATE_KEY = Rule(
    code="SAY202",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The same key stands twice",
    sentence=(
        "Two values for one key contradict each other, and programs disagree about "
        "which one counts."
    ),
    fix="Keep one of the two lines.",
    wrong="search: allow\nsearch: deny",
    right="search: deny",
)
REFERENCE = Rule(
    code="SAY203",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="A value begins with * or &",
    sentence=(
        "YAML takes a value that begins with * or & for a reference to another place "
        "in the file (also `<<:`). References are not used here, since a few lines of "
        "them can unfold into millions."
    ),
    fix="Put the value in quotes.",
    wrong="artist: *NSYNC",
    right='artist: "*NSYNC"',
)
TAG = Rule(
    code="SAY204",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="A value begins with !",
    sentence=(
        "YAML takes a value that begins with ! for the name of a data type and drops "
        "it from the text. Data types are not used here."
    ),
    fix="Put the value in quotes.",
    wrong="artist: !!!",
    right='artist: "!!!"',
)
TOO_DEEP = Rule(
    code="SAY205",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The file is nested too deeply",
    sentence=(
        "No declaration needs lists within lists within lists; files that do are made "
        "to break programs. Eight levels and 60,000 parts are the bounds."
    ),
    fix="Begin again from an example.",
    wrong="[[[[[[[[[[deny]]]]]]]]]]",
    right="any-ai: deny",
)
SECOND_DOCUMENT = Rule(
    code="SAY206",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The file holds a second document or a directive",
    sentence=(
        "A line of three hyphens begins a second document, a line that begins with % "
        "is an instruction to the reader. A file here is one document without either."
    ),
    fix="Give each declaration a file of its own, and delete the line.",
    wrong="schema: sayso/declaration/1\n---\nschema: sayso/declaration/1",
    right="schema: sayso/declaration/1",
)
TAB = Rule(
    code="SAY207",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The line is indented with a tab",
    sentence="YAML knows only spaces before the first word of a line.",
    fix="Replace each tab at the beginning of the line by two spaces.",
    wrong="uses:\n\tany-ai: deny",
    right="uses:\n  any-ai: deny",
)
QUOTES_NEEDED = Rule(
    code="SAY208",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The value must be in quotes",
    sentence=(
        "Some characters have a meaning in YAML when they stand at the beginning of a "
        "value (@ ` % [ ] { } | > ? - ' \"), as has a colon or a comma further on. "
        "Quotes make them plain text."
    ),
    fix="Put the whole value in quotes, as the message shows.",
    wrong="title: Star Wars: Main Theme",
    right='title: "Star Wars: Main Theme"',
)
COMMENT_ONLY = Rule(
    code="SAY209",
    family=Family.YAML,
    severity=Severity.ERROR,
    title="The value begins with #",
    sentence=(
        "YAML takes everything after a # for a comment, so this value reads as empty."
    ),
    fix="Put the value in quotes.",
    wrong="title: #1 Crush",
    right='title: "#1 Crush"',
)
COMMENT_INSIDE = Rule(
    code="SAY210",
    family=Family.YAML,
    severity=Severity.WARNING,
    title="The value ends before a #",
    sentence=(
        "YAML takes everything after a space and a # for a comment, so the value ends "
        "there. Perhaps it was meant to be part of it."
    ),
    fix="Put the value in quotes, or a space after the # of a comment.",
    wrong="title: Prelude #4",
    right='title: "Prelude #4"',
)
