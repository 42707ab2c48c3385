"""Attacks on an owner's folder: by strangers, and by whoever stole an account."""

from tests.attacks.pull_requests.case import Case, Merged, at, broken, denying, eve
from tests.attacks.pull_requests.scene import (
    ALLOW,
    EVE,
    FERN_ACCOUNT,
    FERNWOOD,
    FORMER,
    HARROW,
    HOME,
    LAPSED,
    MARA,
    NOOR,
    QUINCE,
    TABLE,
    YES,
    Change,
    Made,
    World,
    verification,
)
from tests.declared import declaration, owner, recordings
from tests.vouched import line_of

_YES = denying("XXM012600001", "XXM012600002", uses=ALLOW)
_OPEN = ("XXF012600001", "XXF012600002", "XXF012600003")


def _mara(*more: str) -> str:
    return owner("Mara Lindqvist", *more, role="artist")


def _fernwood(world: World, old: str, new: str, name: str = "owner") -> Change:
    text = world.files[f"{HOME[FERNWOOD]}/{name}.yaml"].decode()
    assert old in text
    return at(FERNWOOD, **{name: text.replace(old, new)})


def _moved(world: World, home: str, to: str) -> Change:
    """Return a change that renames a folder."""
    found = {path: data for path, data in world.files.items() if path.startswith(home)}
    return {
        **dict.fromkeys(found),
        **{path.replace(home, to): data for path, data in found.items()},
    }


def _renamed(world: World) -> Change:
    songs = world.files[f"{HOME[MARA]}/songs.yaml"]
    return {**eve(songs=songs), **at(MARA, songs=None)}


BY_STRANGERS = (
    Case(
        name="an edit of somebody's declaration",
        change=lambda _world: at(MARA, songs=_YES),
        codes=broken("701"),
    ),
    Case(
        name="a take-over: oneself in owner.yaml, and a yes",
        change=lambda _world: at(MARA, owner=_mara(f'accounts: ["{EVE}"]'), songs=_YES),
        codes=broken("108", "701"),
    ),
    Case(
        name="oneself beside the owner in owner.yaml",
        change=lambda _world: at(MARA, owner=_mara(f'accounts: ["{MARA}", "{EVE}"]')),
        codes=broken("701"),
    ),
    Case(
        name="one's own key in somebody's owner.yaml",
        change=lambda _world: at(
            MARA, owner=_mara(f'accounts: ["{MARA}"]', f'keys: ["{line_of(EVE)}"]')
        ),
        codes=broken("701"),
    ),
    Case(
        name="a deleted declaration",
        change=lambda _world: at(MARA, songs=None),
        codes=broken("701"),
    ),
    Case(
        name="a deleted folder",
        change=lambda world: dict.fromkeys(
            path for path in world.files if path.startswith(HOME[MARA])
        ),
        codes=broken("701"),
    ),
    Case(
        name="a declaration moved into one's own folder",
        change=_renamed,
        codes=broken("703"),
    ),
    Case(
        name="a folder renamed, with another name behind the number",
        change=lambda world: _moved(world, HOME[MARA], f"{HOME[MARA]}-2"),
        codes=broken("110", "701"),
    ),
    Case(
        name="a withdrawal",
        change=lambda _world: at(
            MARA,
            songs=denying(
                "XXM012600001",
                "XXM012600002",
                more="withdrawn: {on: 2026-11-01, reason: sold}",
            ),
        ),
        codes=broken("701"),
    ),
    Case(
        name="a row taken out of a list",
        change=lambda _world: at(MARA, songs=denying("XXM012600001")),
        codes=broken("701"),
    ),
    Case(
        name="a row taken out of a signed catalogue",
        change=lambda _world: {
            f"{HOME[FERNWOOD]}/table.csv": TABLE.replace(
                "XXF012600013,Thirteen,A\n", ""
            )
        },
        codes=broken("710"),
    ),
    Case(
        name="an exception from a signed prefix",
        change=lambda world: _fernwood(
            world,
            "prefix: XXF01",
            "prefix: XXF01\nexcept: {isrcs: [XXF019900001]}",
            "default",
        ),
        codes=broken("710"),
    ),
    Case(
        name="a comment in somebody's signed file",
        change=lambda world: _fernwood(world, "prefix", "# Eve\nprefix", "default"),
        codes=broken("701"),
    ),
    Case(
        name="an exception for territories",
        change=lambda _world: at(
            MARA,
            songs=denying(
                "XXM012600001", "XXM012600002", more="except_territories: [DE]"
            ),
        ),
        codes=broken("701"),
    ),
    Case(
        name="oneself as somebody's representative",
        change=lambda _world: at(
            MARA,
            owner=_mara(f'accounts: ["{MARA}"]', f"represented_by: [{EVE}]"),
        ),
        codes=broken("701"),
    ),
    Case(
        name="a push to an honest pull request",
        who="the owner, and a stranger pushed to it",
        author=MARA,
        sender=EVE,
        change=lambda _world: at(MARA, more=_YES),
        codes=broken("701"),
    ),
    Case(
        name="an owner's push to a stranger's pull request",
        who="a stranger, and the owner pushed to it",
        sender=MARA,
        change=lambda _world: at(MARA, songs=_YES),
        codes=broken("701"),
    ),
    Case(
        name="an account that the owner took off the list meanwhile",
        who="an account that was listed when it went off",
        author=FORMER,
        parent="first",
        change=lambda _world: at(MARA, more=_YES),
        codes=broken("701"),
    ),
    Case(
        name="a commit in the owner's name",
        change=lambda _world: at(MARA, songs=_YES),
        made=Made(
            author="Mara <583231+mara@users.noreply.github.com>",
            message="Say yes\n\nCo-authored-by: Mara "
            "<583231+mara@users.noreply.github.com>\nSigned-off-by: Mara",
        ),
        codes=broken("701"),
    ),
    Case(
        name="two owners in one pull request",
        who="one of the two owners",
        author=MARA,
        change=lambda _world: {**at(MARA, more=_YES), **at(NOOR, more=_YES)},
        codes=broken("703"),
    ),
    Case(
        name="a declaration for an owner who gave no mandate",
        change=lambda _world: eve(
            songs=declaration(
                ALLOW,
                recordings(*_OPEN),
                f"on_behalf_of: {FERNWOOD}",
                capacity="administrator",
            )
        ),
        merged=Merged.NOTHING,
        why="A representative counts where the owner lists it.",
    ),
)
"""None of these needs more than an account and patience."""

