"""The page of the release's files."""

from dataclasses import dataclass

from sayso.publish.site.pages.shelf import Shelf
from sayso.publish.site.pages.words import count_of, spell_day, spell_size
from sayso.wire.header import LICENCE
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE
from sayso.wire.text import format_time

_FILE_WORDS = {
    REGISTRY_FILE: "the whole registry",
    RELEASE_FILE: "the release: number, date, and what leads to every file",
}
_FOLDER_WORDS = {
    "index/": "the files that release.json does not name itself",
    "schema/": "the form of a file, for editors and programs",
    "signatures/": "what owners signed, for everybody to check",
    "source/": "the files that were declared, with their digests",
    "state/": "what was accepted: the input of the next release",
    "status/": "what was left out, and what waits in public",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file of the release; `signature` is the path of its signature."""

    path: str
    size: str
    sha256: str | None
    signature: str | None
    words: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage:
    """The release and its files.

    Attributes:
        parts: where the recordings are, if not in registry.json.
        revoked: releases that are revoked: which, and why.
    """

    issued_iso: str
    issued_words: str
    origin: str
    commit: str | None
    clean: bool
    previous: str | None
    licence: str
    files: tuple[FileLine, ...]
    parts: str | None
    recovery: bool
    revoked: tuple[tuple[int, str], ...]


def data_page(shelf: Shelf, release_size: int) -> DataPage:
    """Return the page of the release's files.

    Args:
        shelf: where things are.
        release_size: of release.json, which cannot name its own, in bytes.
    """
    release = shelf.release
    files = [
        FileLine(
            path=RELEASE_FILE,
            size=spell_size(release_size),
            sha256=None,
            signature=f"{RELEASE_FILE}.minisig",
            words=_FILE_WORDS[RELEASE_FILE],
        )
    ]
    files += [
        FileLine(
            path=file.path,
            size=spell_size(file.bytes),
            sha256=file.sha256,
            signature=f"{file.path}.minisig" if file.path == REGISTRY_FILE else None,
            words=_file_words(shelf, file.path),
        )
        for file in sorted([*release.files, *shelf.index], key=lambda file: file.path)
    ]
    issued = release.header.issued
    return DataPage(
        issued_iso=format_time(issued),
        issued_words=f"{spell_day(issued).words}, {issued:%H:%M} UTC",
        origin=release.header.origin,
        commit=release.source.commit,
        clean=release.source.clean,
        previous=release.previous,
        licence=LICENCE,
        files=tuple(files),
        parts=None if shelf.registry.is_whole else _parts_words(shelf),
        recovery=release.recovery,
        revoked=tuple((one.release, one.reason) for one in release.revoked),
    )


def _parts_words(shelf: Shelf) -> str:
    """Return where the recordings of a registry are that leaves them to parts."""
    parts = shelf.registry.parts
    count = count_of(shelf.registry.counts["recordings"], "recording", "recordings")
    lines = spell_size(sum(part.jsonl.bytes for part in parts))
    columns = spell_size(sum(part.parquet.bytes for part in parts))
    return (
        f"{count} are in {count_of(len(parts), 'part', 'parts')}, each a file below "
        f"bulk/ as Parquet ({columns} in all) and one as JSON Lines ({lines} in all)."
    )


def _file_words(shelf: Shelf, path: str) -> str | None:
    if path == REGISTRY_FILE and not shelf.registry.is_whole:
        return "the registry, with the names and digests of the parts of its recordings"
    folder, slash, _ = path.partition("/")
    return _FILE_WORDS.get(path) or _FOLDER_WORDS.get(folder + slash)
