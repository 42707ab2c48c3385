"""Who speaks: the proof of identity, a name and a role."""

from sayso.cli.interview.asking import Conversation
from sayso.model.owner import Owner, OwnerId, Role
from sayso.publish.drafting.answers import parse_login, parse_owner, parse_text
from sayso.publish.reading.schema.owner import ROLES_ALIKE

_ROLES: dict[str, str] = {
    Role.ARTIST: "I make the music",
    Role.LABEL: "we release it",
    Role.DISTRIBUTOR: "we deliver it for others",
    Role.ESTATE: "we look after what somebody left",
    Role.SOCIETY: "we act for our members",
}


def ask_owner(conversation: Conversation, given: str | None) -> OwnerId:
    """Return the id by which the owner can be proved."""
    if given is None:
        conversation.note(
            "How are you known? Type the number of your GitHub account, or a web "
            "domain of yours.\nThe number stands behind “id” at "
            "https://api.github.com/users/YOUR-LOGIN"
        )
    return conversation.ask("--owner", given, "Account number or domain", parse_owner)


def ask_person(
    conversation: Conversation,
    owner: OwnerId,
    *,
    name: str | None,
    role: str | None,
    login: str | None,
) -> tuple[Owner, str]:
    """Return who the owner is, and a name that makes the folder easy to find."""
    called = conversation.ask("--name", name, "Your name", parse_text)
    chosen = conversation.choose(
        "--role", role, "What are you?", _ROLES, Role.ARTIST, alike=ROLES_ALIKE
    )
    is_account = owner.startswith("github:")
    suffix = ""
    if is_account:
        suffix = conversation.ask(
            "--login",
            login,
            "Your GitHub login (only names the folder; may stay empty)",
            parse_login,
            "",
        )
    person = Owner(
        id=owner,
        name=called,
        role=Role(chosen),
        accounts=(owner,) if is_account else (),
    )
    return person, suffix
