"""Addresses that anybody's web server may have, and those that only look like one.

A domain's owner decides to which address its name leads. Asked from inside an
operator's network, it must never lead to what only that network reaches: neither
directly, nor by an IPv6 address that means an IPv4 one.
"""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
)
from typing import Final, assert_never

_GLOBAL_IPV6: Final = IPv6Network("2000::/3")
"""All other IPv6 is local, or means an IPv4 address: ::ffff:0:0/96, 64:ff9b::/96."""

_NEVER_IPV4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # behind a provider's NAT
            "127.0.0.0/8",
            "169.254.0.0/16",  # this link; clouds answer with secrets here
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",
        ),
    )
)
_NEVER_IPV6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # Teredo, which means an IPv4 address, and others
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, which means an IPv4 address
            "3fff::/20",  # documentation
        ),
    )
)


def is_public(address: str) -> bool:
    """Return whether a web server that everybody reaches may have an address.

    Args:
        address: of IPv4 or IPv6, as text; anything else is not public.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    match parsed:
        case IPv4Address():
            return not any(parsed in network for network in _NEVER_IPV4)
        case IPv6Address():
            return (
                parsed in _GLOBAL_IPV6
                and parsed.scope_id is None
                and not any(parsed in network for network in _NEVER_IPV6)
            )
        case _:
            assert_never(parsed)
