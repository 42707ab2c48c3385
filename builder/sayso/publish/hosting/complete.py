"""Completeness: whether all that a release names goes out, or is there already."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from sayso.errors import PublishError
from sayso.publish.hosting.destination import Reader
from sayso.publish.hosting.outgoing import Outgoing
from sayso.publish.reading.file import file_digest
from sayso.wire.members import Members
from sayso.wire.parts import read_parts
from sayso.wire.profile import decode
from sayso.wire.registry import REGISTRY_LIMIT
from sayso.wire.release import REGISTRY_FILE, Release, registry_path
from sayso.wire.release_file import INDEX_LIMIT, ReleaseFile, decode_index


def files_of_release(reader: Reader, release: Release) -> Iterator[ReleaseFile]:
    """Yield every file that a release names, but those of the look-up tree.

    Args:
        reader: brings the index and the registry, under the names that never change.
        release: a verified release.

    Raises:
        RegistryError: one of those two cannot be had or read.
        PublishError: one of them is another than the release names.
    """
    index = _content(reader, release.index, release.index.path, INDEX_LIMIT)
    yield from release.files
    yield from decode_index(index)
    listed = release.file(REGISTRY_FILE)
    path = registry_path(listed.sha256)
    registry = _content(reader, listed, path, REGISTRY_LIMIT)
    yield ReleaseFile(
        path=path,
        bytes=listed.bytes,
        sha256=listed.sha256,
        content_sha256=listed.content_sha256,
    )
    members = Members(decode(registry, limit=REGISTRY_LIMIT), REGISTRY_FILE)
    for part in read_parts(members.items("parts")):
        yield from part.files


def check_complete(
    release: Release,
    files: Iterable[ReleaseFile],
    tree: Iterable[str],
    outgoing: Mapping[str, Outgoing],
    sizes: Mapping[str, int | None],
    *,
    place: str,
) -> None:
    """Check that every file of a release goes out as it is named, or is there.

    Args:
        release: what is published.
        files: those that it names.
        tree: the paths of the files of its look-up tree.
        outgoing: the files that go out.
        sizes: what the destination has, and how many bytes, where that is known.
        place: the destination, as messages call it.

    Raises:
        PublishError: one is missing, or another than the release names.
    """
    number = release.header.number
    for file in files:
        found = outgoing.get(file.path)
        if found is not None:
            is_same = (
                found.size == file.bytes and file_digest(found.place) == file.sha256
            )
        else:
            _check_there(file.path, number, sizes, place)
            is_same = sizes[file.path] in {None, file.bytes}
        if not is_same:
            raise PublishError(
                f"{file.path} is not the one that release {number} names: build it "
                "again, and publish the whole folder"
            )
    for path in tree:
        if path not in outgoing:
            _check_there(path, number, sizes, place)


def _check_there(
    path: str, number: int, sizes: Mapping[str, int | None], place: str
) -> None:
    if path not in sizes:
        raise PublishError(
            f"{path} of release {number} is neither to be published nor in {place}: "
            "publish the whole folder that sayso build made"
        )


def _content(reader: Reader, file: ReleaseFile, path: str, limit: int) -> bytes:
    data = reader.fetch(path, limit=min(limit, file.bytes))
    if sha256(data).hexdigest() != file.sha256:
        raise PublishError(f"{path} is not the one that the release names")
    return data
