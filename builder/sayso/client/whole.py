"""The whole of a release: its documents and its core, fetched and verified.

Who serves them learns that the release is fetched, and not what it is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sayso.client.core import Core, read_core
from sayso.client.fetch import Fetcher
from sayso.client.registry import (
    check_same_release,
    decoded_registry,
    fetch_index,
    fetch_listed,
    fetch_registry_data,
)
from sayso.wire.contents import Contents
from sayso.wire.profile import Json, decode
from sayso.wire.registry import REGISTRY_LIMIT, Registry
from sayso.wire.release import Release
from sayso.wire.release_file import ReleaseFile, file_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What a release says of itself, beside its columns.

    Attributes:
        release: verified.
        index: the files that release.json does not name itself.
        contents: the digests that it states.
        registry: of this release, checked.
        items: the lists of registry.json, as they are written.
    """

    release: Release
    index: tuple[ReleaseFile, ...]
    contents: Contents
    registry: Registry
    items: Mapping[str, Sequence[Json]]


def open_documents(fetcher: Fetcher, release: Release) -> Documents:
    """Return the documents of a verified release.

    Raises:
        FetchError: a file is missing, too long or cannot be reached.
        UntrustedError: a file is not the one that the release names.
        MalformedError: a file is not in its format.
    """
    data = fetch_registry_data(fetcher, release)
    registry = decoded_registry(data)
    check_same_release(registry, release)
    document = decode(data, limit=REGISTRY_LIMIT)
    index = fetch_index(fetcher, release)
    policies, prefixes = (
        file_named(index, "bulk/", f".{kind}.parquet", place="the index")
        for kind in ("policies", "prefixes")
    )
    return Documents(
        release=release,
        index=index,
        contents=Contents(
            number=release.header.number,
            core=release.core.content_sha256,
            policies=policies.content_sha256,
            prefixes=prefixes.content_sha256,
        ),
        registry=registry,
        items={
            name: cast("Sequence[Json]", document[name])
            for name in ("owners", "declarations", "disputes", "policies", "prefixes")
        },
    )


def core_of(fetcher: Fetcher, documents: Documents) -> Core:
    """Return the core of a release; its errors are those of `open_documents`."""
    return read_core(
        fetch_listed(fetcher, documents.release.core),
        documents.items["policies"],
        documents.items["prefixes"],
        contents=documents.contents,
    )


def open_core(fetcher: Fetcher, release: Release) -> Core:
    """Return the core of a verified release; its errors are those of its parts."""
    return core_of(fetcher, open_documents(fetcher, release))
