"""What AI may do with the recordings, and where a licence can be had."""

from collections.abc import Iterable, Mapping

import click

from sayso.cli.interview.asking import Conversation
from sayso.model.declaration import Capacity, Offer
from sayso.model.vocabulary import PROFILES, Preference, Use, Words
from sayso.publish.drafting.answers import (
    AnswerError,
    parse_condition,
    parse_contact,
    parse_preference,
    parse_uses,
)

_CAPACITIES: dict[str, str] = {
    Capacity.OWNER: "they are mine (or ours)",
    Capacity.EXCLUSIVE_LICENSEE: "the owner licensed them to me alone",
    Capacity.ADMINISTRATOR: "I look after them for the owner",
    Capacity.PERFORMER: "I perform on them; somebody else owns them",
}
_CUSTOM = "custom"
_PROFILES: dict[str, str] = {
    "no-ai": "no to everything done by or for AI, now and later",
    "no-generative": "no to AI that makes music or copies a voice; silent on the rest",
    "licence-only": "only with a licence from you: they have to ask",
    "open": "yes to every use named today; counts after review and seven days",
    _CUSTOM: "decide use by use",
}
_PROFILES_ALIKE = {
    "license-only": "licence-only",
    "licence": "licence-only",
    "license": "licence-only",
    "no": "no-ai",
    "ask": "licence-only",
}
_SKIP = "skip"


def ask_capacity(conversation: Conversation, given: str | None) -> Capacity:
    """Return in what right the owner speaks."""
    return Capacity(
        conversation.choose(
            "--capacity",
            given,
            "What are the recordings to you?",
            _CAPACITIES,
            Capacity.OWNER,
        )
    )


def ask_uses(
    conversation: Conversation,
    profile: str | None,
    entries: Iterable[str],
    capacity: Capacity,
) -> Mapping[Use, Preference]:
    """Return what is said of which use.

    Raises:
        click.UsageError: when options are wrong or missing.
    """
    entries = tuple(entries)
    profiles = dict(_PROFILES)
    if not capacity.is_owner_side:
        del profiles["open"]
    if entries and profile is None:
        profile = _CUSTOM
    chosen = conversation.choose(
        "--profile",
        profile,
        "What may AI do with these recordings?",
        profiles,
        alike=_PROFILES_ALIKE,
    )
    if entries and chosen != _CUSTOM:
        raise click.UsageError("--use goes with --profile custom only.")
    if chosen != _CUSTOM:
        return PROFILES[chosen]
    if not entries and not conversation.silent:
        return _ask_each(conversation, capacity)
    try:
        uses = parse_uses(entries)
        for preference in uses.values():
            _check_right(capacity, preference)
    except AnswerError as error:
        raise click.BadParameter(str(error), param_hint="--use") from error
    if not uses:
        raise click.UsageError("--profile custom needs at least one --use.")
    return uses


def ask_offer(
    conversation: Conversation,
    uses: Mapping[Use, Preference],
    contact: str | None,
    conditions: tuple[str, ...],
) -> Offer | None:
    """Return where a licence can be had, if any use needs one."""
    if Preference.ASK not in uses.values():
        return None
    place = conversation.ask(
        "--contact",
        contact,
        "Where can a licence be had? A web page, or a mail address such as licensing@…",
        parse_contact,
    )
    try:
        words = tuple(map(parse_condition, conditions))
    except AnswerError as error:
        raise click.BadParameter(str(error), param_hint="--condition") from error
    return Offer(contact=place, conditions=words)


def _ask_each(
    conversation: Conversation, capacity: Capacity
) -> Mapping[Use, Preference]:
    conversation.say("\nFor each: allow, ask, deny, or skip to say nothing of it.")
    while True:
        answers = {use: _ask_use(conversation, use, capacity) for use in Use}
        if said := {use: answer for use, answer in answers.items() if answer}:
            return said
        conversation.say("  You skipped them all. Say something of at least one.")


def _ask_use(
    conversation: Conversation, use: Use, capacity: Capacity
) -> Preference | None:
    def read(text: str) -> Preference | None:
        if text.strip().lower() == _SKIP:
            return None
        preference = parse_preference(use, text)
        _check_right(capacity, preference)
        return preference

    return conversation.ask("--use", None, f"{use}: {Words.USES[use]}\n ", read, _SKIP)


def _check_right(capacity: Capacity, preference: Preference) -> None:
    if preference is Preference.ALLOW and not capacity.is_owner_side:
        raise AnswerError(
            "a performer can say deny or ask, never allow: the recording is somebody "
            "else's to give"
        )
