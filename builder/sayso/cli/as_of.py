"""`sayso lookup --as-of`: what a registry answered on a day that is past."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from sayso.cli.asking import asked
from sayso.cli.exits import VERDICT_CODES, ExitCode
from sayso.cli.question import check_past
from sayso.cli.receipt_view import recording_lines
from sayso.cli.root import pinned_root
from sayso.cli.terminal import paragraph, printable, width
from sayso.client.fetch import Fetcher
from sayso.client.history import Past, release_at
from sayso.client.lookup import find
from sayso.client.refresh import Trusted
from sayso.errors import MissingError
from sayso.model.isrc import Isrc
from sayso.model.policy import Cell
from sayso.model.settings import Revocation
from sayso.model.vocabulary import NOTICE, Use
from sayso.wire.header import ReleaseHeader, encode_header
from sayso.wire.listing import Listing
from sayso.wire.profile import Json, encode
from sayso.wire.release import decode_release
from sayso.wire.said import cells_of, encode_said
from sayso.wire.text import Digest, format_time

FORMAT = "sayso/past/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAnswer:
    """What the registry answered at a moment.

    Attributes:
        moment: that was asked about.
        listing: what the release of then says of the code.
        digest: SHA-256 of the policy's content; None where nobody speaks.
        cells: of the uses that were asked about.
        release: the newest one at that moment.
        successor: the one that replaced it; None where none has.
        revoked: that the registry revoked it later; None if it did not.
    """

    moment: datetime
    listing: Listing
    digest: Digest | None
    cells: dict[Use, Cell]
    territory: str | None
    release: ReleaseHeader
    successor: ReleaseHeader | None
    revoked: Revocation | None


def answer_as_of(
    isrc: Isrc,
    moment: datetime,
    *,
    use: Use | None,
    territory: str | None,
    trusted: Trusted,
    fetcher: Fetcher,
    now: datetime,
) -> PastAnswer:
    """Return what a registry answered for a code at a moment.

    Args:
        isrc: the code.
        moment: at most the end of today.
        use: one, or None for all.
        territory: a country, or None for any.
        trusted: what the registry says now.
        fetcher: brings its files.
        now: in UTC.

    Raises:
        click.BadParameter: the moment is not past.
        RegistryError: the release of then, or its look-up tree, cannot be had or not be
            believed.
    """
    moment = check_past(moment, now)
    past = release_at(fetcher, trusted.checkpoint, moment)
    release = past.entry.release
    try:
        found = find(
            fetcher,
            release.lookup.root,
            isrc,
            leaf_items=release.lookup.leaf_items,
            node_entries=release.lookup.node_entries,
        )
    except MissingError as error:
        raise MissingError(_gone(error, past)) from error
    listing = found.listing(isrc)
    cells = cells_of(listing, territory, now=moment)
    number = release.header.number
    return PastAnswer(
        moment=moment,
        listing=listing,
        digest=found.digest,
        cells=cells if use is None else {use: cells[use]},
        territory=territory,
        release=release.header,
        successor=_header(past.successor),
        revoked=next(
            (one for one in trusted.release.revoked if one.release == number), None
        ),
    )


def past_code(
    asked_about: tuple[Isrc, datetime, Use | None, str | None],
    where: tuple[str, Path | None, Path],
    *,
    now: datetime,
    as_json: bool,
) -> ExitCode:
    """Say what a registry answered, and return what to exit with.

    Args:
        asked_about: the code, the moment, the use and the country.
        where: the registry, the root and the store.
        now: in UTC.
        as_json: whether a program reads the answer.

    Raises:
        RegistryError: as `answer_as_of`.
        click.BadParameter: the same, or the root is none.
    """
    isrc, moment, use, country = asked_about
    location, root_file, store = where
    # What was said last may have been replaced before the moment that is asked for.
    fetcher, trusted = asked(
        location, pinned_root(root_file), store, now=now, max_age=timedelta(0)
    )
    past = answer_as_of(
        isrc,
        moment,
        use=use,
        territory=country,
        trusted=trusted,
        fetcher=fetcher,
        now=now,
    )
    return show(past, use=use, as_json=as_json)


def show(answer: PastAnswer, *, use: Use | None, as_json: bool) -> ExitCode:
    """Print an answer, and return what to exit with.

    That is a failure where the release was revoked: whoever only looks at the exit code
    has to learn of it.
    """
    if as_json:
        click.echo(encode(_document(answer)), nl=False)
    else:
        click.echo("\n".join(_lines(answer, width())))
    if answer.revoked is not None:
        return ExitCode.FAILED
    return ExitCode.DONE if use is None else VERDICT_CODES[answer.cells[use].verdict]


def _lines(answer: PastAnswer, columns: int) -> list[str]:
    lines = [*recording_lines(answer.listing, answer.cells, columns)]
    where = "any country" if answer.territory is None else f"in {answer.territory}"
    lines += [f"Asked about: {where}, as of {format_time(answer.moment)}", ""]
    release, successor = answer.release, answer.successor
    until = (
        "and it is the newest still"
        if successor is None
        else f"and replaced by release {successor.number} of "
        f"{format_time(successor.issued)}"
    )
    lines += paragraph(
        f"This is what the registry said then: release {release.number} of "
        f"{release.origin} was issued {format_time(release.issued)}, {until}. The log "
        "proves it; when it was issued is the word of the operator.",
        columns,
    )
    if answer.revoked is not None:
        words = f"REVOKED since: {printable(answer.revoked.reason)}. Do not rely on it."
        lines += [
            click.style(t, fg="red", bold=True) for t in paragraph(words, columns)
        ]
    return lines + paragraph(NOTICE, columns)


def _document(answer: PastAnswer) -> dict[str, Json]:
    successor = answer.successor
    return {
        **encode_said(answer.listing, answer.digest, answer.cells),
        "as_of": format_time(answer.moment),
        "format": FORMAT,
        "notice": NOTICE,
        "release": {**encode_header(answer.release)},
        "revoked": None if answer.revoked is None else answer.revoked.reason,
        "successor": None if successor is None else {**encode_header(successor)},
        "territory": answer.territory,
    }


def _gone(error: MissingError, past: Past) -> str:
    number = past.entry.release.header.number
    return (
        f"{error}. Release {number} is the one of that time, as the log proves, but "
        "this host no longer has its look-up tree: it is kept for 90 days. Ask an "
        f"archive or mirror of the registry for release {number} with --registry; "
        "whoever made a receipt then has the answer with its proof"
    )


def _header(data: bytes | None) -> ReleaseHeader | None:
    return None if data is None else decode_release(data).header
