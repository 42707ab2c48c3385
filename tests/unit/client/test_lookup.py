"""Looking a code up in the tree: an answer, or an error that says what to do."""

import gzip
import hashlib
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher, WebFetcher
from sayso.client.lookup import PACKED_LIMIT, Found, find, unpack
from sayso.client.tree import check_tree
from sayso.errors import FetchError, MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.lookup import OBJECT_LIMIT, lookup_path
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest
from tests.registries import (
    ALLOWED,
    FERNWOOD,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    recording,
    registry_document,
)
from tests.trees import breakpoints_of, digest_of, document, packed, reference_tree
from tests.webserver import files as replies
from tests.webserver import serve

REGISTRY = registry_document()
CONTENTS = {
    policy["number"]: {name: policy[name] for name in policy if name != "number"}
    for policy in REGISTRY["policies"]
}
CHANGES = breakpoints_of(
    (span["first"], span["last"], span["policy"]) for span in REGISTRY["prefixes"]
)
CLUSTER = [recording(f"XXH01000000{digit}", 2) for digit in range(10)]
LIMITS = {"leaf_items": 2, "node_entries": 8}
NAME, TREE = reference_tree(
    [*REGISTRY["recordings"], *CLUSTER], CHANGES, CONTENTS, **LIMITS
)
ROOT = Digest(str(NAME))
FILES = packed(TREE)
WIDE = "XXH010005000"
"""A code amid so many that nobody lists that no leaf has it."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Brings files that are at hand, and keeps which were asked for."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def fetch(self, path: str, *, limit: int) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise FetchError(f"{path} is not there")
        if len(self.files[path]) > limit:
            raise FetchError(f"{path} is longer than the {limit} bytes expected")
        return self.files[path]


def found(isrc: str, memory: Memory | None = None) -> Found:
    memory = memory or Memory(FILES)
    return find(memory, ROOT, Isrc(isrc), **LIMITS)


def path_of(isrc: str) -> list[str]:
    """Return the files that a look-up reads, in order."""
    memory = Memory(FILES)
    found(isrc, memory)
    return memory.asked


def test_a_listed_recording_is_found_with_all_that_its_row_says() -> None:
    answer = found(LISTED)
    assert answer.listed
    assert (answer.title, answer.artist) == ("Slow River", "Mara Lindqvist")
    assert (answer.owner, answer.number) == (FERNWOOD, 1)
    assert answer.digest == digest_of(CONTENTS[1])
    assert answer.policy is not None
    assert answer.policy.anywhere[Use.PROMPT].verdict is Verdict.DENY
    assert found(ALLOWED).number == 4


def test_an_unlisted_code_has_the_policy_of_its_range() -> None:
    answer = found(UNDER_PREFIX)
    assert (answer.listed, answer.title, answer.owner) == (False, None, None)
    assert answer.digest == digest_of(CONTENTS[1])
    assert answer.policy is not None


def test_a_range_without_items_names_its_policy_alone() -> None:
    answer = found(WIDE)
    assert (answer.listed, answer.number) == (False, None)
    assert answer.digest == digest_of(CONTENTS[2])
    assert answer.policy is not None
    assert answer.policy.anywhere[Use.PROMPT].verdict is Verdict.DENY
    assert path_of(WIDE)[-1] == lookup_path(answer.digest)


@pytest.mark.parametrize("isrc", [UNDECLARED, "AA0000000000", "ZZZZZ9999999"])
def test_where_nobody_speaks_nothing_is_found(isrc: str) -> None:
    answer = found(isrc)
    assert not answer.listed
    assert (answer.policy, answer.number, answer.digest) == (None, None, None)


def test_an_empty_tree_lists_nothing_and_asks_nothing() -> None:
    memory = Memory({})
    answer = find(memory, None, Isrc(LISTED))
    assert answer == Found(listed=False, requests=0, bytes=0)
    assert memory.asked == []


def test_what_asking_took_is_counted() -> None:
    for isrc in (LISTED, UNDER_PREFIX, WIDE, UNDECLARED):
        memory = Memory(FILES)
        answer = found(isrc, memory)
        assert answer.requests == len(memory.asked) > 1
        assert answer.bytes == sum(len(FILES[path]) for path in memory.asked)


def test_the_limits_that_hold_unless_a_release_says_otherwise() -> None:
    name, tree = reference_tree(REGISTRY["recordings"], CHANGES, CONTENTS)
    answer = find(Memory(packed(tree)), Digest(str(name)), Isrc(LISTED))
    assert (answer.listed, answer.requests) == (True, 1)
    with pytest.raises(MalformedError, match="8 items, where 1 to 7 are allowed"):
        find(Memory(packed(tree)), Digest(str(name)), Isrc(LISTED), leaf_items=7)


def test_a_folder_and_a_web_address_answer_alike(tmp_path: Path) -> None:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    with serve(replies(FILES)) as site:
        web = WebFetcher(site.address, timeout=5)
        for fetcher in (FolderFetcher(tmp_path), web):
            answer = find(fetcher, ROOT, Isrc(WIDE), **LIMITS)
            assert answer == found(WIDE)


@pytest.mark.parametrize("isrc", [LISTED, WIDE, UNDECLARED])
def test_a_missing_file_is_no_answer(isrc: str) -> None:
    for path in path_of(isrc):
        rest = {name: data for name, data in FILES.items() if name != path}
        with pytest.raises(FetchError, match=f"{path} is not there. Without this file"):
            found(isrc, Memory(rest))


@pytest.mark.parametrize("isrc", [LISTED, WIDE, UNDECLARED])
def test_a_file_under_another_name_is_no_answer(isrc: str) -> None:
    for path in path_of(isrc):
        for other in FILES.values():
            if other != FILES[path]:
                with pytest.raises(
                    UntrustedError, match=f"{path} is not to be believed: its bytes"
                ):
                    found(isrc, Memory({**FILES, path: other}))


@pytest.mark.parametrize("isrc", [LISTED, WIDE])
def test_a_changed_byte_is_no_answer_or_changes_nothing(isrc: str) -> None:
    """Of a gzip some bits say nothing of the content, such as the time."""
    honest = found(isrc)
    for path in path_of(isrc):
        for place in range(0, len(FILES[path]), 5):
            changed = bytearray(FILES[path])
            changed[place] ^= 1
            try:
                answer = found(isrc, Memory({**FILES, path: bytes(changed)}))
            except RegistryError:
                continue
            assert answer == honest


PACKED = gzip.compress(b"x" * 1000, mtime=0)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the gzip breaks off"),
        (PACKED[:-1], "the gzip breaks off"),
        (PACKED[:5], "the gzip breaks off"),
        (PACKED + b"\0", "something follows the gzip"),
        (PACKED + PACKED, "something follows the gzip"),
        (PACKED + gzip.compress(b"", mtime=0), "something follows the gzip"),
        (gzip.compress(b"x" * 1001, mtime=0), "unpacks to more than the 1000 bytes"),
        (
            gzip.compress(b"x" * 10**7, mtime=0) + b"\0",
            "unpacks to more than the 1000 bytes",
        ),
        (b"x" * 1000, "it is not a gzip"),
        (zlib.compress(b"x" * 1000), "it is not a gzip"),
        (PACKED[:-8] + bytes(8), "it is not a gzip"),
    ],
)
def test_only_one_whole_gzip_is_unpacked(data: bytes, why: str) -> None:
    assert unpack(PACKED, limit=1000) == b"x" * 1000
    with pytest.raises(MalformedError, match=why):
        unpack(data, limit=1000)


def test_a_file_that_unpacks_without_end_is_given_up() -> None:
    path = lookup_path(ROOT)
    bomb = gzip.compress(bytes(50 * OBJECT_LIMIT), compresslevel=1, mtime=0)
    assert len(bomb) < PACKED_LIMIT
    with pytest.raises(MalformedError, match=f"{path} cannot be read: it unpacks to"):
        found(LISTED, Memory({path: bomb}))


def test_a_file_that_is_too_long_as_served_is_given_up() -> None:
    path = lookup_path(ROOT)
    with pytest.raises(FetchError, match="longer than the 1052672 bytes expected"):
        found(LISTED, Memory({path: bytes(PACKED_LIMIT + 1)}))


def test_the_longest_file_fits_however_badly_it_packs() -> None:
    noise = hashlib.shake_256(b"noise").digest(OBJECT_LIMIT)
    for level in (0, 1, 9):
        data = gzip.compress(noise, compresslevel=level, mtime=0)
        assert len(data) <= PACKED_LIMIT
        assert unpack(data, limit=OBJECT_LIMIT) == noise


def test_what_contradicts_itself_is_malformed_whoever_named_it() -> None:
    rows = [recording(LISTED, 1), recording(LISTED, 1)]
    name, tree = reference_tree(rows, [], CONTENTS)
    with pytest.raises(MalformedError, match=r"ascend at XXF012600001\. Ask again"):
        find(Memory(packed(tree)), Digest(str(name)), Isrc(LISTED))


def test_a_policy_that_is_none_answers_nothing_and_no_others_suffer() -> None:
    bad = {**CONTENTS, 2: {**CONTENTS[2], "answers": []}}
    rows = [recording(LISTED, 1), recording(ALLOWED, 2)]
    name, tree = reference_tree(rows, [], bad)
    memory, root = Memory(packed(tree)), Digest(str(name))
    assert find(memory, root, Isrc(LISTED)).number == 1
    with pytest.raises(MalformedError, match=r"lookup/.* does not answer once"):
        find(memory, root, Isrc(ALLOWED))
    with pytest.raises(MalformedError, match="is not to be used: a policy does not"):
        check_tree(memory, Lookup(leaf_items=256, node_entries=64, root=root))


def test_a_tree_that_leads_round_and_round_ends() -> None:
    """No file can name itself, and a chain of names goes down a level each time."""
    name, tree = "ab" * 32, dict[str, bytes]()
    for level in range(1, 60):
        children = [{"default": None, "from": 0, "name": name}]
        node = document(
            {
                "children": children,
                "format": "sayso/lookup/1",
                "from": 0,
                "level": level,
                "to": 2**49,
            }
        )
        name = hashlib.sha256(node).hexdigest()
        tree[name] = node
    memory = Memory(packed(tree))
    with pytest.raises(MalformedError, match="level 59, where a tree has 9 at most"):
        find(memory, Digest(name), Isrc(LISTED))
    assert len(memory.asked) == 1
