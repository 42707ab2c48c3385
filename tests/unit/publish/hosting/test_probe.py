"""A probe of hosts, each wrong in a way of its own."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sayso.errors import PublishError
from sayso.publish.hosting.host import Host, web_host
from sayso.publish.hosting.outgoing import Outgoing, outgoing_files
from sayso.publish.hosting.probe import check_absent, check_content, check_live
from sayso.publish.hosting.serving import serving
from sayso.wire.places import TIMESTAMP
from sayso.wire.text import Digest
from tests.hosted import Registry, put_folder, registry
from tests.webserver import Reply, Site, serve

RELEASE = Digest("ab" * 32)


def replies(made: Registry) -> dict[str, Reply]:
    """Return how a good host serves a registry."""
    found = {
        f"/{path}": Reply(
            body=data,
            headers={
                "Access-Control-Allow-Origin": "*",
                "Cache-Control": serving(path).cache_control,
                "Content-Type": serving(path).media_type,
            },
        )
        for path, data in made.files.items()
    }
    found["/"] = found["/index.html"]
    return found


@pytest.fixture
def made() -> Registry:
    return registry()


@pytest.fixture
def files(made: Registry, tmp_path: Path) -> dict[str, Outgoing]:
    return outgoing_files(made.write(tmp_path / "out"))


def host_of(site: Site, waits: list[float] | None = None) -> Host:
    """Return the host; where it is waited for, the waits are written down."""

    def wait(seconds: float) -> None:
        assert waits is not None, "there was nothing to wait for"
        waits.append(seconds)

    return web_host(site.address, wait)


def test_a_good_host_passes(made: Registry, files: dict[str, Outgoing]) -> None:
    with serve(replies(made)) as site:
        host = host_of(site)
        check_absent(host, RELEASE)
        check_content(host, files)
        assert check_live(host, files) == ()
    tops = {path.split("/")[1] for path in site.asked}
    assert {"bulk", "lookup", "state", "registry", "index", "log", "tuf"} <= tops
    assert len(site.asked) < 40


def test_what_is_asked_for_differs_with_each_release() -> None:
    with serve({}) as site:
        check_absent(host_of(site), RELEASE)
        check_absent(host_of(site), Digest("cd" * 32))
        check_absent(host_of(site), RELEASE)
    assert len(site.asked) == 6
    assert site.asked[:2] == site.asked[4:]
    assert site.asked[0] != site.asked[2]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            Reply(body=b"<!doctype html>", status=200),
            r"says 200 instead of 404.*404\.h",
        ),
        (Reply(status=403), "403 instead of 404.*s3:ListBucket"),
        (Reply(status=302, headers={"Location": "/"}), "302 instead of 404"),
        (Reply(status=500), "500 instead of 404"),
    ],
)
def test_a_host_that_has_an_answer_for_everything_is_refused(
    reply: Reply, said: str
) -> None:
    with serve(everything(reply)) as site, pytest.raises(PublishError, match=said):
        check_absent(host_of(site), RELEASE)


def everything(reply: Reply) -> dict[str, Reply]:
    """Return replies of a host that always says the same."""

    class Same(dict[str, Reply]):
        def get(self, *_: object) -> Reply:
            return reply

    return Same()


@pytest.mark.parametrize(
    ("change", "part", "said"),
    [
        (
            lambda reply: replace(reply, body=gzip.decompress(reply.body)),
            "lookup",
            "a gzip that the host unpacks.*gunzip off",
        ),
        (
            lambda reply: replace(reply, headers={"Content-Encoding": "gzip"}),
            "lookup",
            "Content-Encoding: 'gzip'",
        ),
        (
            lambda reply: replace(reply, body=gzip.compress(reply.body)),
            "lookup",
            "not what was put there",
        ),
        (
            lambda reply: replace(reply, body=reply.body + b" "),
            "registry",
            "not what was put there",
        ),
        (lambda reply: replace(reply, body=b""), "state", "not what was put there"),
        (lambda reply: replace(reply, status=404), "bulk", "the host says 404"),
        (lambda reply: replace(reply, status=403), "tuf/targets", "everybody read it"),
    ],
)
def test_a_host_that_changes_content_is_refused(
    made: Registry,
    files: dict[str, Outgoing],
    change: Callable[[Reply], Reply],
    part: str,
    said: str,
) -> None:
    served = {
        path: change(reply) if path.startswith(f"/{part}/") else reply
        for path, reply in replies(made).items()
    }
    waits: list[float] = []
    with serve(served) as site, pytest.raises(PublishError, match=said):
        check_content(host_of(site, waits), files)
    assert len(waits) > 5


def test_a_host_that_needs_time_is_given_it(
    made: Registry, files: dict[str, Outgoing]
) -> None:
    served = replies(made)
    new = served.pop(f"/{TIMESTAMP}")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            site.replies[f"/{TIMESTAMP}"] = new

    with serve({**served, f"/{TIMESTAMP}": replace(new, body=b"old")}) as site:
        assert check_live(web_host(site.address, wait), files) == ()
    assert waits == sorted(waits)
    assert len(waits) == 3


def test_a_host_that_keeps_the_old_is_given_up(
    made: Registry, files: dict[str, Outgoing]
) -> None:
    served = replies(made)
    served[f"/{TIMESTAMP}"] = replace(served[f"/{TIMESTAMP}"], body=b"old")
    waits: list[float] = []
    with (
        serve(served) as site,
        pytest.raises(PublishError, match="not the new one after some minutes"),
    ):
        check_live(host_of(site, waits), files)
    assert 300 < sum(waits) < 1200


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("public, max-age=3600", "kept for 3600 seconds"),
        ("s-maxage=86400, max-age=0", "kept for 86400 seconds"),
    ],
)
def test_a_timestamp_that_is_kept_for_long_is_refused(
    made: Registry, files: dict[str, Outgoing], header: str, said: str
) -> None:
    served = replies(made)
    old = served[f"/{TIMESTAMP}"]
    served[f"/{TIMESTAMP}"] = replace(old, headers={"Cache-Control": header})
    with serve(served) as site, pytest.raises(PublishError, match=said):
        check_live(host_of(site, []), files)


@pytest.mark.parametrize(
    "header", ["max-age=600", "no-store", "no-cache, max-age=9999"]
)
def test_a_timestamp_that_is_kept_for_minutes_is_taken(
    made: Registry, files: dict[str, Outgoing], header: str
) -> None:
    served = replies(made)
    old = served[f"/{TIMESTAMP}"]
    served[f"/{TIMESTAMP}"] = replace(old, headers={"Cache-Control": header})
    with serve(served) as site:
        assert check_live(host_of(site), files) == ()


def test_headers_that_are_missing_are_told(
    made: Registry, files: dict[str, Outgoing]
) -> None:
    served = replies(made)
    for path in (f"/{TIMESTAMP}", "/release.json"):
        served[path] = replace(served[path], headers={})
    with serve(served) as site:
        notes = check_live(host_of(site), files)
    assert ["no Cache-Control" in note for note in notes] == [True, False]
    assert ["Access-Control" in note for note in notes] == [False, True]


def test_of_a_timestamp_alone_nothing_else_is_asked(
    made: Registry, files: dict[str, Outgoing]
) -> None:
    with serve(replies(made)) as site:
        alone = {TIMESTAMP: files[TIMESTAMP]}
        assert check_live(host_of(site), alone) == ()
    assert site.asked == [f"/{TIMESTAMP}"]


@pytest.mark.parametrize("path", ["/", "/static/site.css"])
def test_a_page_of_another_type_is_refused(
    made: Registry, files: dict[str, Outgoing], path: str
) -> None:
    served = replies(made)
    served[path] = replace(served[path], headers={"Content-Type": "text/plain"})
    with (
        serve(served) as site,
        pytest.raises(PublishError, match="served as 'text/plain', so that browsers"),
    ):
        check_live(host_of(site), files)


@pytest.mark.parametrize(
    "address",
    ["http://registry.example", "ftp://localhost", "registry.example", "https:"],
)
def test_only_a_web_address_is_asked(address: str) -> None:
    with pytest.raises(PublishError, match="not the address of a registry"):
        web_host(address, lambda _: None)


def test_a_host_that_is_not_there_is_said() -> None:
    with serve({}) as site:
        pass
    with pytest.raises(PublishError, match="cannot be reached"):
        check_absent(host_of(site), RELEASE)


def test_nothing_goes_live_where_the_host_is_wrong(
    made: Registry, tmp_path: Path
) -> None:
    source, target = made.write(tmp_path / "out"), tmp_path / "www"
    page = Reply(body=b"<!doctype html>", status=200)
    with (
        serve(everything(page)) as site,
        pytest.raises(PublishError, match="instead of 404"),
    ):
        put_folder(source, target, made.check, host=host_of(site))
    assert not [*target.iterdir()]
    with serve({}) as site, pytest.raises(PublishError, match="the host says 404"):
        put_folder(source, target, made.check, host=host_of(site, []))
    tops = {path.name for path in target.iterdir()}
    assert "bulk" in tops
    assert not tops & {"index.html", "release.json", "trust"}
    assert not (target / TIMESTAMP).exists()
    with serve(replies(made)) as site:
        done = put_folder(source, target, made.check, host=host_of(site))
    assert done.notes == ()
    assert site.asked[-1].startswith("/absent-")
