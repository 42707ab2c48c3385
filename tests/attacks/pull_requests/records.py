"""Attacks on what operators and their jobs say, and on disputes."""

from tests.attacks.pull_requests.case import Case, Merged, broken, denying
from tests.attacks.pull_requests.scene import (
    ALLOW,
    CYD,
    DISPUTE,
    EVE,
    FERNWOOD,
    HOME,
    LAPSED,
    MARA,
    OPERATORS,
    POLICY,
    Change,
    World,
    admission,
    verification,
)
from tests.declared import decided
from tests.vouched import ADA, BEN, INTAKE, line_of, signed

_REGISTRY = HOME["registry"]
_DECISION = f"{_REGISTRY}/decisions/2026/20261202-harrow.yaml"
_ACCEPTED = f"{_REGISTRY}/decisions/2026/20261102-mara.yaml"
_DISPUTE = "declarations/disputes/2026/20261101-mara.yaml"
_NEW_DISPUTE = "declarations/disputes/2026/20261202-others.yaml"
_REVIEWED = ("reviewed", "owner: domain:harrow.example", "prefixes: [XXH01]")
_FILED = DISPUTE.replace("2026-11-01", "2026-12-02")
_HASTY = POLICY.replace("waiting_days: 7", "waiting_days: 1")
_MANAGED = "prefix,name\nXXZ02,Nobody\n"


def _decision(text: str, *signers: str, path: str = _DECISION) -> Change:
    """Return a decision with the signatures of some keys."""
    return {path: text, f"{path}.sig": signed(text.encode(), *signers)}


def _by(*accounts: str) -> str:
    names = ", ".join(f'"{one}"' for one in accounts)
    return decided(*_REVIEWED).replace(
        'operators: ["github:900000101", "github:900000102"]', f"operators: [{names}]"
    )


_YES = denying("XXM012600001", uses=ALLOW)
_SONGS = f"{HOME[MARA]}/songs.yaml"


def _admitted(**how: object) -> Change:
    """Return Mara's file with a yes, and the host's word that she filed it."""
    word = admission(MARA, {_SONGS: _YES}, MARA, MARA, **how)  # type: ignore[arg-type] # by name
    return {_SONGS: _YES, **word}


def _of_other_bytes(world: World) -> Change:
    """Return the true word on the base's bytes beside others."""
    word = admission(MARA, {_SONGS: _YES}, MARA, MARA, number=91, by=EVE)
    path = f"{_REGISTRY}/admissions/90.json"
    true = world.files[f"{path}.sig"]
    return {_SONGS: _YES, **word, f"{_REGISTRY}/admissions/91.json.sig": true}


def _renumbered(world: World) -> Change:
    """Return the true word on Mara's first files under a higher number."""
    path = f"{_REGISTRY}/admissions/90.json"
    return {
        f"{_REGISTRY}/admissions/95.json": world.files[path],
        f"{_REGISTRY}/admissions/95.json.sig": world.files[f"{path}.sig"],
    }


