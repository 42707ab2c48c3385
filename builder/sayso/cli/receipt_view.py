"""A verified receipt: what it proves, and what it does not, in words and as JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

import click

from sayso.cli.panel import COLOURS, DEVELOPMENT
from sayso.cli.terminal import fields, paragraph, printable
from sayso.client.receipt import Proved
from sayso.client.receipt_standing import Standing
from sayso.model.isrc import format_isrc
from sayso.model.policy import Cell
from sayso.model.vocabulary import Use, Verdict, Words
from sayso.wire.header import Profile, encode_header
from sayso.wire.listing import Listing
from sayso.wire.profile import Json
from sayso.wire.receipt_kinds import Asked, Counts, Filed, Screened
from sayso.wire.said import cells_of
from sayso.wire.text import format_time

FORMAT = "sayso/proved/1"

PROVES = (
    "This proves what the release said, and that its bytes stand in the registry's "
    "log, signed by keys that the root names. It does not prove that the release was "
    "the newest when it was asked, nor when it was asked: that is the word of whoever "
    "made the receipt. When the release was issued is the word of the operator; each "
    "witness vouches that it was in the log at the time that is given."
)
ALONE = (
    "Whether the release was revoked since, a receipt cannot know; "
    "--registry asks the registry of today."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A receipt that was verified, to be shown.

    Attributes:
        name: of its file.
        checked: what else was compared: `answers`, `core`, `file`, `list`.
        standing: how its release stands today; None where nobody was asked.
    """

    name: str
    proved: Proved
    checked: tuple[str, ...]
    standing: Standing | None


def document(shown: Shown) -> dict[str, Json]:
    """Return what a program may read of it (Answers of the command)."""
    proved, standing = shown.proved, shown.standing
    believed, receipt = proved.believed, proved.receipt
    revoked = None if standing is None else standing.revoked
    return {
        "asked": format_time(receipt.asked),
        "checked": list(shown.checked),
        "file": shown.name,
        "format": FORMAT,
        "maker": receipt.maker,
        "newest": None if standing is None else standing.newest.header.number,
        "notice": receipt.notice,
        "proves": PROVES,
        "release": {**encode_header(believed.release.header)},
        "revoked": None if revoked is None else revoked.reason,
        "root": {"sha256": believed.pinned.digest, "version": believed.pinned.version},
        "said": _said(proved),
        "witnesses": [
            {"name": name, "seen": format_time(seen)}
            for name, seen in believed.cosigned.items()
        ],
    }


def _said(proved: Proved) -> dict[str, Json]:
    match proved.receipt.said:
        case Asked() as said:
            return {
                "answers": said.answers,
                "kind": "recordings",
                "territory": said.territory,
            }
        case Screened() as said:
            return {
                "answers_sha256": said.answers,
                "codes": said.codes,
                "counts": _counts(said.counts),
                "kind": "list",
                "list_sha256": said.list,
                "listed": said.listed,
                "territory": said.territory,
            }
        case Filed() as said:
            return {"kind": "declaration", "path": said.path, "sha256": said.sha256}
        case said:
            assert_never(said)


def _counts(counts: Counts) -> dict[str, Json]:
    return {
        use.value: {verdict.value: count[verdict] for verdict in Verdict}
        for use, count in counts.items()
    }


def lines(shown: Shown, columns: int) -> list[str]:
    """Return it in lines for a terminal, at most `columns` wide."""
    proved, standing = shown.proved, shown.standing
    good = click.style("good receipt", fg="green", bold=True)
    found = []
    if proved.believed.release.header.profile is Profile.DEVELOPMENT:
        found += [click.style(t, bold=True) for t in paragraph(DEVELOPMENT, columns)]
    found.append(f"{printable(shown.name)}: {good}")
    found += fields([*_facts(shown)], columns)
    if standing is not None and standing.revoked is not None:
        words = f"REVOKED: {printable(standing.revoked.reason)}. Do not rely on it."
        found += [
            click.style(t, fg="red", bold=True) for t in paragraph(words, columns)
        ]
    found.append("")
    found += _words(shown, columns)
    found.append("")
    found += paragraph(PROVES, columns)
    if standing is None:
        found += paragraph(ALONE, columns)
    found += paragraph(printable(proved.receipt.notice), columns)
    return found


