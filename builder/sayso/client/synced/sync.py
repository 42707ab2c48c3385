"""Syncing: the first time the whole registry, then what changed, each time verified.

A new copy is made beside the one in force and takes its place at once: whoever asks
meanwhile is answered by the old one, and a sync that fails changes nothing.
"""

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sayso.client.core import Core, apply_delta
from sayso.client.fetch import Fetcher
from sayso.client.kept import KeptFile
from sayso.client.lookup import unpack
from sayso.client.receipt_making import ask
from sayso.client.refresh import Trusted
from sayso.client.registry import fetch_listed
from sayso.client.synced.columns import write_copy, write_file
from sayso.client.synced.copy import Copy, read_standing
from sayso.client.synced.layout import EVIDENCE
from sayso.client.synced.placing import DRAFT, put, settle, tidy
from sayso.client.synced.standing import STANDING_FILE, Standing
from sayso.client.synced.titles import Told, write_titles
from sayso.client.whole import Documents, core_of, open_documents
from sayso.columns.rows import content_of
from sayso.errors import FetchError, MalformedError, RegistryError
from sayso.trust.profiles import Role
from sayso.wire.delta import DELTA_LIMIT, decode_delta
from sayso.wire.evidence import encode_evidence
from sayso.wire.profile import encode
from sayso.wire.release_file import ReleaseFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync did.

    Attributes:
        copy: the one in force now.
        before: the release of the one before; None where there was none.
        by_delta: whether only what changed was fetched of the recordings.
        changed: how many recordings the delta changed; None without one.
        bytes: how many were fetched, as served.
        requests: how many files.
    """

    copy: Copy
    before: int | None
    by_delta: bool = False
    changed: int | None = None
    bytes: int = 0
    requests: int = 0


def sync(
    fetcher: Fetcher,
    trusted: Trusted,
    folder: Path,
    *,
    location: str,
    titles: bool = False,
    told: Told = lambda *_: None,
) -> Synced:
    """Make a folder hold a copy of the newest release, or say that it does.

    Args:
        fetcher: brings the files; it is not believed.
        trusted: what is believed of the registry now.
        folder: of copies, made where it is not there.
        location: where the files come from, to be remembered.
        titles: whether titles and artists are compared later; once synced they stay.
        told: is told of the progress.

    Raises:
        FetchError: a file cannot be had, or the folder cannot be written.
        UntrustedError: a file is not the one that the release names.
        MalformedError: a file is not in its format.
    """
    kept = KeptFile(folder / STANDING_FILE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with kept.locked():
            return _sync(fetcher, trusted, kept, location, told, titles=titles)
    except OSError as error:
        raise FetchError(
            f"{error.filename or folder} cannot be written: {error.strerror}"
        ) from error


def _sync(
    fetcher: Fetcher,
    trusted: Trusted,
    kept: KeptFile,
    location: str,
    told: Told,
    *,
    titles: bool,
) -> Synced:
    folder = kept.path.parent
    old = _sound(folder)
    counted = _Counted(fetcher)
    before = None if old is None else old.standing.release.number
    titles = titles or (old is not None and old.standing.titles)
    if old is not None and _is_newest(old.standing, trusted, titles=titles):
        standing = replace(
            old.standing,
            location=location,
            log_size=trusted.checkpoint.checkpoint.size,
            checked=trusted.checked,
            fresh_until=fresh_until(trusted),
        )
        put(kept, standing)
        tidy(folder, keep=standing.folder)
        return Synced(copy=Copy(old.folder, standing), before=before)
    told("Fetching the registry", 0, 1)
    documents = open_documents(counted, trusted.release)
    core, changed = _new_core(counted, documents, old, told)
    draft = Path(tempfile.mkdtemp(dir=folder, prefix=DRAFT))
    try:
        told("Writing the copy", 0, 1)
        write_copy(draft, core, documents.items)
        write_file(draft / EVIDENCE, _evidence(trusted, counted))
        if titles:
            write_titles(draft, counted, documents.registry.parts, told)
        number = trusted.release.header.number
        place = settle(draft, draft.name.replace(DRAFT, f"{number}-"))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    standing = _standing(trusted, documents, location, place.name, titles=titles)
    put(kept, standing)
    tidy(folder, keep=place.name)
    return Synced(
        copy=Copy(place, standing),
        before=before,
        by_delta=changed is not None,
        changed=changed,
        bytes=counted.bytes,
        requests=counted.requests,
    )


def fresh_until(trusted: Trusted) -> datetime:
    """Return when the first signature ends that makes a release the newest."""
    chain = trusted.chain
    roles = (Role.TIMESTAMP, Role.SNAPSHOT, Role.TARGETS, Role.RELEASES)
    return min([chain.root.expires, *(chain.file(role).expires for role in roles)])


def _evidence(trusted: Trusted, fetcher: Fetcher) -> bytes:
    """Return what proves the release, for receipts that are made without a network."""
    question = ask(trusted, fetcher, maker="", asked=trusted.checked)
    return encode(encode_evidence(question.evidence))


class _Counted:
    """Brings files from another place, and counts what that takes."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.requests = 0
        self.bytes = 0

    def fetch(self, path: str, *, limit: int) -> bytes:
        data = self._fetcher.fetch(path, limit=limit)
        self.requests += 1
        self.bytes += len(data)
        return data


