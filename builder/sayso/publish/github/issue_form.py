"""The issue form: a first declaration by somebody who knows neither Git nor YAML.

GitHub makes an issue of it in which each answer stands below its question. The text is
data: it is read as the answers to `sayso new` are, and the owner is the account that
opened the issue, whatever the text says.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from sayso.errors import MalformedError
from sayso.model.declaration import (
    Capacity,
    Declaration,
    DeclarationId,
    Offer,
    RecordingList,
)
from sayso.model.owner import Owner, OwnerId, Role
from sayso.model.vocabulary import PROFILES, Preference, Use
from sayso.publish.drafting.answers import AnswerError, parse_contact, parse_text
from sayso.publish.drafting.guidance import ACCOUNT_RECORDINGS
from sayso.publish.drafting.pasting import parse_recordings

LABEL: Final = "declare"
"""The label that the form gives its issues."""

NAME: Final = "Your name, as people know it"
ROLE: Final = "What are you?"
CAPACITY: Final = "What are the recordings to you?"
PROFILE: Final = "What may AI do with them?"
CONTACT: Final = "Where can a licence be had?"
RECORDINGS: Final = "The recordings"

ROLES: Final[Mapping[str, Role]] = {
    "I make the music": Role.ARTIST,
    "We release it": Role.LABEL,
    "We deliver it for others": Role.DISTRIBUTOR,
    "We look after what somebody left": Role.ESTATE,
    "We act for our members": Role.SOCIETY,
}
CAPACITIES: Final[Mapping[str, Capacity]] = {
    "They are mine, or ours": Capacity.OWNER,
    "The owner licensed them to me alone": Capacity.EXCLUSIVE_LICENSEE,
    "I look after them for the owner": Capacity.ADMINISTRATOR,
    "I perform on them; somebody else owns them": Capacity.PERFORMER,
}
CHOICES: Final[Mapping[str, str]] = {
    "No AI at all, now or later": "no-ai",
    "No AI that makes music or copies a voice": "no-generative",
    "Only with a licence: ask me": "licence-only",
    "Everything that is known today": "open",
}
"""What can be chosen, by the name of its profile."""

_QUESTIONS: Final = (NAME, ROLE, CAPACITY, PROFILE, CONTACT, RECORDINGS)
_HEADING = re.compile(rf"### ({'|'.join(map(re.escape, _QUESTIONS))})", re.ASCII)
_NOTHING: Final = "_No response_"
_FENCE = re.compile(r"`{3,}[a-z]*")

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody filled in."""

    owner: Owner
    declaration: Declaration

    @property
    def count(self) -> int:
        """How many recordings it lists."""
        scope = self.declaration.scope
        return len(scope.isrcs) if isinstance(scope, RecordingList) else 0


class FormError(MalformedError):
    """A form cannot be used as it was filled in.

    Attributes:
        faults: what to change, each with its question.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


def read_form(body: str, author: str, name: str) -> Form:
    """Return what an issue declares.

    Args:
        body: the text of the issue.
        author: the account that opened it: `github:583231`.
        name: what to call the declaration, without its ending.

    Raises:
        FormError: with everything that is to be changed.
    """
    answers = _Answers(_split(body))
    called = answers.read(NAME, parse_text)
    role = answers.choose(ROLE, ROLES)
    capacity = answers.choose(CAPACITY, CAPACITIES)
    uses = _uses(answers, capacity)
    contact = answers.read(CONTACT, parse_contact) if answers.has(CONTACT) else None
    recordings = answers.read(RECORDINGS, _recordings)
    if (
        answers.faults
        or called is None
        or role is None
        or capacity is None
        or recordings is None
    ):
        raise FormError(answers.faults)
    owner = OwnerId(author)
    asks = Preference.ASK in uses.values()
    person = Owner(id=owner, name=called, role=role, accounts=(owner,), contact=contact)
    declaration = Declaration(
        id=DeclarationId(f"{owner}/{name}"),
        author=owner,
        owner=owner,
        capacity=capacity,
        uses=uses,
        scope=recordings,
        offer=Offer(contact=contact) if contact and asks else None,
    )
    return Form(owner=person, declaration=declaration)


class _Answers:
    """The answers, read one by one; what is wrong with them is kept."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self.faults: list[str] = []

    def has(self, question: str) -> bool:
        return bool(self._texts.get(question))

    def read(self, question: str, parse: Callable[[str], _Value]) -> _Value | None:
        try:
            return parse(self._texts.get(question, ""))
        except AnswerError as error:
            self.faults.append(f"{question} {error}")
            return None

    def choose(self, question: str, words: Mapping[str, _Value]) -> _Value | None:
        found = words.get(self._texts.get(question, ""))
        if found is None:
            self.faults.append(f"{question} Choose one of: {'; '.join(words)}.")
        return found


def _uses(answers: _Answers, capacity: Capacity | None) -> Mapping[Use, Preference]:
    profile = answers.choose(PROFILE, CHOICES) or ""
    uses = PROFILES.get(profile, {})
    said = {*uses.values()}
    if Preference.ASK in said and not answers.has(CONTACT):
        answers.faults.append(f"{CONTACT} A page or the address of a role is needed.")
    if Preference.ALLOW in said and capacity is Capacity.PERFORMER:
        answers.faults.append(f"{PROFILE} Only who owns a recording can say yes to it.")
    return uses


def _split(body: str) -> dict[str, str]:
    """Return the answer to each question; one that stands twice has none."""
    found: dict[str, list[str]] = {}
    twice: set[str] = set()
    lines: list[str] = []
    for line in body.splitlines():
        match = _HEADING.fullmatch(line.rstrip())
        if match:
            lines = []
            if match[1] in found:
                twice.add(match[1])
            found[match[1]] = lines
        else:
            lines.append(line)
    texts = {question: "\n".join(said).strip() for question, said in found.items()}
    return {
        question: text
        for question, text in texts.items()
        if question not in twice and text != _NOTHING
    }


def _recordings(text: str) -> RecordingList:
    lines = [line for line in text.splitlines() if not _FENCE.fullmatch(line.strip())]
    found = parse_recordings(lines)
    if len(found.isrcs) > ACCOUNT_RECORDINGS:
        raise AnswerError(
            f"A form takes {ACCOUNT_RECORDINGS} recordings; `sayso new` writes a "
            "catalogue of more."
        )
    return found
