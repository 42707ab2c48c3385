"""Rules about who may change what."""

from sayso.model.problem import Family, Rule, Severity

NOT_YOURS = Rule(
    code="SAY701",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="This account may not change these files",
    sentence=(
        "Only the accounts and keys that an owner lists may change the owner's files. "
        "What counts is the list as it was before the change."
    ),
    fix=(
        "If you work for this owner, an account that is listed adds you first. If the "
        "recordings are yours, declare them in a folder of your own; if you dispute "
        "this owner's claim, file a dispute."
    ),
    wrong="github:999977 changes github/31/583231-mara/songs.yaml",
    right="github:583231 changes github/31/583231-mara/songs.yaml",
)
UNPROVED = Rule(
    code="SAY702",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="Nobody has proved that this new folder is theirs",
    sentence=(
        "A folder under github/ is opened by the account whose number it has. A folder "
        "under domain/ is opened by a key that the domain names and that signs the "
        "folder."
    ),
    fix=(
        "Open the pull request from that account; or name your key in the DNS of the "
        "domain (sayso prove shows how), sign (sayso sign) and ask the operators to "
        "look."
    ),
    wrong="github:999977 opens github/31/583231-mara/",
    right="github:999977 opens github/77/999977-eve/",
)
ONE_OWNER = Rule(
    code="SAY703",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The change touches several owners",
    sentence="A change belongs to one owner, so that one owner can answer for it.",
    fix="Make a change of its own for each owner.",
    wrong="one pull request with two owners' folders",
    right="two pull requests",
)
DELETED = Rule(
    code="SAY704",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="A file was deleted",
    sentence=(
        "What was declared stays in the open, so that everybody can see when it ended. "
        "A statement ends by being withdrawn, which is an edit."
    ),
    fix="Bring the file back, and withdraw it: sayso withdraw FILE.",
    wrong="songs.yaml deleted",
    right="songs.yaml with withdrawn: {on: 2027-03-02, reason: sold}",
)
TOO_MUCH = Rule(
    code="SAY705",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The change is too large",
    sentence="The number and the size of changed files are bounded.",
    fix="Put recordings into catalogues, and large catalogues into several changes.",
    wrong="2,001 files in one pull request",
    right="a catalogue",
)
OTHER_FILES = Rule(
    code="SAY706",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="Other files ride along",
    sentence=(
        "A change to declarations changes nothing else: not the program, not how it is "
        "checked, not the pages."
    ),
    fix="Take the other files out, or put them into a change of their own.",
    wrong="songs.yaml and .github/workflows/release.yml",
    right="songs.yaml",
)
SIGNATURE = Rule(
    code="SAY707",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="No signature of somebody who may change it is on it",
    sentence=(
        "A manifest counts with the signature of a key that the owner's owner.yaml "
        "listed before the change; operators' files need two operators."
    ),
    fix="Sign with the right key: sayso sign FOLDER --key FILE.",
    wrong="manifest.json changed, manifest.json.sig is the old one",
    right="both written by sayso sign",
)
SEQUENCE = Rule(
    code="SAY708",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The manifest is not newer than the one before",
    sentence=(
        "Each manifest has a higher number, so that nobody can bring back an old one "
        "that was signed once."
    ),
    fix="Get the newest files and sign again; sayso sign counts for you.",
    wrong='"sequence": 11 after 14',
    right='"sequence": 15 after 14',
)
PREVIOUS = Rule(
    code="SAY709",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The manifest does not go on from the one before",
    sentence=(
        "Each manifest names the one before by its digest, so that two that were "
        "signed apart are never taken one after the other."
    ),
    fix="Get the newest files and sign again; sayso sign names it for you.",
    wrong="two manifests with sequence 15",
    right="the second has sequence 16, and names the first",
)
DIFFERS = Rule(
    code="SAY710",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The file is not what the manifest says",
    sentence="It was changed after it was signed, or something changed it on the way.",
    fix="If the file is right, sign again: sayso sign FOLDER --key FILE.",
    wrong="catalogue.csv edited after sayso sign",
    right="sayso sign after the last edit",
)
PROTECTED = Rule(
    code="SAY711",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="Only a signature changes this",
    sentence=(
        "Where an owner has a key, keys, accounts, contact and delegation change only "
        "by a signature, so that a stolen account cannot take the folder over."
    ),
    fix="Sign with a key of owner.yaml as it was: sayso sign FOLDER --key FILE.",
    wrong="keys changed by a pull request alone",
    right="keys changed, and the folder signed with an old key",
)
SIGNED_FILE = Rule(
    code="SAY712",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The file was signed, and this change is not",
    sentence=(
        "A file that the owner's key signed changes only by a signature, so that a "
        "stolen account cannot undo what was declared."
    ),
    fix=(
        "Sign the folder again: sayso sign FOLDER --key FILE. Without the key, say no "
        "to more in a new file; that counts at once."
    ),
    wrong="catalogue.yaml edited, manifest.json not",
    right="catalogue.yaml edited, and the folder signed again",
)
OPERATORS_ONLY = Rule(
    code="SAY713",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="Only operators may change this",
    sentence=(
        "Files under registry/ are the operators' own; a change needs the signatures "
        "of two of them, and what a job of theirs writes needs the job's."
    ),
    fix="Take the file out, or ask the operators.",
    wrong="registry/policy.yaml changed without signatures",
    right="registry/policy.yaml and registry/manifest.json signed by two operators",
)
RECORD = Rule(
    code="SAY714",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="A record is never changed",
    sentence=(
        "Disputes, decisions, admissions and verifications stay as they were accepted; "
        "what follows is told by another record."
    ),
    fix="Bring the old file back, and write a new record.",
    wrong="disputes/2026/20261122-slow-river.yaml edited",
    right="registry/decisions/2026/20261203-slow-river-closed.yaml",
)
CLAIMANT = Rule(
    code="SAY715",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="A dispute is filed by its claimant",
    sentence=(
        "The account that files a dispute is one of the claimant's, or a key of the "
        "claimant signs it."
    ),
    fix="Name yourself as claimant, and file it from your own account.",
    wrong="claimant: github:583231, filed by github:999977",
    right="claimant: github:999977, filed by github:999977",
)
TRANSPLANT = Rule(
    code="SAY716",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="The manifest is of another registry or of another owner",
    sentence=(
        "A manifest names the registry and the owner it is for, so that it cannot be "
        "taken somewhere else."
    ),
    fix="Sign the folder here: sayso sign FOLDER --key FILE.",
    wrong='"owner": "domain:fernwood.example" in github/31/583231-mara/',
    right='"owner": "github:583231"',
)
RECOVERY = Rule(
    code="SAY717",
    family=Family.AUTHORITY,
    severity=Severity.WARNING,
    title="New keys wait in public",
    sentence=(
        "Keys that no old key signed for count after 30 days, and only where no old "
        "key signs a newer manifest meanwhile."
    ),
    fix="Wait; whoever has an old key and did not ask for this signs a new manifest.",
    wrong="a key lost, and a new one signs with epoch 1",
)
INCOMPLETE = Rule(
    code="SAY718",
    family=Family.AUTHORITY,
    severity=Severity.ERROR,
    title="A file cannot count without another",
    sentence=(
        "A declaration and its catalogue, and a folder and its owner.yaml, count "
        "together or not at all."
    ),
    fix="Mend what is wrong with the other file.",
    wrong="catalogue.yaml changed by its owner, catalogue.csv by somebody else",
    right="both changed by the owner",
)
