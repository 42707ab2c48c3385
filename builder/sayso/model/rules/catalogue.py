"""Rules about catalogues: CSV tables of recordings."""

from sayso.model.problem import Family, Rule, Severity

HEADER = Rule(
    code="SAY601",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The first line does not name the columns",
    sentence=(
        "The first line of a catalogue is isrc,title,artist in any order; only isrc "
        "is required, and there are no other columns."
    ),
    fix="Rename the columns, and delete those that are not needed.",
    wrong="ISRC Code,Track,Artist",
    right="isrc,title,artist",
)
CELL_COUNT = Rule(
    code="SAY602",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The row has too many or too few cells",
    sentence=(
        "Every row has as many cells as the first line. A comma inside a title makes "
        "two cells of it."
    ),
    fix="Put a cell that has a comma in double quotes.",
    wrong="XXF012600001,Hello, Goodbye,Mara Lindqvist",
    right='XXF012600001,"Hello, Goodbye",Mara Lindqvist',
)
CUT_OFF = Rule(
    code="SAY603",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The file ends in the middle of a row",
    sentence=(
        "The last row is not complete, so the file was probably cut off while it was "
        "copied, and rows after it are missing."
    ),
    fix="Copy or export the file again.",
    wrong="XXF012600001,Slow River,Mara Lindqvist\nXXF0126",
    right="XXF012600001,Slow River,Mara Lindqvist",
)
SPREADSHEET_NUMBER = Rule(
    code="SAY604",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="A spreadsheet turned the code into a number",
    sentence=(
        "What looks like a number is rounded by spreadsheets, and the code is lost."
    ),
    fix="Set the column to text in the spreadsheet, fill it anew and export again.",
    wrong="6.02446E+11,Kitchen Light",
    right="XXF012600002,Kitchen Light",
)
SEPARATOR = Rule(
    code="SAY605",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The cells are not separated by commas",
    sentence=(
        "The file uses semicolons or tabs, as spreadsheets do in some countries."
    ),
    fix=(
        "Export again with commas, or let sayso new --csv FILE read this one and write "
        "it so."
    ),
    wrong="isrc;title;artist",
    right="isrc,title,artist",
)
FORMULA = Rule(
    code="SAY606",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="A cell looks like a formula",
    sentence=(
        "Spreadsheets run a cell that begins with =, or with +, - or @ and no space, "
        "which is used to attack whoever opens the table."
    ),
    fix=(
        "Leave the cell empty, or list a recording with such a title under recordings: "
        "in a YAML file."
    ),
    wrong='XXF012600001,"=HYPERLINK(A1)",Mara Lindqvist',
    right="XXF012600001,Slow River,Mara Lindqvist",
)
QUOTES = Rule(
    code="SAY607",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The double quotes of a row do not match",
    sentence=(
        "A quoted cell begins and ends with a double quote on the same line; a double "
        "quote inside it is written twice."
    ),
    fix="Close the quote, or write two double quotes for one.",
    wrong='XXF012600001,"Heroes" (Live),Mara Lindqvist',
    right='XXF012600001,"""Heroes"" (Live)",Mara Lindqvist',
)
DIFFERENT = Rule(
    code="SAY608",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The catalogue is not the one the declaration means",
    sentence=(
        "The declaration states how many rows or which SHA-256 its catalogue has, and "
        "the file has others: it was changed or cut off afterwards."
    ),
    fix="Check that the file is complete, then correct rows and sha256.",
    wrong="catalogue: {file: catalogue.csv, rows: 50000}",
    right="catalogue: {file: catalogue.csv, rows: 49998}",
)
NO_CATALOGUE = Rule(
    code="SAY609",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The catalogue's file is missing",
    sentence="The declaration names a CSV file that is not in its folder.",
    fix="Add the file beside the declaration, or correct its name.",
    wrong="catalogue: {file: catalog.csv}",
    right="catalogue: {file: catalogue.csv}",
)
NO_DECLARATION = Rule(
    code="SAY610",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="No declaration names this catalogue",
    sentence="A table by itself says nothing about what may be done.",
    fix="Name it in a declaration, catalogue: {file: NAME.csv}, or delete it.",
    wrong="catalogue.csv alone",
    right="catalogue.yaml with catalogue: {file: catalogue.csv}",
)
NO_RECORDINGS = Rule(
    code="SAY611",
    family=Family.CATALOGUE,
    severity=Severity.ERROR,
    title="The catalogue lists nothing",
    sentence="There is no row below the first line.",
    fix="Add a row for each recording.",
    wrong="isrc,title,artist",
    right="isrc,title,artist\nXXF012600001,Slow River,Mara Lindqvist",
)
