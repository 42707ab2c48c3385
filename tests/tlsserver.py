"""Web servers with TLS on this machine, and an authority that vouches for them."""

import socketserver
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

THIS_MACHINE = "127.0.0.1"
_DAY = timedelta(days=1)
_REQUEST = 2**16


def page(
    body: bytes, *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    """Return an answer of HTTP, with the length of its body unless it is said."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Vouches for servers.

    Attributes:
        certificate: its own, which makes others trusted.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def vouch(
        self, name: str, *, begins: datetime, ends: datetime
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        """Return a certificate for a server of a name, with its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.key.public_key()
        made = (
            _begun(name, self.certificate.subject, key, begins, ends)
            .add_extension(
                x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
            )
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer),
                critical=False,
            )
            .sign(self.key, SHA256())
        )
        return made, key


@cache
def authority() -> Authority:
    """Return the authority of these tests, which nobody else may trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        (
            "digital_signature", "content_commitment", "key_encipherment",
            "data_encipherment", "key_agreement", "encipher_only", "decipher_only",
        ),
        False,
    )  # fmt: skip
    made = (
        _begun("An authority", _named("An authority"), key, now - _DAY, now + _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
        )
        .sign(key, SHA256())
    )
    return Authority(certificate=made, key=key)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    name: str,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    begins: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
            critical=False,
        )
    )


@dataclass(slots=True, kw_only=True)
class SecureSite:
    """A server that runs.

    Attributes:
        authorities: the file of the authority that vouches for it.
        certificate: the SHA-256 of its certificate.
        asked: the requests, in order.
        over: is set when it has to end.
    """

    authorities: str
    certificate: str
    port: int = 0
    asked: list[bytes] = field(default_factory=list)
    over: Event = field(default_factory=Event)


Answer = Callable[[SecureSite], Iterable[bytes]]
"""Returns what is sent for a request, in pieces."""


def whole(answer: bytes) -> Answer:
    """Return what sends an answer in one piece."""
    return lambda _site: [answer]


def endless(head: bytes, piece: bytes) -> Answer:
    """Return what sends a piece again and again."""

    def pieces(site: SecureSite) -> Iterator[bytes]:
        yield head
        while not site.over.is_set():
            yield piece

    return pieces


def dripping(head: bytes, rest: bytes) -> Answer:
    """Return what sends the rest byte by byte, slowly."""

    def pieces(site: SecureSite) -> Iterator[bytes]:
        yield head
        for byte in rest:
            if site.over.wait(0.02):
                return
            yield bytes([byte])

    return pieces


def silent(site: SecureSite) -> Iterable[bytes]:
    """Send nothing, and wait until the end."""
    site.over.wait()
    return ()


@contextmanager
def secure_site(
    folder: Path,
    answer: Answer,
    *,
    name: str = "fernwood.example",
    days: tuple[int, int] = (-1, 1),
) -> Iterator[SecureSite]:
    """Serve an answer on a free port until the block ends.

    Args:
        folder: for the certificates.
        answer: to each request.
        name: whose server it says that it is.
        days: from which to which its certificate counts, from today on.
    """
    now = datetime.now(UTC)
    begins, ends = (now + number * _DAY for number in days)
    certificate, key = authority().vouch(name, begins=begins, ends=ends)
    trusted, own = folder / "authority.pem", folder / "server.pem"
    trusted.write_bytes(authority().certificate.public_bytes(Encoding.PEM))
    own.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    der = certificate.public_bytes(Encoding.DER)
    site = SecureSite(authorities=str(trusted), certificate=sha256(der).hexdigest())

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(self.request, server_side=True) as channel,
            ):
                site.asked.append(channel.recv(_REQUEST))
                for piece in answer(site):
                    channel.sendall(piece)

    with running(Handler, site.over) as site.port:
        yield site


@contextmanager
def running(
    handler: type[socketserver.BaseRequestHandler], over: Event
) -> Iterator[int]:
    """Let a handler answer on a free port, which is given, until the block ends."""
    with socketserver.ThreadingTCPServer((THIS_MACHINE, 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            over.set()
            server.shutdown()
            thread.join()
