"""Starters: files that somebody copies to declare for the first time."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

ADDRESS_LIMIT = 8_191
"""Longer addresses, in bytes, are refused by hosts."""

FOLDER = "declare/examples/"
"""Where the files are, from the root of the documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarterFile:
    """One file to copy.

    Attributes:
        path: where it belongs in the repository.
        href: where the site has it.
        start: opens the host's editor with the text filled in; None where the
            address would be too long.
    """

    path: str
    text: str
    href: str
    start: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """What one kind of owner needs."""

    anchor: str
    title: str
    words: str
    files: tuple[StarterFile, ...]


_ACCOUNT = "declarations/github/31/900000131-mara"
_DOMAIN = "declarations/domain/fe/fernwood.example"
_KINDS = (
    (
        "template-artist",
        "One artist, a few songs",
        "This says no to every use by AI.",
        (
            ("artist/owner.yaml", f"{_ACCOUNT}/owner.yaml"),
            ("artist/songs.yaml", f"{_ACCOUNT}/songs.yaml"),
        ),
    ),
    (
        "template-label",
        "A label with a catalogue",
        (
            "This lets people find the recordings, asks for a licence before "
            "generative training, and says no to the rest."
        ),
        (
            ("label/owner.yaml", f"{_DOMAIN}/owner.yaml"),
            ("label/catalogue.yaml", f"{_DOMAIN}/catalogue.yaml"),
            ("label/catalogue.csv", f"{_DOMAIN}/catalogue.csv"),
        ),
    ),
    (
        "template-prefix",
        "Everything under an ISRC prefix",
        (
            "This says no for every code that nobody lists. It counts once an "
            "operator has checked your key or your web domain."
        ),
        (("prefix/everything.yaml", f"{_DOMAIN}/everything.yaml"),),
    ),
)


def starters(texts: Mapping[str, str], repository: str | None) -> tuple[Starter, ...]:
    """Return the starters with links that open the host's editor.

    Args:
        texts: the texts of the files by their path below `FOLDER`.
        repository: the web address of the source, or None without a host.
    """
    return tuple(
        Starter(
            anchor=anchor,
            title=title,
            words=words,
            files=tuple(
                StarterFile(
                    path=path,
                    text=texts[name],
                    href=FOLDER + name,
                    start=new_file(repository, path, texts[name]),
                )
                for name, path in files
            ),
        )
        for anchor, title, words, files in _KINDS
    )


def new_file(repository: str | None, path: str, text: str) -> str | None:
    """Return the address that opens a host's editor with a new file filled in."""
    if repository is None:
        return None
    place = f"{repository.rstrip('/')}/new/main"
    address = f"{place}?filename={quote(path, safe='')}&value={quote(text, safe='')}"
    return address if len(address) < ADDRESS_LIMIT else None
