"""Asking a domain's web server: over TLS, at an address that was looked at first.

The name is resolved once, every address that it has must be public, and the connection
is made to one of those: there is no second look-up that could lead elsewhere. Nothing
is followed, unpacked or sent through a proxy, and all of it has one time limit.
"""

import io
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from socket import create_connection, socket
from time import monotonic
from typing import Final

from sayso.errors import FetchError, MalformedError, MissingError
from sayso.publish.proving.addresses import is_public
from sayso.publish.proving.domain import DOCUMENT_PATH, document_address
from sayso.wire.proof_record import DOCUMENT_LIMIT
from sayso.wire.text import Digest, from_utf8, shown

TIMEOUT: Final = 10.0
"""How long a server has from the first connection to the last byte, in seconds."""

_PORT: Final = 443
_ADDRESSES: Final = 4
"""How many addresses are tried."""
_ABSENT: Final = frozenset(
    {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
)
_NOT_PACKED: Final = frozenset({"", "identity"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a web server had.

    Attributes:
        body: the file.
        certificate: the SHA-256 of the certificate by which the server is the domain.
    """

    body: str
    certificate: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How web servers are asked.

    Attributes:
        authorities: the file of certificates that are trusted to name servers; the
            system's when None.
        port: of TCP.
        timeout: how long a server has in all, in seconds.
        is_allowed: whether a server may have an address.
    """

    authorities: str | None = None
    port: int = _PORT
    timeout: float = TIMEOUT
    is_allowed: Callable[[str], bool] = is_public


def ask_server(domain: str, addresses: Iterable[str], manner: Manner) -> Served:
    """Return the file of a domain's web server.

    Args:
        domain: one that can be asked.
        addresses: all that it has.
        manner: how to ask.

    Raises:
        MissingError: the file is not there: the server says so, or leads elsewhere.
        MalformedError: it is too long, or no text.
        FetchError: the server cannot be reached, or is not the domain's.
    """
    place = document_address(domain)
    tried = tuple(addresses)
    refused = [address for address in tried if not manner.is_allowed(address)]
    if refused:
        raise FetchError(
            f"{place} is not asked: {domain} leads to {shown(refused[0])}, which is no "
            "address that everybody reaches"
        )
    if not tried:
        raise MissingError(f"{domain} has no address, so no web server")
    context = _context(manner.authorities)
    until = monotonic() + manner.timeout
    fault = ""
    places = tried[:_ADDRESSES]
    for number, address in enumerate(places):
        try:
            # No address at which nobody is takes the time of the next ones.
            wait = _left(until) / (len(places) - number)
            plain = create_connection((address, manner.port), timeout=wait)
            return _asked(domain, plain, context, until)
        except ssl.SSLCertVerificationError as error:
            fault = f"its certificate is not right: {error.verify_message}"
        except TimeoutError:
            fault = f"it was not done after {manner.timeout:.0f} seconds"
        except (OSError, HTTPException, ValueError) as error:
            if isinstance(error, MalformedError):
                raise
            fault = shown(str(error))
    raise FetchError(f"{place} cannot be had: {fault}")


def _context(authorities: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authorities)
    except OSError as error:
        raise FetchError(
            f"{shown(str(authorities))} has no certificates to trust: {error}"
        ) from error
    context.set_alpn_protocols(["http/1.1"])
    return context


def _asked(
    domain: str, connection: socket, context: ssl.SSLContext, until: float
) -> Served:
    with connection as plain:
        plain.settimeout(_left(until))
        channel = context.wrap_socket(plain, server_hostname=domain)
    with channel:
        # It was verified, so there is one.
        certificate = channel.getpeercert(binary_form=True) or b""
        channel.settimeout(_left(until))
        channel.sendall(_request(domain))
        response = HTTPResponse(_Channel(channel, until), method="GET")  # type: ignore[arg-type] # it asks for no more than makefile
        response.begin()
        body = _body(domain, response)
    return Served(
        body=from_utf8(body, limit=DOCUMENT_LIMIT),
        certificate=Digest(sha256(certificate).hexdigest()),
    )


def _request(domain: str) -> bytes:
    lines = (
        f"GET {DOCUMENT_PATH} HTTP/1.1",
        f"Host: {domain}",
        "User-Agent: sayso",
        "Accept: application/json",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii")


def _body(domain: str, response: HTTPResponse) -> bytes:
    place, status = document_address(domain), response.status
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        there = shown(response.headers.get("Location", ""))
        raise MissingError(
            f"{place} leads to {there}, and is not followed: the file has to be there "
            "itself"
        )
    if status in _ABSENT:
        raise MissingError(f"{place} is not there: the server says {status}")
    if status != HTTPStatus.OK:
        raise FetchError(f"{place} cannot be had: the server says {status}")
    packed = response.headers.get("Content-Encoding", "").strip().lower()
    if packed not in _NOT_PACKED:
        raise MalformedError(f"{place} is packed as {shown(packed)}; serve it plain")
    body = response.read(DOCUMENT_LIMIT + 1)
    if len(body) > DOCUMENT_LIMIT:
        raise MalformedError(f"{place} is longer than {DOCUMENT_LIMIT} bytes")
    if response.length:
        raise FetchError(f"{place} broke off after {len(body)} bytes; try again")
    return body


def _left(until: float) -> float:
    """Return how many seconds are left.

    Raises:
        TimeoutError: none.
    """
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class _Channel(io.RawIOBase):
    """What a server sends, until the time is over."""

    def __init__(self, channel: ssl.SSLSocket, until: float) -> None:
        self._channel = channel
        self._until = until

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the stream that is read; nothing else is asked of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what a buffered reader gives
        """Read what is there into a buffer, and return how much that is."""
        # Each read has what is left of the whole time, so that drops do not prolong it.
        self._channel.settimeout(_left(self._until))
        return self._channel.recv_into(buffer)
