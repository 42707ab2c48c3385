"""Small files: those of a release that do not grow with its recordings."""

import hashlib
from collections.abc import Iterable, Iterator

from sayso.publish.output import Output, pack
from sayso.publish.parts import listed
from sayso.publish.reading.schema import json_schemas
from sayso.publish.release_schemas import release_schemas
from sayso.wire.profile import encode
from sayso.wire.release import REGISTRY_FILE, registry_path
from sayso.wire.release_file import ReleaseFile, encode_index, index_path
from sayso.wire.signatures import (
    SignedFolder,
    encode_signatures,
    signatures_path,
)
from sayso.wire.sources import SourceDigest, encode_sources, sources_path
from sayso.wire.state import RegistryState, encode_state, state_path
from sayso.wire.status import Status, encode_status, status_path
from sayso.wire.text import Digest


def registry_file(registry: bytes, output: Output) -> ReleaseFile:
    """Write registry.json, and the same under its digest, where it never changes."""
    file = listed(REGISTRY_FILE, registry, _digest(registry))
    output.write(REGISTRY_FILE, registry)
    output.also(REGISTRY_FILE, registry_path(file.sha256))
    return file


def index_file(files: Iterable[ReleaseFile], output: Output) -> ReleaseFile:
    """Write the index of the files that release.json does not name itself."""
    data = encode_index(files)
    content = _digest(data)
    path = index_path(content)
    output.write(path, data)
    return listed(path, data, content)


def state_file(state: RegistryState, output: Output) -> ReleaseFile:
    """Write what the next release goes on from."""
    data = encode_state(state)
    content = _digest(data)
    return _packed(state_path(content), data, content, output)


def sources_file(files: Iterable[SourceDigest], output: Output) -> ReleaseFile:
    """Write the list of the files that the release was made from."""
    data = encode_sources(files)
    content = _digest(data)
    return _packed(sources_path(content), data, content, output)


def status_file(status: Status, output: Output) -> ReleaseFile:
    """Write what was left out, and what waits in public."""
    data = encode_status(status)
    content = _digest(data)
    path = status_path(content)
    output.write(path, data)
    return listed(path, data, content)


def signatures_file(folders: Iterable[SignedFolder], output: Output) -> ReleaseFile:
    """Write what owners signed, for everybody to check without the repository."""
    data = encode_signatures(folders)
    content = _digest(data)
    return _packed(signatures_path(content), data, content, output)


def schema_files(output: Output) -> Iterator[ReleaseFile]:
    """Write the JSON Schemas of all formats."""
    for name, body in {**json_schemas(), **release_schemas()}.items():
        data = encode(body)
        output.write(f"schema/{name}.json", data)
        yield listed(f"schema/{name}.json", data, _digest(data))


def _packed(path: str, data: bytes, content: Digest, output: Output) -> ReleaseFile:
    packed = pack(data)
    output.write(path, packed)
    return listed(path, packed, content)


def _digest(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())
