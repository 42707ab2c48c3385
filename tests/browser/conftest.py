"""The site of a small registry, served as a host serves it, and a real browser."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from sayso.publish.site.draw import build_site
from tests.conftest import NeedsTool
from tests.shown import shown_release

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the site and the data of a release."""
    folder = tmp_path_factory.mktemp("registry")
    release = shown_release(folder / "release")
    out = folder / "site"
    build_site(mkdocs_yml=ROOT / "mkdocs.yml", release=release, out=out)
    shutil.copytree(release, out, dirs_exist_ok=True)
    (out / "trust").mkdir()
    (out / "trust" / "sayso.pub").write_text("untrusted comment: for tests\n")
    return out


@pytest.fixture(scope="session")
def short_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a site whose lists leave out most of a release."""
    folder = tmp_path_factory.mktemp("short")
    limits = "      recordings: 1\n      rows: 2\n      pages: 2\n      spans: 1\n"
    line = "      static: site/static\n"
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert line in text
    (folder / "mkdocs.yml").write_text(text.replace(line, line + limits))
    (folder / "site").symlink_to(ROOT / "site")
    release = shown_release(folder / "release")
    out = folder / "out"
    build_site(mkdocs_yml=folder / "mkdocs.yml", release=release, out=out)
    return out


class _Host(http.server.SimpleHTTPRequestHandler):
    """A static host: it serves files, and 404.html where there is none."""

    def send_error(
        self, code: int, message: str | None = None, _explain: str | None = None
    ) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(HTTPStatus(code), message)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Return the address at which the site is served, with a slash at the end."""
    with _served(site) as place:
        yield place


@pytest.fixture(scope="session")
def short_address(short_site: Path) -> Iterator[str]:
    """Return the address at which the site with short lists is served."""
    with _served(short_site) as place:
        yield place


@contextmanager
def _served(site: Path) -> Iterator[str]:
    handler = functools.partial(_Host, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def browser(needs_tool: NeedsTool) -> Iterator[Browser]:
    """Return Chromium."""
    chromium = needs_tool("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A page that was opened, and what happened meanwhile.

    Attributes:
        said: messages on the console, and uncaught errors.
        requested: the addresses of all requests.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.said: list[str] = []
        self.requested: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.requested.append(request.url))

    def open(self, address: str) -> "Visit":
        """Open an address and wait until all that it names is loaded."""
        self.page.goto(address, wait_until="load")
        return self

    @property
    def overflow(self) -> int:
        """How many pixels the page is wider than the window."""
        width: int = self.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        return width


class Visitor:
    """Opens pages with the settings of different people."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __call__(self, address: str, *, width: int = 1200, **settings: Any) -> Visit:  # noqa: ANN401 - passed on
        """Open an address in a new window."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, **settings
        )
        self._contexts.append(context)
        return Visit(context).open(address)

    def leave(self) -> None:
        """Close all windows."""
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visitor]:
    """Return a function that opens an address as somebody with given settings."""
    visitor = Visitor(browser)
    yield visitor
    visitor.leave()
