"""A host on the web, asked for a file as readers ask it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO, Final, TypeAlias
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from sayso.errors import PublishError
from sayso.wire.text import shown

_TIMEOUT: Final = 30.0
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a host answers.

    Attributes:
        headers: by their names in lower case.
        body: as much of it as was asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


Ask: TypeAlias = Callable[[str, int], Reply]
"""Asks for a path and at most so many bytes; raises PublishError where no answer comes.
"""
Wait: TypeAlias = Callable[[float], None]
"""Waits so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Where a destination is served.

    Attributes:
        address: of the registry, without a slash at its end.
        ask: asks the host.
        wait: waits, where the host needs time.
    """

    address: str
    ask: Ask
    wait: Wait


def web_host(address: str, wait: Wait) -> Host:
    """Return a host on the web.

    Raises:
        PublishError: the address is not https, and not http of this machine.
    """
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
    if not parts.hostname or not (local or parts.scheme == "https"):
        raise PublishError(
            f"{shown(address)} is not the address of a registry, such as "
            "https://registry.example"
        )
    base = address.rstrip("/")
    proxies = [ProxyHandler({})] if local else []
    opener = build_opener(_NoRedirect, *proxies)

    def ask(path: str, limit: int) -> Reply:
        url = f"{base}/{path}"
        # What is kept on the way is wanted: readers get it, too.
        request = Request(  # noqa: S310 - the scheme is checked
            url, headers={"Accept-Encoding": "identity", "User-Agent": "sayso"}
        )
        try:
            try:
                answer = opener.open(request, timeout=_TIMEOUT)
            except HTTPError as error:
                answer = error
            with answer:
                headers = {name.lower(): text for name, text in answer.headers.items()}
                return Reply(
                    status=answer.status, headers=headers, body=answer.read(limit + 1)
                )
        except (OSError, HTTPException, ValueError) as error:
            raise PublishError(
                f"{url} cannot be reached: {shown(str(error))}"
            ) from error

    return Host(address=base, ask=ask, wait=wait)


class _NoRedirect(HTTPRedirectHandler):
    """Follows no redirect: what is served is served where it is said to be."""

    def redirect_request(  # noqa: PLR0917 - urllib's own signature
        self,
        req: Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: Message,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        """Let the redirect itself be the answer."""
        return
