"""What a receipt states of one code."""

from datetime import timedelta

from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Use
from sayso.wire.listing import Listing
from sayso.wire.profile import encode
from sayso.wire.registry import Registry, decode_registry
from sayso.wire.said import cells_of, encode_said
from sayso.wire.text import Digest, format_time
from tests.registries import (
    ALLOWED,
    CATALOGUE,
    CONTESTED,
    FERNWOOD,
    ISSUED,
    LASTS,
    MARA,
    SONGS,
    UNDECLARED,
    registry_document,
)

REGISTRY: Registry = decode_registry(encode(registry_document()))
DIGEST = Digest("ab" * 32)


def test_a_cell_says_all_that_a_policy_does() -> None:
    listing = REGISTRY.listing(Isrc(CONTESTED))
    cells = cells_of(listing, None, now=ISSUED)
    said = encode_said(listing, DIGEST, cells)
    assert {name: said[name] for name in said if name != "uses"} == {
        "artist": None,
        "isrc": CONTESTED,
        "listed": True,
        "owner": MARA,
        "policy": DIGEST,
        "title": "Evil \u202etxt\x1b]0;",
        "until": None,
    }
    uses = said["uses"]
    assert isinstance(uses, dict)
    assert list(uses) == [use.value for use in Use]
    assert uses["clone-voice"] == {
        "by": [CATALOGUE, SONGS],
        "disputed": True,
        "ownership": "claimed",
        "rule": "strictest-owner",
        "sides": [
            {"by": [CATALOGUE], "owner": FERNWOOD, "verdict": "deny"},
            {"by": [SONGS], "owner": MARA, "verdict": "deny"},
        ],
        "verdict": "deny",
    }


def test_the_country_and_the_moment_decide() -> None:
    listing = REGISTRY.listing(Isrc(ALLOWED))
    end = ISSUED + LASTS
    verdicts = [
        (cells_of(listing, where, now=when)[Use.SEARCH].verdict)
        for where, when in (
            ("DE", end - timedelta(seconds=1)),
            ("DE", end),
            ("CH", ISSUED),
            (None, ISSUED),
        )
    ]
    assert verdicts == ["allow", "undeclared", "undeclared", "undeclared"]
    said = encode_said(listing, DIGEST, cells_of(listing, "DE", now=end))
    assert said["until"] == format_time(end)
    uses = said["uses"]
    assert isinstance(uses, dict)
    assert uses["search"]["rule"] == "out-of-date"
    assert uses["search"]["ownership"] is None


def test_where_nobody_speaks_every_use_is_undeclared() -> None:
    listing: Listing = REGISTRY.listing(Isrc(UNDECLARED))
    said = encode_said(listing, None, cells_of(listing, None, now=ISSUED))
    assert (said["listed"], said["policy"], said["until"]) == (False, None, None)
    uses = said["uses"]
    assert isinstance(uses, dict)
    assert {cell["verdict"] for cell in uses.values()} == {"undeclared"}
