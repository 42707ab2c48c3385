"""Tars of samples (WebDataset) as a manifest: one row a sample. Nothing is unpacked."""

from collections.abc import Iterator
from io import SEEK_END
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa

from sayso.client.manifest.gathered import Gathered
from sayso.client.manifest.rows import Manifest, Remarks, Rows
from sayso.client.manifest.samples import Samples
from sayso.client.manifest.tape import Tape
from sayso.client.manifest.walk import Walk
from sayso.errors import MalformedError, ManifestError
from sayso.model.visible import escaped

_TARS: Final = (".tar", ".tar.gz", ".tgz")


def is_tar(path: str) -> bool:
    """Return whether a file is a tar, by its name."""
    return path.lower().endswith(_TARS)


def open_tar(path: Path) -> Manifest:
    """Return a tar, or a folder of tars as one manifest.

    Raises:
        ManifestError: it cannot be read, or there are none in the folder.
    """
    if not path.is_dir():
        return Tars(str(path), {path.name: path})
    remarks = Remarks()
    files = list(Walk(folder=path).files(remarks))
    names = list(filter(is_tar, files))
    if not names:
        raise ManifestError(f"{path} has no tars in it or in its folders")
    if others := len(files) - len(names):
        remarks.add("other files", f"files that are no tars and are not read: {others}")
    manifest = Tars(str(path), {name: path / name for name in names})
    manifest.remarks = remarks
    return manifest


class Tars:
    """Samples: members of a tar that follow one another and share a key.

    Attributes:
        remarks: grows while it is read.
    """

    kind = "webdataset"
    column = "the ISRC in the JSON and in the audio tags of each sample"
    rows: int | None = None
    size: int | None

    def __init__(self, name: str, shards: dict[str, Path]) -> None:
        """Prepare to read tars.

        Args:
            name: as the user wrote it.
            shards: by their names, in their order.

        Raises:
            ManifestError: one of them cannot be read.
        """
        self.name = name
        self.remarks = Remarks()
        self._shards = shards
        self._several = len(shards) > 1
        self._gathered = Gathered(*["shard"] * self._several, "key")
        self.schema: pa.Schema = self._gathered.schema
        self._read = self._rows = 0
        try:
            self.size = sum(path.stat().st_size for path in shards.values())
        except OSError as error:
            raise ManifestError(f"{name} cannot be read: {error.strerror}") from error

    @property
    def done(self) -> float:
        """How much of it has been read, from 0 to 1."""
        return min(self._read / self.size, 1.0) if self.size else 1.0

    def read(self) -> Iterator[Rows]:
        """Yield all rows in their order.

        Raises:
            ManifestError: a tar cannot be read to its end.
        """
        for shard, path in self._shards.items():
            try:
                with path.open("rb") as file:
                    yield from self._read_shard(shard, file)
            except (MalformedError, OSError) as error:
                raise ManifestError(
                    f"{path} cannot be read to its end: {_reason(error)}; fetch it, or "
                    "make it, anew"
                ) from error
        if not self._rows:
            raise ManifestError(f"{self.name} has no samples, such as 0001.flac")
        if self._gathered:
            yield self._gathered.take()

    def _read_shard(self, shard: str, file: BinaryIO) -> Iterator[Rows]:
        tape, before = Tape(file), self._read
        place = escaped(shard if self._several else self.name)
        samples = Samples(tape, place, self.remarks)
        for key, naming in samples.read():
            self._gathered.add(naming, *[shard] * self._several, key)
            self._rows += 1
            self._read = before + file.tell()
            if self._gathered.is_full:
                yield self._gathered.take()
        if tape.is_cut:
            self.remarks.add(
                "tars without an end",
                f"{place}: the two empty blocks that end a tar are missing; it may be "
                "cut off",
            )
        elif tape.has_more():
            self.remarks.add(
                "tars that go on",
                f"{place}: something follows the end of the tar, and is not read",
            )
        self._read = before + file.seek(0, SEEK_END)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
