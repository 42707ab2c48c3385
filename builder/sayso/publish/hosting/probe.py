"""A probe of the host: that it serves what was put there, as it was put.

Many hosts do something of their own: they answer a page where a file is missing, unpack
what is packed, or keep an old file for hours. Each of these makes every reader refuse a
registry, so it is found before the release goes live.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from sayso.errors import PublishError
from sayso.publish.hosting.host import Host, Reply, Wait
from sayso.publish.hosting.outgoing import Outgoing
from sayso.publish.hosting.serving import Stage, order, serving
from sayso.wire.places import TIMESTAMP, metadata_path
from sayso.wire.release import RELEASE_FILE
from sayso.wire.text import Digest, shown

_LARGEST: Final = 2**22
"""Longer files are not asked for."""
_OF_EACH_KIND: Final = 2
_LONGEST: Final = 900
"""How many seconds a file that changes may be kept by those between: GitHub Pages says
600 of every file, and lets nobody say less."""
_AGE = re.compile(r"(?:max-age|s-maxage)\s*=\s*\"?([0-9]{1,12})")
_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 60.0, 120.0, 120.0, 180.0)
"""Seconds between tries, some ten minutes in all: so long GitHub Pages may take."""

_NOT_FOUND, _FORBIDDEN, _FINE = 404, 403, 200


def check_absent(host: Host, digest: Digest) -> None:
    """Check that the host says of a file that is not there that it is not there.

    Args:
        host: where it is served.
        digest: of the release; so the path that is asked for is new with each release,
            and no answer to it is kept on the way.

    Raises:
        PublishError: it says something else.
    """
    name = sha256(f"absent {digest}".encode()).hexdigest()
    for path in (metadata_path(f"absent-{name}.json"), f"absent-{name}/"):
        reply = host.ask(path, _LARGEST)
        url = f"{host.address}/{path}"
        if reply.status == _FORBIDDEN:
            raise PublishError(
                f"{url} is not there, and the host says 403 instead of 404, which some "
                "readers take for an error. With S3, let everybody list the bucket "
                "(s3:ListBucket), or make a page for errors that answers 404: in "
                "CloudFront a custom error response for 403 with the code 404"
            )
        if reply.status != _NOT_FOUND:
            raise PublishError(
                f"{url} is not there, and the host says {reply.status} instead of 404: "
                "readers who look for the next root would take that for one. "
                "Cloudflare Pages and Netlify do so where there is no 404.html at the "
                "top, or where a rule sends all to one page; nginx where try_files "
                "ends in a page instead of =404"
            )


def check_content(host: Host, files: Mapping[str, Outgoing]) -> None:
    """Check that the host serves files that never change exactly as they were put.

    Args:
        host: where they are served.
        files: those that are there.

    Raises:
        PublishError: it serves others, or none.
    """
    for file in _samples(files):
        data = file.read()

        def check(path: str = file.path, data: bytes = data) -> None:
            reply = host.ask(path, len(data) * 8)
            _check_bytes(f"{host.address}/{path}", reply, data)

        _until(check, host.wait)


def check_live(host: Host, files: Mapping[str, Outgoing]) -> tuple[str, ...]:
    """Check that the host serves what is newest now; return what should be mended.

    Args:
        host: where it is served.
        files: those that went out.

    Raises:
        PublishError: it serves something older, keeps it for long, or not as it was
            put.
    """
    data = files[TIMESTAMP].read()
    url = f"{host.address}/{TIMESTAMP}"
    notes: list[str] = []

    def check() -> None:
        reply = host.ask(TIMESTAMP, len(data))
        if reply.body != data or reply.status != _FINE:
            raise PublishError(
                f"{url} is not the new one after some minutes. All was put where it "
                "belongs: does this address serve that place? If a network keeps old "
                "files, let it keep none of this one, and empty it now"
            )
        notes[:] = _notes(url, reply)

    _until(check, host.wait)
    for path in ("index.html", "static/site.css", "static/site.js"):
        if path in files:
            _check_type(host, path)
    if RELEASE_FILE in files:
        headers = host.ask(RELEASE_FILE, _LARGEST).headers
        if headers.get("access-control-allow-origin") != "*":
            notes.append(
                f"{host.address}/{RELEASE_FILE} has no Access-Control-Allow-Origin: *, "
                "so pages of others cannot read it."
            )
    return tuple(notes)


def _samples(files: Mapping[str, Outgoing]) -> list[Outgoing]:
    """Return a few files of each kind, by folder and ending, the smallest first."""
    kinds: dict[tuple[str, str], list[Outgoing]] = {}
    fixed = [f for f in files.values() if serving(f.path).stage is Stage.CONTENT]
    for file in sorted(fixed, key=lambda file: (file.size, order(file.path))):
        top, _, rest = file.path.partition("/")
        ending = rest.rpartition("/")[2].partition(".")[2]
        kind = kinds.setdefault((top, ending if top != "log" else ""), [])
        if file.size <= _LARGEST and len(kind) < _OF_EACH_KIND:
            kind.append(file)
    return [file for kind in kinds.values() for file in kind]


def _check_bytes(url: str, reply: Reply, data: bytes) -> None:
    if reply.status != _FINE:
        raise PublishError(
            f"{url} was put, and the host says {reply.status}: does this address serve "
            "that place, and may everybody read it?"
        )
    if coding := reply.headers.get("content-encoding"):
        raise PublishError(
            f"{url} is served with Content-Encoding: {shown(coding)}, so that readers "
            "unpack it and its digest is another: serve it as it is, .gz as "
            "application/gzip and without Content-Encoding"
        )
    if reply.body == data:
        return
    if _is_unpacked(reply.body, data):
        raise PublishError(
            f"{url} is a gzip that the host unpacks: serve it as it is, as "
            "application/gzip and without Content-Encoding. With nginx say gunzip off; "
            "with Google Cloud Storage say Cache-Control: no-transform"
        )
    raise PublishError(
        f"{url} is not what was put there: something on the way changes or keeps it. "
        "Turn off whatever makes files smaller or rewrites them"
    )


def _is_unpacked(body: bytes, data: bytes) -> bool:
    try:
        return bool(body) and gzip.decompress(data).startswith(body)
    except (OSError, EOFError, zlib.error):
        return False


def _notes(url: str, reply: Reply) -> list[str]:
    said = reply.headers.get("cache-control", "").lower()
    ages = [int(age) for age in _AGE.findall(said)]
    fresh = "no-cache" in said or "no-store" in said
    if not fresh and ages and max(ages) > _LONGEST:
        raise PublishError(
            f"{url} may be kept for {max(ages)} seconds (Cache-Control), so that "
            "readers get an old one: serve it with Cache-Control: no-cache"
        )
    if not fresh and not ages:
        advice = (
            f"{url} has no Cache-Control, so anybody between may keep it as long as "
            "they like: serve it with Cache-Control: no-cache."
        )
        return [advice]
    return []


def _check_type(host: Host, path: str) -> None:
    wanted = serving(path).media_type.partition(";")[0]
    # Some hosts send whoever asks for index.html to the folder.
    said = host.ask(path.removesuffix("index.html"), _LARGEST).headers.get(
        "content-type", ""
    )
    found = said.partition(";")[0].strip().lower()
    javascript = {"application/javascript", "text/javascript"}
    if found != wanted and {found, wanted} != javascript:
        raise PublishError(
            f"{host.address}/{path} is served as {shown(found)}, so that browsers do "
            f"not use it: serve it as {wanted}"
        )


def _until(check: Callable[[], None], wait: Wait) -> None:
    """Check until it holds, and wait in between; the last time its error counts."""
    for seconds in _WAITS:
        try:
            return check()
        except PublishError:
            wait(seconds)
    return check()
