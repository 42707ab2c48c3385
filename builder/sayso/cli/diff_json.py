"""What changed between two releases, as JSON."""

from sayso.cli.diff_ends import End
from sayso.cli.diff_view import Seen
from sayso.client.difference.found import OfUse, Span
from sayso.model.vocabulary import NOTICE
from sayso.wire.header import encode_header
from sayso.wire.profile import Json
from sayso.wire.text import format_time

FORMAT = "sayso/diff/1"


def document(seen: Seen) -> dict[str, Json]:
    """Return what a program may read of it (Answers of the command)."""
    found = seen.difference
    old, new = (
        _end(end, reason) for end, reason in zip(seen.ends, seen.revoked, strict=True)
    )
    return {
        "after": new,
        "before": old,
        "file": None if seen.file is None else _text(seen.file),
        "format": FORMAT,
        "notice": NOTICE,
        "ranges": [_range(span) for span in found.spans],
        "recordings": {
            "after": found.recordings[1],
            "before": found.recordings[0],
            "changed": found.changed,
            "gone": found.gone,
            "listed": found.listed,
        },
        "territory": seen.territory,
        "uses": [_use(each) for each in found.uses],
    }


def _end(end: End, revoked: str | None) -> dict[str, Json]:
    until = end.fresh_until
    return {
        **encode_header(end.release),
        "from": end.kind,
        "fresh_until": None if until is None else format_time(until),
        "location": _text(end.named),
        "revoked": revoked,
        "root": end.root,
        "sha256": end.digest,
    }


def _use(of_use: OfUse) -> dict[str, Json]:
    return {
        "disputed": of_use.disputed,
        "looser": of_use.looser,
        "pairs": [
            {"after": new, "before": old, "recordings": count}
            for (old, new), count in of_use.pairs.items()
        ],
        "settled": of_use.settled,
        "stricter": of_use.stricter,
        "use": of_use.use,
    }


def _range(span: Span) -> dict[str, Json]:
    return {
        "changes": [
            {
                "after": new.verdict,
                "before": old.verdict,
                "disputed_after": new.disputed,
                "disputed_before": old.disputed,
                "use": use,
            }
            for use, (old, new) in span.changes.items()
        ],
        "first": span.first,
        "last": span.last,
    }


def _text(text: str) -> str:
    # A file's name need not be UTF-8; Python holds such bytes as halves of pairs.
    return text.encode(errors="backslashreplace").decode()
