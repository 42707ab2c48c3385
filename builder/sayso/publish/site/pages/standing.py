"""Where a declaration stands on the day of a release."""

from sayso.publish.site.pages.shelf import Shelf
from sayso.wire.entries import DeclarationEntry


def silence_of(shelf: Shelf, entry: DeclarationEntry) -> str | None:
    """Return a word for why a declaration does not speak; None where it does."""
    today = shelf.registry.release.issued.date()
    if not shelf.mandates.covers(entry):
        return "No mandate"
    if entry.withdrawn and entry.withdrawn.on <= today:
        return "Withdrawn"
    if entry.expires and entry.expires <= today:
        return "Ended"
    if entry.effective and entry.effective > today:
        return "Not yet in effect"
    return None
