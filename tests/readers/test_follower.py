"""Go's own library follows a log of ours as it is published, and notices a lie."""

import json
import os
import re
import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from sayso.wire.checkpoint import Checkpoint
from sayso.wire.note import format_verifier_key
from tests.logs import LOG
from tests.published import Published, following
from tests.webserver import files, serve

RELEASES = [*following(300)]


def follow(
    program: Path, log: Published, old: Checkpoint
) -> subprocess.CompletedProcess[str]:
    """Let Go follow a log over HTTP from an older checkpoint to the newest."""
    with serve(files(log.files)) as site:
        job = {
            "Address": site.address,
            "LogKey": format_verifier_key(LOG),
            "Old": old.size,
            "OldRoot": b64encode(old.root).decode(),
        }
        return subprocess.run(
            [program],
            input=json.dumps(job),
            env={"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.mark.parametrize(
    ("old", "new"), [(1, 2), (3, 5), (5, 5), (200, 256), (255, 300)]
)
def test_go_follows_our_log(follower: Path, old: int, new: int) -> None:
    log = Published().add(RELEASES[:old])
    before = log.log.checkpoint()
    log.add(RELEASES[old:new])
    done = follow(follower, log, before)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["Size"] == new
    assert said["Entries"] == [sha256(data).hexdigest() for data in RELEASES[:new]]


def test_go_needs_no_partial_tile_that_was_replaced(follower: Path) -> None:
    log = Published().add(RELEASES[:100])
    before = log.log.checkpoint()
    log.add(RELEASES[100:300])
    log.prune()
    done = follow(follower, log, before)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("path", "why"),
    [
        # x/mod 0.7 checks a full tile only if few others are read with it; where it
        # does not, the entry gives the tile away.
        ("log/tile/0/000", "downloaded inconsistent tile|another entry 0"),
        ("log/tile/0/001.p/44", "downloaded inconsistent tile"),
        ("log/tile/entries/000", "another entry"),
        ("log/checkpoint", "invalid signature"),
    ],
)
def test_go_notices_what_was_changed(follower: Path, path: str, why: str) -> None:
    log = Published().add(RELEASES)
    before = log.log.checkpoint()
    data = bytearray(log.files[path])
    data[20] ^= 1
    log.files[path] = bytes(data)
    done = follow(follower, log, before)
    assert done.returncode != 0
    assert re.search(why, done.stderr)


def test_go_notices_a_log_that_was_rewritten(follower: Path) -> None:
    before = Published().add(RELEASES[:5]).log.checkpoint()
    other = [*following(9, next_policy=7)]
    done = follow(follower, Published().add(other), before)
    assert done.returncode != 0
    assert "invalid transparency proof" in done.stderr