BY_THIEVES = (
    Case(
        name="a signed declaration edited",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: at(FERNWOOD, open=denying(*_OPEN, uses=ALLOW)),
        codes=broken("710"),
    ),
    Case(
        name="a signed declaration deleted",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: at(FERNWOOD, default=None),
        codes=broken("710"),
    ),
    Case(
        name="a signed declaration withdrawn",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda world: _fernwood(
            world,
            "prefix: XXF01",
            "prefix: XXF01\nwithdrawn: {on: 2026-11-01, reason: sold}",
            "default",
        ),
        codes=broken("710"),
    ),
    Case(
        name="the contact replaced",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda world: _fernwood(
            world, "fernwood.example/lic", "eve.example/lic"
        ),
        codes=broken("710"),
    ),
    Case(
        name="a representative added",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda world: _fernwood(world, f"[{QUINCE}]", f"[{QUINCE}, {EVE}]"),
        codes=broken("710"),
    ),
    Case(
        name="the key replaced",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda world: _fernwood(world, line_of(FERNWOOD), line_of(EVE)),
        codes=broken("710"),
    ),
    Case(
        name="the key replaced, and everything signed by the new one",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda world: world.signing(
            FERNWOOD,
            {
                "owner.yaml": world.files[f"{HOME[FERNWOOD]}/owner.yaml"]
                .decode()
                .replace(line_of(FERNWOOD), line_of(EVE)),
                "open.yaml": denying(*_OPEN, uses=ALLOW),
            },
            by=(EVE,),
        ),
        codes=broken("707", "712"),
    ),
    Case(
        name="the manifest deleted",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: {
            f"{HOME[FERNWOOD]}/manifest.json": None,
            f"{HOME[FERNWOOD]}/manifest.json.sig": None,
        },
        codes=broken("704"),
    ),
    Case(
        name="a file taken off the manifest",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda world: {
            **world.signing(FERNWOOD, {}, by=(EVE,), unlisted=("default.yaml",)),
            **at(FERNWOOD, default=None),
        },
        codes=broken("707", "712"),
    ),
    Case(
        name="a yes of a more specific scope beside a signed no",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: at(
            FERNWOOD, more=denying("XXF012600099", uses="{search: allow}")
        ),
        merged=Merged.NOTHING,
        why="A yes needs a key, and operators who reviewed it.",
    ),
    Case(
        name="a yes for one use beside a signed no to any AI",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: at(
            FERNWOOD, more=denying("XXF012600011", uses="{train-generative: allow}")
        ),
        merged=Merged.NOTHING,
        why="A yes needs a key, and operators who reviewed it.",
    ),
    Case(
        name="a yes smuggled beside a no in one file",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: at(FERNWOOD, more=denying("XXF012600012", uses=ALLOW)),
        merged=Merged.NOTHING,
        why="A yes needs a key, and operators who reviewed it.",
    ),
    Case(
        name="new keys of a signed owner that no old key signed",
        who="a thief of the owner's account",
        author=NOOR,
        change=lambda world: world.signing(
            NOOR,
            {"owner.yaml": owner("Noor", f'keys: ["{line_of(EVE)}"]', role="artist")},
            by=(EVE,),
        ),
        codes=broken("707", "712"),
    ),
)

