"""Files whose names are digests are what their names say, or do not go out."""

import gzip
from hashlib import sha256
from pathlib import Path

import pytest

from sayso.errors import PublishError
from sayso.publish.hosting.named import check_named
from sayso.publish.hosting.outgoing import Outgoing
from sayso.wire.lookup import OBJECT_LIMIT, lookup_path
from sayso.wire.places import target_path
from sayso.wire.release import registry_path
from sayso.wire.text import Digest


def outgoing(tmp_path: Path, path: str, data: bytes) -> Outgoing:
    place = tmp_path / "file"
    place.write_bytes(data)
    return Outgoing(path=path, place=place, size=len(data))


def digest(data: bytes) -> Digest:
    return Digest(sha256(data).hexdigest())


def test_what_has_its_digest_goes_out(tmp_path: Path) -> None:
    named = {
        target_path("release.json", b"one"): b"one",
        registry_path(digest(b"two")): b"two",
        lookup_path(digest(b"three")): gzip.compress(b"three"),
        "registry.json": b"is named by the release",
        "lookup/index.html": b"is a page",
    }
    for path, data in named.items():
        check_named(outgoing(tmp_path, path, data))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (target_path("release.json", b"one"), b"onf"),
        (registry_path(digest(b"two")), b""),
        (lookup_path(digest(b"three")), gzip.compress(b"four")),
        (lookup_path(digest(b"three")), gzip.compress(b"three")[:-1]),
        (lookup_path(digest(b"three")), gzip.compress(b"three") + b" "),
        (lookup_path(digest(b"three")), b"three"),
        (
            lookup_path(digest(bytes(OBJECT_LIMIT + 1))),
            gzip.compress(bytes(OBJECT_LIMIT + 1)),
        ),
    ],
    ids=["target", "registry", "content", "cut off", "longer", "no gzip", "too long"],
)
def test_what_has_another_digest_does_not(
    tmp_path: Path, path: str, data: bytes
) -> None:
    with pytest.raises(PublishError, match="is not the file that its name says"):
        check_named(outgoing(tmp_path, path, data))
