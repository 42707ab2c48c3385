"""Whoever serves the files, or sits between them and a reader, and has no key."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    ExpiredMetadataError,
    RepositoryError,
)

from sayso.client.fetch import WebFetcher
from sayso.client.refresh import files_of
from sayso.client.store import Store
from sayso.errors import (
    FetchError,
    MalformedError,
    MissingError,
    RegistryError,
    StaleError,
    UntrustedError,
)
from sayso.model.isrc import Isrc
from sayso.wire.places import TIMESTAMP, metadata_path
from sayso.wire.registry import decode_registry
from sayso.wire.release import decode_release, registry_path
from tests.attacks.scene import DAY, DENY, HOUR, START, USE, Scene, said
from tests.attacks.thief import registry
from tests.believed import believed
from tests.registries import LISTED, UNDECLARED, parted_files
from tests.roles import DEV, SOLO
from tests.webserver import Reply, serve

WORLD = registry(2)
ROOT = WORLD.roots[0]
TRUSTED = WORLD.trusted()
NEXT_ROOT = metadata_path("2.root.json")
REGISTRY = registry_path(decode_release(TRUSTED.files["release.json"]).files[-1].sha256)
FETCHED = sorted(
    {*files_of(TRUSTED), REGISTRY} - {metadata_path("1.root.json")},
    key=lambda path: path[::-1],
)
"""What a reader fetches for an answer: eight small files, and the registry."""
OLD = registry(1)
TREE = believed(parted_files(START), now=START)
"""A registry that leaves its recordings to the look-up tree."""


def known_as(path: str) -> str:
    """Return a file's name without what differs from day to day."""
    return re.sub("[0-9a-f]{64}", "…", path.rpartition("/")[2])


@pytest.fixture
def honest(scene: Scene) -> Scene:
    scene.show(WORLD.files)
    return scene


