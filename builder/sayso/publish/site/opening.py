"""Opening a release for its site: what pages show of it, from its folder."""

import zlib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from mkdocs.exceptions import PluginError

from sayso.errors import FetchError, MalformedError, UntrustedError
from sayso.model.owner import OwnerId
from sayso.publish.site.pages.extract import TWINNED
from sayso.publish.site.pages.listed import ReadFile
from sayso.publish.site.pages.shelf import Limits, Shelf, Site
from sayso.publish.site.pages.signers import Signers, signers_of
from sayso.wire.profile import decode
from sayso.wire.registry import REGISTRY_LIMIT, decode_registry
from sayso.wire.release import REGISTRY_FILE, RELEASE_FILE, decode_release
from sayso.wire.release_file import ReleaseFile, decode_index, file_named
from sayso.wire.signatures import SIGNATURES_LIMIT, decode_signatures
from sayso.wire.status import Status, decode_status

_GZIP = 31
"""What zlib calls a gzip with the largest window, and nothing else."""


def open_release(folder: Path, site: Site, limits: Limits) -> tuple[Shelf, int]:
    """Return a release arranged for pages, and the length of release.json in bytes.

    Args:
        folder: with the files of the release.
        site: where the site is.
        limits: how much becomes pages.

    Raises:
        PluginError: there is no release.
        MalformedError: it is not one.
        FetchError: a file of it cannot be read.
        UntrustedError: one is not the file that the release names.
    """
    if not (folder / RELEASE_FILE).exists():
        raise PluginError(f"there is no release in {folder}: run `make build` first")
    release_bytes = (folder / RELEASE_FILE).read_bytes()
    registry_bytes = (folder / REGISTRY_FILE).read_bytes()
    release = decode_release(release_bytes)
    raw = decode(registry_bytes, limit=REGISTRY_LIMIT)
    index = decode_index((folder / release.index.path).read_bytes())
    read_file = _reader(folder)
    shelf = Shelf(
        registry=decode_registry(registry_bytes),
        raw={name: raw[name] for name in TWINNED},
        release=release,
        index=index,
        status=_status(index, read_file),
        signers=_signers(index, read_file),
        site=site,
        limits=limits,
        read_file=read_file,
    )
    return shelf, len(release_bytes)


def _status(index: tuple[ReleaseFile, ...], read_file: ReadFile) -> Status:
    file = file_named(index, "status/", ".json", place="the index")
    return decode_status(_checked(file, read_file))


def _signers(
    index: tuple[ReleaseFile, ...], read_file: ReadFile
) -> Mapping[OwnerId, Signers]:
    file = file_named(index, "signatures/", ".json.gz", place="the index")
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        data = unpacker.decompress(_checked(file, read_file), SIGNATURES_LIMIT)
    except zlib.error as error:
        raise MalformedError(f"{file.path} is not a gzip") from error
    return signers_of(decode_signatures(data))


def _checked(file: ReleaseFile, read_file: ReadFile) -> bytes:
    data = read_file(file)
    if sha256(data).hexdigest() != file.sha256:
        raise UntrustedError(f"{file.path} is not the one that the release names")
    return data


def _reader(folder: Path) -> ReadFile:
    """Return a function that reads files of a release."""

    def read(file: ReleaseFile) -> bytes:
        try:
            with (folder / file.path).open("rb") as stream:
                # One byte more tells that it is too long.
                return stream.read(file.bytes + 1)
        except OSError as error:
            raise FetchError(f"{file.path} cannot be read: {error.strerror}") from error

    return read
