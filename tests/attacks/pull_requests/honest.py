"""Honest pull requests, each of which has to pass and to count."""

from sayso.model.owner import OwnerId
from tests.attacks.pull_requests.case import Case, Merged, at, denying, eve
from tests.attacks.pull_requests.claims import keyed
from tests.attacks.pull_requests.scene import (
    DENY,
    DISPUTE,
    EVE,
    FERN_ACCOUNT,
    FERNWOOD,
    FORMER,
    HARROW,
    HARROW_ACCOUNT,
    HOME,
    LAPSED,
    MARA,
    NOOR,
    OPERATORS,
    POLICY,
    QUINCE,
    TABLE,
    Change,
    World,
    manifest_of,
    verification,
)
from tests.declared import decided, declaration, owner, recordings
from tests.vouched import ADA, BEN, INTAKE, line_of, signed

ORCHARD = OwnerId("domain:orchard.example")
ROWS = 50_000
_OPEN = ("XXF012600001", "XXF012600002", "XXF012600003")
_REGISTRY, _FERNWOOD = HOME["registry"], HOME[FERNWOOD]
_SAID = "undeclared -> deny"


def _mara(*more: str) -> str:
    return owner("Mara Lindqvist", *more, role="artist")


def _recorded(path: str, text: str, *signers: str) -> Change:
    return {path: text, f"{path}.sig": signed(text.encode(), *signers)}


def _orchard(_world: World) -> Change:
    """Return the folder of a new domain, signed."""
    home = "declarations/domain/or/orchard.example"
    said = {
        "owner.yaml": owner("Orchard", f'keys: ["{line_of(ORCHARD)}"]'),
        "songs.yaml": denying("XXE012600001"),
    }
    data = manifest_of(home, ORCHARD, said, None)
    return {
        **{f"{home}/{name}": text for name, text in said.items()},
        f"{home}/manifest.json": data,
        f"{home}/manifest.json.sig": signed(data, ORCHARD),
    }


def _large(world: World) -> Change:
    """Return a signed catalogue with many rows."""
    rows = (f"XXH0199{number:05},Song {number},Harrow" for number in range(1, ROWS + 1))
    return world.signing(
        HARROW,
        {
            "large.csv": "\n".join(["isrc,title,artist", *rows, ""]),
            "large.yaml": declaration(
                DENY, f"catalogue: {{file: large.csv, rows: {ROWS}}}"
            ),
        },
    )


def _text(world: World, name: str) -> str:
    return world.files[f"{_FERNWOOD}/{name}"].decode()