def flipped(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= 1
    return bytes(changed)


def test_without_an_attacker_there_is_an_answer(honest: Scene) -> None:
    reader = honest.reader(ROOT)
    assert reader.verdict() == DENY
    assert reader.number() == 2
    assert honest.tuf_reader(ROOT).release() == TRUSTED.files["release.json"]


@pytest.mark.parametrize("path", FETCHED, ids=known_as)
def test_a_host_alters_a_bit_of_a_file(honest: Scene, path: str) -> None:
    data = WORLD.files[path]
    for place in sorted({0, len(data) // 3, len(data) // 2, len(data) - 1}):
        honest.answer(path, flipped(data, place))
        honest.reader(ROOT).fails()


@pytest.mark.parametrize("path", FETCHED, ids=known_as)
def test_a_host_truncates_lengthens_or_withholds_a_file(
    honest: Scene, path: str
) -> None:
    data = WORLD.files[path]
    for other in (b"", data[: len(data) // 2], data[:-1], data + b"\n"):
        honest.answer(path, other)
        honest.reader(ROOT).fails()
    for status in (404, 500):
        honest.answer(path, Reply(status=status))
        honest.reader(ROOT).refuses(FetchError)


@pytest.mark.parametrize("path", FETCHED, ids=known_as)
def test_a_host_puts_another_file_in_the_place_of_one(honest: Scene, path: str) -> None:
    """Each file of the registry is true, and signed; and none is the one asked for."""
    for other in FETCHED:
        if other != path and other.partition("/")[0] == path.partition("/")[0]:
            honest.answer(path, WORLD.files[other])
            honest.reader(ROOT).fails()


def test_a_host_mixes_files_of_two_releases(honest: Scene) -> None:
    """One file is of the release before, and all others are of the newest."""
    newest, tried = {WORLD.files[path] for path in FETCHED}, set()
    for path in FETCHED:
        for old, data in OLD.files.items():
            if known_as(old)[-12:] != known_as(path)[-12:] or data in newest:
                continue
            honest.show(WORLD.files)
            honest.answer(path, data)
            reader = honest.reader(ROOT)
            if path == TIMESTAMP:
                # All that it leads to is still there: that is the replay below.
                assert reader.number() == 1
            else:
                reader.fails()
            tried.add(path)
    assert len(tried) == 6


def test_a_host_replays_an_old_state_to_a_reader_who_saw_more(honest: Scene) -> None:
    reader, other = honest.reader(ROOT), honest.tuf_reader(ROOT)
    assert reader.number() == 2
    other.release()
    honest.show(OLD.files)
    reader.refuses(UntrustedError, "went back", "older than what was seen before")
    with pytest.raises(BadVersionNumberError):
        other.release()
    honest.show(WORLD.files)
    assert reader.verdict() == DENY


def test_a_host_replays_an_old_state_to_a_new_reader(scene: Scene) -> None:
    """It is believed for as long as its timestamp holds, which is 72 hours."""
    scene.show(OLD.files)
    assert scene.reader(ROOT, clock=START + timedelta(hours=71)).number() == 1
    late = scene.reader(ROOT, clock=START + timedelta(hours=72))
    late.refuses(StaleError, "timestamp.json expired", "what is newer is withheld")


def test_a_host_freezes_what_readers_saw(scene: Scene) -> None:
    old = registry(1, now=START - 4 * DAY)
    scene.show(old.files)
    reader = scene.reader(old.roots[0], clock=START - 3 * DAY)
    assert reader.verdict() == DENY
    reader.clock = None
    reader.refuses(StaleError, "timestamp.json expired", "try again later")
    with pytest.raises(ExpiredMetadataError):
        scene.tuf_reader(old.roots[0]).release()


def test_a_host_has_a_page_for_every_path(honest: Scene) -> None:
    page = Reply(body=b"<!doctype html><title>Not found</title>")
    honest.answer(NEXT_ROOT, page)
    honest.reader(ROOT).refuses(FetchError, "gave a web page instead of data")
    with pytest.raises(RepositoryError):
        honest.tuf_reader(ROOT).release()


def test_a_host_has_json_for_every_path(honest: Scene) -> None:
    honest.answer(NEXT_ROOT, b'{"error":"not found"}')
    honest.reader(ROOT).refuses(MalformedError, "2.root.json is not metadata of TUF")


def test_a_host_hides_that_a_file_is_missing(honest: Scene) -> None:
    """403 is how S3 says that a file is missing; of another file it is no answer."""
    honest.answer(NEXT_ROOT, Reply(status=403))
    assert honest.reader(ROOT).verdict() == DENY
    honest.answer(TIMESTAMP, Reply(status=403))
    honest.reader(ROOT).refuses(MissingError, "is not there")


def test_a_host_shows_the_pinned_root_as_the_next(honest: Scene) -> None:
    honest.answer(NEXT_ROOT, ROOT.data)
    honest.reader(ROOT).refuses(MalformedError, "2.root.json says of itself that it is")


def test_a_host_leads_to_another_host(honest: Scene) -> None:
    with serve({}) as other:
        to = {"Location": f"{other.address}/{TIMESTAMP}"}
        honest.answer(TIMESTAMP, Reply(status=302, headers=to))
        honest.reader(ROOT).refuses(FetchError, "leads to another host")
        assert other.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://registry.example",
        "http://127.0.0.1.registry.example",
        "ftp://registry.example",
        "file:///etc",
        "https://somebody@registry.example",
        "https://registry.example/?as=you",
    ],
)
def test_an_address_is_not_safe_to_ask(scene: Scene, address: str) -> None:
    reader = scene.reader(ROOT)
    reader.address = address
    result = reader.ask(f"--use={USE}")
    assert (result.exit_code, result.stdout) == (40, "")
    assert "https" in said(result)


@pytest.mark.parametrize(
    "path", [NEXT_ROOT, TIMESTAMP, FETCHED[-1], REGISTRY], ids=known_as
)
def test_a_host_sends_data_without_end(honest: Scene, path: str) -> None:
    endless = Reply(body=b"{" + b" " * 3_000_000, length=-1)
    honest.answer(path, endless)
    reader = honest.reader(ROOT)
    reader.refuses(FetchError, "is longer than the", "bytes expected")
    if path in {NEXT_ROOT, TIMESTAMP}:
        with pytest.raises((DownloadError, RepositoryError)):
            honest.tuf_reader(ROOT).release()


def test_a_host_drips_its_answers(honest: Scene, tmp_path: Path) -> None:
    """As the command does, but with less patience than its thirty seconds."""
    honest.answer(TIMESTAMP, Reply(body=WORLD.files[TIMESTAMP], drip=0.01))
    fetcher = WebFetcher(honest.site.address, timeout=0.05)
    with pytest.raises(FetchError, match=r"is too slow; try again later"):
        Store(tmp_path, ROOT).refresh(
            fetcher, now=WORLD.today, max_age=timedelta(minutes=0)
        )


def test_a_host_breaks_off(honest: Scene) -> None:
    data = WORLD.files[TIMESTAMP]
    honest.answer(TIMESTAMP, Reply(body=data, length=len(data) + 1))
    honest.reader(ROOT).refuses(FetchError, "broke off", "try again")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"version": 2', b'"version": 2, "version": 3'),
        (b'"version": 2', b'"version": 2.0'),
        (b'"version": 2', b'"version": 9007199254740993'),
        (b'"version": 2', b'"version": 1e400'),
        (b'"version": 2', b'"version": ' + b"9" * 5000),
        (b'"version": 2', b'"version": true'),
        (b'"version": 2', b'"version": NaN'),
        (b'"version": 2', b'"version": -2'),
        (b'"version": 2', b'"version": ' + b"[" * 2000 + b"]" * 2000),
        (b'"signatures"', b'"more": 1, "signatures"'),
        (b'"_type": "timestamp"', b'"_type": "root"'),
        (b"{", b"\xef\xbb\xbf{"),
        (b"{", b"\xff\xfe{"),
        (b"{", b"{ "),
    ],
    ids=[
        "a key twice",
        "a float",
        "above 2^53",
        "infinity",
        "5,000 digits",
        "a truth",
        "no number",
        "negative",
        "2,000 levels",
        "a member more",
        "another kind",
        "a mark",
        "not UTF-8",
        "a space",
    ],
)
def test_a_host_spells_signed_metadata_otherwise(
    honest: Scene, old: bytes, new: bytes
) -> None:
    """The timestamp is the one file that no other file names by its bytes."""
    data = WORLD.files[TIMESTAMP]
    compact = old.replace(b": ", b":")
    old = old if old in data else compact
    assert old in data
    honest.answer(TIMESTAMP, data.replace(old, new, 1))
    honest.reader(ROOT).fails()


def test_a_host_shows_the_registry_of_somebody_else(honest: Scene) -> None:
    other = registry(2, first=301)
    honest.show(other.files)
    honest.reader(ROOT).refuses(UntrustedError, "timestamp.json is signed by 0 of")
    development = registry(2, profile=DEV)
    honest.show(development.files)
    honest.reader(ROOT).refuses(UntrustedError, "timestamp.json is signed by 0 of")
    assert honest.reader(development.roots[0]).number() == 2


def test_a_mirror_is_behind_or_altered(scene: Scene) -> None:
    """A copy below a path of another host; later it is behind, then it is altered."""
    copied = {f"mirrors/sayso/{path}": data for path, data in WORLD.files.items()}
    scene.show(copied)
    reader = scene.reader(ROOT)
    reader.address = f"{scene.site.address}/mirrors/sayso"
    assert reader.verdict() == DENY
    scene.show({f"mirrors/sayso/{path}": data for path, data in OLD.files.items()})
    reader.refuses(UntrustedError, "went back", "Do not use this copy")
    scene.show({**copied, f"mirrors/sayso/{TIMESTAMP}": b"{}"})
    reader.refuses(MalformedError)


@pytest.fixture
def tree(scene: Scene) -> Scene:
    scene.show(TREE.files)
    return scene


def objects(scene: Scene) -> list[str]:
    """Return the files of the look-up tree that lead to `LISTED`, the leaf last."""
    scene.site.asked.clear()
    assert scene.reader(TREE.root).verdict() == DENY
    asked = [path.lstrip("/") for path in scene.site.asked]
    return [path for path in asked if path in TREE.files and "lookup/" in path]


def test_a_host_withholds_a_file_of_the_lookup_tree(tree: Scene) -> None:
    """That would be the cheapest lie: that nobody declared anything."""
    assert tree.reader(TREE.root).verdict(UNDECLARED) == 30
    for path in objects(tree):
        tree.show(TREE.files)
        tree.answer(path, Reply(status=404))
        tree.reader(TREE.root).refuses(MissingError, "there is no answer")


def test_a_host_renames_a_recording_in_the_lookup_tree(tree: Scene) -> None:
    leaf = objects(tree)[-1]
    content = gzip.decompress(TREE.files[leaf])
    assert LISTED.encode() in content
    other = gzip.compress(content.replace(LISTED.encode(), b"XXF012600009"))
    tree.answer(leaf, other)
    tree.reader(TREE.root).refuses(UntrustedError, "is not to be believed")


def test_a_host_exchanges_two_files_of_the_lookup_tree(tree: Scene) -> None:
    """Each is true, and in the wrong place: of another range, or of another level."""
    on_the_way = objects(tree)
    others = [path for path in TREE.files if path.startswith("lookup/")][:8]
    for path in on_the_way:
        for other in others:
            if other != path:
                tree.show(TREE.files)
                tree.answer(path, TREE.files[other])
                tree.reader(TREE.root).fails()


@pytest.mark.parametrize(
    ("packed", "kind", "words"),
    [
        (lambda: gzip.compress(bytes(10**8), 1), MalformedError, "unpacks to more"),
        (lambda: gzip.compress(bytes(2**21), 0), FetchError, "is longer than"),
        (lambda: gzip.compress(b"{}") * 2, MalformedError, "something follows"),
        (lambda: gzip.compress(b"{}")[:-4], MalformedError, "breaks off"),
        (lambda: b"{}", MalformedError, "not a gzip"),
    ],
    ids=["100 MB of nothing", "not packed", "two", "half a one", "none"],
)
def test_a_host_sends_a_gzip_bomb(
    tree: Scene, packed: Callable[[], bytes], kind: type[RegistryError], words: str
) -> None:
    tree.answer(objects(tree)[-1], packed())
    tree.reader(TREE.root).refuses(kind, words)


def test_a_host_shows_the_same_lie_to_all_forms_of_the_question(
    honest: Scene,
) -> None:
    data = WORLD.files[REGISTRY]
    row = data.index(b'"isrc":"%s"' % LISTED.encode())
    policy = data.index(b'"policy":1', row)
    # A whole and sensible registry, in which the recording has a milder policy.
    lie = data[:policy] + data[policy:].replace(b'"policy":1', b'"policy":4', 1)
    assert len(lie) == len(data)
    assert decode_registry(lie).listing(Isrc(LISTED)).number == 4
    honest.answer(REGISTRY, lie)
    reader = honest.reader(ROOT)
    for form in ([], ["--json"], ["--in=DE"], [f"--use={USE}", "--json"]):
        result = reader.ask(*form)
        assert (result.exit_code, result.stdout) == (40, "")
        assert "is not the one that the release names" in said(result)


def test_a_host_of_a_solo_registry_replays_for_seven_days(scene: Scene) -> None:
    """Who has nobody on call chooses a longer timestamp, and pays with this."""
    world = registry(1, profile=SOLO)
    scene.show(world.files)
    assert scene.reader(world.roots[0], clock=START + 7 * DAY - HOUR).number() == 1
    late = scene.reader(world.roots[0], clock=START + 7 * DAY)
    late.refuses(StaleError, "timestamp.json expired")
