"""Colours of problems on a terminal."""

import click

from sayso.publish.report import Tone


def paint(tone: Tone, text: str) -> str:
    """Return a part of a report in its colours."""
    match tone:
        case Tone.PLACE:
            return click.style(text, bold=True)
        case Tone.ERROR:
            return click.style(text, fg="red", bold=True)
        case Tone.WARNING:
            return click.style(text, fg="yellow", bold=True)
        case Tone.CARET:
            return click.style(text, fg="red")
        case Tone.MARGIN:
            return click.style(text, dim=True)
