"""Asking GitHub: how much at most, and what is never shown."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from sayso.publish.github.api import MAX_PAGES, Api
from tests.webserver import running

TOKEN = "a-token"  # noqa: S105 - it opens nothing


@pytest.fixture
def endless() -> Iterator[tuple[Api, list[str]]]:
    """A list that has no end, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps([*range(100)]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as address:
        api = Api(
            address=f"{address}/", repository="a b/c", token=TOKEN, wait=lambda _: None
        )
        yield api, asked


def test_a_list_without_an_end_is_left(endless: tuple[Api, list[str]]) -> None:
    api, asked = endless
    assert len([*api.pages("issues")]) == MAX_PAGES * 100
    assert len(asked) == MAX_PAGES
    assert asked[0] == "/repos/a%20b/c/issues?per_page=100&page=1"


def test_of_a_list_no_more_is_asked_than_is_used(
    endless: tuple[Api, list[str]],
) -> None:
    api, asked = endless
    pages = api.pages("issues", state="all")
    assert [next(pages) for _ in range(101)][-1] == 0
    assert len(asked) == 2
    assert asked[1] == "/repos/a%20b/c/issues?state=all&per_page=100&page=2"


def test_the_token_is_not_shown(endless: tuple[Api, list[str]]) -> None:
    api, _ = endless
    assert TOKEN not in repr(api)
    assert TOKEN not in str(api)