RECOVERIES = (
    Case(
        name="a recovery by a stranger",
        change=lambda world: world.signing(
            FERNWOOD,
            {"owner.yaml": owner("Fernwood", f'keys: ["{line_of(EVE)}"]')},
            by=(EVE,),
            epoch=1,
        ),
        codes=broken("702", "712"),
    ),
    Case(
        name="a recovery of an account by a stranger",
        change=lambda world: world.signing(
            NOOR,
            {"owner.yaml": owner("Noor", f'keys: ["{line_of(EVE)}"]', role="artist")},
            by=(EVE,),
            epoch=1,
        ),
        codes=broken("702", "712"),
    ),
    Case(
        name="a recovery of a lapsed domain by whoever has it now",
        who="whoever registered the domain anew, with a fresh proof",
        before=lambda _world: verification(LAPSED, EVE),
        change=lambda world: world.signing(
            LAPSED,
            {
                "owner.yaml": owner("Lapsed", f'keys: ["{line_of(EVE)}"]'),
                "songs.yaml": denying("XXL012600001", uses=YES),
            },
            by=(EVE,),
            epoch=1,
        ),
        codes=broken("702", "712"),
    ),
    Case(
        name="a recovery of a domain while the old proof still holds",
        who="whoever registered the domain anew, with a fresh proof",
        before=lambda _world: verification(HARROW, EVE),
        change=lambda world: world.signing(
            HARROW,
            {
                "owner.yaml": owner("Harrow", f'keys: ["{line_of(EVE)}"]'),
                "songs.yaml": denying("XXH012600001", uses=YES),
            },
            by=(EVE,),
            epoch=1,
        ),
        codes=broken("702", "712"),
    ),
    Case(
        name="an account that follows its owner's key into a new epoch",
        who="a thief of the owner's account",
        author=NOOR,
        change=lambda world: world.signing(
            NOOR,
            {
                "owner.yaml": owner("Noor", f'keys: ["{line_of(EVE)}"]', role="artist"),
                "songs.yaml": denying("XXN012600001", uses=YES),
            },
            by=(EVE,),
            epoch=1,
        ),
        why="New keys wait in public for 30 days, and whoever has the old one says no.",
    ),
    Case(
        name="a recovery that skips epochs",
        who="a thief of the owner's account",
        author=NOOR,
        change=lambda world: world.signing(
            NOOR,
            {"owner.yaml": owner("Noor", f'keys: ["{line_of(EVE)}"]', role="artist")},
            by=(EVE,),
            epoch=7,
        ),
        codes=broken("707", "712"),
    ),
)
