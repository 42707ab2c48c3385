"""A web server on this machine with TLS, and an authority that names it."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import SHUT_WR, create_server, socket
from threading import Event, Thread

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

THIS_MACHINE = "127.0.0.1"

Answer = Callable[[socket, Event], None]
"""Sends what is answered; the event is set when the test is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of a server, and its key, in one file.

    Attributes:
        digest: the SHA-256 of the certificate.
    """

    file: Path
    digest: str


class Authority:
    """Names servers; whoever trusts its `file` believes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = generate_private_key(SECP256R1())
        self._name = _name("an authority for tests")
        certificate = self._signed(
            self._name, self._key, x509.BasicConstraints(ca=True, path_length=0)
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def names(self, domain: str, *, is_over: bool = False) -> Certificate:
        """Return a certificate for a domain, perhaps one that has expired."""
        key = generate_private_key(SECP256R1())
        certificate = self._signed(
            _name(domain),
            key,
            x509.SubjectAlternativeName([x509.DNSName(domain)]),
            is_over=is_over,
        )
        file = self._folder / f"{domain}{'-over' if is_over else ''}.pem"
        file.write_bytes(
            certificate.public_bytes(Encoding.PEM)
            + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return Certificate(file=file, digest=certificate.fingerprint(SHA256()).hex())

    def _signed(
        self,
        name: x509.Name,
        key: EllipticCurvePrivateKey,
        extension: x509.ExtensionType,
        *,
        is_over: bool = False,
    ) -> x509.Certificate:
        begins = datetime.now(UTC) - timedelta(days=9)
        ours = self._key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=1 if is_over else 99))
            .add_extension(extension, critical=False)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ours),
                critical=False,
            )
            .sign(self._key, SHA256())
        )


@dataclass(slots=True, kw_only=True)
class SecureSite:
    """What is served.

    Attributes:
        port: where, on this machine.
        asked: each request, as it came.
        connections: how many there were, whether or not they asked for anything.
    """

    port: int
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0


def reply(
    body: bytes = b"", *lines: str, status: str = "200 OK", length: int | None = None
) -> Answer:
    """Return an answer with a body and more headers; `length` may lie about it."""
    size = len(body) if length is None else length
    head = (f"HTTP/1.1 {status}", f"Content-Length: {size}", *lines, "", "")
    return said("\r\n".join(head).encode() + body)


def said(data: bytes) -> Answer:
    """Return an answer of these bytes alone."""
    return lambda channel, _over: channel.sendall(data)


def endless(head: bytes, piece: bytes, *, pause: float = 0) -> Answer:
    """Return an answer that goes on until nobody listens, perhaps slowly."""

    def answer(channel: socket, over: Event) -> None:
        channel.sendall(head)
        while not over.wait(pause):
            channel.sendall(piece)

    return answer


def silence(_channel: socket, over: Event) -> None:
    """Answer nothing, and do not end either."""
    over.wait()


@contextmanager
def served_securely(
    answer: Answer, certificate: Certificate | None
) -> Iterator[SecureSite]:
    """Answer on a free port until the block ends; without a certificate, no TLS."""
    over = Event()
    with create_server((THIS_MACHINE, 0)) as listening:
        site = SecureSite(port=listening.getsockname()[1])
        thread = Thread(
            target=_serve, args=(listening, site, answer, certificate, over)
        )
        thread.start()
        try:
            yield site
        finally:
            over.set()
            with suppress(OSError), socket() as last:
                last.connect((THIS_MACHINE, site.port))  # so that nobody waits
            thread.join()


def _serve(
    listening: socket,
    site: SecureSite,
    answer: Answer,
    certificate: Certificate | None,
    over: Event,
) -> None:
    while True:
        plain, _ = listening.accept()
        with plain:
            if over.is_set():
                return
            site.connections += 1
            with suppress(OSError):  # who asked may have gone
                _answer(plain, site, answer, certificate, over)


def _answer(
    plain: socket,
    site: SecureSite,
    answer: Answer,
    certificate: Certificate | None,
    over: Event,
) -> None:
    if certificate is None:
        answer(plain, over)
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file)
    with context.wrap_socket(plain, server_side=True) as channel:
        asked = b""
        while not asked.endswith(b"\r\n\r\n") and (piece := channel.recv(4096)):
            asked += piece
        site.asked.append(asked)
        answer(channel, over)
        channel.unwrap()
        plain.shutdown(SHUT_WR)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
