"""Web servers are asked with bounds, at addresses that were looked at first."""

import gzip
import socket
import socketserver
from collections.abc import Iterable
from pathlib import Path
from threading import Event

import pytest

from sayso.errors import FetchError, MalformedError, MissingError
from sayso.publish.proving import well_known
from sayso.publish.proving.well_known import Manner, Served, ask_server
from sayso.wire.proof_record import DOCUMENT_LIMIT
from tests.tlsserver import (
    THIS_MACHINE,
    Answer,
    SecureSite,
    dripping,
    endless,
    page,
    running,
    secure_site,
    silent,
    whole,
)

DOMAIN = "fernwood.example"
BODY = b'{\n"format":"sayso/well-known/1",\n"records":[]\n}\n'
LONG = 1.0
SHORT = 0.3


def is_here(address: str) -> bool:
    return address in {THIS_MACHINE, "127.0.0.2"}


def manner(site: SecureSite, *, timeout: float = LONG) -> Manner:
    return Manner(
        authorities=site.authorities,
        port=site.port,
        timeout=timeout,
        is_allowed=is_here,
    )


def ask(
    folder: Path,
    answer: Answer,
    *,
    addresses: Iterable[str] = (THIS_MACHINE,),
    timeout: float = LONG,
    name: str = DOMAIN,
    days: tuple[int, int] = (-1, 1),
) -> tuple[Served, SecureSite]:
    with secure_site(folder, answer, name=name, days=days) as site:
        return ask_server(DOMAIN, addresses, manner(site, timeout=timeout)), site


def test_the_file_of_a_server_is_read_with_its_certificate(tmp_path: Path) -> None:
    served, site = ask(tmp_path, whole(page(BODY)))
    assert served == Served(body=BODY.decode(), certificate=site.certificate)  # type: ignore[arg-type]
    (request,) = site.asked
    lines = request.decode().split("\r\n")
    assert lines[0] == "GET /.well-known/sayso.json HTTP/1.1"
    assert f"Host: {DOMAIN}" in lines
    assert "Accept-Encoding: identity" in lines


def test_the_longest_file_is_read(tmp_path: Path) -> None:
    served, _ = ask(tmp_path, whole(page(b"x" * DOCUMENT_LIMIT)))
    assert len(served.body) == DOCUMENT_LIMIT


def test_a_file_in_chunks_is_read(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    served, _ = ask(tmp_path, whole(head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    assert served.body == "abcde"


def test_proxies_of_the_environment_are_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    served, _ = ask(tmp_path, whole(page(BODY)))
    assert served.body == BODY.decode()


@pytest.mark.parametrize(
    "there",
    [
        "https://attacker.example/.well-known/sayso.json",
        "//attacker.example/",
        "http://fernwood.example/.well-known/sayso.json",
        "https://www.fernwood.example/.well-known/sayso.json",
        "/elsewhere.json",
        "https://127.0.0.1/",
    ],
)
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "308 Permanent"])
def test_nothing_is_followed(tmp_path: Path, there: str, status: str) -> None:
    answer = page(BODY, f"Location: {there}", status=status)
    with pytest.raises(MissingError, match="is not followed"):
        ask(tmp_path, whole(answer))


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden"])
def test_a_file_that_is_not_there_is_missing(tmp_path: Path, status: str) -> None:
    with pytest.raises(MissingError, match=f"the server says {status[:3]}"):
        ask(tmp_path, whole(page(BODY, status=status)))


@pytest.mark.parametrize("status", ["500 Fault", "503 Later", "204 Nothing"])
def test_a_server_that_cannot_say_is_no_answer(tmp_path: Path, status: str) -> None:
    with pytest.raises(FetchError, match=f"the server says {status[:3]}") as caught:
        ask(tmp_path, whole(page(b"", status=status)))
    assert not isinstance(caught.value, MissingError)


HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(whole(page(b"x" * (DOCUMENT_LIMIT + 1))), id="one byte"),
        pytest.param(endless(page(b"", length=2**40), b"x" * 999), id="very long"),
        pytest.param(endless(HEAD + b"\r\n", b"x" * 999), id="endless"),
        pytest.param(endless(CHUNKED, b"3\r\nabc\r\n"), id="endless chunks"),
    ],
)
def test_a_file_that_is_too_long_is_refused(tmp_path: Path, answer: Answer) -> None:
    with pytest.raises(MalformedError, match=f"longer than {DOCUMENT_LIMIT} bytes"):
        ask(tmp_path, answer)


@pytest.mark.parametrize("packing", ["gzip", "br", "GZIP ", "identity, gzip"])
def test_nothing_is_unpacked(tmp_path: Path, packing: str) -> None:
    bomb = gzip.compress(bytes(10 * 2**20))
    assert len(bomb) < DOCUMENT_LIMIT
    with pytest.raises(MalformedError, match="is packed"):
        ask(tmp_path, whole(page(bomb, f"Content-Encoding: {packing}")))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(dripping(page(b"", length=9999), b"x" * 9999), id="body"),
        pytest.param(dripping(HEAD, b"X: y\r\n" * 999), id="head"),
        pytest.param(dripping(b"", b"HTTP/1.1 200 " + b"x" * 999), id="first line"),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="continue"),
        pytest.param(silent, id="silent"),
    ],
)
def test_a_server_that_takes_too_long_is_given_up(
    tmp_path: Path, answer: Answer
) -> None:
    with pytest.raises(FetchError, match="it was not done after"):
        ask(tmp_path, answer, timeout=SHORT)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        pytest.param(page(BODY, length=999), "broke off", id="broke off"),
        pytest.param(CHUNKED + b"9\r\nabc", "IncompleteRead", id="broken chunk"),
        pytest.param(CHUNKED + b"z\r\nabc", "IncompleteRead", id="no size"),
        pytest.param(page(b"\xff"), "not UTF-8", id="no text"),
        pytest.param(b"", "closed connection", id="nothing"),
        pytest.param(b"HTTP/9 1\r\n\r\n", "cannot be had", id="no HTTP"),
        pytest.param(HEAD + b"X: y\r\n" * 200, "more than 100 headers", id="many"),
        pytest.param(HEAD + b"X" * 2**17, "more than 65536", id="long header"),
    ],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, answer: bytes, said: str) -> None:
    with pytest.raises((FetchError, MalformedError), match=said):
        ask(tmp_path, whole(answer))


@pytest.mark.parametrize(
    ("name", "days", "said"),
    [
        ("attacker.example", (-1, 1), "Hostname mismatch"),
        ("www.fernwood.example", (-1, 1), "Hostname mismatch"),
        (DOMAIN, (-3, -2), "certificate has expired"),
        (DOMAIN, (1, 2), "not yet valid"),
    ],
    ids=["other", "below", "expired", "early"],
)
def test_a_certificate_that_is_not_right_is_refused(
    tmp_path: Path, name: str, days: tuple[int, int], said: str
) -> None:
    with secure_site(tmp_path, whole(page(BODY)), name=name, days=days) as site:
        with pytest.raises(FetchError, match=f"certificate is not right: .*{said}"):
            ask_server(DOMAIN, [THIS_MACHINE], manner(site))
        assert site.asked == []


def test_an_authority_that_the_system_does_not_know_vouches_for_nobody(
    tmp_path: Path,
) -> None:
    with secure_site(tmp_path, whole(page(BODY))) as site:
        how = Manner(port=site.port, timeout=LONG, is_allowed=is_here)
        with pytest.raises(FetchError, match="certificate is not right"):
            ask_server(DOMAIN, [THIS_MACHINE], how)
        assert site.asked == []


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")
    for path in (empty, tmp_path / "absent.pem"):
        how = Manner(authorities=str(path), timeout=SHORT, is_allowed=is_here)
        with pytest.raises(FetchError, match="no certificates to trust"):
            ask_server(DOMAIN, [THIS_MACHINE], how)


class Plain(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(999)
        self.request.sendall(page(BODY))


class Mute(socketserver.BaseRequestHandler):
    over = Event()

    def handle(self) -> None:
        self.over.wait()


def test_a_server_without_tls_is_not_asked() -> None:
    with running(Plain, Event()) as port:
        how = Manner(port=port, timeout=LONG, is_allowed=is_here)
        with pytest.raises(FetchError, match="cannot be had"):
            ask_server(DOMAIN, [THIS_MACHINE], how)


def test_a_server_that_never_greets_is_given_up() -> None:
    with running(Mute, Mute.over) as port:
        how = Manner(port=port, timeout=SHORT, is_allowed=is_here)
        with pytest.raises(FetchError, match="it was not done after"):
            ask_server(DOMAIN, [THIS_MACHINE], how)


def test_the_next_address_is_asked_where_nobody_is_at_one(tmp_path: Path) -> None:
    both = ("127.0.0.2", THIS_MACHINE)
    served, site = ask(tmp_path, whole(page(BODY)), addresses=both)
    assert served.body == BODY.decode()
    assert len(site.asked) == 1


def test_an_address_that_is_silent_leaves_time_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        waited.append(timeout)
        if place[0] != THIS_MACHINE:
            raise TimeoutError
        return socket.create_connection(place, timeout)

    monkeypatch.setattr(well_known, "create_connection", connect)
    both = ("127.0.0.2", THIS_MACHINE)
    served, _ = ask(tmp_path, whole(page(BODY)), addresses=both)
    assert served.body == BODY.decode()
    assert waited[0] <= LONG / 2


def test_a_domain_without_addresses_has_no_server(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="has no address"):
        ask(tmp_path, whole(page(BODY)), addresses=())


def test_one_address_that_is_not_public_is_enough_to_refuse(tmp_path: Path) -> None:
    with secure_site(tmp_path, whole(page(BODY))) as site:
        for addresses in (["10.0.0.1", THIS_MACHINE], [THIS_MACHINE, "10.0.0.1"]):
            with pytest.raises(FetchError, match=r"leads to '10\.0\.0\.1'"):
                ask_server(DOMAIN, addresses, manner(site))
        assert site.asked == []


def test_this_machine_is_never_asked_unless_a_test_says_so(tmp_path: Path) -> None:
    with secure_site(tmp_path, whole(page(BODY))) as site:
        how = Manner(authorities=site.authorities, port=site.port, timeout=LONG)
        with pytest.raises(FetchError, match=r"leads to '127\.0\.0\.1'"):
            ask_server(DOMAIN, [THIS_MACHINE], how)
        assert site.asked == []
