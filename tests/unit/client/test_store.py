"""The store: nothing is asked twice in vain, and nothing that was seen is forgotten."""

import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sayso.client.refresh import MemoryFetcher
from sayso.client.store import STORE_LIMIT, Store
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RegistryError,
    UntrustedError,
)
from sayso.trust.profiles import Role
from sayso.wire.places import metadata_path
from tests.believed import Believed, believed, following
from tests.registries import ISSUED, release_files
from tests.roles import TEAM, signers_of

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Nobody:
    """Brings nothing: whoever asks has failed."""

    def fetch(self, path: str, *, limit: int) -> bytes:  # noqa: ARG002
        raise MissingError(f"{path} was asked for")


def asked(
    folder: Path,
    registry: Believed,
    *,
    later: timedelta = timedelta(0),
    max_age: timedelta = HOUR,
    online: bool = True,
) -> int:
    """Return the number of the release that is believed."""
    store = Store(folder, registry.root)
    fetcher = MemoryFetcher(registry.files) if online else Nobody()
    trusted = store.refresh(fetcher, now=ISSUED + later, max_age=max_age)
    return trusted.release.header.number


def kept(folder: Path) -> Path:
    """Return the only file of a store."""
    (path,) = folder.glob("*.json")
    return path


def test_within_its_age_nobody_is_asked(tmp_path: Path) -> None:
    registry = believed()
    folder = tmp_path / "new/store"
    asked(folder, registry)
    assert asked(folder, registry, later=HOUR - timedelta(seconds=1), online=False) == 1
    with pytest.raises(MissingError, match="was asked for"):
        asked(folder, registry, later=HOUR, online=False)
    # What was answered from memory does not make it younger.
    with pytest.raises(MissingError, match="was asked for"):
        asked(folder, registry, later=HOUR, online=False)


def test_it_is_said_when_the_registry_was_asked(tmp_path: Path) -> None:
    registry = believed()
    store, fetcher = Store(tmp_path, registry.root), MemoryFetcher(registry.files)
    for later, asked_at in ((0, 0), (59, 0), (60, 60)):
        now = ISSUED + timedelta(minutes=later)
        trusted = store.refresh(fetcher, now=now, max_age=HOUR)
        assert trusted.checked == ISSUED + timedelta(minutes=asked_at)


def test_a_clock_that_was_put_back_asks(tmp_path: Path) -> None:
    registry = believed()
    asked(tmp_path, registry, later=HOUR)
    with pytest.raises(MissingError, match="was asked for"):
        asked(tmp_path, registry, online=False)


def test_what_has_expired_is_asked_for_however_young(tmp_path: Path) -> None:
    registry = believed()
    asked(tmp_path, registry)
    registry.roles.now = ISSUED + 4 * DAY
    registry.publish(following(registry.files))
    assert asked(tmp_path, registry, later=4 * DAY, max_age=30 * DAY) == 2


def test_what_was_seen_is_remembered_from_copy_to_copy(tmp_path: Path) -> None:
    registry = believed()
    old = replace(registry, files=dict(registry.files))
    registry.publish(following(registry.files))
    assert asked(tmp_path, registry, later=HOUR) == 2
    with pytest.raises(UntrustedError, match="went back"):
        asked(tmp_path, old, later=HOUR, max_age=timedelta(0))
    assert asked(tmp_path, registry, later=HOUR, online=False) == 2


def test_roots_that_are_pinned_have_files_of_their_own(tmp_path: Path) -> None:
    first, second = believed(), believed(now=ISSUED + HOUR)
    asked(tmp_path, first)
    asked(tmp_path, second, later=HOUR)
    assert len([*tmp_path.glob("*.json")]) == 2


