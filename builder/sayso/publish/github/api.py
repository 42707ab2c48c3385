"""GitHub's REST API: asked within bounds, and never told more than it needs.

The token goes into one header of the requests to one address, and nowhere else: no
redirect is followed, and no message quotes a request.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from typing import Final
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from sayso.errors import FetchError
from sayso.publish.github.foreign import items, member, parse
from sayso.wire.profile import Json
from sayso.wire.text import shown

ANSWER_LIMIT: Final = 8 * 2**20
"""How long an answer may be, in bytes."""
PER_PAGE: Final = 100
MAX_PAGES: Final = 30

_TIMEOUT: Final = 30.0
_TRIES: Final = 4
_LONGEST_WAIT: Final = 60.0
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LIMITED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})

Wait = Callable[[float], None]
"""Waits so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Api:
    """One repository at GitHub, as one token may read and change it."""

    def __init__(
        self, *, address: str, repository: str, token: str, wait: Wait
    ) -> None:
        """Prepare to ask; nothing is asked yet.

        Args:
            address: of the API, such as https://api.github.com.
            repository: `owner/name`.
            token: what GitHub gave the job.
            wait: waits, where GitHub says later.

        Raises:
            FetchError: the address is not https, and not http of this machine.
        """
        parts = urlsplit(address)
        local = parts.hostname in _THIS_MACHINE
        if not parts.hostname or parts.scheme not in (
            {"https", "http"} if local else {"https"}
        ):
            raise FetchError(f"{shown(address)} is not asked: it is not https")
        self._base = f"{address.rstrip('/')}/repos/{quote(repository)}"
        self._token = token
        self._wait = wait
        self._opener = OpenerDirector()
        for handler in (
            ProxyHandler({} if local else None),
            HTTPHandler(),
            HTTPSHandler(),
        ):
            # Without a handler for errors and redirects every status is an answer.
            self._opener.add_handler(handler)

    def get(self, path: str, **query: str | int) -> object:
        """Return what GitHub has at a path below the repository.

        Raises:
            FetchError: it answers anything else, too much, or not at all.
            MalformedError: it answers what is no JSON.
        """
        asked = f"{path}?{urlencode(query)}" if query else path
        return self._done("GET", asked, None, ())

    def get_where_there(self, path: str) -> object:
        """Return what GitHub has at a path; None where there is nothing.

        Raises:
            FetchError: it answers anything else, too much, or not at all.
            MalformedError: it answers what is no JSON.
        """
        return self._done("GET", path, None, (HTTPStatus.NOT_FOUND,))

    def pages(
        self, path: str, *, within: str | None = None, **query: str | int
    ) -> Iterator[object]:
        """Yield the items of a list, page after page, at most `MAX_PAGES` of them.

        Args:
            path: below the repository.
            within: the member that holds the list, where the answer is an object.
            query: what else is asked for.
        """
        for page in range(1, MAX_PAGES + 1):
            said = self.get(path, **query, per_page=PER_PAGE, page=page)
            found = items(said, *([within] if within else []))
            yield from found
            if len(found) < PER_PAGE:
                return

    def send(
        self,
        method: str,
        path: str,
        body: Mapping[str, Json] | None = None,
        *,
        unless: tuple[int, ...] = (),
    ) -> object:
        """Return what GitHub answers to a change.

        Args:
            method: POST, PATCH, PUT or DELETE.
            path: below the repository.
            body: what is sent.
            unless: the statuses that mean that nothing had to be done, or can be;
                the answer is None then.

        Raises:
            FetchError: it answers another status that is no success, or not at all.
        """
        data = None if body is None else json.dumps(body).encode()
        return self._done(method, path, data, unless)

    def _done(
        self, method: str, path: str, data: bytes | None, unless: tuple[int, ...]
    ) -> object:
        answer = self._asked(method, path, data)
        for again in range(1, _TRIES):
            seconds = _seconds(answer, again, changes_once=method == "POST")
            if seconds is None:
                break
            self._wait(seconds)
            answer = self._asked(method, path, data)
        if answer.status in unless:
            return None
        what = f"GitHub's answer to {method} {shown(path)}"
        if len(answer.body) > ANSWER_LIMIT:
            raise FetchError(f"{what} is longer than {ANSWER_LIMIT} bytes")
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise FetchError(f"{what} is {answer.status}{_reason(answer)}")
        return parse(answer.body, limit=ANSWER_LIMIT, what=what)

    def _asked(self, method: str, path: str, data: bytes | None) -> _Answer:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "User-Agent": "sayso",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        if data is not None:
            headers["Content-Type"] = "application/json"
        url = f"{self._base}/{path}"
        try:
            request = Request(url, data=data, headers=headers, method=method)  # noqa: S310 - the scheme is checked
            with self._opener.open(request, timeout=_TIMEOUT) as answer:
                body = answer.read(ANSWER_LIMIT + 1)
                named = {name.lower(): text for name, text in answer.headers.items()}
                return _Answer(status=answer.status, headers=named, body=body)
        except (OSError, HTTPException, ValueError) as error:
            raise FetchError(
                f"GitHub gives no answer to {method} {shown(path)}: {shown(str(error))}"
            ) from error


def _seconds(answer: _Answer, again: int, *, changes_once: bool) -> float | None:
    """Return how long to wait before asking again; None to take the answer.

    What is refused for its number was not done. After a failure that is unknown, and
    nothing that would be there twice is sent again.
    """
    if answer.status in _LIMITED:
        later = answer.headers.get("retry-after", "")
        if later.isdecimal():
            return min(float(later), _LONGEST_WAIT)
        if answer.headers.get("x-ratelimit-remaining") == "0":
            return _LONGEST_WAIT
        return None
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not changes_once:
        return float(2**again)
    return None


def _reason(answer: _Answer) -> str:
    try:
        said = member(parse(answer.body, limit=ANSWER_LIMIT, what="it"), "message")
    except ValueError:
        return ""
    return f": {shown(said)}" if isinstance(said, str) else ""