def _sound(folder: Path) -> Copy | None:
    """Return the copy that is there; none where it is damaged, so that it is mended."""
    try:
        standing = read_standing(folder)
        if standing is None:
            return None
        copy = Copy(folder / standing.folder, standing)
        copy.check_whole()
    except RegistryError:
        return None
    return copy


def _is_newest(standing: Standing, trusted: Trusted, *, titles: bool) -> bool:
    return (
        standing.digest == trusted.entry.digest
        and standing.root == trusted.chain.roots[0].digest
        and standing.titles == titles
    )


def _standing(
    trusted: Trusted, documents: Documents, location: str, name: str, *, titles: bool
) -> Standing:
    return Standing(
        release=trusted.release.header,
        digest=trusted.entry.digest,
        contents=documents.contents,
        folder=name,
        titles=titles,
        location=location,
        root=trusted.chain.roots[0].digest,
        log=trusted.checkpoint.checkpoint.origin,
        log_size=trusted.checkpoint.checkpoint.size,
        checked=trusted.checked,
        fresh_until=fresh_until(trusted),
    )


def _new_core(
    fetcher: Fetcher, documents: Documents, old: Copy | None, told: Told
) -> tuple[Core, int | None]:
    """Return the core of a release, and how many recordings a delta changed."""
    if old is not None:
        core = old.core()
        if core.contents == documents.contents and _is_intact(core):
            return core, 0
        if (listed := _delta(documents, core.contents.number)) is not None:
            told("Fetching what changed", 0, 1)
            try:
                data = unpack(fetch_listed(fetcher, listed), limit=DELTA_LIMIT)
                delta = decode_delta(data)
                if delta.after != documents.contents:
                    raise MalformedError(f"{listed.path} leads to another release")
                return apply_delta(core, delta), len(delta.keys)
            except (RegistryError, ValueError, LookupError):
                # The core is the answer to every fault of a delta, or of the copy,
                # whose columns may be of any numbers where they are damaged.
                pass
    told("Fetching the recordings", 0, 1)
    return core_of(fetcher, documents), None


def _is_intact(core: Core) -> bool:
    """Return whether the columns on the disk still are what was written."""
    return content_of(core.keys, core.numbers) == core.contents.core


def _delta(documents: Documents, number: int) -> ReleaseFile | None:
    end = f".{number}-{documents.contents.number}.jsonl.gz"
    for file in documents.index:
        if file.path.startswith("delta/") and file.path.endswith(end):
            return file
    return None
