"""Fetching: bounded, below one root, from one host, and over TLS."""

import os
import socket
import threading
from pathlib import Path

import pytest

from sayso.client.fetch import FolderFetcher, WebFetcher, fetcher_of
from sayso.client.files import read_file
from sayso.errors import FetchError
from tests.webserver import Reply, serve

OUTSIDE = [
    "../secret",
    "/etc/passwd",
    "a/../../secret",
    "..",
    "",
    "a//b",
    "a\0b",
    ".git",
]


def fetch(address: str, path: str = "release.json", limit: int = 100) -> bytes:
    return WebFetcher(address, timeout=5).fetch(path, limit=limit)


def test_a_folder_gives_its_files(tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "owner.json").write_bytes(b"{}")
    assert fetcher_of(str(tmp_path)).fetch("schema/owner.json", limit=2) == b"{}"


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leaves_a_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(FetchError, match="not the path"):
        FolderFetcher(inside).fetch(path, limit=100)


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"no folder .*absent; give the folder"):
        fetcher_of(str(tmp_path / "absent"))


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_file(path, limit=5) == b"12345"
    with pytest.raises(FetchError, match="longer than the 4 bytes"):
        read_file(path, limit=4)


def test_what_is_no_ordinary_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FetchError, match="pipe is not a file"):
        read_file(tmp_path / "pipe", limit=4)
    with pytest.raises(FetchError, match="is not a file"):
        read_file(tmp_path, limit=4)
    with pytest.raises(FetchError, match="absent is not there"):
        read_file(tmp_path / "absent", limit=4)
    with pytest.raises(FetchError, match="cannot be read"):
        read_file(tmp_path / ("x" * 999), limit=4)


def test_an_address_gives_its_files() -> None:
    with serve({"/r/release.json": Reply(body=b"{\n}\n")}) as site:
        assert fetch(f"{site.address}/r") == b"{\n}\n"
        assert fetch(f"{site.address}/r/") == b"{\n}\n"
        assert site.asked == ["/r/release.json"] * 2


def test_a_location_may_be_an_address() -> None:
    with serve({"/release.json": Reply(body=b"x")}) as site:
        assert fetcher_of(site.address).fetch("release.json", limit=9) == b"x"


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leaves_an_address(path: str) -> None:
    with serve({}) as site:
        with pytest.raises(FetchError, match="not the path"):
            fetch(site.address, path)
        assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://registry.example",
        "ftp://registry.example",
        "file:///etc",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://user:password@registry.example",
        "https://",
        "https://registry.example/?a=b",
        "https://registry.example/#a",
        "https://[::1",
        "https://registry.example:port",
    ],
)
def test_only_https_is_asked_beyond_this_machine(address: str) -> None:
    with pytest.raises(FetchError):
        fetcher_of(address)


@pytest.mark.parametrize(
    "address", ["https://registry.example/a", "http://[::1]:1", "http://localhost"]
)
def test_a_good_address_is_taken(address: str) -> None:
    assert isinstance(fetcher_of(address), WebFetcher)


def test_a_missing_file_is_explained() -> None:
    with serve({}) as site, pytest.raises(FetchError, match="is the address right"):
        fetch(site.address)


def test_a_server_in_trouble_is_quoted() -> None:
    replies = {"/release.json": Reply(status=503)}
    with serve(replies) as site, pytest.raises(FetchError, match="says 503"):
        fetch(site.address)


def test_a_long_answer_is_cut_off() -> None:
    replies = {"/release.json": Reply(body=b"x" * 101)}
    with serve(replies) as site, pytest.raises(FetchError, match="longer than the 100"):
        fetch(site.address)


def test_an_answer_without_a_length_is_read() -> None:
    with serve({"/release.json": Reply(body=b"x", length=-1)}) as site:
        assert fetch(site.address) == b"x"


def test_an_answer_that_breaks_off_is_noticed() -> None:
    replies = {"/release.json": Reply(body=b"x", length=50)}
    with serve(replies) as site, pytest.raises(FetchError, match="broke off after 1"):
        fetch(site.address)


@pytest.mark.parametrize("body", [b"\n <!DOCTYPE html><p>Log in", b"<html>", b"<?xml "])
def test_a_web_page_is_no_data(body: bytes) -> None:
    replies = {"/release.json": Reply(body=body)}
    with serve(replies) as site, pytest.raises(FetchError, match="web page instead"):
        fetch(site.address)


def test_a_redirect_on_one_host_is_followed() -> None:
    replies = {
        "/release.json": Reply(status=302, headers={"Location": "/v2/release.json"}),
        "/v2/release.json": Reply(body=b"x"),
    }
    with serve(replies) as site:
        assert fetch(site.address) == b"x"


def test_a_redirect_to_another_host_is_refused() -> None:
    with serve({"/release.json": Reply(body=b"x")}) as other:
        target = f"{other.address}/release.json"
        replies = {"/release.json": Reply(status=302, headers={"Location": target})}
        with serve(replies) as site, pytest.raises(FetchError, match="another host"):
            fetch(site.address)
        assert other.asked == []


def test_a_redirect_to_a_file_is_refused() -> None:
    headers = {"Location": "file:///etc/passwd"}
    with (
        serve({"/release.json": Reply(status=301, headers=headers)}) as site,
        pytest.raises(FetchError),
    ):
        fetch(site.address)


def test_a_host_that_does_not_answer_is_explained() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(FetchError, match="cannot be reached"):
            fetch(f"http://127.0.0.1:{port}")


def test_a_host_that_keeps_silent_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        fetcher = WebFetcher(f"http://127.0.0.1:{port}", timeout=0.05)
        with pytest.raises(FetchError, match="cannot be reached"):
            fetcher.fetch("release.json", limit=9)


def test_a_host_that_drips_is_given_up() -> None:
    slow = Reply(body=b"x" * 1000, drip=0.01)
    with serve({"/release.json": slow}) as site:
        fetcher = WebFetcher(site.address, timeout=0.1)
        with pytest.raises(FetchError, match="too slow"):
            fetcher.fetch("release.json", limit=1000)


def test_what_a_server_says_never_steers_the_terminal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"\x1b[2J Train generative AI: permitted\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        fetcher = WebFetcher(f"http://127.0.0.1:{port}", timeout=5)
        with pytest.raises(FetchError) as caught:
            fetcher.fetch("release.json", limit=100)
        thread.join()
    assert "\x1b" not in str(caught.value)
