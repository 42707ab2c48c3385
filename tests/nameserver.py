"""A resolver on this machine that answers, over UDP and TCP, as a test says."""

import socketserver
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from sayso.publish.proving.resolver import Resolver, Server

THIS_MACHINE = "127.0.0.1"

Spoilt = Callable[[bytes], bytes]
"""Makes something else of an answer."""


def as_it_is(wire: bytes) -> bytes:
    """Return the answer."""
    return wire


def of_another_question(wire: bytes) -> bytes:
    """Return the answer with the number of a question that nobody asked."""
    return bytes([wire[0] ^ 1]) + wire[1:]


def of_another_name(wire: bytes) -> bytes:
    """Return the answer as if another name had been asked for."""
    message = dns.message.from_wire(wire)
    question = dns.rrset.from_text("other.example.", 0, "IN", "TXT")
    message.question = [question]
    return message.to_wire()


def broken(wire: bytes) -> bytes:
    """Return the first half of the answer."""
    return wire[: len(wire) // 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer.

    Attributes:
        records: the name, type and data of each; an empty name is the one asked for.
        rcode: what it ends with.
        authenticated: whether it says that DNSSEC proves it.
        is_cut: whether UDP brings none of it but that there is more.
        sent: what is sent for each question; nothing for one that gets lost.
    """

    records: tuple[tuple[str, str, str], ...] = ()
    rcode: str = "NOERROR"
    authenticated: bool = False
    is_cut: bool = False
    sent: tuple[Spoilt, ...] = (as_it_is,)


ABSENT = Reply(rcode="NXDOMAIN")
SILENT = Reply(sent=())

Zone = Mapping[tuple[str, str], Reply | Sequence[Reply]]
"""Answers by name and type; of several, one after the other, the last for ever."""


def texts(*values: str, authenticated: bool = False, is_cut: bool = False) -> Reply:
    """Return an answer of one text record each."""
    return Reply(
        records=tuple(("", "TXT", quoted(value)) for value in values),
        authenticated=authenticated,
        is_cut=is_cut,
    )


def addresses(*values: str) -> Reply:
    """Return an answer of one address each, all of one kind."""
    return Reply(
        records=tuple(("", "AAAA" if ":" in one else "A", one) for one in values)
    )


def quoted(value: str) -> str:
    """Return a text as zone files have it: in strings of at most 255 bytes."""
    pieces = [value[at : at + 255] for at in range(0, len(value), 255)] or [""]
    return " ".join(f'"{piece}"' for piece in pieces)


@dataclass(slots=True, kw_only=True)
class Nameserver:
    """What answers, and what it was asked.

    Attributes:
        asked: transport, name and type of each question, in order.
    """

    zone: Zone
    port: int = 0
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def server(self) -> Server:
        """The server as a part of a resolver."""
        return Server(address=THIS_MACHINE, port=self.port)

    @property
    def resolver(self) -> Resolver:
        """The resolver that has only this server."""
        return Resolver(servers=(self.server,))

    def answers(self, wire: bytes, transport: str) -> list[bytes]:
        """Return what is sent for a question."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text().rstrip(".").lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        earlier = sum(one[1:] == (name, kind) for one in self.asked)
        self.asked.append((transport, name, kind))
        reply = self.zone.get((name, kind), ABSENT)
        if not isinstance(reply, Reply):
            reply = reply[min(earlier, len(reply) - 1)]
        return [spoilt(_wire(query, reply, transport)) for spoilt in reply.sent]


@contextmanager
def resolving(zone: Zone) -> Iterator[Nameserver]:
    """Answer questions on a free port until the block ends."""
    nameserver = Nameserver(zone=zone)

    class Datagrams(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            for answer in nameserver.answers(wire, "udp"):
                socket.sendto(answer, self.client_address)

    class Streams(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (size,) = struct.unpack("!H", self.rfile.read(2))
            for answer in nameserver.answers(self.rfile.read(size), "tcp"):
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    datagrams, streams = _servers(Datagrams, Streams)
    nameserver.port = streams.server_address[1]
    with datagrams, streams:
        threads = [
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            for server in (datagrams, streams)
        ]
        for thread in threads:
            thread.start()
        try:
            yield nameserver
        finally:
            for server in (datagrams, streams):
                server.shutdown()
            for thread in threads:
                thread.join()


def _servers(
    datagrams: type[socketserver.BaseRequestHandler],
    streams: type[socketserver.BaseRequestHandler],
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """Return servers of UDP and TCP at one port, which is free in both."""
    while True:
        tcp = socketserver.ThreadingTCPServer((THIS_MACHINE, 0), streams)
        try:
            udp = socketserver.ThreadingUDPServer(tcp.server_address, datagrams)
        except OSError:  # another test has it in UDP
            tcp.server_close()
        else:
            return udp, tcp


def _wire(query: dns.message.Message, reply: Reply, transport: str) -> bytes:
    response = dns.message.make_response(query, recursion_available=True)
    response.set_rcode(dns.rcode.from_text(reply.rcode))
    if reply.authenticated:
        response.flags |= dns.flags.AD
    if reply.is_cut and transport == "udp":
        response.flags |= dns.flags.TC
        return response.to_wire()
    asked = query.question[0].name.to_text()
    for owner, kind, data in reply.records:
        response.answer.append(
            dns.rrset.from_text(owner or asked, 300, "IN", kind, data)
        )
    return response.to_wire(max_size=65535)
