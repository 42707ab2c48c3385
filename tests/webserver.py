"""A web server on this machine that answers as a test says."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; `length` may lie about the body, and `drip` sends it slowly.

    Attributes:
        drip: seconds between one byte and the next.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    drip: float = 0


@dataclass(slots=True, kw_only=True)
class Site:
    """What is served: a reply for each path, 404 for any other.

    Attributes:
        address: where it is served, without a slash at the end.
        asked: the paths asked for, in order.
    """

    replies: dict[str, Reply]
    address: str = ""
    asked: list[str] = field(default_factory=list)


def files(by_path: dict[str, bytes]) -> dict[str, Reply]:
    """Return replies that serve files."""
    return {f"/{path}": Reply(body=data) for path, data in by_path.items()}


@contextmanager
def serve(replies: dict[str, Reply]) -> Iterator[Site]:
    """Serve replies on a free port until the block ends."""
    site = Site(replies=replies)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            reply = site.replies.get(self.path, Reply(body=b"absent", status=404))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.length is None or reply.length >= 0:
                length = len(reply.body) if reply.length is None else reply.length
                self.send_header("Content-Length", str(length))
            self.end_headers()
            step = 1 if reply.drip else max(1, len(reply.body))
            with suppress(BrokenPipeError, ConnectionResetError):
                for start in range(0, len(reply.body), step):
                    self.wfile.write(reply.body[start : start + step])
                    time.sleep(reply.drip)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as site.address:
        yield site


@contextmanager
def running(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Let a handler answer on a free port, at the address, until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
