"""Records: the texts of disputes and decisions, and the names of their files."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from sayso.model.declaration import Decision, DecisionKind, Dispute
from sayso.model.isrc import Isrc
from sayso.model.owner import OwnerId
from sayso.publish.drafting.template import modeline, quoted
from sayso.wire.text import format_day

_LONGEST = 64
_ON_ONE_LINE = 4
_ABOUT_KIND: dict[DecisionKind, str] = {
    DecisionKind.REVIEWED: "The owner controls these recordings.",
    DecisionKind.SETTLED: (
        "For these recordings, what others declare for a whole prefix gives way."
    ),
    DecisionKind.DISPUTE_ACCEPTED: (
        "Until it is closed, a yes for these recordings does not count and “ask” "
        "means no."
    ),
    DecisionKind.DISPUTE_CLOSED: "The dispute is over; what the owners say applies.",
    DecisionKind.RECOVERED: "The owner lost all keys; this new one is theirs.",
}


def dispute_text(dispute: Dispute, requested: str | None) -> str:
    """Return the YAML of a dispute.

    Args:
        dispute: what is contested.
        requested: what should change, in the claimant's words.
    """
    lines = [
        modeline("dispute"),
        "# Filed: it changes no answer unless two operators accept it.",
        "schema: sayso/dispute/1",
        f"claimant: {dispute.claimant}",
        f"against: {dispute.declaration or dispute.against}",
        *_listed("recordings", dispute.isrcs),
        f"claim: {quoted(dispute.claim)}",
    ]
    if requested is not None:
        lines.append(f"requested: {quoted(requested)}")
    return "\n".join([*lines, f"filed: {format_day(dispute.filed)}"]) + "\n"


def decision_text(decision: Decision) -> str:
    """Return the YAML of a decision, which the operators that it names then sign."""
    extent = decision.extent
    ranges = [f"{first}-{last}" for first, last in extent.ranges]
    lines = [
        modeline("decision"),
        f"# {_ABOUT_KIND[decision.kind]}",
        "schema: sayso/decision/1",
        f"kind: {decision.kind}",
    ]
    for name, value in (
        ("owner", decision.owner),
        ("dispute", decision.dispute),
        ("key", decision.key),
    ):
        if value is not None:
            lines.append(f"{name}: {value}")
    for name, values in (
        ("prefixes", extent.prefixes),
        ("ranges", ranges),
        ("isrcs", extent.isrcs),
    ):
        lines += _listed(name, values)
    lines += [
        f"decided: {format_day(decision.decided)}",
        f"evidence: {quoted(decision.evidence)}",
        f"operators: [{', '.join(decision.operators)}]",
    ]
    return "\n".join(lines) + "\n"


def dispute_path(
    filed: date, claimant: OwnerId, against: OwnerId, declaration: str | None
) -> str:
    """Return where a dispute lies, relative to `declarations/`."""
    about = (declaration or "").partition("/")[2] or short_name(against)
    name = dated_name(filed, f"{short_name(claimant)}-{about}")
    return f"disputes/{filed.year:04}/{name}.yaml"


def decision_path(decision: Decision) -> str:
    """Return where a decision lies, relative to `declarations/`."""
    about = short_name(decision.owner) if decision.owner else ""
    if decision.dispute is not None:
        about = re.sub(r"^[0-9]{8}-", "", decision.dispute)
    word = decision.kind.removeprefix("dispute-")
    name = dated_name(decision.decided, about, word)
    return f"registry/decisions/{decision.decided.year:04}/{name}.yaml"


def dated_name(day: date, about: str, word: str = "") -> str:
    """Return the name of a record: its day, what it is about, and perhaps a word."""
    start = f"{day.year:04}{day.month:02}{day.day:02}-"
    end = f"-{word}" if word else ""
    middle = about[: _LONGEST - len(start) - len(end)].strip("-")
    return f"{start}{middle}{end}"


def short_name(owner: OwnerId) -> str:
    """Return an owner for a file's name: `fernwood`, `583231`."""
    return owner.partition(":")[2].partition(".")[0]


def recordings_of(isrcs: Sequence[Isrc]) -> tuple[Isrc, ...]:
    """Return each recording once, in the order in which they were named."""
    return tuple(dict.fromkeys(isrcs))


def _listed(name: str, values: Sequence[str]) -> Iterator[str]:
    if not values:
        return
    if len(values) <= _ON_ONE_LINE:
        yield f"{name}: [{', '.join(values)}]"
        return
    yield f"{name}:"
    for value in values:
        yield f"  - {value}"
