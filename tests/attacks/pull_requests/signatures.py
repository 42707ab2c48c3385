"""Attacks with manifests: old ones, others' ones, and such as somebody else signed."""

from hashlib import sha256

from sayso.model.owner import OwnerId
from tests.attacks.pull_requests.case import Case, Merged, at, broken, denying, eve
from tests.attacks.pull_requests.scene import (
    ALLOW,
    EVE,
    FERN_ACCOUNT,
    FERNWOOD,
    HARROW,
    HOME,
    NOOR,
    OLD_KEY,
    YES,
    Change,
    World,
    manifest_of,
    verification,
)
from tests.declared import owner
from tests.vouched import line_of, signed

_OPEN = ("XXF012600001", "XXF012600002", "XXF012600003")
_ORCHARD = OwnerId("domain:orchard.example")
_YES = denying(*_OPEN, uses=ALLOW)
_FERNWOOD = HOME[FERNWOOD]
_MANIFEST, _SIGNATURE = f"{_FERNWOOD}/manifest.json", f"{_FERNWOOD}/manifest.json.sig"


def _replay(world: World) -> Change:
    """Return the folder as it was before, with its true signature of then."""
    return {p: d for p, d in world.former.items() if p.startswith(_FERNWOOD)}


def _resigned(world: World, **said: object) -> Change:
    return world.signing(FERNWOOD, {"open.yaml": _YES}, **said)  # type: ignore[arg-type] # by name


def _first_digest(world: World) -> str:
    return sha256(world.former[_MANIFEST]).hexdigest()


def _transplant(world: World) -> Change:
    """Return Harrow's manifest and signature in the folder of Fernwood."""
    return {
        **at(FERNWOOD, open=_YES),
        _MANIFEST: world.files[f"{HOME[HARROW]}/manifest.json"],
        _SIGNATURE: world.files[f"{HOME[HARROW]}/manifest.json.sig"],
    }


_GIT_SIGNATURE = b"""\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAA
AAAAAAAAAAAAAAAAAAAAAANnaXQAAAAAAAAABnNoYTUxMgAAAAA=
-----END SSH SIGNATURE-----
"""


def _lookalike(domain: str) -> Change:
    """Return a folder of a domain, signed by Eve's key."""
    home = f"declarations/domain/{domain[:2]}/{domain}"
    said = {
        "owner.yaml": owner("Fernwood", f'keys: ["{line_of(EVE)}"]'),
        "songs.yaml": _YES,
    }
    data = manifest_of(home, f"domain:{domain}", said, None)
    return {
        **{f"{home}/{name}": text for name, text in said.items()},
        f"{home}/manifest.json": data,
        f"{home}/manifest.json.sig": signed(data, EVE),
    }


SIGNATURES = (
    Case(
        name="an old yes replayed with its true signature",
        change=_replay,
        codes=broken("708", "712"),
        why="Its sequence is 1, and 2 is accepted.",
    ),
    Case(
        name="an old yes under a signed manifest that the owner branched off",
        change=lambda world: _resigned(world, previous_digest=_first_digest(world)),
        codes=broken("709", "712"),
        why="It goes on from the manifest before the accepted one.",
    ),
    Case(
        name="a manifest of another owner",
        change=_transplant,
        codes=broken("712", "716"),
    ),
    Case(
        name="a manifest that the owner signed for another registry",
        change=lambda world: _resigned(world, origin="other.example"),
        codes=broken("712", "716"),
    ),
    Case(
        name="a manifest with the owner's signature over another one",
        change=lambda world: {
            **_resigned(world),
            _SIGNATURE: world.files[_SIGNATURE],
        },
        codes=broken("707", "712"),
    ),
    Case(
        name="a manifest that a stranger signed",
        change=lambda world: _resigned(world, by=(EVE,)),
        codes=broken("707", "712"),
    ),
    Case(
        name="a stranger's signature beside the owner's",
        change=lambda world: {
            _SIGNATURE: world.files[_SIGNATURE] + signed(world.files[_MANIFEST], EVE)
        },
        codes=broken("708"),
    ),
    Case(
        name="a signature of another namespace",
        change=lambda world: {**_resigned(world), _SIGNATURE: _GIT_SIGNATURE},
        codes=broken("707", "712"),
    ),
    Case(
        name="signatures without end",
        change=lambda world: {
            **_resigned(world),
            _SIGNATURE: world.files[_SIGNATURE] * 40,
        },
        codes=broken("707", "712"),
    ),
    Case(
        name="a manifest with a member twice",
        change=lambda world: {
            **_resigned(world),
            _MANIFEST: world.files[_MANIFEST].replace(
                b'"epoch":0', b'"epoch":0,\n"epoch":0'
            ),
        },
        codes=broken("707", "712"),
    ),
    Case(
        name="other bytes than the owner signed",
        change=lambda world: {
            **world.signing(FERNWOOD, {"open.yaml": denying(*_OPEN)}),
            **at(FERNWOOD, open=_YES),
        },
        codes=broken("710"),
        why="The signature is the owner's, the file is not.",
    ),
    Case(
        name="an edit signed by a key that was replaced",
        who="a thief of the owner's old key",
        change=lambda world: world.signing(
            NOOR, {"songs.yaml": denying("XXN012600001", uses=ALLOW)}, by=(OLD_KEY,)
        ),
        codes=broken("707", "712"),
    ),
    Case(
        name="a recovery by a key that was replaced",
        who="a thief of the owner's old key and account",
        author=NOOR,
        change=lambda world: world.signing(
            NOOR,
            {
                "owner.yaml": owner(
                    "Noor", f'keys: ["{line_of(OLD_KEY)}"]', role="artist"
                ),
                "songs.yaml": denying("XXN012600001", uses=ALLOW),
            },
            by=(OLD_KEY,),
            epoch=1,
        ),
        why="No key that was replaced comes back.",
    ),
    Case(
        name="an account-level folder with somebody's public key",
        change=lambda _world: eve(
            f'keys: ["{line_of(FERNWOOD)}"]', songs=denying(*_OPEN, uses=YES)
        ),
        merged=Merged.NOTHING,
        why="A public key is no signature, and a yes needs a review.",
    ),
    Case(
        name="a signed folder without a proof of its domain",
        change=lambda _world: _lookalike("fernwo0d.example"),
        codes=broken("702"),
    ),
    Case(
        name="a new folder of a domain by a key that it names no longer",
        who="whoever had the domain before",
        before=lambda _world: {
            **verification(_ORCHARD, EVE, days=9),
            **verification(_ORCHARD, "orchard"),
        },
        change=lambda _world: _lookalike("orchard.example"),
        codes=broken("702"),
        why="What the domain was seen to say last counts.",
    ),
    Case(
        name="a domain that looks like another in its own script",
        change=lambda _world: _lookalike("xn--fernwod-i9a.example"),
        codes=broken("702"),
    ),
    Case(
        name="a domain with a dot behind it",
        who="a thief of the owner's account",
        author=FERN_ACCOUNT,
        change=lambda _world: _lookalike("fernwood.example."),
        codes=broken("108"),
        merged=Merged.STOPPED,
    ),
    Case(
        name="a domain in letters that are not Latin",
        change=lambda _world: _lookalike("f\u0435rnwood.example"),
        codes=broken("104"),
        merged=Merged.STOPPED,
    ),
)
