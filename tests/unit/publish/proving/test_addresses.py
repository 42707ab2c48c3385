"""Addresses: none that only some network reaches is public, however it is written."""

from ipaddress import ip_address, ip_network

import pytest

from sayso.publish.proving.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.32.8",
        "192.167.255.255",
        "192.169.0.0",
        "223.255.255.255",
        "2600::",
        "2a00:1450:4001:80b::200e",
        "2001:200::1",
        "2001:4860:4860::8888",
    ],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "network",
    [
        pytest.param("0.0.0.0/8", id="this-network"),
        pytest.param("10.0.0.0/8", id="private-10"),
        pytest.param("100.64.0.0/10", id="carrier-nat"),
        pytest.param("127.0.0.0/8", id="loopback"),
        pytest.param("169.254.0.0/16", id="link-local"),
        pytest.param("169.254.169.254/32", id="cloud-metadata"),
        pytest.param("172.16.0.0/12", id="private-172"),
        pytest.param("192.0.0.0/24", id="protocols"),
        pytest.param("192.0.2.0/24", id="documentation-1"),
        pytest.param("192.88.99.0/24", id="relays"),
        pytest.param("192.168.0.0/16", id="private-192"),
        pytest.param("198.18.0.0/15", id="benchmarks"),
        pytest.param("198.51.100.0/24", id="documentation-2"),
        pytest.param("203.0.113.0/24", id="documentation-3"),
        pytest.param("224.0.0.0/4", id="multicast"),
        pytest.param("240.0.0.0/4", id="reserved"),
        pytest.param("::/128", id="unspecified-6"),
        pytest.param("::1/128", id="loopback-6"),
        pytest.param("::/96", id="ipv4-compatible"),
        pytest.param("::ffff:0:0/96", id="ipv4-mapped"),
        pytest.param("::ffff:0:0:0/96", id="ipv4-translated"),
        pytest.param("64:ff9b::/96", id="nat64"),
        pytest.param("64:ff9b:1::/48", id="nat64-local"),
        pytest.param("100::/64", id="discard"),
        pytest.param("2001::/32", id="teredo"),
        pytest.param("2001:2::/48", id="benchmarks-6"),
        pytest.param("2001:10::/28", id="orchid"),
        pytest.param("2001:20::/28", id="orchid-2"),
        pytest.param("2001:db8::/32", id="documentation-6"),
        pytest.param("2002::/16", id="6to4"),
        pytest.param("3fff::/20", id="documentation-6-2"),
        pytest.param("4000::/3", id="nobody's"),
        pytest.param("5f00::/16", id="segments"),
        pytest.param("fc00::/7", id="unique-local"),
        pytest.param("fe80::/10", id="link-local-6"),
        pytest.param("fec0::/10", id="site-local"),
        pytest.param("ff00::/8", id="multicast-6"),
    ],
)
def test_no_address_of_a_special_network_is_public(network: str) -> None:
    whole = ip_network(network)
    middle = whole[whole.num_addresses // 2]
    for address in (whole[0], middle, whole[-1]):
        assert not is_public(str(address))


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "169.254.169.254"])
def test_an_ipv6_address_that_means_an_ipv4_one_is_not_public(inner: str) -> None:
    number = int(ip_address(inner))
    forms = [
        f"::ffff:{inner}",
        f"::{inner}",
        f"64:ff9b::{inner}",
        str(ip_address(0x2002 << 112 | number << 80)),
        str(ip_address(0x20010000 << 96 | (number ^ 0xFFFFFFFF))),
    ]
    assert not any(map(is_public, forms))


@pytest.mark.parametrize(
    "text",
    ["", "localhost", "127.1", "2130706433", "0x7f.1", "010.0.0.1", "1.1.1.1 ",
     "1.1.1.1/32", "[2600::]", "2600::%eth0", "fe80::1%1"],
)  # fmt: skip
def test_what_is_no_plain_address_is_not_public(text: str) -> None:
    assert not is_public(text)
