"""Asking a domain whose it is: its DNS by resolvers, and its web server."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sayso.errors import FetchError, MalformedError, MissingError
from sayso.publish.proving.dns import ask_addresses, ask_texts
from sayso.publish.proving.domain import document_address
from sayso.publish.proving.look import Look, Seen
from sayso.publish.proving.resolver import Resolver
from sayso.publish.proving.well_known import Manner, ask_server
from sayso.wire.proof_record import format_record, parse_document
from sayso.wire.verification import Method


def look_in_dns(domain: str, resolvers: Sequence[Resolver], *, timeout: float) -> Look:
    """Return what resolvers say, all asked at once.

    Args:
        domain: one that can be asked.
        resolvers: at least one.
        timeout: how long each has, in seconds.
    """
    with ThreadPoolExecutor(len(resolvers)) as pool:
        seen = pool.map(lambda one: _seen_by(domain, one, timeout), resolvers)
        return Look(method=Method.DNS, seen=tuple(seen))


def look_at_server(
    domain: str, resolvers: Sequence[Resolver], manner: Manner, *, timeout: float
) -> Look:
    """Return what the domain's web server says.

    Args:
        domain: one that can be asked.
        resolvers: at least one; the first that can says where the server is.
        manner: how to ask the server.
        timeout: how long each resolver has, in seconds.
    """
    place, served = document_address(domain), None
    try:
        addresses = _addresses(domain, resolvers, timeout)
        served = ask_server(domain, addresses, manner)
        records = parse_document(served.body.encode())
    except MissingError as error:
        seen = Seen(place=place, texts=(), fault=str(error))
    except MalformedError as error:
        fault = f"the file cannot be read: {error}"
        seen = Seen(place=place, texts=(), fault=fault)
    except FetchError as error:
        seen = Seen(place=place, texts=None, fault=str(error))
    else:
        seen = Seen(place=place, texts=tuple(map(format_record, records)))
    return Look(method=Method.WELL_KNOWN, seen=(seen,), served=served)


def _seen_by(domain: str, resolver: Resolver, timeout: float) -> Seen:
    try:
        answer = ask_texts(domain, resolver, timeout=timeout)
    except FetchError as error:
        place = ", ".join(map(str, resolver.servers))
        return Seen(place=place, texts=None, fault=str(error))
    return Seen(
        place=answer.resolver, texts=answer.texts, authenticated=answer.authenticated
    )


def _addresses(
    domain: str, resolvers: Sequence[Resolver], timeout: float
) -> tuple[str, ...]:
    faults: list[str] = []
    for resolver in resolvers:
        try:
            return ask_addresses(domain, resolver, timeout=timeout)
        except FetchError as error:
            faults.append(str(error))
    raise FetchError("; ".join(faults))
