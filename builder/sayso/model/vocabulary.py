"""The vocabulary `uses/1`: activities, preferences and verdicts.

"If an activity fits two uses, both must permit it." (Vocabulary)
"""

from enum import StrEnum, unique
from typing import ClassVar, NoReturn

VOCABULARY = "uses/1"


@unique
class Use(StrEnum):
    """An activity that an owner may allow, deny or license."""

    TRAIN_GENERATIVE = "train-generative"
    FINETUNE_GENERATIVE = "finetune-generative"
    CLONE_VOICE = "clone-voice"
    TRAIN_ANALYTIC = "train-analytic"
    BENCHMARK = "benchmark"
    PROMPT = "prompt"
    INDEX = "index"
    ANALYSE = "analyse"
    SEARCH = "search"
    SHARE = "share"
    ANY_AI = "any-ai"


@unique
class Preference(StrEnum):
    """What an owner says of a use."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


@unique
class Verdict(StrEnum):
    """What the registry answers for a recording and a use.

    It has no truth value, so that nobody reads an answer as a yes or a no by
    accident: compare it, `verdict is Verdict.ALLOW`.
    """

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"
    UNDECLARED = "undeclared"

    def __bool__(self) -> NoReturn:
        """Raise: a verdict is compared, never tested.

        Raises:
            TypeError: always.
        """
        raise TypeError(
            "a verdict is not a yes or a no: compare it, `verdict is Verdict.ALLOW`"
        )


class Words:
    """The sentences that explain each word of the vocabulary, in English."""

    USES: ClassVar[dict[Use, str]] = {
        Use.TRAIN_GENERATIVE: "train an AI that makes music, lyrics or other content",
        Use.FINETUNE_GENERATIVE: (
            "tune such an AI on these recordings (adapters, distillation, preference "
            "tuning)"
        ),
        Use.CLONE_VOICE: "build a model of the performer's voice or playing",
        Use.TRAIN_ANALYTIC: (
            "train an AI that only recognises, tags, separates or transcribes"
        ),
        Use.BENCHMARK: "use as test data",
        Use.PROMPT: (
            "feed it in to steer new audio (audio prompt, style reference, "
            "continuation, remix)"
        ),
        Use.INDEX: "keep it or its embedding in an AI system's retrieval index",
        Use.ANALYSE: (
            "analyse without training (tagging, statistics, fingerprinting, other "
            "text and data mining)"
        ),
        Use.SEARCH: "help people find it, recommendation included, with a link",
        Use.SHARE: "pass it on inside a dataset",
        Use.ANY_AI: "everything else done by or for AI, now or later",
    }
    BOUNDARIES: ClassVar[dict[Use, str]] = {
        Use.TRAIN_GENERATIVE: (
            "changes learned parameters of a model used to generate"
        ),
        Use.FINETUNE_GENERATIVE: (
            "set chosen by artist, label or catalogue; also subject to train-generative"
        ),
        Use.CLONE_VOICE: "target is an identifiable performer",
        Use.TRAIN_ANALYTIC: (
            "output is labels, scores, embeddings or a transformation of the user's "
            "own input"
        ),
        Use.BENCHMARK: "no parameter changes",
        Use.PROMPT: "at inference",
        Use.INDEX: "storage for AI retrieval",
        Use.ANALYSE: "nothing is learned and kept in a model",
        Use.SEARCH: "no summary or substitute",
        Use.SHARE: "copies leave the holder",
        Use.ANY_AI: ("catch-all, open to the future, so it takes deny or ask only"),
    }
    TITLES: ClassVar[dict[Use, str]] = {
        Use.TRAIN_GENERATIVE: "Train generative AI",
        Use.FINETUNE_GENERATIVE: "Fine-tune generative AI",
        Use.CLONE_VOICE: "Clone a voice or playing",
        Use.TRAIN_ANALYTIC: "Train analytic AI",
        Use.BENCHMARK: "Benchmark",
        Use.PROMPT: "Prompt",
        Use.INDEX: "Index for AI retrieval",
        Use.ANALYSE: "Analyse",
        Use.SEARCH: "Search and recommend",
        Use.SHARE: "Share in a dataset",
        Use.ANY_AI: "Any other use by AI",
    }
    VERDICTS: ClassVar[dict[Verdict, str]] = {
        Verdict.ALLOW: "Permitted",
        Verdict.ASK: "Only with a licence",
        Verdict.DENY: "Not permitted",
        Verdict.UNDECLARED: "No declaration",
    }
    MEANINGS: ClassVar[dict[Verdict, str]] = {
        Verdict.ALLOW: (
            "The owner permits this use, and ownership was reviewed. A licence for "
            "the musical work (the composition) may also be needed."
        ),
        Verdict.ASK: "A licence is needed: ask the owner first.",
        Verdict.DENY: "The owner says no.",
        Verdict.UNDECLARED: "No declaration counts here. This is not permission.",
    }


NOTICE = (
    "Not listed is never permission. Taking part is voluntary; owners keep every "
    "right whether or not a recording is listed. The registry speaks about sound "
    "recordings; a licence for the musical work (the composition) may also be needed."
)

PROFILES: dict[str, dict[Use, Preference]] = {
    "no-ai": {Use.ANY_AI: Preference.DENY},
    "no-generative": {
        Use.TRAIN_GENERATIVE: Preference.DENY,
        Use.FINETUNE_GENERATIVE: Preference.DENY,
        Use.CLONE_VOICE: Preference.DENY,
        Use.PROMPT: Preference.DENY,
    },
    "licence-only": {Use.ANY_AI: Preference.ASK},
    "open": {use: Preference.ALLOW for use in Use if use is not Use.ANY_AI},
}
"""Typing aids, expanded when a declaration is written; never stored."""


def use_or_rest(name: str) -> Use:
    """Return the use of this name; a name unknown to `uses/1` is `any-ai`.

    "A *no* to `any-ai` covers uses not invented yet; a *yes* covers only the uses
    it names" (Promises, 2): as `any-ai` takes only `deny` or `ask`, an unknown use
    is never `allow`.
    """
    try:
        return Use(name)
    except ValueError:
        return Use.ANY_AI


def stricter(first: Verdict, second: Verdict) -> Verdict:
    """Return the stricter verdict: `deny` > `ask` > `undeclared` > `allow`.

    This is the order of rules 4 and 6, in which saying nothing is stricter than
    saying yes.
    """
    return max(first, second, key=_STRICTNESS.__getitem__)


def is_looser(verdict: Verdict, than: Verdict) -> bool:
    """Return whether a verdict is less strict than another, in the same order."""
    return _STRICTNESS[verdict] < _STRICTNESS[than]


_STRICTNESS: dict[Verdict, int] = {
    Verdict.DENY: 3,
    Verdict.ASK: 2,
    Verdict.UNDECLARED: 1,
    Verdict.ALLOW: 0,
}
