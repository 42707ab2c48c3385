"""Getting the bytes of a release from a folder or a web address.

Whatever serves them is not trusted: every read is bounded, no path leaves its root,
no redirect leads to another host, and the network is asked over TLS only, except for
this machine itself.
"""

from http.client import HTTPException, HTTPMessage, HTTPResponse
from pathlib import Path
from time import monotonic
from typing import IO, Final, Protocol
from urllib.error import HTTPError
from urllib.parse import SplitResult, urlsplit
from urllib.request import (
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from sayso.client.files import read_file
from sayso.errors import FetchError, MissingError
from sayso.wire.release_file import is_path
from sayso.wire.text import shown

THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names by which this machine is asked, without TLS."""

_PAGE_STARTS = (b"<!doctype", b"<html", b"<head", b"<?xml")
_PIECE = 2**16
_SLOWEST = 1024
"""Bytes a second that a host has to send on average, once the time-out has passed."""
_ABSENT = frozenset({403, 404})
"""How hosts say that a file is not there; S3 says 403 to whoever may not list files."""


class Fetcher(Protocol):
    """Brings files of a release, from wherever it is published."""

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of the file at a path, at most `limit` of them.

        Raises:
            MissingError: the file is not there.
            FetchError: the file is longer, or cannot be had.
        """
        ...


class FolderFetcher:
    """Reads a release from a folder, such as `out/registry`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file below the folder."""
        _check_path(path)
        return read_file(self._folder / path, limit=limit)


class WebFetcher:
    """Reads a release from a web address, such as `https://registry.example`."""

    def __init__(self, address: str, *, timeout: float) -> None:
        """Prepare to read below an address; nothing is asked yet.

        Args:
            address: https, or http to this machine.
            timeout: seconds to wait for the next bytes.

        Raises:
            FetchError: the address is of another kind.
        """
        parts = _split(address)
        self._address = address.rstrip("/")
        self._timeout = timeout
        self._opener = _opener(parts)

    def fetch(self, path: str, *, limit: int) -> bytes:
        """Return the bytes of a file below the address."""
        _check_path(path)
        address = f"{self._address}/{path}"
        request = Request(address, headers={"User-Agent": "sayso"})  # noqa: S310 - the scheme is checked
        try:
            with self._opener.open(request, timeout=self._timeout) as response:
                data = read_response(
                    response, limit + 1, address, timeout=self._timeout
                )
                announced = response.headers.get("Content-Length")
        except HTTPError as error:
            error.close()
            raise _refusal(address, error) from error
        except (OSError, HTTPException, ValueError) as error:
            raise FetchError(
                f"{address} cannot be reached: {shown(str(error))}"
            ) from error
        if len(data) > limit:
            raise FetchError(f"{address} is longer than the {limit} bytes expected")
        if announced is not None and announced != str(len(data)):
            raise FetchError(f"{address} broke off after {len(data)} bytes; try again")
        if data[:64].lstrip().lower().startswith(_PAGE_STARTS):
            raise FetchError(
                f"{address} gave a web page instead of data: is this the address of a "
                "registry?"
            )
        return data


def fetcher_of(location: str, *, timeout: float = 30.0) -> Fetcher:
    """Return what reads a registry from a folder or a web address.

    Raises:
        FetchError: there is no such folder, or the address is of another kind.
    """
    if "://" in location:
        return WebFetcher(location, timeout=timeout)
    folder = Path(location)
    if not folder.is_dir():
        raise FetchError(
            f"there is no folder {location}; give the folder that holds release.json, "
            "or a web address that begins with https://"
        )
    return FolderFetcher(folder)


def read_response(
    response: HTTPResponse, size: int, address: str, *, timeout: float
) -> bytes:
    """Return at most `size` bytes of a response; a host that drips them is given up.

    Raises:
        FetchError: the host is too slow.
    """
    begun = monotonic()
    data = bytearray()
    while piece := response.read1(min(size - len(data), _PIECE)):
        data += piece
        spent = monotonic() - begun
        if spent > timeout and len(data) < spent * _SLOWEST:
            raise FetchError(f"{address} is too slow; try again later")
    return bytes(data)


class _SameHost(HTTPRedirectHandler):
    """Follows a redirect only to the host that was asked."""

    def redirect_request(  # noqa: PLR0917 - urllib's own signature
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request | None:
        old, new = urlsplit(req.full_url), urlsplit(newurl)
        if (old.scheme, old.netloc) != (new.scheme, new.netloc):
            raise FetchError(
                f"{req.full_url} leads to another host, {shown(new.netloc)}; give its "
                "address if you trust it"
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise FetchError(f"{shown(address)} is not a web address: {error}") from error
    if not host or parts.query or parts.fragment or parts.username is not None:
        raise FetchError(
            f"{shown(address)} is not the address of a registry, such as "
            "https://registry.example"
        )
    if parts.scheme != "https" and (parts.scheme, host in THIS_MACHINE) != (
        "http",
        True,
    ):
        raise FetchError(
            f"{shown(address)} is not asked: a registry is read over https, and over "
            "http only from this machine"
        )
    return parts


def _opener(parts: SplitResult) -> OpenerDirector:
    if parts.hostname in THIS_MACHINE:
        return build_opener(ProxyHandler({}), _SameHost)
    return build_opener(_SameHost)


def _refusal(address: str, error: HTTPError) -> FetchError:
    if error.code in _ABSENT:
        return MissingError(f"{address} is not there: is the address right?")
    said = f"{error.code} {shown(str(error.reason))}"
    return FetchError(
        f"{address} cannot be had, the server says {said}; try again later"
    )


def _check_path(path: str) -> None:
    if not is_path(path):
        raise FetchError(f"{shown(path)} is not the path of a file of a release")
