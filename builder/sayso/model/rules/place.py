"""Rules about where a file is, what it is called and what kind of thing it is."""

from sayso.model.problem import Family, Rule, Severity

NO_PATTERN = Rule(
    code="SAY101",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="No file is expected here",
    sentence=(
        "Every file under declarations/ has a fixed place, so that everybody can see "
        "whose it is. This path is none of them."
    ),
    fix=(
        "Put your files into github/<last two digits>/<account number>-<name>/ or "
        "domain/<first two letters>/<domain>/ and end them in .yaml or .csv."
    ),
    wrong="domain/fe/fernwood.example/catalogue.xlsx",
    right="domain/fe/fernwood.example/catalogue.csv",
)
NOT_PLAIN = Rule(
    code="SAY102",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="This is a link or a device, not a plain file",
    sentence=(
        "Links could point at files of somebody else, so they are never followed."
    ),
    fix="Replace the link by the file itself.",
    wrong="catalogue.csv -> ../../elsewhere.csv",
    right="catalogue.csv",
)
EXECUTABLE = Rule(
    code="SAY103",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The file is marked as a program",
    sentence="Declarations are read, never run, so no file may be executable.",
    fix="Take the mark away: chmod a-x FILE, or git update-index --chmod=-x FILE.",
    wrong="-rwxr-xr-x owner.yaml",
    right="-rw-r--r-- owner.yaml",
)
NAME_CHARACTERS = Rule(
    code="SAY104",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The name has capitals or other characters",
    sentence=(
        "Names of files and folders are addresses that must be the same on every "
        "computer: a-z, 0-9 and hyphens only, at most 64 of them."
    ),
    fix="Rename it with small letters, digits and hyphens.",
    wrong="Owner.yaml",
    right="owner.yaml",
)
RESERVED_NAME = Rule(
    code="SAY105",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="Windows keeps this name for itself",
    sentence=(
        "Names such as con, nul or com1, also with an ending, cannot be stored on "
        "Windows, so nobody there could copy the registry."
    ),
    fix="Choose another name; whoever owns such a domain writes to the operators.",
    wrong="con.yaml",
    right="concerts.yaml",
)
CASE_COLLISION = Rule(
    code="SAY106",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="Two names differ only in capitals",
    sentence=(
        "On Windows and macOS the two would be one file, and one would silently "
        "replace the other."
    ),
    fix="Keep one of the two, with a name in small letters.",
    wrong="live.yaml and Live.yaml",
    right="live.yaml",
)
WRONG_SHARD = Rule(
    code="SAY107",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The folder is under the wrong two characters",
    sentence=(
        "Owners' folders are kept under two characters, to keep the tree small: the "
        "last two digits of an account's number, the first two letters of a domain."
    ),
    fix="Move the folder to where the message says.",
    wrong="domain/xx/fernwood.example/",
    right="domain/fe/fernwood.example/",
)
FOLDER_NAME = Rule(
    code="SAY108",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The folder does not name its owner",
    sentence=(
        "The folder's name is the owner's id: an account's number, which may be "
        "followed by a hyphen and the login, or a domain. What owner.yaml says about "
        "its accounts has to agree."
    ),
    fix=(
        "Name the folder after the account's number (583231-mara) or the domain, and "
        "list that account in owner.yaml."
    ),
    wrong="github/31/mara/",
    right="github/31/583231-mara/",
)
NO_OWNER_FILE = Rule(
    code="SAY109",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The folder has no owner.yaml",
    sentence="A declaration counts only when it is known who makes it.",
    fix="Add an owner.yaml with schema, name and role; sayso new writes one.",
    wrong="domain/fe/fernwood.example/catalogue.yaml alone",
    right="domain/fe/fernwood.example/owner.yaml beside it",
)
SECOND_FOLDER = Rule(
    code="SAY110",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The owner has two folders",
    sentence="An account has one folder; the login after its number does not count.",
    fix="Move the files into one of the folders.",
    wrong="github/31/583231-mara/ and github/31/583231-mara-music/",
    right="github/31/583231-mara/",
)
LITTER = Rule(
    code="SAY111",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="Your computer left this file by itself",
    sentence=(
        "macOS, Windows and editors leave small files in folders (.DS_Store, "
        "Thumbs.db, names ending in ~). They are not part of a declaration."
    ),
    fix="Delete the file.",
    wrong="domain/fe/fernwood.example/.DS_Store",
)
TOO_MANY_FILES = Rule(
    code="SAY112",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="There are too many files",
    sentence="The number of files is bounded, so reading always comes to an end.",
    fix="Put recordings into catalogues; an owner needs a handful of files.",
    wrong="one file for each of 100,000 songs",
    right="catalogue.yaml and catalogue.csv",
)
UNREADABLE = Rule(
    code="SAY113",
    family=Family.PLACE,
    severity=Severity.ERROR,
    title="The file cannot be opened",
    sentence="The computer refused to read this file or folder.",
    fix="Check its permissions, and that no other program holds it.",
    wrong="---------- owner.yaml",
    right="-rw-r--r-- owner.yaml",
)
