"""The example of the page about the log: every line of it is what the code makes."""

import hashlib
import re
from base64 import b64encode
from pathlib import Path

import pytest

from sayso.client.witness import encode_request
from sayso.trust.log import open_checkpoint
from sayso.wire.log_policy import decode_log_policy, encode_log_policy
from sayso.wire.merkle import prove_consistency
from sayso.wire.note import decode_note
from sayso.wire.succession import AHEAD
from sayso.wire.tiles import ENTRY_LIMIT, Tile, bundle_path, tile_path
from tests.logs import SEEN, witnessed
from tests.published import Published

PAGE = Path(__file__).parents[2] / "site/docs/spec/log.md"
TEXT = PAGE.read_text(encoding="utf-8")
CHECKPOINT, FILES, POLICY, REQUEST = re.findall(
    r"^```text\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE
)


@pytest.fixture(scope="module")
def log() -> Published:
    return Published().add([b"one", b"two"])


def test_the_checkpoint_is_signed_and_cosigned(log: Published) -> None:
    assert CHECKPOINT.encode() == witnessed(log.note(), 1)


def test_the_files_are_those_of_the_log(log: Published) -> None:
    files = dict(line.split() for line in FILES.splitlines())
    assert files == {path: log.files[path].hex() for path in files}
    assert len(files) == 2


def test_the_root_is_as_the_page_says() -> None:
    tile = bytes.fromhex(FILES.splitlines()[0].split()[1])
    leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in (b"one", b"two")]
    assert tile == b"".join(leaves)
    root = b64encode(hashlib.sha256(b"\1" + tile).digest()).decode()
    assert CHECKPOINT.splitlines()[2] == root


def test_the_policy_believes_the_log_and_wants_both_witnesses(log: Published) -> None:
    policy = decode_log_policy(POLICY.encode())
    assert encode_log_policy(policy) == POLICY.replace("all", "2").encode()
    opened = open_checkpoint(witnessed(log.note(), 1, 3), policy)
    assert opened.cosigned == {"archive": SEEN, "library": SEEN}
    assert policy.is_quorum({"archive"}) is False


def test_the_request_to_a_witness_is_the_one_that_is_sent(log: Published) -> None:
    proof = prove_consistency(log.log.hash_of(), 1, 2)
    assert REQUEST.encode() == encode_request(log.note(), 1, proof)
    assert decode_note(log.note()).text in REQUEST


def test_the_page_states_the_limits_and_paths_of_the_code() -> None:
    assert f"An entry has at most {ENTRY_LIMIT:,} bytes" in TEXT
    assert f"at most {AHEAD.seconds // 60} minutes ahead" in TEXT
    far = Tile(level=0, index=1234, width=256)
    assert tile_path(far).removeprefix("tile/0/") in TEXT
    assert bundle_path(far).removeprefix("tile/entries/") in TEXT
