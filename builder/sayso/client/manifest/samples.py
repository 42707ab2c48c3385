"""The samples in a tar of a WebDataset: members with a key that follow one another."""

from collections.abc import Iterator
from tarfile import TarInfo
from typing import Final

from sayso.client.manifest.rows import Remarks
from sayso.client.manifest.sidecar import MOST_JSON, read_sidecar
from sayso.client.manifest.tags.naming import Naming
from sayso.client.manifest.tags.part import Part
from sayso.client.manifest.tags.reading import read_tags
from sayso.client.manifest.tape import Tape
from sayso.client.manifest.walk import AUDIO
from sayso.errors import MalformedError
from sayso.model.cell import read_cell
from sayso.model.visible import escaped

_MOST_TEXT: Final = 2**12
_META: Final = "__"


class Samples:
    """Reads a tar as `webdataset` does, but nothing of the sound."""

    def __init__(self, tape: Tape, place: str, remarks: Remarks) -> None:
        """Prepare to read.

        Args:
            tape: the tar.
            place: its name, for remarks.
            remarks: where they are noted.
        """
        self._tape, self._place, self._remarks = tape, place, remarks
        self._said, self._tags = Naming(), Naming()
        self._others = 0

    def read(self) -> Iterator[tuple[str, Naming]]:
        """Yield the key of each sample and what names it.

        Raises:
            MalformedError: the tar cannot be read to its end.
            OSError: likewise.
        """
        current: str | None = None
        for member in self._tape.members():
            key, suffix = _key_of(member.name)
            if not self._is_plain(member):
                continue
            if key is None:
                self._others += 1
                continue
            if key != current:
                if current is not None:
                    yield current, self._taken()
                current = key
            self._read_member(member, suffix)
        if current is not None:
            yield current, self._taken()
        if self._others:
            self._remarks.add(
                "members without a key",
                f"{self._place}: members without the name of a sample, such as "
                f"0001.flac, which are no rows: {self._others}",
            )

    def _taken(self) -> Naming:
        """Return what names the sample: what is said beside the audio comes first."""
        naming = self._said
        naming.add_from(self._tags)
        self._said, self._tags = Naming(), Naming()
        return naming

    def _is_plain(self, member: TarInfo) -> bool:
        """Return whether a member is a file, and remark what is strange about it."""
        if member.isdir():
            return False
        if not member.isreg():
            self._remark(
                member,
                "links and devices in tars",
                "it is a link or a device, and is not followed or read",
            )
            return False
        if member.name.startswith("/") or ".." in member.name.split("/"):
            self._remark(
                member,
                "names that leave the folder",
                "unpacked, this would be outside of the folder; nothing is unpacked "
                "here",
            )
        return True

    def _read_member(self, member: TarInfo, suffix: str) -> None:
        kind = suffix.rpartition(".")[2]
        is_audio = kind in AUDIO
        if not is_audio and kind not in {"json", "isrc", "txt"}:
            return
        if member.issparse():
            self._remark_unread(member, "it is stored with gaps", is_audio=is_audio)
            return
        part = self._tape.part(member.size)
        try:
            if is_audio:
                self._tags.add_from(read_tags(part))
            else:
                self._read_text(part, kind)
        except MalformedError as error:
            self._remark_unread(member, str(error), is_audio=is_audio)

    def _read_text(self, part: Part, kind: str) -> None:
        if kind == "json":
            self._said.add_from(read_sidecar(part.take(min(part.left, MOST_JSON + 1))))
            return
        if kind == "txt" and part.left > _MOST_TEXT:
            return  # a caption, or lyrics
        text = part.rest().decode("utf-8", "replace")
        if kind == "isrc" or not read_cell(text).invalid:
            self._said.add("isrc", text)

    def _remark_unread(self, member: TarInfo, reason: str, *, is_audio: bool) -> None:
        self._remark(
            member,
            f"{'tags' if is_audio else 'texts'} that cannot be read",
            f"{'its tags' if is_audio else 'it'} cannot be read ({reason})",
        )

    def _remark(self, member: TarInfo, kind: str, words: str) -> None:
        self._remarks.add(kind, f"{self._place}, {escaped(member.name)}: {words}")


def _key_of(name: str) -> tuple[str | None, str]:
    """Return the key of a member, up to the first dot of its name, and what follows."""
    folder, slash, base = name.rpartition("/")
    stem, dot, suffix = base.partition(".")
    first = name.partition("/")[0]
    is_meta = (
        len(first) >= 2 * len(_META)
        and first.startswith(_META)
        and first.endswith(_META)
    )
    if not stem or not dot or is_meta:
        return None, ""
    return folder + slash + stem, suffix.lower()
