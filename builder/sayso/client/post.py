"""Posting a few bytes to a web address, and reading the few that come back."""

from dataclasses import dataclass
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from sayso.client.fetch import THIS_MACHINE, read_response
from sayso.errors import FetchError
from sayso.wire.text import shown

TIMEOUT: Final = 30.0
"""How long to wait for the next bytes, in seconds."""

_HEADERS: Final = {
    "Content-Type": "text/plain; charset=utf-8",
    "User-Agent": "sayso",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server answered.

    Attributes:
        status: the HTTP status code.
        kind: the media type, without parameters.
    """

    status: int
    kind: str
    body: bytes


def post(address: str, data: bytes, *, limit: int) -> Reply:
    """Return what a server answers to a POST, whatever its status; it is not followed.

    Args:
        address: https, or http to this machine.
        data: the request.
        limit: how long the answer may be, in bytes.

    Raises:
        FetchError: the address is of another kind, or the server cannot be reached, is
            too slow or answers too much.
    """
    try:
        opener = _opener(address)
        request = Request(address, data=data, headers=_HEADERS)  # noqa: S310 - the scheme is checked
        # Without a handler for errors and redirects every status is an answer.
        with opener.open(request, timeout=TIMEOUT) as response:
            body = read_response(response, limit + 1, address, timeout=TIMEOUT)
            status, kind = response.status, response.headers.get_content_type()
    except (OSError, HTTPException, ValueError) as error:
        raise FetchError(f"{address} cannot be reached: {shown(str(error))}") from error
    if len(body) > limit:
        raise FetchError(f"{address} answers more than the {limit} bytes expected")
    return Reply(status=status, kind=kind, body=body)


def _opener(address: str) -> OpenerDirector:
    parts = urlsplit(address)
    is_here = parts.hostname in THIS_MACHINE
    schemes = {"https", "http"} if is_here else {"https"}
    if parts.hostname is None or parts.scheme not in schemes:
        raise FetchError(
            f"{shown(address)} is not asked: data is sent over https, and over http "
            "only to this machine"
        )
    opener = OpenerDirector()
    proxies = ProxyHandler({} if is_here else None)
    for handler in (proxies, HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener
