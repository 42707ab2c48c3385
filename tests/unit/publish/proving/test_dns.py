"""Resolvers are asked with bounds, and only what answers the question is taken."""

import socket
import struct
from collections.abc import Iterator

import dns.resolver
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayso.errors import FetchError
from sayso.publish.proving.dns import (
    ALIASES,
    RECORDS,
    TEXT_BYTES,
    ask_addresses,
    ask_texts,
    system_resolver,
)
from sayso.publish.proving.resolver import Resolver, Server
from tests.nameserver import (
    ABSENT,
    SILENT,
    THIS_MACHINE,
    Nameserver,
    Reply,
    Spoilt,
    addresses,
    as_it_is,
    broken,
    of_another_name,
    of_another_question,
    quoted,
    resolving,
    texts,
)

DOMAIN = "fernwood.example"
NAME = "_sayso.fernwood.example"
TEXT = "v=sayso1; key=SHA256:" + "A" * 43 + "; registry=sayso.example"
LONG = 1.0
SHORT = 0.2


def ask(reply: Reply, *, timeout: float = LONG) -> tuple[tuple[str, ...], Nameserver]:
    with resolving({(NAME, "TXT"): reply}) as nameserver:
        answer = ask_texts(DOMAIN, nameserver.resolver, timeout=timeout)
    assert answer.resolver == f"{THIS_MACHINE}:{nameserver.port}"
    return answer.texts, nameserver


def refused(reply: Reply, *, timeout: float = LONG) -> str:
    with (
        resolving({(NAME, "TXT"): reply}) as nameserver,
        pytest.raises(FetchError) as caught,
    ):
        ask_texts(DOMAIN, nameserver.resolver, timeout=timeout)
    return str(caught.value)


def test_the_texts_of_a_domain_are_at_a_name_below_it() -> None:
    found, nameserver = ask(texts(TEXT, "a note"))
    assert found == ("a note", TEXT)
    assert nameserver.asked == [("udp", NAME, "TXT")]


@pytest.mark.parametrize("authenticated", [False, True])
def test_whether_dnssec_proves_it_is_kept(*, authenticated: bool) -> None:
    zone = {(NAME, "TXT"): texts(TEXT, authenticated=authenticated)}
    with resolving(zone) as nameserver:
        answer = ask_texts(DOMAIN, nameserver.resolver, timeout=LONG)
    assert answer.authenticated is authenticated


def test_a_text_is_put_together_from_its_strings() -> None:
    long = TEXT + " " * 400
    assert quoted(long).count('" "') == 1
    assert ask(texts(long))[0] == (long,)


def test_bytes_that_no_record_has_are_shown() -> None:
    reply = Reply(records=(("", "TXT", r'"caf\195\169"'),))
    assert ask(reply)[0] == (r"caf\xc3\xa9",)


@pytest.mark.parametrize(
    "reply", [ABSENT, Reply(), Reply(records=(("", "CNAME", "gone.example."),))]
)
def test_a_name_without_texts_has_none(reply: Reply) -> None:
    assert ask(reply)[0] == ()


def test_what_udp_cuts_is_asked_by_tcp() -> None:
    found, nameserver = ask(texts(TEXT, is_cut=True))
    assert found == (TEXT,)
    assert [one[0] for one in nameserver.asked] == ["udp", "tcp"]


def test_many_texts_are_read_up_to_a_bound() -> None:
    many = tuple(f"text {number:02}" for number in range(RECORDS))
    assert ask(texts(*many, is_cut=True))[0] == many
    assert ask(texts("x" * TEXT_BYTES, is_cut=True))[0] == ("x" * TEXT_BYTES,)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([f"{n}" for n in range(RECORDS + 1)], id="records"),
        pytest.param(["x" * (TEXT_BYTES + 1)], id="one long one"),
        pytest.param(
            [f"{n}{'x' * 3000}" for n in range(20)], id="nearly all that fits"
        ),
    ],
)
def test_more_than_that_is_refused(values: list[str]) -> None:
    said = refused(texts(*values, is_cut=True))
    assert f"more than {RECORDS} records or {TEXT_BYTES} bytes" in said


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"])
def test_an_answer_of_an_error_is_none(rcode: str) -> None:
    assert f"answers {rcode}" in refused(Reply(rcode=rcode))


@pytest.mark.parametrize("other", [of_another_question, of_another_name, broken])
def test_what_does_not_answer_the_question_is_passed_over(other: Spoilt) -> None:
    reply = Reply(records=(("", "TXT", quoted(TEXT)),), sent=(other, as_it_is))
    assert ask(reply)[0] == (TEXT,)
    alone = Reply(records=reply.records, sent=(other,))
    assert "does not answer" in refused(alone, timeout=SHORT)


def test_a_lost_question_is_asked_again() -> None:
    with resolving({(NAME, "TXT"): [SILENT, texts(TEXT)]}) as nameserver:
        answer = ask_texts(DOMAIN, nameserver.resolver, timeout=LONG)
    assert answer.texts == (TEXT,)
    assert len(nameserver.asked) == 2


def test_a_resolver_that_never_answers_is_given_up() -> None:
    assert "does not answer" in refused(SILENT, timeout=SHORT)


def test_a_resolver_that_never_answers_by_tcp_is_given_up() -> None:
    cut = texts(TEXT, is_cut=True)
    # Nothing is sent, and the connection ends.
    with (
        resolving({(NAME, "TXT"): [cut, SILENT]}) as nameserver,
        pytest.raises(FetchError, match="cannot be asked: 'EOF'"),
    ):
        ask_texts(DOMAIN, nameserver.resolver, timeout=SHORT)
    assert nameserver.asked[1][0] == "tcp"


@pytest.mark.parametrize("other", [of_another_question, of_another_name, broken])
def test_no_other_answer_is_taken_by_tcp(other: Spoilt) -> None:
    reply = Reply(records=(("", "TXT", quoted(TEXT)),), sent=(other,))
    with (
        resolving({(NAME, "TXT"): [texts(TEXT, is_cut=True), reply]}) as nameserver,
        pytest.raises(FetchError, match="cannot be asked"),
    ):
        ask_texts(DOMAIN, nameserver.resolver, timeout=LONG)


def test_a_port_at_which_nobody_is_cannot_be_asked() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((THIS_MACHINE, 0))
        server = Server(address=THIS_MACHINE, port=taken.getsockname()[1])
        with pytest.raises(FetchError, match=f"{THIS_MACHINE}:{server.port} "):
            ask_texts(DOMAIN, Resolver(servers=(server,)), timeout=SHORT)


def test_the_next_server_of_a_resolver_is_asked_where_one_fails() -> None:
    with (
        resolving({(NAME, "TXT"): Reply(rcode="SERVFAIL")}) as first,
        resolving({(NAME, "TXT"): texts(TEXT)}) as second,
    ):
        both = Resolver(servers=(first.server, second.server))
        answer = ask_texts(DOMAIN, both, timeout=LONG)
    assert answer.texts == (TEXT,)
    assert answer.resolver == str(second.server)


def test_a_resolver_without_servers_answers_nothing() -> None:
    with pytest.raises(FetchError, match="no resolver to ask"):
        ask_texts(DOMAIN, Resolver(servers=()), timeout=SHORT)


def alias(name: str, target: str) -> tuple[str, str, str]:
    return (f"{name}.", "CNAME", f"{target}.")


def test_an_alias_is_followed_within_an_answer() -> None:
    reply = Reply(
        records=(
            alias(NAME, "proofs.example"),
            alias("proofs.example", "more.example"),
            ("more.example.", "TXT", quoted(TEXT)),
        )
    )
    found, nameserver = ask(reply)
    assert found == (TEXT,)
    assert len(nameserver.asked) == 1


