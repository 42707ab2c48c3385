"""The folder of the holders: what is in it is read, and believed for nothing."""

import os
from pathlib import Path

import pytest

from sayso.errors import MalformedError, PublishError
from sayso.trust.folder import TrustFolder, read_trust_folder
from sayso.trust.profiles import Role
from sayso.trust.roles import ROLE_LIMIT, metadata_of, seal
from sayso.trust.root import make_root
from sayso.trust.targets import make_targets
from sayso.wire.log_policy import POLICY_LIMIT
from tests.registries import KEY
from tests.roles import DEV, NOW, POLICY, TEAM, keys_of, repository, signed, signer


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a team: complete, and rotated once, not signed again."""
    given = repository(TEAM)
    root, targets = given.root, given.in_force[Role.TARGETS]
    keys = given.signers.root_keys()
    new = make_root(TEAM, keys, now=NOW, after=root)
    said = make_targets(
        new,
        releases=keys_of(given.signers.releases),
        policy=POLICY,
        now=NOW,
        after=targets,
    )
    files = {each.name: each.data for each in (root, targets, new, said)}
    names = {"keys/mara.pub": KEY.public.text().encode(), "keys/notes.txt": b"?"}
    write(tmp_path, {**files, **names, "policy.txt": POLICY, "README.md": b"hello"})
    return tmp_path


def test_what_was_made_and_signed_is_read(folder: Path) -> None:
    given = read_trust_folder(folder)
    names = [file.name for file in given.files]
    assert names == ["1.root.json", "1.targets.json", "2.root.json", "2.targets.json"]
    root, targets = given.newest
    assert (root.name, targets.name) == ("2.root.json", "2.targets.json")
    assert list(given.names.values()) == ["mara"]
    assert [given.is_complete(file) for file in given.files] == [
        True,
        True,
        False,
        False,
    ]
    assert given.before(root) == given.roots[0]
    assert given.before(targets) == given.targets[0]
    assert given.before(given.targets[0]) is None
    assert [part.named_by for part in given.tally(root)] == [
        "1.root.json",
        "2.root.json",
    ]
    assert [part.named_by for part in given.tally(targets)] == ["2.root.json"]


def test_signatures_of_strangers_are_named(folder: Path) -> None:
    given = read_trust_folder(folder)
    root, _ = given.newest
    stranger = signer(250)
    signature = b'{"keyid":"%b","sig":"00"}' % stranger.public_key.keyid.encode()
    forged = root.data.replace(b'"signatures":[]', b'"signatures":[%b]' % signature)
    write(folder, {root.name: forged})
    given = read_trust_folder(folder)
    assert given.strangers(given.newest[0]) == (stranger.public_key.keyid,)
    assert not given.is_complete(given.newest[0])


def test_nobody_else_may_have_signed_what_is_complete(folder: Path) -> None:
    given = read_trust_folder(folder)
    first = given.roots[0]
    assert given.strangers(first) == ()
    everybody = signed(first, [signer(103)])
    assert isinstance(given, TrustFolder)
    write(folder, {first.name: everybody.data})
    assert read_trust_folder(folder).is_complete(everybody)
    stranger = signer(250)
    metadata = metadata_of(first)
    metadata.sign(stranger, append=True)
    spoiled = seal(Role.ROOT, metadata)
    write(folder, {first.name: spoiled.data})
    given = read_trust_folder(folder)
    assert all(part.enough for part in given.tally(spoiled))
    assert not given.is_complete(spoiled)


def test_what_is_complete_holds_until_what_follows_is(folder: Path) -> None:
    given = read_trust_folder(folder)
    assert [pair[0].name for pair in given.in_force] == ["1.root.json", "2.root.json"]
    root, targets = given.newest
    holders = [signer(101), signer(102)]
    complete = signed(root, holders, authority=given.roots[0])
    write(folder, {root.name: complete.data})
    assert len(read_trust_folder(folder).in_force) == 2
    complete = signed(targets, holders, authority=root)
    write(folder, {targets.name: complete.data})
    given = read_trust_folder(folder)
    assert given.in_force == (given.newest,)
    # Nothing is complete yet in a folder that begins.
    for name in ("2.root.json", "2.targets.json"):
        (folder / name).unlink()
    metadata = metadata_of(given.roots[0])
    metadata.signatures.clear()
    write(folder, {"1.root.json": seal(Role.ROOT, metadata).data})
    given = read_trust_folder(folder)
    assert given.in_force == (given.newest,)


def test_a_root_for_development_has_no_folder(folder: Path) -> None:
    """Nor is it one that real holders follow: its key lies on somebody's laptop."""
    given = repository(DEV)
    write(folder, {"1.root.json": given.root.data})
    with pytest.raises(MalformedError, match=r"1\.root\.json is of the profile dev"):
        read_trust_folder(folder)


