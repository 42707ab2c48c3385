"""Asking a resolver: by UDP, by TCP where the answer is longer, and never for long.

An answer is as good as the resolver and the way to it: whether the resolver says that
DNSSEC proves it is kept, and believed only as its testimony.
"""

from collections.abc import Iterable
from time import monotonic
from typing import Final, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT
from dns.rdtypes.IN.A import A
from dns.rdtypes.IN.AAAA import AAAA

from sayso.errors import FetchError
from sayso.publish.proving.domain import record_name
from sayso.publish.proving.resolver import Resolver, Server
from sayso.wire.text import shown
from sayso.wire.verification import ResolverAnswer

TIMEOUT: Final = 6.0
"""How long a resolver has, in seconds."""
RECORDS: Final = 32
"""How many records of one name are read at most."""
TEXT_BYTES: Final = 4096
"""How long all texts of one name are together at most."""
ALIASES: Final = 8
"""How often a name is followed to another one by asking again."""

_TRIES: Final = 3
_PAYLOAD: Final = 1232
"""The largest answer by UDP that arrives everywhere in one piece."""
_SAID: Final = frozenset({dns.rcode.NOERROR, dns.rcode.NXDOMAIN})


def system_resolver() -> Resolver:
    """Return the resolver that this machine is set up to ask.

    Raises:
        FetchError: it has none.
    """
    try:
        system = dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError) as error:
        raise FetchError(
            "this machine is not set up to ask any resolver; name one with --resolver"
        ) from error
    return Resolver(
        servers=tuple(
            Server(address=str(address), port=system.port)
            for address in system.nameservers
        )
    )


def ask_texts(
    domain: str, resolver: Resolver, *, timeout: float = TIMEOUT
) -> ResolverAnswer:
    """Return the texts at the name of a domain's record; none where it has none.

    Args:
        domain: one that can be asked.
        resolver: whom to ask.
        timeout: how long its servers have, in seconds.

    Raises:
        FetchError: there is no answer, one of an error, or too much of one.
    """
    server, authenticated, found = _ask(
        record_name(domain), dns.rdatatype.TXT, resolver, timeout
    )
    texts = [b"".join(one.strings) for one in found if isinstance(one, TXT)]
    if len(texts) > RECORDS or sum(map(len, texts)) > TEXT_BYTES:
        raise FetchError(
            f"{server} answers more than {RECORDS} records or {TEXT_BYTES} bytes"
        )
    return ResolverAnswer(
        resolver=str(server),
        authenticated=authenticated,
        # No record has other bytes than ASCII; what is none is only shown.
        texts=tuple(sorted(text.decode("ascii", "backslashreplace") for text in texts)),
    )


def ask_addresses(
    domain: str, resolver: Resolver, *, timeout: float = TIMEOUT
) -> tuple[str, ...]:
    """Return the addresses of a domain, at most `RECORDS`; none where it has none.

    Args:
        domain: one that can be asked.
        resolver: whom to ask.
        timeout: how long its servers have for each kind of address, in seconds.

    Raises:
        FetchError: there is no answer, or one of an error.
    """
    addresses: list[str] = []
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        _, _, found = _ask(domain, kind, resolver, timeout)
        addresses += [one.address for one in found if isinstance(one, A | AAAA)]
    return tuple(addresses[:RECORDS])


def _ask(
    name: str, kind: dns.rdatatype.RdataType, resolver: Resolver, timeout: float
) -> tuple[Server, bool, Iterable[dns.rdata.Rdata]]:
    """Return who answered, whether DNSSEC proves it, and the records."""
    faults: list[str] = []
    for server in resolver.servers:
        try:
            return server, *_followed(dns.name.from_text(name), kind, server, timeout)
        except FetchError as error:
            faults.append(str(error))
        except dns.exception.Timeout:
            faults.append(f"{server} does not answer")
        except (dns.exception.DNSException, OSError, EOFError) as error:
            said = shown(str(error)) if str(error) else type(error).__name__
            faults.append(f"{server} cannot be asked: {said}")
    raise FetchError("; ".join(faults) or "there is no resolver to ask")


def _followed(
    name: dns.name.Name, kind: dns.rdatatype.RdataType, server: Server, timeout: float
) -> tuple[bool, Iterable[dns.rdata.Rdata]]:
    """Return whether DNSSEC proves the answer, and its records, aliases followed."""
    until = monotonic() + timeout
    authenticated = True
    for _ in range(ALIASES):
        response = _exchanged(name, kind, server, until)
        if (code := response.rcode()) not in _SAID:
            raise FetchError(
                f"{server} answers {dns.rcode.to_text(code)}: it cannot say, or the "
                "domain's DNSSEC or name servers are broken"
            )
        chain = response.resolve_chaining()
        authenticated &= bool(response.flags & dns.flags.AD)
        if chain.answer is not None:
            return authenticated, chain.answer
        if chain.canonical_name == name or code == dns.rcode.NXDOMAIN:
            return authenticated, ()
        name = chain.canonical_name
    raise FetchError(f"{server} leads from one name to the next without end")


def _exchanged(
    name: dns.name.Name, kind: dns.rdatatype.RdataType, server: Server, until: float
) -> dns.message.QueryMessage:
    """Return the response to one question, asked again where it got lost."""
    query = dns.message.make_query(name, kind, use_edns=0, payload=_PAYLOAD)
    query.flags |= dns.flags.AD  # so a resolver says whether DNSSEC proves it
    for tries in range(_TRIES, 0, -1):
        left = until - monotonic()
        if left <= 0:
            break
        try:
            # What somebody else sends, or no answer to this question, is passed over.
            response, _ = dns.query.udp_with_fallback(
                query,
                server.address,
                timeout=left / tries,
                port=server.port,
                ignore_unexpected=True,
                ignore_errors=True,
            )
        except dns.exception.Timeout:
            continue
        return cast("dns.message.QueryMessage", response)  # as the query is one
    raise dns.exception.Timeout
