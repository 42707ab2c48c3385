"""Questions: each is answered by an option, or else by the person at the terminal."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import click

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Asks what the options leave open, until the answer can be used.

    Attributes:
        silent: never ask; a question without option or default is a usage error.
    """

    silent: bool

    def say(self, text: str = "") -> None:
        """Tell the person something; standard output is kept for the result."""
        click.echo(text, err=True)

    def note(self, text: str) -> None:
        """Tell what only helps to answer; in silence it is left out."""
        if not self.silent:
            self.say(text)

    def ask(
        self,
        option: str,
        given: str | None,
        question: str,
        read: Callable[[str], T],
        default: str | None = None,
    ) -> T:
        """Return the answer to a question as `read` reads it.

        Args:
            option: the option that answers it, such as `--name`.
            given: what the option says, or None.
            question: the question in plain words.
            read: makes a value of a text, or raises `ValueError` with the reason.
            default: the answer of who just presses Enter.

        Raises:
            click.UsageError: when the option is wrong, or needed and missing.
        """
        if given is not None or self.silent:
            return _read_option(option, default if given is None else given, read)
        while True:
            typed = click.prompt(
                question, default=default, err=True, show_default=bool(default)
            )
            try:
                return read(typed)
            except ValueError as error:
                self.say(f"  {error}")

    def choose(
        self,
        option: str,
        given: str | None,
        question: str,
        choices: Mapping[str, str],
        default: str | None = None,
        *,
        alike: Mapping[str, str] | None = None,
        other: Callable[[str], str | None] | None = None,
    ) -> str:
        """Return one of several words, chosen by its number or typed.

        Args:
            option: the option that answers it.
            given: what the option says, or None.
            question: the question in plain words.
            choices: what each word means.
            default: the word of who just presses Enter.
            alike: other words that people type, each with the one meant.
            other: returns the word that any other text stands for, or None.

        Raises:
            click.UsageError: when the option is wrong, or needed and missing.
        """
        words = list(choices)

        def read(text: str) -> str:
            typed = text.strip().lower()
            if typed.isascii() and typed.isdigit() and 0 < int(typed) <= len(words):
                return words[int(typed) - 1]
            word = typed.replace(" ", "-").replace("_", "-")
            word = (alike or {}).get(word, word)
            if word in choices:
                return word
            if other is not None and (meant := other(text)) is not None:
                return meant
            raise ValueError(f"{text!r} is none of {', '.join(words)}")

        if given is None and not self.silent:
            width = max(map(len, words))
            self.say()
            self.say(question)
            for number, (word, meaning) in enumerate(choices.items(), 1):
                self.say(f"  {number}  {word.ljust(width)}  {meaning}")
        return self.ask(option, given, "Number or word", read, default)

    def lines(self) -> Iterator[str]:
        """Yield the lines that the person types or pastes, up to an empty one."""
        while line := click.prompt(
            "", default="", show_default=False, prompt_suffix="  > ", err=True
        ).strip():
            yield line

    def agrees(self, question: str) -> bool:
        """Return whether the person says yes; in silence it is yes."""
        return self.silent or click.confirm(question, default=True, err=True)


def _read_option(option: str, text: str | None, read: Callable[[str], T]) -> T:
    if text is None:
        raise click.UsageError(
            f"{option} is needed: with --no-input nothing is asked.",
            click.get_current_context(),
        )
    try:
        return read(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
