"""Resolvers are named by their addresses, and shown as they are named."""

import pytest

from sayso.errors import MalformedError
from sayso.publish.proving.resolver import Resolver, Server, parse_resolver


@pytest.mark.parametrize(
    ("text", "address", "port", "shown"),
    [
        ("192.0.2.53", "192.0.2.53", 53, "192.0.2.53"),
        ("192.0.2.53:53", "192.0.2.53", 53, "192.0.2.53"),
        ("127.0.0.1:5353", "127.0.0.1", 5353, "127.0.0.1:5353"),
        ("2001:db8::53", "2001:db8::53", 53, "2001:db8::53"),
        ("2001:DB8:0::53", "2001:db8::53", 53, "2001:db8::53"),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353, "[2001:db8::53]:5353"),
        ("::1", "::1", 53, "::1"),
    ],
)
def test_an_address_names_a_resolver(
    text: str, address: str, port: int, shown: str
) -> None:
    server = Server(address=address, port=port)
    assert parse_resolver(text) == Resolver(servers=(server,))
    assert str(server) == shown


@pytest.mark.parametrize(
    "text",
    ["", "dns.example", "192.0.2", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536",
     "192.0.2.53:053", "192.0.2.53:-1", ":53", "[2001:db8::53]:x", "https://192.0.2.1"],
)  # fmt: skip
def test_what_is_no_address_names_none(text: str) -> None:
    with pytest.raises(MalformedError, match="not the address of a resolver"):
        parse_resolver(text)
