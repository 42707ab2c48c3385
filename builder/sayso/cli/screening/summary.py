"""A screening in a few lines for the terminal, and whole as JSON."""

from collections.abc import Iterator

import click

from sayso.cli.panel import COLOURS, DEVELOPMENT
from sayso.cli.screening.words import (
    ACTION_TITLES,
    READING_ORDER,
    STATUS_TITLES,
    cautions,
    count_of,
    role_words,
    share,
)
from sayso.cli.terminal import fields, paragraph, printable
from sayso.client.account import Account, Asked, Believed, Screened, Speaker, Written
from sayso.model.screening import STATUS_OF, Action, Status
from sayso.model.vocabulary import NOTICE, Words
from sayso.wire.header import Profile, encode_header
from sayso.wire.profile import Json
from sayso.wire.text import format_time

FORMAT = "sayso/screening/1"

_COLOURS = {STATUS_OF[verdict]: colour for verdict, colour in COLOURS.items()}


def document(account: Account) -> dict[str, Json]:
    """Return the account as the specification describes it (Answers)."""
    remarks = account.remarks
    return {
        "actions": {action.value: account.actions[action] for action in Action},
        "asked": _asked(account.asked),
        "codes": account.codes,
        "disputed": account.disputed,
        "files": [_file(file) for file in account.files],
        "format": FORMAT,
        "listed": account.listed,
        "maker": account.maker,
        "manifest": _manifest(account.manifest),
        "notice": NOTICE,
        "release": _release(account.believed),
        "remarks": {
            "counts": [
                {"count": count, "kind": _text(kind)}
                for kind, count in remarks.counts.items()
            ],
            "lines": [_text(line) for line in remarks.lines],
        },
        "several": account.several,
        "siblings": account.siblings,
        "speakers": [_speaker(speaker) for speaker in account.speakers],
        "speakers_beyond": account.speakers_beyond,
        "statuses": {status.value: account.statuses[status] for status in Status},
    }


def _asked(asked: Asked) -> dict[str, Json]:
    handling = asked.handling
    return {
        "as_of": None if asked.as_of is None else format_time(asked.as_of),
        "handling": {
            "disputed": handling.disputed,
            "kept": [status for status in Status if status in handling.kept],
            "name": handling.name,
            "sibling": handling.sibling,
        },
        "moment": format_time(asked.moment),
        "reviewed_only": asked.reviewed_only,
        "siblings": asked.siblings,
        "territory": asked.territory,
        "use": asked.use,
    }


def _manifest(manifest: Screened) -> dict[str, Json]:
    return {
        "bytes": manifest.bytes,
        "column": _text(manifest.column),
        "kind": manifest.kind,
        "name": _text(manifest.name),
        "rows": manifest.rows,
        "sha256": manifest.sha256,
    }


def _release(believed: Believed) -> dict[str, Json]:
    return {
        **encode_header(believed.release),
        "fresh_until": format_time(believed.fresh_until),
        "location": _text(believed.location),
        "log": believed.log,
        "log_size": believed.log_size,
        "root": believed.root,
        "sha256": believed.digest,
    }


def _speaker(speaker: Speaker) -> dict[str, Json]:
    return {
        "contacts": list(speaker.contacts),
        "name": speaker.name,
        "owner": speaker.owner,
        "rows": speaker.rows,
    }


def _file(file: Written) -> dict[str, Json]:
    return {
        "bytes": file.bytes,
        "name": _text(file.name),
        "role": file.role,
        "rows": file.rows,
        "sha256": file.sha256,
    }


def _text(text: str) -> str:
    # A file's name need not be UTF-8; Python holds such bytes as halves of pairs.
    return text.encode(errors="backslashreplace").decode()


def lines(account: Account, columns: int) -> list[str]:
    """Return it in lines for a terminal, at most `columns` wide."""
    manifest = account.manifest
    found = []
    if account.believed.release.profile is Profile.DEVELOPMENT:
        found += [click.style(t, bold=True) for t in paragraph(DEVELOPMENT, columns)]
        found.append("")
    found.append(click.style(printable(manifest.name), bold=True))
    found += fields([*_question(account)], columns)
    found += ["", *_statuses(account), "", *_actions(account)]
    if notes := [*_notes(account)]:
        found.append("")
        found += (line for note in notes for line in paragraph(note, columns))
    if account.files:
        found.append("")
        found += fields(
            [(printable(f.name), role_words(printable(f.role))) for f in account.files],
            columns,
        )
    found.append("")
    found += paragraph(_release_words(account.believed), columns)
    found += paragraph(NOTICE, columns)
    return found


def _question(account: Account) -> Iterator[tuple[str, str]]:
    manifest, asked = account.manifest, account.asked
    yield "rows", f"{manifest.rows:,}, read as {printable(manifest.kind)}"
    yield "ISRC", printable(manifest.column)
    where = "any country" if asked.territory is None else asked.territory
    yield "asked", f"{Words.TITLES[asked.use]}, in {where}"
    if asked.reviewed_only:
        yield "owners", "only reviewed ownership"
    if asked.as_of is not None:
        yield "as of", format_time(asked.as_of)
    yield "handling", asked.handling.name


def _statuses(account: Account) -> Iterator[str]:
    for status in READING_ORDER:
        yield _counted(
            account,
            STATUS_TITLES[status].lower().replace("isrc", "ISRC"),
            account.statuses[status],
            _COLOURS.get(status),
        )


def _actions(account: Account) -> Iterator[str]:
    for action, title in ACTION_TITLES.items():
        yield _counted(account, title.lower(), account.actions[action], None)


def _counted(account: Account, title: str, count: int, colour: str | None) -> str:
    label = max(map(len, STATUS_TITLES.values()))
    room = len(f"{account.manifest.rows:,}")
    part = share(count, account.manifest.rows)
    name = click.style(f"{title:<{label}}", fg=colour, bold=True)
    return f"  {name}  {count:>{room},}  {part:>8}"


def _notes(account: Account) -> Iterator[str]:
    yield from cautions(account.asked)
    if account.disputed:
        yield (
            f"{count_of(account.disputed, 'row is', 'rows are')} disputed: owners "
            "contradict each other."
        )
    if account.siblings:
        yield (
            f"{count_of(account.siblings, 'row has', 'rows have')} a sibling: another "
            "recording with the same title and artist is reserved."
        )
    if account.several:
        yield (
            f"{count_of(account.several, 'row has', 'rows have')} several codes; the "
            "strictest status holds."
        )
    if remarks := sum(account.remarks.counts.values()):
        yield f"{count_of(remarks, 'remark', 'remarks')} from reading; see the report."


def _release_words(believed: Believed) -> str:
    release = believed.release
    return (
        f"Release {release.number} of {release.origin}, issued "
        f"{format_time(release.issued)}, signed, logged, and believed by the root "
        f"{believed.root[:16]}…."
    )
