"""A web server for the benchmark, in a process of its own, and bare requests to it.

    python -m tests.bench.served FOLDER --delay 0.03

It says its address on one line, and ends when its standard input does. Connections are
kept open for whoever keeps them; each answer waits for the delay, as over a network.
"""

import argparse
import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.bench.measure import ROOT, module


@contextmanager
def served(folder: Path, delay: float = 0) -> Iterator[str]:
    """Serve a folder while the block runs, and give its address."""
    command = module("tests.bench.served", str(folder), "--delay", str(delay))
    child = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.stdin.close()
        child.wait()
        child.stdout.close()


def get_all(
    address: str, paths: Sequence[str], *, one_connection: bool
) -> tuple[float, list[bytes]]:
    """Ask for files one after the other; return the seconds, and what there was.

    Nothing is done with the answers: this is what the requests alone take.
    """
    host = urlsplit(address).netloc
    found: list[bytes] = []
    begun = time.perf_counter()
    connection = http.client.HTTPConnection(host)
    for path in paths:
        if not one_connection:
            connection.close()
            connection = http.client.HTTPConnection(host)
        connection.request("GET", f"/{path}")
        found.append(connection.getresponse().read())
    connection.close()
    return time.perf_counter() - begun, found


def _handler(folder: Path, delay: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            time.sleep(delay)
            try:
                status, body = "200 OK", (folder / self.path[1:]).read_bytes()
            except OSError:
                status, body = "404 Not Found", b"absent"
            head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)
            if self.headers.get("Connection", "").lower() == "close":
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


def main() -> None:
    """Serve a folder until nobody listens any more."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.served")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds")
    given = parser.parse_args()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), _handler(given.folder.resolve(), given.delay)
    )
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