ARTISTS = (
    Case(
        name="a first folder by an account",
        who="an artist, for the first time",
        change=lambda _world: eve(songs=denying("XXE012600001")),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a declaration more",
        who="the artist",
        author=MARA,
        change=lambda _world: at(MARA, more=denying("XXE012600001")),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a row more",
        who="the artist",
        author=MARA,
        change=lambda _world: at(
            MARA, songs=denying("XXM012600001", "XXM012600002", "XXE012600001")
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a withdrawal by the owner",
        who="the artist",
        author=MARA,
        change=lambda _world: at(
            MARA,
            songs=denying(
                "XXM012600001",
                "XXM012600002",
                more="withdrawn: {on: 2026-12-02, reason: sold}",
            ),
        ),
        merged=Merged.COUNTS,
        later={("XXM012600001", "prompt"): "deny -> undeclared"},
        why="What it loosens waits in public first.",
    ),
    Case(
        name="a declaration by the owner's other account",
        who="the second of two accounts",
        author=FORMER,
        before=lambda _world: at(
            MARA, owner=_mara(f'accounts: ["{MARA}", "{FORMER}"]')
        ),
        change=lambda _world: at(MARA, more=denying("XXE012600001")),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a second account on the list",
        who="the artist",
        author=MARA,
        change=lambda _world: at(
            MARA, owner=_mara(f'accounts: ["{MARA}", "{FORMER}"]')
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a first key, and a first manifest",
        who="the artist",
        author=MARA,
        change=lambda world: world.signing(
            MARA,
            {
                "owner.yaml": _mara(
                    f'accounts: ["{MARA}"]', f'keys: ["{line_of(MARA)}"]'
                )
            },
        ),
        merged=Merged.NOTHING,
        why="From now on, a key of the owner decides.",
    ),
    Case(
        name="a first key, with everything else",
        who="an artist, for the first time",
        change=lambda _world: keyed(songs=declaration(DENY, "prefix: XXE01")),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a later end",
        who="the artist",
        author=MARA,
        before=lambda _world: at(
            MARA, more=denying("XXE012600001", more="expires: 2026-12-30")
        ),
        change=lambda _world: at(
            MARA, more=denying("XXE012600001", more="expires: 2027-12-30")
        ),
        merged=Merged.COUNTS,
        later={("XXE012600001", "prompt"): _SAID},
    ),
)

LABELS = (
    Case(
        name="a signed edit by the owner's account",
        who="the label",
        author=HARROW_ACCOUNT,
        change=lambda world: world.signing(
            HARROW, {"more.yaml": denying("XXE012600001")}
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a signed edit by anybody's account",
        who="somebody who was handed the signed files",
        change=lambda world: world.signing(
            HARROW, {"more.yaml": denying("XXE012600001")}
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
        why="The signature decides, not the account.",
    ),
    Case(
        name=f"a signed catalogue of {ROWS:,} rows",
        who="the label",
        author=HARROW_ACCOUNT,
        change=_large,
        merged=Merged.COUNTS,
        answers={("XXH019900001", "prompt"): _SAID},
    ),
    Case(
        name="a new key that the old one signed",
        who="the artist",
        author=NOOR,
        change=lambda world: world.signing(
            NOOR,
            {
                "owner.yaml": owner(
                    "Noor",
                    f'accounts: ["{NOOR}"]',
                    f'keys: ["{line_of("noor, next")}"]',
                    role="artist",
                )
            },
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a new domain that names its key",
        who="a label, for the first time",
        before=lambda _world: verification(ORCHARD, ORCHARD),
        change=_orchard,
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a signed file under another name",
        who="the label",
        author=HARROW_ACCOUNT,
        change=lambda world: world.signing(
            HARROW,
            {
                "renamed.yaml": world.files[f"{HOME[HARROW]}/songs.yaml"],
                "songs.yaml": None,
            },
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a signed file split into two",
        who="the label",
        author=FERN_ACCOUNT,
        change=lambda world: world.signing(
            FERNWOOD,
            {
                "open.yaml": denying(*_OPEN[:2], uses="{any-ai: deny, search: allow}"),
                "closed.yaml": denying(_OPEN[2]),
            },
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a catalogue replaced",
        who="the label",
        author=FERN_ACCOUNT,
        change=lambda world: world.signing(
            FERNWOOD, {"table.csv": f"{TABLE}XXE012600001,One,A\n"}
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a prefix with its years",
        who="the label",
        author=HARROW_ACCOUNT,
        change=lambda world: world.signing(
            HARROW,
            {"default.yaml": declaration(DENY, "prefix: XXH01\nyears: 1999-2026")},
        ),
        merged=Merged.COUNTS,
        answers={("XXH019900001", "prompt"): _SAID},
    ),
    Case(
        name="a yes for what operators have reviewed",
        who="the label",
        author=FERN_ACCOUNT,
        change=lambda world: world.signing(
            FERNWOOD,
            {
                "open.yaml": denying(
                    *_OPEN, uses="{any-ai: deny, search: allow, prompt: allow}"
                )
            },
        ),
        merged=Merged.COUNTS,
        later={("XXF012600001", "prompt"): "deny -> allow"},
        why="A yes waits in public first.",
    ),
    Case(
        name="a no by the account where the key is at home",
        who="the label, without its key",
        author=FERN_ACCOUNT,
        change=lambda _world: at(
            FERNWOOD, more=denying("XXF012600001", uses="{search: deny}")
        ),
        merged=Merged.COUNTS,
        answers={("XXF012600001", "search"): "allow -> deny"},
    ),
    Case(
        name="another contact",
        who="the label",
        author=FERN_ACCOUNT,
        change=lambda world: world.signing(
            FERNWOOD,
            {"owner.yaml": _text(world, "owner.yaml").replace("licensing", "ai")},
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="comments, and another order, in a signed file",
        who="the label, without its key",
        author=FERN_ACCOUNT,
        change=lambda _world: at(
            FERNWOOD,
            default="schema: sayso/declaration/1\n# Ours since 2011.\n"
            "prefix: XXF01  # all of it\nuses:\n  any-ai: deny\ncapacity: owner\n",
        ),
        merged=Merged.NOTHING,
        why="What is signed is what a file says.",
    ),
    Case(
        name="line ends of Windows in a signed file",
        who="the label, without its key",
        author=FERN_ACCOUNT,
        change=lambda world: at(
            FERNWOOD, default=_text(world, "default.yaml").replace("\n", "\r\n")
        ),
        merged=Merged.NOTHING,
        why="What is signed is what a file says.",
    ),
)

DELEGATES = (
    Case(
        name="a declaration for an owner who lists whom it comes from",
        who="the distributor",
        change=lambda world: world.signing(
            QUINCE,
            {
                "more.yaml": declaration(
                    DENY,
                    recordings("XXE012600001"),
                    f"on_behalf_of: {FERNWOOD}",
                    capacity="administrator",
                )
            },
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
    Case(
        name="a mandate",
        who="the label",
        author=HARROW_ACCOUNT,
        change=lambda world: world.signing(
            HARROW,
            {
                "owner.yaml": world.files[f"{HOME[HARROW]}/owner.yaml"].decode()
                + f"represented_by: [{QUINCE}]\n"
            },
        ),
        merged=Merged.NOTHING,
    ),
)

REGISTRY = (
    Case(
        name="a dispute by the claimant's account",
        who="the claimant",
        author=MARA,
        change=lambda _world: {
            "declarations/disputes/2026/20261202-two.yaml": DISPUTE.replace(
                "XXF012600003", "XXF012600001"
            ).replace("2026-11-01", "2026-12-02")
        },
        merged=Merged.NOTHING,
        why="It counts when two operators accept it.",
    ),
    Case(
        name="a dispute by the claimant's key",
        who="somebody who was handed the signed files",
        change=lambda _world: _recorded(
            "declarations/disputes/2026/20261202-two.yaml",
            DISPUTE.replace(MARA, HARROW).replace("2026-11-01", "2026-12-02"),
            HARROW,
        ),
        merged=Merged.NOTHING,
        why="It counts when two operators accept it.",
    ),
    Case(
        name="a first folder together with a dispute",
        who="an artist, for the first time",
        change=lambda _world: {
            **eve(),
            "declarations/disputes/2026/20261202-two.yaml": DISPUTE.replace(
                MARA, EVE
            ).replace("2026-11-01", "2026-12-02"),
        },
        merged=Merged.NOTHING,
        why="It counts when two operators accept it.",
    ),
    Case(
        name="a decision that two operators signed",
        who="an operator",
        author=ADA,
        change=lambda _world: _recorded(
            f"{_REGISTRY}/decisions/2026/20261202-mara.yaml",
            decided("dispute-closed", "dispute: 20261101-mara", day="2026-12-02"),
            ADA,
            BEN,
        ),
        merged=Merged.COUNTS,
        later={("XXF012600003", "search"): "deny -> allow"},
        why="What it loosens waits in public first.",
    ),
    Case(
        name="settings that two operators signed",
        who="an operator",
        author=ADA,
        change=lambda world: world.signing(
            "registry",
            {"policy.yaml": POLICY.replace("waiting_days: 7", "waiting_days: 14")},
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a key more for the job that admits",
        who="an operator",
        author=ADA,
        change=lambda world: world.signing(
            "registry",
            {
                "operators.yaml": OPERATORS.replace(
                    f'"{line_of(INTAKE)}"', f'"{line_of(INTAKE)}", "{line_of("next")}"'
                )
            },
        ),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a proof that the job signed",
        who="the operators' job",
        author=ADA,
        change=lambda _world: verification(LAPSED, LAPSED),
        merged=Merged.NOTHING,
    ),
)

OTHERS = (
    Case(
        name="the program and its pages",
        is_code=True,
        who="a programmer",
        change=lambda _world: {"builder/sayso/new.py": "", "README.md": "# Better\n"},
        merged=Merged.NOTHING,
        why="People review code.",
    ),
    Case(
        name="a base that went on meanwhile",
        who="the artist",
        author=MARA,
        before=lambda world: {
            **world.signing(FERNWOOD, {"more.yaml": denying("XXF012600099")}),
            "Makefile": "all: more\n",
        },
        parent="earlier",
        change=lambda _world: at(MARA, more=denying("XXE012600001")),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): _SAID},
    ),
)
