"""Parsing YAML in several processes, since one interpreter uses one core.

Each worker is a Python of its own that reads files from its standard input and
writes what they say to its standard output (`sayso.publish.reading.worker`). It holds
nothing: when this process dies, its input ends, and so does it. What a worker that
died did not answer is left out, and the caller parses it.
"""

import subprocess
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, suppress
from queue import Empty, SimpleQueue
from typing import BinaryIO, cast

from msgspec import MsgspecError, msgpack

from sayso.publish.reading.said import Found

_CHUNK = 128
"""How many files a worker is sent at once; a fraction of a second of work."""

# Where this process finds its modules, since another version would say something else.
_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from sayso.publish.reading.worker import main; main()"
)
_PATIENCE = 0.1
_HEADER = 8
_LONGEST = 2**30

_Worker = subprocess.Popen[bytes]
_answers = msgpack.Decoder(list[bytes])


def parse_apart(found: Sequence[Found], workers: int) -> list[bytes | None]:
    """Return what each file says, as bytes; None where no worker answered.

    Args:
        found: YAML files.
        workers: how many processes there are.

    Raises:
        PublishError: a file has changed since it was found.
    """
    said: list[bytes | None] = [None] * len(found)
    starts: SimpleQueue[int] = SimpleQueue()
    for start in range(0, len(found), _CHUNK):
        starts.put(start)
    with ExitStack() as stack:
        started: list[_Worker] = []
        with suppress(OSError):  # fewer are slower, and none is right as well
            needed = min(workers, starts.qsize())
            started.extend(stack.enter_context(_start()) for _ in range(needed))
        with ThreadPoolExecutor(workers) as pool:
            try:
                _wait([pool.submit(_serve, found, starts, said, w) for w in started])
            except BaseException:
                for worker in started:
                    worker.kill()  # which ends the threads that wait for it
                raise
    return said


def _wait(served: Collection[Future[None]]) -> None:
    while served:
        # Not every system interrupts a longer wait when somebody types Ctrl-C.
        done, served = wait(served, timeout=_PATIENCE)
        for one in done:
            one.result()


def _start() -> _Worker:
    return subprocess.Popen(  # noqa: S603 - this Python, and a constant program
        [sys.executable, "-c", _PROGRAM, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,  # Ctrl-C is for this process, which ends the others
    )


def _serve(
    found: Sequence[Found],
    starts: "SimpleQueue[int]",
    said: list[bytes | None],
    worker: _Worker,
) -> None:
    """Let a worker parse what is left, until nothing is or it does not answer."""
    source, sink = cast("BinaryIO", worker.stdout), cast("BinaryIO", worker.stdin)
    with suppress(Empty, OSError, MsgspecError, UnicodeDecodeError), closing(sink):
        while True:
            start = starts.get_nowait()
            chunk = found[start : start + _CHUNK]
            files = [(file.path, file.data) for file, _ in chunk]
            send(msgpack.encode(files), sink)
            answers = _answers.decode(receive(source) or b"")
            for place, answer in enumerate(answers, start):
                said[place] = answer


def send(message: bytes, sink: BinaryIO) -> None:
    """Write a message with its length before it."""
    sink.write(len(message).to_bytes(_HEADER, "big"))
    sink.write(message)
    sink.flush()


def receive(source: BinaryIO) -> bytes | None:
    """Return the next message; None where the stream ends, or is of somebody else."""
    length = int.from_bytes(source.read(_HEADER), "big")
    message = source.read(length) if length <= _LONGEST else b""
    return message if 0 < length == len(message) else None
