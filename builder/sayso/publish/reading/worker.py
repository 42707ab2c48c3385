"""A worker of `sayso.publish.reading.workers`: YAML in, what it says out."""

import signal
import sys

from msgspec import msgpack

from sayso.publish.reading.layout import Place, place_of
from sayso.publish.reading.said import parse_yaml
from sayso.publish.reading.said_bytes import encode_said
from sayso.publish.reading.workers import receive, send


def main() -> None:
    """Answer until the input ends."""
    # When nobody listens any more, end without a word.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    files = msgpack.Decoder(list[tuple[str, bytes]])
    while (message := receive(sys.stdin.buffer)) is not None:
        said = [_said(path, data) for path, data in files.decode(message)]
        send(msgpack.encode(said), sys.stdout.buffer)


def _said(path: str, data: bytes) -> bytes:
    place = place_of(path)
    if not isinstance(place, Place):
        raise TypeError(f"no file may be at {path}")
    return encode_said(parse_yaml(path, data, place))
