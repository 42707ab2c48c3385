"""Resolvers: whom to ask for what is in the DNS."""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from sayso.errors import MalformedError
from sayso.wire.text import from_decimal, shown

PORT: Final = 53
_LARGEST_PORT: Final = 2**16 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that answers for a resolver.

    Attributes:
        address: of IPv4 or IPv6.
        port: of UDP and TCP.
    """

    address: str
    port: int = PORT

    def __str__(self) -> str:
        if self.port == PORT:
            return self.address
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolver:
    """Servers that say the same: the next one is asked where one is silent."""

    servers: tuple[Server, ...]


def parse_resolver(text: str) -> Resolver:
    """Return the resolver at an address, such as `192.0.2.53` or `[2001:db8::53]:53`.

    Raises:
        MalformedError: it is no address.
    """
    address, port = text, PORT
    host, colon, digits = text.rpartition(":")
    try:
        if colon and (host.startswith("[") or ":" not in host):
            address, port = host.removeprefix("[").removesuffix("]"), _port(digits)
        return Resolver(servers=(Server(address=str(ip_address(address)), port=port),))
    except ValueError as error:
        raise MalformedError(
            f"{shown(text)} is not the address of a resolver, such as 192.0.2.53 or "
            "[2001:db8::53]:53"
        ) from error


def _port(digits: str) -> int:
    port = from_decimal(digits)
    if not 1 <= port <= _LARGEST_PORT:
        raise MalformedError(f"{port} is no port")
    return port
