"""Files of TUF have one spelling, and are what their names say."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from sayso.errors import MalformedError
from sayso.trust.profiles import PROFILES, Profile, Role
from sayso.trust.roles import (
    ROLE_LIMIT,
    RoleFile,
    expiry,
    next_version,
    profile_of,
    read_role,
    root_of,
    snapshot_of,
    targets_of,
    timestamp_of,
)
from sayso.wire.places import target_path
from tests.roles import DEV, NOW, POLICY, TEAM, changed, repository

FILES = repository(TEAM).in_force


@pytest.mark.parametrize("role", Role)
def test_a_file_is_read_as_it_was_made(role: Role) -> None:
    file = FILES[role]
    assert read_role(file.name, file.data) == file


def test_files_are_named_as_clients_ask_for_them() -> None:
    assert sorted(file.name for file in FILES.values()) == [
        "1.releases.json",
        "1.root.json",
        "1.snapshot.json",
        "1.targets.json",
        "timestamp.json",
    ]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_the_same_inputs_make_the_same_bytes(profile: Profile) -> None:
    assert repository(profile).files() == repository(profile).files()


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_root_says_its_profile_and_that_snapshots_are_consistent(
    profile: Profile,
) -> None:
    root = repository(profile).root
    assert profile_of(root) is profile
    assert root_of(root).consistent_snapshot is True


@pytest.mark.parametrize("fields", [{}, {"x-sayso-profile": "none"}])
def test_a_root_without_a_profile_is_refused(fields: dict[str, str]) -> None:
    root = changed(FILES[Role.ROOT], unrecognized_fields=fields)
    with pytest.raises(MalformedError, match=r"no profile '(N|n)one'"):
        profile_of(root)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "root",
        "1.root",
        "01.root.json",
        "0.root.json",
        "-1.root.json",
        "1.mirrors.json",
        "1.Root.json",
        "1.root.json\n",
        "x/1.root.json",
        "1.root.json.gz",
        f"{'9' * 17}.root.json",
    ],
)
def test_what_is_no_name_of_a_file_is_refused(name: str) -> None:
    with pytest.raises(MalformedError, match="not the name of a file of TUF"):
        read_role(name, FILES[Role.ROOT].data)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (Role.ROOT, "2.root.json"),
        (Role.ROOT, "root.json"),
        (Role.ROOT, "1.targets.json"),
        (Role.ROOT, "timestamp.json"),
        (Role.SNAPSHOT, "1.root.json"),
        (Role.TARGETS, "1.snapshot.json"),
        (Role.TIMESTAMP, "1.timestamp.json"),
        (Role.TIMESTAMP, "1.snapshot.json"),
    ],
)
def test_a_file_under_another_name_is_refused(role: Role, name: str) -> None:
    with pytest.raises(
        MalformedError, match="says of itself that it is version '1' of"
    ):
        read_role(name, FILES[role].data)


def test_targets_and_releases_are_told_apart_by_name_alone() -> None:
    """Both are of the type "targets" to TUF; the keys that sign them differ."""
    file = read_role("1.releases.json", FILES[Role.TARGETS].data)
    assert file.role is Role.RELEASES


Edit = Callable[[Any], object]


def edited(file: RoleFile, edit: Edit) -> bytes:
    value = json.loads(file.data)
    edit(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "edit",
    [
        lambda value: value["signed"].update(version=True),
        lambda value: value["signed"].update(version=1.0),
        lambda value: value["signed"].update(version=0),
        lambda value: value["signed"].update(version=2**53),
        lambda value: value["signed"].update(version=10**4000),
        lambda value: value["signed"].update(version="1"),
        lambda value: value["signed"].update(version=None),
        lambda value: value["signed"].update(spec_version="2.0.0"),
        lambda value: value["signed"].update(expires="2026-11-25"),
        lambda value: value["signed"].update(expires="2026-11-25T1:00:00Z"),
        lambda value: value["signed"].update(more=0.5),
        lambda value: value["signed"].update(more="\ud800"),
        lambda value: value["signed"].pop("meta"),
        lambda value: value.pop("signatures"),
        lambda value: value["signatures"].append(value["signatures"][0]),
        lambda value: value.update(more=1),
        lambda value: value.update(signed=[]),
    ],
)
def test_what_is_not_as_files_are_is_refused(edit: Edit) -> None:
    data = edited(FILES[Role.TIMESTAMP], edit)
    with pytest.raises(MalformedError, match=r"^timestamp\.json "):
        read_role("timestamp.json", data)


@pytest.mark.parametrize(
    "fields",
    [
        {"sig": ""},
        {"sig": "AB"},
        {"sig": "a b"},
        {"sig": "abc"},
        {"sig": 12},
        {"keyid": 12},
        {"keyid": "no"},
        {"more": 1},
    ],
)
def test_a_signature_is_plain(fields: dict[str, object]) -> None:
    def edit(value: Any) -> None:  # noqa: ANN401 - JSON
        value["signatures"].append({"keyid": "00", "sig": "00", **fields})

    data = edited(FILES[Role.TIMESTAMP], edit)
    with pytest.raises(MalformedError, match="a signature that is not plain"):
        read_role("timestamp.json", data)


def twice(data: bytes) -> bytes:
    return data.replace(b'"version":', b'"version":7,"version":')


@pytest.mark.parametrize(
    "spell",
    [
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data.replace(b'":', b'": '),
        lambda data: data.replace(b"timestamp", b"time\\u0073tamp"),
        twice,
    ],
)
def test_another_spelling_is_refused(spell: Callable[[bytes], bytes]) -> None:
    data = spell(FILES[Role.TIMESTAMP].data)
    with pytest.raises(MalformedError, match="not spelled as such files are"):
        read_role("timestamp.json", data)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"[" * 9999, b"null"])
def test_what_is_no_metadata_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError, match="not metadata of TUF"):
        read_role("timestamp.json", data)


def test_the_longest_file_and_the_largest_version_are_read() -> None:
    timestamp = FILES[Role.TIMESTAMP]
    bare = edited(timestamp, lambda value: value["signed"].update(more=""))
    more = "x" * (ROLE_LIMIT - len(bare))
    data = edited(timestamp, lambda value: value["signed"].update(more=more))
    assert len(read_role("timestamp.json", data).data) == ROLE_LIMIT
    data = edited(timestamp, lambda value: value["signed"].update(version=2**53 - 1))
    assert read_role("timestamp.json", data).version == 2**53 - 1


def test_a_file_that_is_too_long_is_refused() -> None:
    with pytest.raises(MalformedError, match="longer than 65536 bytes"):
        read_role("timestamp.json", b" " * (ROLE_LIMIT + 1))


@pytest.mark.parametrize("read", [root_of, targets_of, snapshot_of, timestamp_of])
def test_a_file_of_another_role_is_refused(read: Callable[[RoleFile], object]) -> None:
    with pytest.raises(ValueError, match=r"^1\.releases\.json is not a file of the"):
        read(FILES[Role.RELEASES])


def test_versions_count_from_one() -> None:
    assert next_version(Role.ROOT, None) == 1
    assert next_version(Role.ROOT, FILES[Role.ROOT]) == 2
    with pytest.raises(ValueError, match="not a file of the role root"):
        next_version(Role.ROOT, FILES[Role.TARGETS])


@pytest.mark.parametrize(
    "now",
    [
        NOW.replace(tzinfo=None),
        NOW.replace(microsecond=1),
        NOW.astimezone(timezone(timedelta(hours=1))),
    ],
)
def test_a_time_is_a_whole_second_in_utc(now: datetime) -> None:
    assert expiry(Role.TIMESTAMP, DEV, NOW) == NOW + timedelta(hours=72)
    with pytest.raises(ValueError, match="not a whole second in UTC"):
        expiry(Role.TIMESTAMP, DEV, now)


def test_targets_say_how_long_and_which_their_files_are() -> None:
    named = targets_of(FILES[Role.TARGETS]).targets["policy.txt"]
    named.verify_length_and_hashes(POLICY)
    (path,) = named.get_prefixed_paths()
    assert f"tuf/targets/{path}" == target_path("policy.txt", POLICY)
