"""Attacks that nobody can tell from an honest claim, and texts that are traps."""

from tests.attacks.pull_requests.case import Case, Merged, at, broken, denying, eve
from tests.attacks.pull_requests.scene import (
    DENY,
    EVE,
    HOME,
    MARA,
    YES,
    Change,
    manifest_of,
)
from tests.declared import declaration
from tests.vouched import line_of, signed

_OPEN = ("XXF012600001", "XXF012600002", "XXF012600003")


def keyed(**files: str) -> Change:
    """Return Eve's new folder, signed by her key."""
    plain = eve(f'keys: ["{line_of(EVE)}"]', **files)
    names = {path.rpartition("/")[2]: text for path, text in plain.items()}
    data = manifest_of(HOME[EVE], EVE, names, None)
    return {
        **plain,
        f"{HOME[EVE]}/manifest.json": data,
        f"{HOME[EVE]}/manifest.json.sig": signed(data, EVE),
    }


CLAIMS = (
    Case(
        name="a yes to somebody's recordings from one's own folder",
        change=lambda _world: eve(songs=denying(*_OPEN, uses=YES)),
        merged=Merged.NOTHING,
        why="A yes needs operators who reviewed it.",
    ),
    Case(
        name="a signed yes to somebody's recordings from one's own folder",
        change=lambda _world: keyed(songs=denying(*_OPEN, uses=YES)),
        merged=Merged.NOTHING,
        why="A yes needs operators who reviewed it.",
    ),
    Case(
        name="a yes to what nobody declared",
        change=lambda _world: keyed(
            songs=denying("XXE012600001", uses="{search: allow}")
        ),
        merged=Merged.NOTHING,
        why="A yes needs operators who reviewed it.",
    ),
    Case(
        name="a no to somebody's recordings from one's own folder",
        change=lambda _world: eve(songs=denying("XXF012600001")),
        merged=Merged.COUNTS,
        answers={("XXF012600001", "search"): "allow -> deny"},
        why="A no counts at once, also a false one; its owner disputes it.",
    ),
    Case(
        name="a no to somebody's prefix",
        change=lambda _world: keyed(songs=declaration(DENY, "prefix: XXH01")),
        merged=Merged.COUNTS,
        answers={("XXH019900001", "search"): "undeclared -> deny"},
        why="What the owner lists stays as the owner says.",
    ),
    Case(
        name="a prefix by an account alone",
        change=lambda _world: eve(songs=declaration(DENY, "prefix: XXH01")),
        merged=Merged.NOTHING,
        why="A prefix needs a key.",
    ),
    Case(
        name="a prefix that is somebody else's",
        change=lambda _world: keyed(
            songs=declaration("{search: allow}", "prefix: XXF01")
        ),
        merged=Merged.NOTHING,
        why="A yes needs operators who reviewed it.",
    ),
    Case(
        name="a prefix that many owners share",
        change=lambda _world: keyed(songs=declaration(DENY, "prefix: XXZ01")),
        codes=broken("409"),
        merged=Merged.STOPPED,
    ),
)


def _trap(name: str, text: str, *codes: str) -> tuple[Case, Case]:
    """Return a trap in one's own folder, and in somebody else's."""
    return (
        Case(
            name=f"{name} in one's own folder",
            change=lambda _world: eve(songs=text),
            codes=broken(*codes),
            merged=Merged.STOPPED,
        ),
        Case(
            name=f"{name} in somebody's folder",
            change=lambda _world: at(MARA, songs=text),
            codes=broken("701", *codes),
        ),
    )


_HEAD = "schema: sayso/declaration/1\ncapacity: owner\nuses: {any-ai: deny}\n"
_LAUGHS = "".join(
    f"{name}: &{name} [{', '.join([f'*{last}'] * 9)}]\n"
    for last, name in zip("abcdefgh", "bcdefghi", strict=True)
)

TRAPS = (
    *_trap(
        "aliases that grow a billion times",
        f"a: &a [x]\n{_LAUGHS}",
        "203",
        "301",
        "302",
        "303",
    ),
    *_trap("brackets sixty thousand deep", _HEAD + "recordings: " + "[" * 60000, "205"),
    *_trap(
        "a member twice",
        denying("XXE012600001") + "uses: {train-generative: allow}\n",
        "202",
    ),
    *_trap(
        "a tag that makes an object",
        "!!python/object/apply:os.system ['x']\n",
        "204",
        "305",
    ),
    Case(
        name="a title with a command for the runner",
        change=lambda _world: eve(
            songs=denying("XXE012600001").replace("TXXE", "::error file=a::TXXE")
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): "undeclared -> deny"},
        why="It is a title like any other.",
    ),
    Case(
        name="a title that calls people",
        change=lambda _world: eve(
            songs=denying("XXE012600001").replace("TXXE", "@everyone TXXE")
        ),
        merged=Merged.COUNTS,
        answers={("XXE012600001", "prompt"): "undeclared -> deny"},
        why="It is a title like any other.",
    ),
)
