"""Opening a registry: nothing is believed before it is verified."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sayso.client.registry import open_registry
from sayso.errors import (
    FetchError,
    MalformedError,
    RegistryError,
    StaleError,
    UntrustedError,
)
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Verdict
from sayso.trust.keys import PublicKey
from sayso.trust.minisign import sign
from sayso.wire.profile import encode
from sayso.wire.registry import REGISTRY_LIMIT, Registry
from sayso.wire.release import Release
from tests.registries import (
    ISSUED,
    KEY,
    LISTED,
    OTHER_KEY,
    registry_document,
    release_document,
    release_files,
    signed,
)
from tests.webserver import files, serve

FILES = release_files().by_path


@dataclass(frozen=True, slots=True)
class Memory:
    """Brings files that are at hand."""

    files: dict[str, bytes]

    def fetch(self, path: str, *, limit: int) -> bytes:
        if path not in self.files:
            raise FetchError(f"{path} is not there")
        if len(self.files[path]) > limit:
            raise FetchError(f"{path} is longer than {limit}")
        return self.files[path]


def opened(
    by_path: dict[str, bytes],
    *,
    key: PublicKey = KEY.public,
    now: datetime = ISSUED,
    max_age: timedelta | None = timedelta(days=7),
) -> tuple[Release, Registry]:
    return open_registry(
        "x", key=key, now=now, max_age=max_age, fetcher=Memory(by_path)
    )


def test_a_good_registry_opens_from_a_folder_and_from_an_address(
    tmp_path: Path,
) -> None:
    release_files().write(tmp_path)
    with serve(files(FILES)) as site:
        for location in (str(tmp_path), site.address):
            release, registry = open_registry(
                location, key=KEY.public, now=ISSUED, max_age=timedelta(days=7)
            )
            assert release.header == registry.release
            answer = registry.answer(Isrc(LISTED), "prompt", now=ISSUED)
            assert answer.verdict is Verdict.DENY


def test_another_key_opens_nothing() -> None:
    with pytest.raises(UntrustedError, match=r"release\.json is not to be believed"):
        opened(FILES, key=OTHER_KEY.public)


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_missing_file_is_no_answer(path: str) -> None:
    rest = {name: data for name, data in FILES.items() if name != path}
    with pytest.raises(FetchError, match=f"{path} is not there"):
        opened(rest)


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_changed_byte_anywhere_is_no_answer(path: str) -> None:
    data = FILES[path]
    start = data.index(b"\n") if path.endswith(".minisig") else 0
    step = max(1, len(data) // 100)
    for place in range(start, len(data), step):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(RegistryError):
            opened({**FILES, path: bytes(changed)})


@pytest.mark.parametrize("path", sorted(FILES))
def test_a_file_cut_off_is_no_answer(path: str) -> None:
    for data in (b"", FILES[path][:-1], FILES[path] + b"\n"):
        with pytest.raises(RegistryError):
            opened({**FILES, path: data})


@pytest.mark.parametrize("path", ["release.json.minisig", "registry.json.minisig"])
def test_a_signature_that_is_none_is_named(path: str) -> None:
    with pytest.raises(MalformedError, match=f"{path} is not a signature"):
        opened({**FILES, path: b"\xff"})


@pytest.mark.parametrize(
    ("later", "good"),
    [
        (timedelta(minutes=-5), True),
        (timedelta(minutes=-5, seconds=-1), False),
        (timedelta(), True),
        (timedelta(days=7), True),
        (timedelta(days=7, seconds=1), False),
    ],
)
def test_a_release_is_fresh_for_some_time(later: timedelta, good: bool) -> None:  # noqa: FBT001
    if good:
        opened(FILES, now=ISSUED + later)
    else:
        with pytest.raises(StaleError, match=r"days old|in the future"):
            opened(FILES, now=ISSUED + later)


def test_ages_below_two_days_are_said_in_hours() -> None:
    with pytest.raises(StaleError, match="13 hours old, and at most 12 hours"):
        opened(FILES, now=ISSUED + timedelta(hours=13), max_age=timedelta(hours=12))


def test_any_age_may_be_accepted_knowingly() -> None:
    opened(FILES, now=ISSUED + timedelta(days=9999), max_age=None)


def test_a_registry_of_another_release_is_refused() -> None:
    """Old data under a new release, each well signed."""
    newer = release_files(issued=ISSUED + timedelta(days=1)).by_path
    for name in ("registry.json", "release.json"):
        mixed = {
            **FILES,
            name: newer[name],
            f"{name}.minisig": newer[f"{name}.minisig"],
        }
        with pytest.raises(RegistryError, match="not the one that the release names"):
            opened(mixed, now=ISSUED + timedelta(days=1))


def test_a_signature_of_another_file_is_refused() -> None:
    """A registry.json that is served as release.json, with its own signature."""
    swapped = {
        **FILES,
        "release.json": FILES["registry.json"],
        "release.json.minisig": FILES["registry.json.minisig"],
    }
    with pytest.raises(RegistryError, match=r"release\.json cannot be read"):
        opened(swapped)


@pytest.mark.parametrize("name", ["release.json", "registry.json"])
def test_a_signed_comment_must_fit_the_content(name: str) -> None:
    text = sign(FILES[name], KEY, trusted_comment="release=2")
    with pytest.raises(UntrustedError, match=f"{name} was signed as 'release=2'"):
        opened({**FILES, f"{name}.minisig": text.encode()})


def test_a_signed_registry_that_is_none_is_refused() -> None:
    bad = b'{\n"format":"sayso/registry/1"\n}\n'
    release = encode(release_document(bad, registry_document()["counts"]))
    with pytest.raises(MalformedError, match=r"registry\.json cannot be read"):
        opened(signed({"registry.json": bad, "release.json": release}))


def test_both_files_count_alike() -> None:
    registry = encode(registry_document())
    counts = {**registry_document()["counts"], "recordings": 5}
    release = encode(release_document(registry, counts))
    with pytest.raises(UntrustedError, match="of another release"):
        opened(signed({"registry.json": registry, "release.json": release}))


def test_a_registry_too_large_is_not_fetched() -> None:
    registry = FILES["registry.json"]
    document = release_document(registry, registry_document()["counts"])
    document["files"][0]["bytes"] = REGISTRY_LIMIT + 1
    with pytest.raises(FetchError, match="more than this version"):
        opened(signed({"registry.json": registry, "release.json": encode(document)}))
