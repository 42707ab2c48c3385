"""Domains: those that can be asked, and why others cannot."""

import pytest

from sayso.publish.proving.domain import (
    document_address,
    fault_of_domain,
    record_name,
)


def test_a_domain_is_asked_by_two_names() -> None:
    assert record_name("fernwood.example") == "_sayso.fernwood.example"
    assert (
        document_address("fernwood.example")
        == "https://fernwood.example/.well-known/sayso.json"
    )


@pytest.mark.parametrize(
    "domain",
    [
        "fernwood.de",
        "music.fernwood.co.uk",
        "xn--mller-kva.de",
        "a.xn--p1ai",
        "example.de",
        "test.de",
        "example.com.de",
        "local.de",
        "1.2.3.4.de",
        f"{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 51}.de",
    ],
)
def test_a_domain_can_be_asked(domain: str) -> None:
    assert fault_of_domain(domain, is_chosen=False) is None


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        pytest.param("müller.de", "ASCII form", id="not-ascii"),
        pytest.param("fernwood\u3002de", "ASCII form", id="another-dot"),
        pytest.param("localhost", "not a domain", id="one-label"),
        pytest.param("de", "not a domain", id="top-level"),
        pytest.param("", "not a domain", id="nothing"),
        pytest.param("Fernwood.de", "small letters", id="capitals"),
        pytest.param("fernwood.de.", "not a domain", id="dot-at-the-end"),
        pytest.param("https://fernwood.de", "not a domain", id="an-address"),
        pytest.param("fernwood.de:443", "not a domain", id="a-port"),
        pytest.param("fernwood.de/x", "not a domain", id="a-path"),
        pytest.param("*.fernwood.de", "not a domain", id="a-star"),
        pytest.param("-a.de", "not a domain", id="a-hyphen"),
        pytest.param("a..de", "not a domain", id="an-empty-label"),
        pytest.param("_sayso.fernwood.de", "not a domain", id="the-record"),
        pytest.param(f"{'a' * 64}.de", "not a domain", id="a-long-label"),
        pytest.param(".".join(["a" * 49] * 5), "too long", id="too-long-below"),
        pytest.param("192.0.2.1", "only a name", id="ipv4"),
        pytest.param("127.1", "only a name", id="ipv4-short"),
        pytest.param("127.0.0.0x1", "only a name", id="ipv4-hexadecimal"),
        pytest.param("[::1]", "not a domain", id="ipv6"),
    ],
)
@pytest.mark.parametrize("is_chosen", [False, True])
def test_a_domain_cannot_be_asked(domain: str, why: str, *, is_chosen: bool) -> None:
    fault = fault_of_domain(domain, is_chosen=is_chosen)
    assert fault is not None
    assert why in fault


@pytest.mark.parametrize(
    "domain",
    [
        "fernwood.example",
        "a.test",
        "example.com",
        "www.example.org",
        "a.example.net",
        "studio.local",
        "vault.internal",
        "box.home.arpa",
        "a.localhost",
        "abcdef.onion",
        "a.invalid",
        "mail.lan",
    ],
)
def test_names_of_nobody_are_asked_only_of_who_was_chosen(domain: str) -> None:
    assert fault_of_domain(domain, is_chosen=True) is None
    fault = fault_of_domain(domain, is_chosen=False) or ""
    assert "nobody has it in the public DNS" in fault
    assert "--resolver" in fault
