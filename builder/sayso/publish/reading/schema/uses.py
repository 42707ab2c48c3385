"""The field `uses`: what is said of each use."""

from dataclasses import dataclass

from sayso.model.rules import fields as field_rules
from sayso.model.rules import meaning as meaning_rules
from sayso.model.vocabulary import Preference, Use, Words
from sayso.publish.reading.document import Group, Node, Scalar
from sayso.publish.reading.schema.field import nearest
from sayso.publish.reading.schema.shape import (
    is_empty,
    report,
    report_empty,
    report_kind,
)
from sayso.publish.reading.sheet import Sheet, quote
from sayso.wire.profile import Json

_YES_OR_NO: dict[str, str] = {
    **dict.fromkeys(("no", "n", "false", "off", "never", "0"), Preference.DENY),
    **dict.fromkeys(("yes", "y", "true", "on", "ok", "1"), Preference.ALLOW),
}
_ALIKE: dict[str, str] = {
    **dict.fromkeys(
        ("denied", "forbid", "forbidden", "disallow", "block", "opt-out", "refuse"),
        Preference.DENY,
    ),
    **dict.fromkeys(
        ("allowed", "permit", "permitted", "grant", "opt-in", "free"), Preference.ALLOW
    ),
    **dict.fromkeys(
        ("licence", "license", "contact", "maybe", "ask-me", "ask me", "paid"),
        Preference.ASK,
    ),
}
_USES_ALIKE: dict[str, str] = {
    **dict.fromkeys(
        ("train", "training", "ai-training", "generative", "gen-ai"),
        Use.TRAIN_GENERATIVE,
    ),
    **dict.fromkeys(
        ("fine-tune", "fine-tuning", "finetuning", "fine-tune-generative"),
        Use.FINETUNE_GENERATIVE,
    ),
    **dict.fromkeys(
        ("voice", "voice-clone", "voice-cloning", "synthesise-voice"), Use.CLONE_VOICE
    ),
    **dict.fromkeys(("tdm", "analysis", "analyze", "mining"), Use.ANALYSE),
    **dict.fromkeys(("rag", "retrieval", "embedding"), Use.INDEX),
    **dict.fromkeys(
        ("ai", "all", "all-ai", "any", "everything", "other", "*"), Use.ANY_AI
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """The shape of `uses`: a preference for each use that is named."""

    def read(self, node: Node, sheet: Sheet) -> dict[Use, Preference] | None:
        """Return the preferences that can be read, in the vocabulary's order."""
        if is_empty(node):
            report_empty(node, sheet)
            return None
        if not isinstance(node, Group):
            fix = "uses: {any-ai: deny}"
            report_kind(node, "a group of uses, each with a word", sheet, fix)
            return None
        found: dict[Use, Preference] = {}
        for key, value in node.entries:
            use = _use(key, sheet)
            preference = _preference(use, value, sheet)
            if use is not None and preference is not None:
                found[use] = preference
        return {use: found[use] for use in Use if use in found} or None

    def schema(self) -> dict[str, Json]:
        """Return the JSON Schema of the group."""
        words: list[Json] = [str(preference) for preference in Preference]
        strict: list[Json] = [word for word in words if word != Preference.ALLOW]
        return {
            "type": "object",
            "minProperties": 1,
            "properties": {
                str(use): {
                    "description": f"{Words.TITLES[use]}: {Words.USES[use]}",
                    "enum": strict if use is Use.ANY_AI else words,
                }
                for use in Use
            },
            "additionalProperties": False,
        }


def _use(key: Scalar, sheet: Sheet) -> Use | None:
    if key.text in list(Use):
        return Use(key.text)
    if not sheet.shows(field_rules.UNKNOWN_USE):
        sheet.count(field_rules.UNKNOWN_USE, 1)
        return None
    near = nearest(key.text, [*Use, *_USES_ALIKE])
    meant = _USES_ALIKE.get(near, near) if near is not None else None
    report(
        sheet,
        field_rules.UNKNOWN_USE,
        key,
        f"{quote(key.text)} is no use of the vocabulary.",
        f"Write {meant}." if meant else f"The uses are: {', '.join(Use)}.",
    )
    return None


def _preference(use: Use | None, node: Node, sheet: Sheet) -> Preference | None:
    if not isinstance(node, Scalar):
        report_kind(node, "allow, ask or deny", sheet)
        return None
    if not node.text:
        report_empty(node, sheet)
        return None
    if node.text in list(Preference):
        preference = Preference(node.text)
        if use is Use.ANY_AI and preference is Preference.ALLOW:
            message = "any-ai covers uses not invented yet, so it takes deny or ask."
            report(sheet, meaning_rules.OPEN_ENDED_YES, node, message)
            return None
        return preference
    _report_preference(node, sheet)
    return None


def _report_preference(node: Scalar, sheet: Sheet) -> None:
    """Say which preference was meant by another word."""
    word = node.text.lower()
    if word in _YES_OR_NO:
        message = f"{quote(node.text)} is not a preference."
        fix = f"Write {_YES_OR_NO[word]} for {word}."
        report(sheet, field_rules.YES_OR_NO, node, message, fix)
    elif sheet.shows(field_rules.NOT_A_CHOICE):
        near = nearest(word, [*Preference, *_ALIKE])
        meant = _ALIKE.get(near, near) if near is not None else None
        message = f"{quote(node.text)} is not a preference: allow, ask or deny."
        fix = f"Write {meant}." if meant else "Write allow, ask or deny."
        report(sheet, field_rules.NOT_A_CHOICE, node, message, fix)
    else:
        sheet.count(field_rules.NOT_A_CHOICE, 1)
