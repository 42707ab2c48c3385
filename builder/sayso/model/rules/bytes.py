"""Rules about the bytes of a file, before anything in it is read."""

from sayso.model.problem import Family, Rule, Severity

NOT_UTF8 = Rule(
    code="SAY001",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="The text is not UTF-8",
    sentence=(
        "The file was saved in an older encoding, so letters such as é or ø would "
        "come out wrong."
    ),
    fix="Save the file again and choose UTF-8 as its encoding.",
    wrong="Beyonc\\xe9",
    right="Beyoncé",
)
UTF16 = Rule(
    code="SAY002",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="The text is UTF-16",
    sentence=(
        "The file was saved as “Unicode” or UTF-16, which writes every letter as two "
        "bytes; the registry reads UTF-8 only."
    ),
    fix="Save the file again and choose UTF-8 (in Excel: “CSV UTF-8”).",
    wrong="\\xff\\xfei\\x00s\\x00r\\x00c\\x00",
    right="isrc",
)
BYTE_ORDER_MARK = Rule(
    code="SAY003",
    family=Family.BYTES,
    severity=Severity.WARNING,
    title="The file begins with a byte order mark",
    sentence=(
        "Some Windows programs put an invisible mark before the first letter. It is "
        "left out when the file is read, but other tools may stumble over it. In a "
        "table, where Excel puts it, it is passed over."
    ),
    fix="Save as “UTF-8” rather than “UTF-8 with BOM”; nothing else needs to change.",
    wrong="\\ufeffschema: sayso/owner/1",
    right="schema: sayso/owner/1",
)
NOT_TEXT = Rule(
    code="SAY004",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="The file is not text",
    sentence=(
        "The file holds bytes that no text has: it may be a spreadsheet, an archive, "
        "a picture or audio with another name."
    ),
    fix=(
        "Put in the text itself: a YAML file, or a table saved as “CSV UTF-8”. Never "
        "rename an .xlsx to .csv."
    ),
    wrong="PK\\x03\\x04\\x14\\x00",
    right="isrc,title,artist",
)
CONTROL_CHARACTER = Rule(
    code="SAY005",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="A control character is in the text",
    sentence=(
        "There is a character here that steers old machines and cannot be seen, "
        "usually left over from copying."
    ),
    fix="Delete the character; typing the word anew is the easiest way.",
    wrong='title: "Slow\\x07River"',
    right='title: "Slow River"',
)
INVISIBLE_CHARACTER = Rule(
    code="SAY006",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="An invisible character is in the text",
    sentence=(
        "There is a character here that cannot be seen or that turns the direction of "
        "writing, so that what people read would differ from what is stored."
    ),
    fix="Delete the character; typing the word anew is the easiest way.",
    wrong='title: "Slow\\u200bRiver"',
    right='title: "SlowRiver"',
)
NOT_COMPOSED = Rule(
    code="SAY007",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="An accent is stored apart from its letter",
    sentence=(
        "An accented letter is stored here as two characters. It looks the same, but "
        "a search for the usual spelling would not find it (it is not Unicode NFC)."
    ),
    fix="Type the word anew, or copy the mended spelling from the message.",
    wrong='artist: "Bjo\\u0308rk"',
    right='artist: "Björk"',
)
TOO_LARGE = Rule(
    code="SAY008",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="The file is too large",
    sentence=(
        "Sizes are bounded so that nobody can stop the registry with one file: 256 KiB "
        "for YAML, 100 MiB for a catalogue."
    ),
    fix=(
        "Move recordings from YAML to a CSV catalogue, or split the catalogue over "
        "several declarations."
    ),
    wrong="catalogue.yaml (3 MiB)",
    right="catalogue.yaml (1 KiB) and catalogue.csv (3 MiB)",
)
EMPTY_FILE = Rule(
    code="SAY009",
    family=Family.BYTES,
    severity=Severity.ERROR,
    title="The file is empty",
    sentence=(
        "The file says nothing; perhaps it was not saved, or only comments are left."
    ),
    fix="Fill it in (sayso new writes one with comments), or remove it.",
    wrong="# my catalogue",
    right="schema: sayso/declaration/1",
)
