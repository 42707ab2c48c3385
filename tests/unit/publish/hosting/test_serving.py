"""How each path of a registry is served, and when it goes live."""

import re
from pathlib import Path

import pytest

from sayso.publish.hosting.serving import IMMUTABLE, MUTABLE, Stage, order, serving
from tests.hosted import registry

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("path", "stage", "media_type"),
    [
        (
            f"bulk/{DIGEST}.core.parquet",
            Stage.CONTENT,
            "application/vnd.apache.parquet",
        ),
        (f"bulk/{DIGEST}.registry.jsonl.zst", Stage.CONTENT, "application/zstd"),
        (f"lookup/01/{DIGEST}.json.gz", Stage.CONTENT, "application/gzip"),
        (f"delta/{DIGEST}.1-2.jsonl.gz", Stage.CONTENT, "application/gzip"),
        (f"state/{DIGEST}.json.gz", Stage.CONTENT, "application/gzip"),
        (f"source/{DIGEST}.json.gz", Stage.CONTENT, "application/gzip"),
        (f"registry/{DIGEST}.json", Stage.CONTENT, "application/json"),
        (f"index/{DIGEST}.json", Stage.CONTENT, "application/json"),
        (
            f"tuf/targets/{DIGEST}.policy.txt",
            Stage.CONTENT,
            "text/plain; charset=utf-8",
        ),
        (
            f"tuf/targets/{DIGEST}.release.tlog-proof",
            Stage.CONTENT,
            "text/plain; charset=utf-8",
        ),
        ("tuf/metadata/12.snapshot.json", Stage.CONTENT, "application/json"),
        ("log/tile/0/000", Stage.CONTENT, "application/octet-stream"),
        ("log/tile/0/x001/067.p/8", Stage.CONTENT, "application/octet-stream"),
        ("log/tile/entries/000.p/1", Stage.CONTENT, "application/octet-stream"),
        ("index.html", Stage.PAGES, "text/html; charset=utf-8"),
        ("isrc/XXF012600001/index.json", Stage.PAGES, "application/json"),
        ("static/site.js", Stage.PAGES, "text/javascript; charset=utf-8"),
        ("static/icon.svg", Stage.PAGES, "image/svg+xml"),
        ("status/feed.xml", Stage.PAGES, "application/atom+xml"),
        (f"status/{DIGEST}.json", Stage.CONTENT, "application/json"),
        (f"signatures/{DIGEST}.json.gz", Stage.CONTENT, "application/gzip"),
        ("source/index.html", Stage.PAGES, "text/html; charset=utf-8"),
        ("trust/1.root.json", Stage.PAGES, "application/json"),
        ("_headers", Stage.PAGES, "application/octet-stream"),
        ("log/checkpoint", Stage.CHECKPOINT, "text/plain; charset=utf-8"),
        ("registry.json", Stage.ALIASES, "application/json"),
        ("release.json.minisig", Stage.ALIASES, "text/plain; charset=utf-8"),
        ("schema/release.json", Stage.ALIASES, "application/json"),
        ("tuf/metadata/2.root.json", Stage.ROOTS, "application/json"),
        ("tuf/metadata/timestamp.json", Stage.TIMESTAMP, "application/json"),
    ],
)
def test_a_path_has_a_stage_and_a_media_type(
    path: str, stage: Stage, media_type: str
) -> None:
    served = serving(path)
    assert (served.stage, served.media_type) == (stage, media_type)
    fixed = {Stage.CONTENT, Stage.ROOTS}
    assert served.cache_control == (IMMUTABLE if stage in fixed else MUTABLE)


@pytest.mark.parametrize(
    "path",
    [
        f"bulk/{DIGEST[1:]}.core.parquet",
        f"lookup/01/{DIGEST.upper()}.json.gz",
        "log/tile/0/000/index.html",
        "tuf/metadata/snapshot.json",
        "tuf/metadata/1.timestamp.json",
        "tuf/targets/release.json",
    ],
)
def test_what_is_not_named_by_its_content_is_never_kept_for_long(path: str) -> None:
    assert serving(path).cache_control == MUTABLE


def test_roots_go_live_by_their_number() -> None:
    roots = [f"tuf/metadata/{number}.root.json" for number in (1, 2, 9, 10, 11, 100)]
    assert sorted({*roots}, key=order) == roots


def test_all_that_a_release_names_by_its_content_is_content() -> None:
    made = registry()
    named = {path for path in made.files if serving(path).stage is Stage.CONTENT}
    tops = {path.partition("/")[0] for path in named}
    assert tops == {
        "bulk", "index", "log", "lookup", "registry", "source", "state", "tuf",
    }  # fmt: skip


HEADERS = Path(__file__).parents[4] / "site/static/_headers"


def said_of(path: str) -> dict[str, list[str]]:
    """Return the headers that `_headers` gives to a path, as the hosts read it."""
    found: dict[str, list[str]] = {}
    fits = False
    for line in HEADERS.read_text("utf-8").splitlines():
        if line.startswith("/"):
            rule = re.escape(line).replace(r"\*", ".*")
            fits = re.fullmatch(rule, f"/{path}") is not None
        elif fits and line.startswith("  "):
            name, _, text = line.strip().partition(": ")
            found.setdefault(name, []).append(text)
    return found


def test_the_headers_of_hosts_that_read_them_say_the_same() -> None:
    for path in registry().files:
        said, served = said_of(path), serving(path)
        assert all(len(texts) == 1 for texts in said.values()), path
        assert said["Access-Control-Allow-Origin"] == ["*"]
        if path.endswith(".gz"):
            assert said["Content-Type"] == ["application/gzip"]
        kept = said.get("Cache-Control", [MUTABLE])
        # Roots and the other files of TUF lie in one folder with the timestamp.
        if not path.startswith("tuf/metadata/"):
            assert kept == [served.cache_control], path
        else:
            assert kept == [MUTABLE]
