"""Text for the public summary of training content that the AI Act asks for.

Article 53(1)(d) of Regulation (EU) 2024/1689; the Commission's template of 24 July
2025 asks in its part 3 for measures to respect reservations of rights under the
exception for text and data mining.
"""

from typing import Final

from sayso.cli.panel import DEVELOPMENT
from sayso.cli.screening.words import (
    cautions,
    day_words,
    handling_words,
    time_words,
)
from sayso.cli.terminal import printable
from sayso.client.account import Account
from sayso.model.screening import UNIDENTIFIED, Action, Status
from sayso.model.vocabulary import Words
from sayso.wire.header import Profile

_ENDING: Final = (
    "A row without a declaration was not taken to be permitted by its owner: taking "
    "part in the registry is voluntary. It speaks about sound recordings, not about "
    "musical works, and reservations made elsewhere were not checked by this. This "
    "text describes what was done. It does not say that a duty under the law is met."
)

_REVIEWED: Final = (
    " Only statements of owners whose ownership was reviewed were believed."
)


def eu_text(account: Account) -> str:
    """Return paragraphs to be copied, parted by an empty line."""
    return "\n\n".join(paragraphs(account)) + "\n"


def paragraphs(account: Account) -> list[str]:
    """Return the paragraphs of `eu_text`, each in one line."""
    found = [_checked(account), _found(account), _ENDING]
    if account.believed.release.profile is Profile.DEVELOPMENT:
        found.insert(0, f"{DEVELOPMENT} Do not publish this text.")
    return found


def _checked(account: Account) -> str:
    asked, release = account.asked, account.believed.release
    place = "in every country" if asked.territory is None else f"in {asked.territory}"
    then = ""
    if asked.as_of is not None:
        then = f", the newest at the moment asked about, {time_words(asked.as_of)}"
    return (
        f"On {day_words(asked.moment)}, reservations of rights in sound recordings "
        f"were checked against release {release.number} of the registry "
        f"{release.origin}, issued on {day_words(release.issued)}{then} (SHA-256 "
        f"{account.believed.digest}). There the owners of sound recordings say in "
        "machine-readable form, for each ISRC, whether AI may be trained on them. The "
        f"use that was asked about is {asked.use} ({Words.USES[asked.use]}), {place}."
    )


def _found(account: Account) -> str:
    manifest, actions, statuses = account.manifest, account.actions, account.statuses
    digest = "" if manifest.sha256 is None else f" (SHA-256 {manifest.sha256})"
    apart = sum(statuses[status] for status in UNIDENTIFIED)
    believed = "" if not account.asked.reviewed_only else _REVIEWED
    kept = " ".join([handling_words(account.asked), *cautions(account.asked)])
    return (
        f"Of {manifest.rows:,} rows of {printable(manifest.name)}{digest}, "
        f"{actions[Action.KEEP]:,} were kept, {actions[Action.EXCLUDE]:,} were "
        f"excluded and {actions[Action.APART]:,} were set apart.{believed} By what the "
        f"owners declared, {statuses[Status.DENY]:,} rows were not permitted, "
        f"{statuses[Status.ASK]:,} needed a licence, {statuses[Status.ALLOW]:,} were "
        f"permitted, {statuses[Status.UNDECLARED]:,} had no declaration that counts, "
        f"and {apart:,} had no usable ISRC; of all rows {account.disputed:,} were "
        f"disputed between owners. {kept}"
    )
