"""A folder of audio files as a manifest: one row a file, with the codes in its tags."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from sayso.client.manifest.gathered import Gathered
from sayso.client.manifest.rows import Manifest, Remarks, Rows
from sayso.client.manifest.sidecar import MOST_JSON, read_sidecar
from sayso.client.manifest.tags.naming import Naming
from sayso.client.manifest.tags.part import Part
from sayso.client.manifest.tags.reading import read_tags
from sayso.client.manifest.tar import is_tar, open_tar
from sayso.client.manifest.walk import AUDIO, Walk, suffix_of
from sayso.errors import MalformedError, ManifestError
from sayso.model.visible import escaped

_SIDECAR: Final = ".json"


def open_audio(folder: Path) -> Manifest:
    """Return a folder of audio files, or of shards where it holds tars and no audio.

    Raises:
        ManifestError: there is neither in it.
    """
    walk = Walk(folder=folder)
    remarks = Remarks()
    count = tars = 0
    for path in walk.files(remarks):
        count += suffix_of(path) in AUDIO
        tars += is_tar(path)
    if count:
        return AudioFolder(folder, count)
    if tars:
        return open_tar(folder)
    reason = f"; {remarks.lines[0]}" if remarks.lines else ""
    raise ManifestError(
        f"{folder} has no audio files, neither in it nor in its folders, such as .flac "
        f"or .mp3{reason}"
    )


class AudioFolder:
    """Audio files, in the order of their paths.

    Attributes:
        remarks: grows while it is read.
    """

    kind = "audio"
    column = "the ISRC in the tags of each file, and in a JSON file beside it"
    rows: int | None = None
    size: int | None = None

    def __init__(self, folder: Path, count: int) -> None:
        """Prepare to read a folder.

        Args:
            folder: with audio files in it, or in its folders.
            count: how many there are, to say how far it has been read.
        """
        self.name = str(folder)
        self.remarks = Remarks()
        self._walk = Walk(folder=folder)
        self._count, self._seen = count, 0
        self._gathered = Gathered("path")
        self.schema: pa.Schema = self._gathered.schema

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return min(self._seen / self._count, 1.0)

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order."""
        others = tars = 0
        for path in self._walk.files(self.remarks):
            suffix = suffix_of(path)
            if suffix in AUDIO:
                self._seen += 1
                self._gathered.add(self._naming(path), path)
            else:
                tars += is_tar(path)
                others += not is_tar(path) and suffix != _SIDECAR[1:]
            if self._gathered.is_full:
                yield self._gathered.take()
        self._remark_others(others, tars)
        if self._gathered:
            yield self._gathered.take()

    def _naming(self, path: str) -> Naming:
        naming = Naming()
        try:
            with self._walk.open(path) as stream:
                naming = read_tags(Part.of_stream(stream))
        except (MalformedError, OSError) as error:
            self._remark(path, "tags that cannot be read", "its tags", error)
        sidecar = path.rpartition(".")[0] + _SIDECAR
        try:
            with self._walk.open(sidecar) as stream:
                naming.add_from(read_sidecar(stream.read(MOST_JSON + 1)))
        except FileNotFoundError:
            pass
        except (MalformedError, OSError) as error:
            self._remark(sidecar, "JSON files that cannot be read", "it", error)
        return naming

    def _remark(self, path: str, kind: str, what: str, error: Exception) -> None:
        reason = error.strerror if isinstance(error, OSError) else error
        self.remarks.add(kind, f"{escaped(path)}: {what} cannot be read ({reason})")

    def _remark_others(self, others: int, tars: int) -> None:
        if self._walk.hidden:
            self.remarks.add(
                "hidden files",
                f"hidden files and folders that were passed over: {self._walk.hidden}",
            )
        if others:
            self.remarks.add(
                "other files",
                f"files without the name of an audio file, which are no rows: {others}",
            )
        if tars:
            self.remarks.add(
                "tars", f"tars that were not opened; screen them by themselves: {tars}"
            )
