"""What a case is: one pull request, and what has to come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from tests.attacks.pull_requests.scene import (
    EVE,
    HOME,
    Change,
    File,
    Made,
    World,
)
from tests.declared import declaration, owner, recordings


@unique
class Merged(StrEnum):
    """What publication makes of a change, in words for the page."""

    COUNTS = "It counts."
    LEFT_OUT = "It is left out; what was accepted before counts on."
    STOPPED = "Nothing is published until it is taken out."
    NOTHING = "It changes no answer."


@dataclass(frozen=True, kw_only=True)
class Case:
    """One pull request.

    Attributes:
        name: what is tried, in a few words; the test is called so.
        who: who opens it, in words.
        author: the account that opened it.
        sender: the account that pushed to it last; the author when left out.
        change: what it changes.
        made: whom its commit names, and what it says.
        before: what was merged before, if anything; the base of the review has it.
        parent: what it went off from: `base`; `earlier`, the base without `before`; or
            `first`, the commit before.
        codes: the rules that it breaks; none where it may be merged.
        merged: what publication makes of it.
        answers: what is answered otherwise in the next release, by code and use.
        later: what is answered otherwise when everything has waited.
        why: what else is to be said of it.
        is_code: whether it touches no declaration, and people have to review it.
    """

    name: str
    who: str = "a stranger"
    author: str = EVE
    sender: str | None = None
    change: Callable[[World], Change]
    made: Made = field(default_factory=Made)
    before: Callable[[World], Change] | None = None
    parent: str = "base"
    codes: frozenset[str] = frozenset()
    merged: Merged = Merged.LEFT_OUT
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    later: Mapping[tuple[str, str], str] | None = None
    why: str = ""
    is_code: bool = False

    @property
    def id(self) -> str:
        """The name as a test has it."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name).split())


def broken(*codes: str) -> frozenset[str]:
    """Return the codes of rules: `broken("701", "703")`."""
    return frozenset(f"SAY{code}" for code in codes)


def at(owner_id: str, **files: File) -> Change:
    """Return a change of an owner's folder: `at(MARA, songs=None)` deletes songs.yaml.

    An underscore is a hyphen; a name without an ending is of a YAML file.
    """
    return {f"{HOME[owner_id]}/{name}.yaml": file for name, file in files.items()}


def eve(*more: str, **files: File) -> Change:
    """Return the folder of Eve, who is new: her owner.yaml, and other files."""
    said = owner("Eve", f'accounts: ["{EVE}"]', *more, role="artist")
    return at(EVE, owner=said, **files)


def denying(*codes: str, uses: str = "{any-ai: deny}", more: str = "") -> str:
    """Return a declaration about some codes."""
    lines = [more] if more else []
    return declaration(uses, recordings(*codes), *lines)