def test_what_is_kept_is_verified_when_it_is_read(tmp_path: Path) -> None:
    registry = believed()
    asked(tmp_path, registry)
    path = kept(tmp_path)
    data = path.read_bytes()
    for place in range(0, len(data), len(data) // 80):
        changed = bytearray(data)
        changed[place] ^= 1
        path.write_bytes(bytes(changed))
        # Only when it was asked is not signed by anybody.
        with suppress(RegistryError):
            assert asked(tmp_path, registry, online=False, max_age=DAY) == 1
    path.unlink()
    assert asked(tmp_path, registry) == 1


def test_a_file_that_is_cut_off_is_damaged_and_not_forgotten(tmp_path: Path) -> None:
    registry = believed()
    asked(tmp_path, registry)
    path = kept(tmp_path)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(RegistryError, match=r"is damaged: .* Delete it to begin anew"):
        asked(tmp_path, registry)
    path.write_bytes(b" " * (STORE_LIMIT + 1))
    with pytest.raises(FetchError, match="longer than"):
        asked(tmp_path, registry)


def test_another_copy_says_nothing_for_the_one_that_is_asked(tmp_path: Path) -> None:
    """An old folder that was asked a minute ago does not keep the web from being."""
    registry = believed()
    store = Store(tmp_path, registry.root)
    old = MemoryFetcher(dict(registry.files))
    store.refresh(old, now=ISSUED, max_age=timedelta(0), source="folder")
    registry.publish(following(registry.files))
    found = store.refresh(
        MemoryFetcher(registry.files),
        now=ISSUED + HOUR - timedelta(minutes=1),
        max_age=HOUR,
        source="https://registry.example",
    )
    assert found.release.header.number == 2


def test_a_root_is_kept_although_nothing_else_could_be_had(tmp_path: Path) -> None:
    """It may say that keys were stolen, and a thief would hide it afterwards."""
    registry = believed(release_files(profile="operator"), profile=TEAM)
    asked(tmp_path, registry)
    stolen = dict(registry.files)
    registry.roles.rotate(TEAM, signers_of(TEAM, first=300))
    root = registry.roles.root
    broken = replace(registry, files={**stolen, metadata_path(root.name): root.data})
    with pytest.raises(UntrustedError, match=r"timestamp\.json is signed by 0"):
        asked(tmp_path, broken, later=HOUR)
    for max_age in (timedelta(0), DAY):
        with pytest.raises(UntrustedError, match=r"timestamp\.json is signed by 0"):
            asked(
                tmp_path,
                replace(registry, files=stolen),
                later=HOUR,
                max_age=max_age,
            )
    (roots,) = tmp_path.glob("*.roots.json")
    written = roots.stat().st_ino
    registry.roles.sign_targets()
    del registry.roles.in_force[Role.SNAPSHOT], registry.roles.in_force[Role.TIMESTAMP]
    registry.publish(following(registry.files))
    assert asked(tmp_path, registry, later=HOUR) == 2
    assert roots.stat().st_ino == written  # at no moment it held fewer
    roots.write_bytes(roots.read_bytes().replace(b"operator", b"developer")[:-1])
    with pytest.raises(
        RegistryError, match=r"roots\.json, .* is damaged: .* Delete it"
    ):
        asked(tmp_path, registry, later=HOUR)


@pytest.mark.parametrize("suffix", [".json", ".roots.json"])
@pytest.mark.parametrize(
    ("old", "new"), [(b'/1",\n', b'/2",\n'), (b'\n"format"', b'\n"fold":1,\n"format"')]
)
def test_a_file_of_another_format_is_not_read(
    tmp_path: Path, suffix: str, old: bytes, new: bytes
) -> None:
    """Also not one that a later version wrote, which may say more."""
    registry = believed(release_files(profile="operator"), profile=TEAM)
    registry.roles.rotate(TEAM, registry.roles.signers)
    registry.files |= registry.roles.files()
    asked(tmp_path, registry)
    path = tmp_path / f"{registry.root.digest}{suffix}"
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    with pytest.raises(MalformedError, match=r"is damaged: .* Delete it"):
        asked(tmp_path, registry)


def test_a_root_is_kept_although_the_one_after_it_is_none(tmp_path: Path) -> None:
    registry = believed(release_files(profile="operator"), profile=TEAM)
    stolen = dict(registry.files)
    registry.roles.rotate(TEAM, signers_of(TEAM, first=300))
    root = registry.roles.root
    third = {metadata_path("3.root.json"): b"none"}
    with pytest.raises(RegistryError):
        asked(
            tmp_path,
            replace(
                registry,
                files={**stolen, metadata_path(root.name): root.data, **third},
            ),
        )
    with pytest.raises(UntrustedError, match=r"timestamp\.json is signed by 0"):
        asked(tmp_path, replace(registry, files=stolen))


def test_a_store_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(FetchError, match=r"say where else .* with --store"):
        asked(tmp_path / "file/store", believed())


def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    registry = believed()
    found: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(asked(tmp_path, registry, max_age=HOUR))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 8
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".lock"]