def test_an_alias_is_followed_by_asking_again() -> None:
    zone = {
        (NAME, "TXT"): Reply(
            records=(alias(NAME, "proofs.example"),), authenticated=True
        ),
        ("proofs.example", "TXT"): texts(TEXT),
    }
    with resolving(zone) as nameserver:
        answer = ask_texts(DOMAIN, nameserver.resolver, timeout=LONG)
    assert answer.texts == (TEXT,)
    # One part that DNSSEC does not prove is enough.
    assert not answer.authenticated


def test_aliases_in_a_circle_within_an_answer_are_refused() -> None:
    reply = Reply(records=(alias(NAME, "b.example"), alias("b.example", NAME)))
    assert "cannot be asked" in refused(reply)


def test_aliases_in_a_circle_of_answers_are_refused() -> None:
    zone = {
        (NAME, "TXT"): Reply(records=(alias(NAME, "b.example"),)),
        ("b.example", "TXT"): Reply(records=(alias("b.example", NAME),)),
    }
    with (
        resolving(zone) as nameserver,
        pytest.raises(FetchError, match="without end"),
    ):
        ask_texts(DOMAIN, nameserver.resolver, timeout=LONG)
    assert len(nameserver.asked) == ALIASES


def test_texts_of_another_name_are_not_taken() -> None:
    reply = Reply(records=(("other.example.", "TXT", quoted(TEXT)),))
    assert ask(reply)[0] == ()


def test_the_addresses_of_a_domain_are_of_both_kinds() -> None:
    zone = {
        (DOMAIN, "A"): addresses("192.0.2.1", "192.0.2.2"),
        (DOMAIN, "AAAA"): addresses("2001:db8::1"),
    }
    with resolving(zone) as nameserver:
        found = ask_addresses(DOMAIN, nameserver.resolver, timeout=LONG)
    assert sorted(found) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]


def test_a_domain_without_addresses_has_none() -> None:
    with resolving({}) as nameserver:
        assert ask_addresses(DOMAIN, nameserver.resolver, timeout=LONG) == ()


def test_only_so_many_addresses_are_read() -> None:
    many = addresses(*(f"10.0.0.{number}" for number in range(RECORDS + 9)))
    with resolving({(DOMAIN, "A"): many}) as nameserver:
        found = ask_addresses(DOMAIN, nameserver.resolver, timeout=LONG)
    assert len(found) == RECORDS


def test_the_resolver_of_this_machine_has_the_servers_it_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class System:
        nameservers = ("192.0.2.53", "2001:db8::53")
        port = 53

    monkeypatch.setattr(dns.resolver, "Resolver", System)
    assert [str(one) for one in system_resolver().servers] == [
        "192.0.2.53",
        "2001:db8::53",
    ]


def test_a_machine_without_resolvers_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none() -> object:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)
    with pytest.raises(FetchError, match="--resolver"):
        system_resolver()


class Garbage:
    """A server whose answer, after the number of the question, is anything."""

    def __init__(self) -> None:
        self.rest = b""

    def spoil(self, wire: bytes) -> bytes:
        return wire[:2] + self.rest


@pytest.fixture(scope="module")
def garbage() -> Iterator[tuple[Garbage, Nameserver]]:
    made = Garbage()
    reply = Reply(sent=(made.spoil,))
    cut = Reply(is_cut=True)
    with resolving({(NAME, "TXT"): [cut, reply] * 500}) as nameserver:
        yield made, nameserver


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rest=st.binary(max_size=80))
def test_any_answer_is_read_or_refused(
    garbage: tuple[Garbage, Nameserver], rest: bytes
) -> None:
    made, nameserver = garbage
    made.rest = struct.pack("!H", 0x8180) + rest
    nameserver.asked.clear()
    try:
        answer = ask_texts(DOMAIN, nameserver.resolver, timeout=LONG)
    except FetchError:
        return
    assert answer.texts == ()
