"""A domain is asked in both ways, and nothing that it answers leads elsewhere."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sayso.model.owner import Fingerprint
from sayso.publish.proving import well_known
from sayso.publish.proving.asking import look_at_server, look_in_dns
from sayso.publish.proving.look import Look, Outcome, outcome_of
from sayso.publish.proving.well_known import Manner
from sayso.wire.proof_record import ProofRecord, format_document, format_record
from tests.nameserver import (
    ABSENT,
    SILENT,
    Nameserver,
    Reply,
    Zone,
    addresses,
    resolving,
    texts,
)
from tests.tlsserver import (
    THIS_MACHINE,
    Answer,
    SecureSite,
    page,
    secure_site,
    whole,
)

DOMAIN = "fernwood.example"
NAME = f"_sayso.{DOMAIN}"
REGISTRY = "sayso.example"
KEY, OTHER = Fingerprint("SHA256:" + "A" * 43), Fingerprint("SHA256:" + "B" * 43)
RECORD = ProofRecord(keys=(KEY,), registry=REGISTRY)
LIE = ProofRecord(keys=(OTHER,), registry=REGISTRY)
DOCUMENT = format_document([RECORD])
PUBLIC, ANOTHER = "192.0.32.8", "192.0.32.9"
LONG = 1.0

TRUE: Zone = {(NAME, "TXT"): texts(format_record(RECORD), authenticated=True)}
FALSE: Zone = {(NAME, "TXT"): texts(format_record(LIE))}
GONE: Zone = {}
BROKEN: Zone = {(NAME, "TXT"): Reply(rcode="SERVFAIL")}


def asked(*zones: Zone, timeout: float = LONG) -> tuple[Look, list[str]]:
    """Return what resolvers with these zones say, and what they are called."""
    with ExitStack() as stack:
        servers = [stack.enter_context(resolving(zone)) for zone in zones]
        resolvers = [one.resolver for one in servers]
        look = look_in_dns(DOMAIN, resolvers, timeout=timeout)
    return look, [str(one.server) for one in servers]


@pytest.mark.parametrize(
    ("zones", "outcome"),
    [
        pytest.param([TRUE], Outcome.NAMED, id="one"),
        pytest.param([TRUE, TRUE, TRUE], Outcome.NAMED, id="all"),
        pytest.param([TRUE, TRUE, BROKEN], Outcome.NAMED, id="one-is-broken"),
        pytest.param([TRUE, TRUE, FALSE], Outcome.ABSENT, id="one-lies"),
        pytest.param([FALSE, FALSE, TRUE], Outcome.ABSENT, id="one-tells-the-truth"),
        pytest.param([TRUE, GONE], Outcome.ABSENT, id="one-has-not-heard"),
        pytest.param([TRUE, BROKEN], Outcome.UNKNOWN, id="half"),
        pytest.param([BROKEN, BROKEN], Outcome.UNKNOWN, id="none"),
        pytest.param([GONE], Outcome.ABSENT, id="gone"),
    ],
)
def test_resolvers_have_to_agree(zones: list[Zone], outcome: Outcome) -> None:
    look, names = asked(*zones)
    assert outcome_of(look, REGISTRY, [KEY]) is outcome
    assert [one.place for one in look.seen] == names
    for zone, seen in zip(zones, look.seen, strict=True):
        assert (seen.texts is None) is (zone is BROKEN)
        assert bool(seen.fault) is (zone is BROKEN)
        assert seen.authenticated is (zone is TRUE)


def test_a_silent_resolver_does_not_stop_the_others() -> None:
    silent: Zone = {(NAME, "TXT"): SILENT}
    look, _ = asked(silent, TRUE, TRUE, timeout=1.0)
    assert [one.texts is None for one in look.seen] == [True, False, False]
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.NAMED


@dataclass(kw_only=True)
class Web:
    """The internet, as far as it is here.

    Attributes:
        site: the server to which every connection is made.
        made: the addresses to which they were meant to be.
    """

    site: SecureSite
    manner: Manner
    made: list[str] = field(default_factory=list)


@pytest.fixture
def answer() -> Answer:
    """What the server answers; tests that want another one say so."""
    return whole(page(DOCUMENT))


@pytest.fixture
def web(
    tmp_path: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Web]:
    with secure_site(tmp_path, answer, name=DOMAIN) as site:
        how = Manner(authorities=site.authorities, timeout=LONG)
        internet = Web(site=site, manner=how)

        def connect(place: tuple[str, int], timeout: float) -> socket.socket:
            assert place[1] == 443
            internet.made.append(place[0])
            return socket.create_connection((THIS_MACHINE, site.port), timeout)

        monkeypatch.setattr(well_known, "create_connection", connect)
        yield internet


def look_at(web: Web, zone: Zone) -> tuple[Look, Nameserver]:
    with resolving(zone) as nameserver:
        look = look_at_server(DOMAIN, [nameserver.resolver], web.manner, timeout=LONG)
    return look, nameserver


def test_the_file_of_a_web_server_names_a_key(web: Web) -> None:
    look, _ = look_at(web, {(DOMAIN, "A"): addresses(PUBLIC)})
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.NAMED
    assert look.served is not None
    assert look.served.body == DOCUMENT.decode()
    assert look.answers == ()
    assert web.made == [PUBLIC]


def test_a_name_is_looked_up_once_and_then_asked_there(web: Web) -> None:
    # A second look-up would lead to this machine: DNS rebinding.
    zone: Zone = {(DOMAIN, "A"): [addresses(PUBLIC), addresses(THIS_MACHINE)]}
    look, nameserver = look_at(web, zone)
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.NAMED
    assert web.made == [PUBLIC]
    assert sorted(one[2] for one in nameserver.asked) == ["A", "AAAA"]
    # Looked at again, it leads to this machine, and is not asked.
    with resolving(zone) as again:
        first, second = (
            look_at_server(DOMAIN, [again.resolver], web.manner, timeout=LONG)
            for _ in range(2)
        )
    assert outcome_of(first, REGISTRY, [KEY]) is Outcome.NAMED
    assert outcome_of(second, REGISTRY, [KEY]) is Outcome.UNKNOWN
    assert web.made == [PUBLIC, PUBLIC]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address that is refused
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.251",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fe80::1",
        "ff02::1",
    ],
)
@pytest.mark.parametrize("beside", [(), (PUBLIC,)], ids=["alone", "beside-a-good-one"])
def test_a_name_that_leads_inside_is_not_asked(
    web: Web, address: str, beside: tuple[str, ...]
) -> None:
    kind = "AAAA" if ":" in address else "A"
    zone = {(DOMAIN, "A"): addresses(*beside)} if beside else {}
    if kind == "A":
        zone = {(DOMAIN, "A"): addresses(*beside, address)}
    else:
        zone[DOMAIN, "AAAA"] = addresses(address)
    look, _ = look_at(web, zone)
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.UNKNOWN
    (seen,) = look.seen
    assert "no address that everybody reaches" in seen.fault
    assert web.made == []
    assert web.site.asked == []


def test_an_alias_that_leads_inside_is_not_asked(web: Web) -> None:
    records = (("", "CNAME", "router.example."), ("router.example.", "A", "10.0.0.1"))
    look, _ = look_at(web, {(DOMAIN, "A"): Reply(records=records)})
    assert "10.0.0.1" in look.seen[0].fault
    assert web.made == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(whole(page(b"<!doctype html>")), "not JSON", id="page"),
        pytest.param(
            whole(page(DOCUMENT.replace(b'"records"', b'"format":"x",\n"records"'))),
            "stands twice",
            id="a-key-twice",
        ),
        pytest.param(whole(page(b"\xff")), "not UTF-8", id="no-text"),
        pytest.param(whole(page(b"", status="404 No")), "not there", id="absent"),
    ],
)
def test_what_names_no_key_is_told(web: Web, why: str) -> None:
    look, _ = look_at(web, {(DOMAIN, "A"): addresses(PUBLIC)})
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.ABSENT
    assert why in look.seen[0].fault


def test_a_domain_without_addresses_has_no_file(web: Web) -> None:
    look, _ = look_at(web, {(DOMAIN, "A"): ABSENT})
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.ABSENT
    assert look.served is None


def test_the_next_resolver_says_where_the_server_is(web: Web) -> None:
    broken: Zone = {(DOMAIN, "A"): Reply(rcode="SERVFAIL")}
    zone: Zone = {(DOMAIN, "A"): addresses(PUBLIC, ANOTHER)}
    with resolving(broken) as first, resolving(zone) as second:
        look = look_at_server(
            DOMAIN, [first.resolver, second.resolver], web.manner, timeout=LONG
        )
        alone = look_at_server(DOMAIN, [first.resolver], web.manner, timeout=LONG)
    assert outcome_of(look, REGISTRY, [KEY]) is Outcome.NAMED
    assert outcome_of(alone, REGISTRY, [KEY]) is Outcome.UNKNOWN
    assert "SERVFAIL" in alone.seen[0].fault