SETTINGS = (
    Case(
        name="no waiting for a yes",
        change=lambda _world: {f"{_REGISTRY}/policy.yaml": _HASTY},
        codes=broken("713"),
    ),
    Case(
        name="oneself among the operators",
        change=lambda _world: {
            f"{_REGISTRY}/operators.yaml": OPERATORS.replace(line_of(BEN), line_of(EVE))
        },
        codes=broken("713"),
    ),
    Case(
        name="one's own key for the job that admits",
        change=lambda _world: {
            f"{_REGISTRY}/operators.yaml": OPERATORS.replace(
                line_of(INTAKE), line_of(EVE)
            )
        },
        codes=broken("713"),
    ),
    Case(
        name="a prefix that many owners share taken off the list",
        change=lambda _world: {f"{_REGISTRY}/isrc-managers.csv": _MANAGED},
        codes=broken("713"),
    ),
    Case(
        name="the settings deleted",
        change=lambda _world: {f"{_REGISTRY}/policy.yaml": None},
        codes=broken("713"),
    ),
    Case(
        name="the operators' manifest deleted",
        change=lambda _world: {
            f"{_REGISTRY}/manifest.json": None,
            f"{_REGISTRY}/manifest.json.sig": None,
        },
        codes=broken("713"),
        merged=Merged.NOTHING,
    ),
    Case(
        name="settings that one operator signed",
        who="one operator, or a thief of that key",
        author=ADA,
        change=lambda world: world.signing(
            "registry", {"policy.yaml": _HASTY}, by=(ADA,)
        ),
        codes=broken("713"),
    ),
    Case(
        name="settings that one operator signed twice",
        who="one operator, or a thief of that key",
        author=ADA,
        change=lambda world: world.signing(
            "registry", {"policy.yaml": _HASTY}, by=(ADA, ADA)
        ),
        codes=broken("713"),
    ),
    Case(
        name="settings that a stranger signed as both operators",
        change=lambda world: world.signing(
            "registry",
            {"operators.yaml": OPERATORS.replace(line_of(BEN), line_of(EVE))},
            by=(ADA, EVE),
        ),
        codes=broken("713"),
        why="The operators are those of before.",
    ),
    Case(
        name="settings that two operators signed for another registry",
        change=lambda world: world.signing(
            "registry", {"policy.yaml": _HASTY}, origin="other.example"
        ),
        codes=broken("713"),
    ),
)

DECISIONS = (
    Case(
        name="a decision without a signature",
        change=lambda _world: {_DECISION: decided(*_REVIEWED)},
        codes=broken("707"),
    ),
    Case(
        name="a decision that one operator signed",
        who="one operator, or a thief of that key",
        author=ADA,
        change=lambda _world: _decision(decided(*_REVIEWED), ADA),
        codes=broken("707"),
    ),
    Case(
        name="a decision that one operator signed twice",
        who="one operator, or a thief of that key",
        author=ADA,
        change=lambda _world: _decision(decided(*_REVIEWED), ADA, ADA),
        codes=broken("707"),
    ),
    Case(
        name="a decision that names one operator twice",
        who="one operator, or a thief of that key",
        author=ADA,
        change=lambda _world: _decision(_by(ADA, ADA), ADA, ADA),
        codes=broken("707", "802"),
    ),
    Case(
        name="a decision of two operators who have one key",
        who="one operator, who is listed twice by mistake",
        author=CYD,
        change=lambda _world: _decision(_by(ADA, CYD), ADA),
        codes=broken("707"),
        why="One key is one person.",
    ),
    Case(
        name="a decision of somebody who is no operator",
        change=lambda _world: _decision(_by(ADA, EVE), ADA, EVE),
        codes=broken("707"),
    ),
    Case(
        name="a decision in the names of operators, signed by strangers",
        change=lambda _world: _decision(decided(*_REVIEWED), EVE, MARA),
        codes=broken("707"),
    ),
    Case(
        name="the signatures of another decision",
        change=lambda world: {
            _DECISION: decided(*_REVIEWED),
            f"{_DECISION}.sig": world.files[f"{_ACCEPTED}.sig"],
        },
        codes=broken("707"),
    ),
    Case(
        name="an accepted decision edited",
        who="both operators",
        author=ADA,
        change=lambda world: _decision(
            world.files[_ACCEPTED].decode() + "# Others\n", ADA, BEN, path=_ACCEPTED
        ),
        codes=broken("714"),
        why="What follows is told by another decision.",
    ),
    Case(
        name="an accepted decision deleted",
        change=lambda _world: {_ACCEPTED: None, f"{_ACCEPTED}.sig": None},
        codes=broken("714"),
    ),
)