def test_what_a_system_leaves_on_a_stick_is_passed_over(folder: Path) -> None:
    given = read_trust_folder(folder)
    write(folder, {"._1.root.json": b"\0\5", "keys/._mara.pub": b"\0\5"})
    assert read_trust_folder(folder) == given


def test_a_policy_may_be_as_long_as_its_limit(folder: Path) -> None:
    write(folder, {"policy.txt": b"#" * POLICY_LIMIT})
    assert len(read_trust_folder(folder).policy) == POLICY_LIMIT


def test_another_policy_is_not_the_one_that_is_named(folder: Path) -> None:
    assert read_trust_folder(folder).names_policy
    write(folder, {"policy.txt": POLICY + b"# more\n"})
    assert not read_trust_folder(folder).names_policy


@pytest.mark.parametrize("place", ["", "nowhere"])
def test_a_folder_without_a_root_is_named(tmp_path: Path, place: str) -> None:
    with pytest.raises(PublishError, match=r"there is no .*1\.root\.json; `sayso"):
        read_trust_folder(tmp_path / place)


@pytest.mark.parametrize("name", ["1.root.json", "2.root.json", "1.targets.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(MalformedError, match=f"{name} is missing.*begin again"):
        read_trust_folder(folder)


def test_a_missing_policy_is_named(folder: Path) -> None:
    (folder / "policy.txt").unlink()
    with pytest.raises(PublishError, match=r"policy\.txt cannot be read"):
        read_trust_folder(folder)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("1.root.json", b"{}", "is not metadata"),
        ("1.root.json", b" " * (ROLE_LIMIT + 1), "is longer than"),
        ("policy.txt", b" " * (ROLE_LIMIT + 1), "is longer than"),
        ("01.root.json", b"", "not the name of a file"),
        ("x.targets.json", b"", "not the name of a file"),
        ("keys/x.pub", b"hello", r"x\.pub: this is not a minisign public key"),
        ("keys/x.pub", b"\xff", r"x\.pub: not UTF-8"),
    ],
)
def test_a_hostile_file_is_refused(
    folder: Path, name: str, data: bytes, said: str
) -> None:
    write(folder, {name: data})
    with pytest.raises(MalformedError, match=said):
        read_trust_folder(folder)


def test_a_file_of_another_version_is_refused(folder: Path) -> None:
    write(folder, {"2.root.json": (folder / "1.root.json").read_bytes()})
    with pytest.raises(MalformedError, match="says of itself"):
        read_trust_folder(folder)


def test_links_and_pipes_are_not_read(folder: Path) -> None:
    (folder / "1.root.json").rename(folder / "other")
    (folder / "1.root.json").symlink_to(folder / "other")
    with pytest.raises(MalformedError, match="not an ordinary file"):
        read_trust_folder(folder)
    (folder / "1.root.json").unlink()
    os.mkfifo(folder / "1.root.json")
    with pytest.raises(MalformedError, match="not an ordinary file"):
        read_trust_folder(folder)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PublishError, match="file cannot be read: Not a directory"):
        read_trust_folder(tmp_path / "file")
