"""Guidance: what a new declaration is worth, and how to hand it in, in plain words."""

from sayso.model.declaration import Declaration
from sayso.model.rules import SITE
from sayso.model.vocabulary import Preference

ACCOUNT_RECORDINGS = 500
"""Up to this many recordings are listed in YAML, or denied by an account alone."""

_NO_BY_ACCOUNT = (
    "Your no counts from the next release, if it is handed in from this account."
)
_NO_BY_DOMAIN = (
    "Your no counts from the next release, once a signing key or the domain proves "
    "that it is you."
)
_KEY_FOR_PREFIX = (
    "An account alone cannot speak for a whole prefix. Until you add a signing key, "
    "this counts for nothing."
)
_KEY_FOR_MANY = (
    f"An account alone can say no for {ACCOUNT_RECORDINGS} recordings. Add a signing "
    "key, so that all of yours count."
)
_ASK_BY_ACCOUNT = (
    "“Ask me” counts once you prove a web domain, which shows that the contact is "
    "really yours. Until then it is read as no."
)
_ASK_BY_DOMAIN = (
    "“Ask me” counts once you have proved the domain. Until then it counts for "
    "nothing, or as no where a signing key proves that it is you."
)
_YES_LATER = (
    "Your yes counts only after operators have reviewed that the recordings are yours "
    "and after a waiting period in public (seven days). Until then the registry does "
    "not say yes."
)


def advice(declaration: Declaration, count: int | None) -> tuple[str, ...]:
    """Return what counts of a declaration, and from when, in plain words.

    Args:
        declaration: what was written.
        count: how many recordings it lists; None for a prefix.
    """
    no = Preference.DENY in declaration.uses.values()
    said = set(declaration.uses.values())
    by_account = declaration.owner.startswith("github:")
    return tuple(
        sentence
        for sentence, applies in (
            (_NO_BY_ACCOUNT, by_account and count is not None and no),
            (_NO_BY_DOMAIN, not by_account and no),
            (_KEY_FOR_PREFIX, by_account and count is None),
            (_KEY_FOR_MANY, by_account and (count or 0) > ACCOUNT_RECORDINGS),
            (_ASK_BY_ACCOUNT, by_account and Preference.ASK in said),
            (_ASK_BY_DOMAIN, not by_account and Preference.ASK in said),
            (_YES_LATER, Preference.ALLOW in said),
        )
        if applies
    )


def next_steps(declaration: Declaration, folder: str) -> str:
    """Return how to check files and hand them in.

    Args:
        declaration: the one that was written.
        folder: the owner's folder, as the person has to type it.
    """
    name = declaration.id.rpartition("/")[2]
    return f"""\
  1. Check it:  sayso validate {folder}
  2. Hand it in, in one of two ways.
     Without git: {SITE}declare/ shows how to hand in files in the
     browser; the files lie in {folder}
     With git, in a clone of the registry:
       git switch -c declare-{name}
       git add {folder}
       git commit -m "Declare {declaration.id}"
       git push, then open a pull request."""