DISPUTES = (
    Case(
        name="an accepted dispute edited",
        who="its claimant",
        author=MARA,
        change=lambda _world: {
            _DISPUTE: DISPUTE.replace("XXF012600003", "XXF012600001")
        },
        codes=broken("714"),
    ),
    Case(
        name="an accepted dispute deleted by whom it accuses",
        who="whom it accuses",
        author="github:7301",
        change=lambda _world: {_DISPUTE: None},
        codes=broken("714"),
    ),
    Case(
        name="a dispute in another's name",
        change=lambda _world: {_NEW_DISPUTE: _FILED},
        codes=broken("715"),
    ),
    Case(
        name="a dispute in the name of a signed owner, signed by a stranger",
        change=lambda _world: _decision(
            _FILED.replace(MARA, "domain:harrow.example"),
            EVE,
            path=_NEW_DISPUTE,
        ),
        codes=broken("715"),
    ),
    Case(
        name="a dispute against nobody",
        who="anybody",
        author=MARA,
        change=lambda _world: {
            _NEW_DISPUTE: _FILED.replace("domain:fernwood.example/open", "github:1")
        },
        codes=broken("718"),
        why="No page could tell whom it accuses.",
    ),
    Case(
        name="a dispute by somebody without a folder",
        change=lambda _world: {_NEW_DISPUTE: _FILED.replace(MARA, EVE)},
        codes=broken("718"),
        why="No page could tell who files it.",
    ),
    Case(
        name="one's own dispute closed by oneself",
        who="the claimant",
        author=MARA,
        change=lambda _world: _decision(
            decided("dispute-closed", "dispute: 20261101-mara"), MARA
        ),
        codes=broken("707"),
    ),
)

EVIDENCE = (
    Case(
        name="a proof of a domain without a signature",
        change=lambda _world: {
            path: data
            for path, data in verification(LAPSED, EVE).items()
            if not path.endswith(".sig")
        },
        codes=broken("713"),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a proof of a domain that one signed oneself",
        change=lambda _world: verification(LAPSED, EVE, by=EVE),
        codes=broken("713"),
        merged=Merged.NOTHING,
    ),
    Case(
        name="a proof of one's own domain for another owner",
        change=lambda _world: verification(FERNWOOD, EVE, domain="eve.example"),
        merged=Merged.NOTHING,
        why="A domain proves whom it names, and nobody else.",
    ),
    Case(
        name="a proof of a domain deleted",
        change=lambda world: dict.fromkeys(
            path for path in world.files if "harrow" in path and "verif" in path
        ),
        codes=broken("714"),
        merged=Merged.COUNTS,
        answers={("XXH012600001", "prompt"): "ask -> deny"},
        why="As after a lapse, *ask* is *deny* until the domain is asked again.",
    ),
    Case(
        name="an admission that one signed oneself",
        change=lambda _world: _admitted(number=95, by=EVE),
        codes=broken("701", "713"),
    ),
    Case(
        name="a signed admission for other bytes",
        change=_of_other_bytes,
        codes=broken("701", "713"),
    ),
    Case(
        name="an old admission under a new number",
        change=_renumbered,
        merged=Merged.NOTHING,
        why="Its number is signed with it.",
    ),
    Case(
        name="an admission of another registry with the same intake",
        change=lambda _world: admission(
            MARA,
            {_SONGS: _YES},
            MARA,
            MARA,
            number=95,
            origin="other.example",
        ),
        merged=Merged.NOTHING,
        why="It names the other registry.",
    ),
    Case(
        name="files of before in the place of those that count",
        who="a stranger, and whoever merges it takes it for the owner's",
        author=EVE,
        change=lambda world: {_SONGS: world.former[_SONGS]},
        codes=broken("701"),
        why="The word on them is older than what was accepted since.",
    ),
    Case(
        name="an admission deleted",
        change=lambda _world: {
            f"{_REGISTRY}/admissions/90.json": None,
            f"{_REGISTRY}/admissions/90.json.sig": None,
        },
        codes=broken("714"),
        merged=Merged.NOTHING,
        why="What was accepted by it is accepted.",
    ),
)