def _facts(shown: Shown) -> Iterator[tuple[str, str]]:
    believed, receipt = shown.proved.believed, shown.proved.receipt
    header, pinned = believed.release.header, believed.pinned
    issued = format_time(header.issued)
    yield "release", f"{header.number} of {header.origin}, issued {issued}"
    yield "log", printable(believed.checkpoint.checkpoint.origin)
    for name, seen in believed.cosigned.items():
        yield "witness", f"{printable(name)} saw it in the log {format_time(seen)}"
    if not believed.cosigned:
        yield "witness", "none: the time is the operator's word alone"
    yield "root", f"{pinned.version}, SHA-256 {pinned.digest}"
    if believed.root.version > pinned.version:
        yield "", f"and the roots after it, up to {believed.root.version}"
    yield "asked", f"{format_time(receipt.asked)}, says {printable(receipt.maker)}"
    if (standing := shown.standing) is not None:
        words = "revoked" if standing.revoked is not None else "not revoked"
        yield "today", f"{words}; the newest release is {standing.newest.header.number}"


def _words(shown: Shown, columns: int) -> Iterator[str]:
    receipt = shown.proved.receipt
    match receipt.said:
        case Asked() as said:
            for listing in shown.proved.listings:
                cells = cells_of(listing, said.territory, now=receipt.asked)
                yield from recording_lines(listing, cells, columns)
            yield f"Asked about: {_where(said.territory)}"
        case Screened() as said:
            yield from _list(said, shown.checked, columns)
        case Filed() as said:
            yield from paragraph(
                f"The release was made from {printable(said.path)}, among others.",
                columns,
            )
            same = "file" in shown.checked
            more = "your file is the same" if same else "compare yours with --file"
            yield from fields([("SHA-256", f"{said.sha256}; {more}")], columns)
        case said:
            assert_never(said)


def recording_lines(
    listing: Listing, cells: dict[Use, Cell], columns: int
) -> Iterator[str]:
    """Yield what a release says of a code, without the names of who declares."""
    yield click.style(format_isrc(listing.isrc), bold=True)
    if listing.listed:
        title = f"“{printable(listing.title)}”" if listing.title else "(no title)"
        artist = f" by {printable(listing.artist)}" if listing.artist else ""
        owner = f"; owner {printable(listing.owner)}" if listing.owner else ""
        yield from paragraph(f"{title}{artist}, as declared{owner}", columns)
    else:
        yield from paragraph("not listed by itself in this registry", columns)
    groups: dict[tuple[Verdict, bool], list[str]] = {}
    for use, cell in cells.items():
        groups.setdefault((cell.verdict, cell.disputed), []).append(Words.TITLES[use])
    for (verdict, disputed), titles in groups.items():
        word = Words.VERDICTS[verdict].lower() + (", disputed" if disputed else "")
        text = "every use" if len(groups) == 1 else "; ".join(titles)
        first = f"  {click.style(word, fg=COLOURS[verdict], bold=True)}: "
        yield from paragraph(text, columns, first=first, rest="    ")
    if listing.policy is not None and (until := listing.policy.until) is not None:
        yield f"  until {format_time(until)}; what was permitted then ends"


def _list(said: Screened, checked: tuple[str, ...], columns: int) -> Iterator[str]:
    yield from paragraph(
        f"A list of {said.codes:,} codes, of which {said.listed:,} are listed by "
        f"themselves. Asked about: {_where(said.territory)}",
        columns,
    )
    yield from fields(
        [(Words.TITLES[use], _shares(count)) for use, count in said.counts.items()],
        columns,
    )
    if "core" in checked:
        words = "The registry's core gives these answers again."
    elif "answers" in checked:
        words = (
            "The answers are those that the receipt commits to. That the release "
            "gives them is not checked: --registry computes them again."
        )
    else:
        words = (
            "These numbers are the word of whoever made the receipt. --answers with "
            "the answers, and --registry to compute them again, prove them."
        )
    yield from paragraph(words, columns)


def _shares(count: Mapping[Verdict, int]) -> str:
    return ", ".join(
        f"{count[verdict]:,} {Words.VERDICTS[verdict].lower()}"
        for verdict in Verdict
        if count[verdict]
    )


def _where(territory: str | None) -> str:
    return "any country" if territory is None else territory
