"""A witness for tests, as C2SP tlog-witness says: over HTTP, and with a memory."""

import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler

from sayso.errors import RegistryError
from sayso.trust.note import cosign, open_note
from sayso.wire.checkpoint import Checkpoint, parse_checkpoint
from sayso.wire.merkle import Hash, check_consistency
from sayso.wire.note import VerifierKey, decode_note
from tests.logs import LOG, SEEN, WITNESS_KEYS, WITNESSES
from tests.webserver import running

Answer = tuple[int, bytes]


@dataclass(slots=True, kw_only=True)
class WitnessServer:
    """One of the witnesses of the tests, and what it saw last.

    Attributes:
        number: which of `tests.logs.WITNESSES`, from 1.
        logs: those whose checkpoints it takes, by origin.
        seen: the latest checkpoint of each that it cosigned.
        requests: the bodies that it was sent.
        forced: what it answers whatever it is asked, if anything.
    """

    number: int = 1
    logs: dict[str, VerifierKey] = field(default_factory=lambda: {LOG.name: LOG})
    seen: dict[str, Checkpoint] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    forced: Answer | None = None
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add_checkpoint(self, body: bytes) -> Answer:
        """Return status and body for an `add-checkpoint` request."""
        # "Checking the old size and persisting must be performed atomically."
        with self.lock:
            self.requests.append(body)
            return self.forced or self._add(body)

    def _add(self, body: bytes) -> Answer:  # noqa: PLR0911 - as many as are specified
        head, _, note = body.partition(b"\n\n")
        first, *lines = head.decode("ascii").split("\n")
        word, _, number = first.partition(" ")
        if word != "old" or str(int(number)) != number or len(lines) > 63:
            return 400, b"not a request\n"
        old, proof = int(number), [Hash(b64decode(line)) for line in lines]
        checkpoint = parse_checkpoint(decode_note(note).text)
        key = self.logs.get(checkpoint.origin)
        if key is None:
            return 404, b"unknown log\n"
        try:
            open_note(note, [key])
        except RegistryError:
            return 403, b"not signed by the log\n"
        if old > checkpoint.size:
            return 400, b"the old size is larger\n"
        seen = self.seen.get(checkpoint.origin)
        if old != (0 if seen is None else seen.size):
            assert seen is not None
            return 409, b"%d\n" % seen.size
        if not self._has_grown(seen, checkpoint, proof):
            return 422, b"not consistent\n"
        self.seen[checkpoint.origin] = checkpoint
        name = WITNESSES[self.number - 1].key.name
        key_of_witness = WITNESS_KEYS[self.number - 1]
        cosigned = cosign(note, key_of_witness, name=name, now=SEEN)
        return 200, cosigned.removeprefix(note)

    def _has_grown(
        self, seen: Checkpoint | None, checkpoint: Checkpoint, proof: list[Hash]
    ) -> bool:
        if checkpoint.size == 0 and checkpoint.root != sha256(b"").digest():
            return False
        if seen is None or seen.size == 0:
            return not proof
        try:
            check_consistency(
                seen.size, seen.root, checkpoint.size, checkpoint.root, proof
            )
        except RegistryError:
            return False
        return True


@contextmanager
def serve_witness(witness: WitnessServer) -> Iterator[WitnessServer]:
    """Let a witness answer on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = (
                witness.add_checkpoint(body)
                if self.path == "/w/add-checkpoint"
                else (404, b"no such page\n")
            )
            self.send_response(status)
            is_size = status == 409 and answer[:-1].isdigit()
            kind = "text/x.tlog.size" if is_size else "text/plain"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with running(Handler) as address:
        witness.address = f"{address}/w"
        yield witness
