"""How rows were judged, what the result does not say, and how to check it again."""

from dataclasses import dataclass
from shlex import quote
from typing import Final

from sayso.cli.screening.words import handling_words
from sayso.cli.terminal import printable
from sayso.client.account import Account
from sayso.wire.text import format_time

ROOT: Final = "1.root.json"
"""What the root is called that a reader of the report has."""

LIMITS: Final = (
    (
        "Not listed is never permission. That nobody declared anything about a "
        "recording says nothing of what its owner wants."
    ),
    (
        "Taking part is voluntary. Owners keep every right, whether or not a recording "
        "is listed."
    ),
    (
        "The registry speaks about sound recordings. A licence for the musical work "
        "(the composition) may also be needed."
    ),
    (
        "The registry answers for the ISRC that a row names. Nobody listened to the "
        "sound, and a code in the manifest may be wrong."
    ),
    (
        "Reservations made elsewhere, such as in terms, contracts or robots.txt, were "
        "not looked at."
    ),
    "Owners may change what they say: a later release may answer otherwise.",
    (
        "A receipt proves what the release said. It does not prove that the release "
        "was the newest, nor that the manifest is what a model was trained on."
    ),
    "This report describes what was done. It is no legal advice.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that anybody can check again.

    Attributes:
        why: what the command shows.
        command: a line for a shell, broken before each option.
    """

    why: str
    command: tuple[str, ...]


def method(account: Account) -> list[str]:
    """Return how rows were judged, in sentences."""
    asked = account.asked
    found = [
        (
            "Every row was read, and has exactly one status. Codes were read in any "
            "usual spelling, such as with hyphens or in lower case."
        ),
        (
            "A row with several codes has the strictest of their statuses. What is no "
            "ISRC is never guessed."
        ),
        (
            "A recording that the registry does not list by itself has what an owner "
            "declared for its prefix, if anybody did."
        ),
        (
            "A permission whose time had run out at the moment that was asked about "
            "did not count."
        ),
        (
            "Where owners contradict each other the strictest statement holds, and the "
            "row is disputed."
        ),
    ]
    if asked.siblings:
        found.append(
            "Titles and artists were compared with those that owners declared. A row "
            "is a sibling where another recording with the same title and artist is "
            "reserved: its owner says no, or asks for a licence. It may be the same "
            "music under another code."
        )
    return [*found, handling_words(asked)]


def steps(account: Account) -> list[Step]:
    """Return how to check the account again."""
    found = []
    if account.manifest.sha256 is not None:
        why = f"The manifest: this must print {account.manifest.sha256}."
        found.append(_step(why, "sha256sum", _path(account.manifest.name)))
    written = [_path(file.name) for file in account.files if file.sha256 is not None]
    if written:
        why = (
            "What was written, in the folder of this report: this must print what is "
            "said under “Files”."
        )
        found.append(_step(why, "sha256sum", *written))
    found += _of_receipt(account)
    why = (
        "Everything: screen the manifest again, by the release of then. The root must "
        f"have the SHA-256 {account.believed.root}, and come to you by another way "
        "than from the registry."
    )
    return [*found, _step(why, *_again(account))]


def _of_receipt(account: Account) -> list[Step]:
    files = {file.role: _path(file.name) for file in account.files}
    if "receipt" not in files:
        return []
    words = ["sayso", "verify", files["receipt"], "--root", ROOT]
    if "answers" in files:
        words += ["--answers", files["answers"]]
    words += ["--registry", account.believed.location]
    why = (
        "The release: the receipt proves what it said. Without --registry that is "
        "checked offline."
    )
    return [_step(why, *words)]


def _again(account: Account) -> list[str]:
    asked = account.asked
    words = ["sayso", "screen", _path(account.manifest.name), "--use", asked.use]
    if asked.territory is not None:
        words += ["--in", asked.territory]
    words += ["--policy", asked.handling.name]
    if asked.reviewed_only:
        words += ["--ownership", "reviewed"]
    if asked.siblings:
        words.append("--siblings")
    words += ["--as-of", format_time(asked.as_of or asked.moment)]
    return [*words, "--registry", account.believed.location, "--root", ROOT]


def _path(name: str) -> str:
    """Return a file's name as no command takes it for an option."""
    return f"./{name}" if name.startswith("-") and name != "-" else name


def _step(why: str, *words: str) -> Step:
    # What steers a terminal is shown as a number: such a line fails, and does no harm.
    lines: list[list[str]] = [[]]
    for word in words:
        if word.startswith("--"):
            lines.append([" "])
        lines[-1].append(quote(printable(word)))
    return Step(why=why, command=tuple(" ".join(line) for line in lines))
