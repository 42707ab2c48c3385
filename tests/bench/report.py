"""What was measured, as a table for people, Markdown for the site, and JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

HEADS = (
    "stage",
    "seconds",
    "CPU s",
    "recordings/s",
    "peak MB",
    "MB out",
    "ratios",
    "target",
)
_MEGA = 1_000_000
_LONG = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure with its ratios.

    Attributes:
        seconds, cpu: medians; None where the row is about bytes alone.
        recordings: what was worked on, of which the rate follows.
        peak, out: bytes.
        ratios: each with what it compares with.
        target: what is to be reached, in words.
        missing: what the row lacks, and why: nothing is left out in silence.
    """

    stage: str
    seconds: float | None = None
    cpu: float | None = None
    recordings: int | None = None
    peak: int | None = None
    out: int | None = None
    ratios: dict[str, float] = field(default_factory=dict)
    target: str = ""
    missing: str = ""

    @property
    def cells(self) -> list[str]:
        """The cells of the table."""
        rate = None
        if self.recordings is not None and self.seconds:
            rate = self.recordings / self.seconds
        ratios = ", ".join(f"{short(value)} {of}" for of, value in self.ratios.items())
        return [
            self.stage,
            _number(self.seconds),
            _number(self.cpu),
            "–" if rate is None else f"{rate:,.0f}",
            _mega(self.peak),
            _mega(self.out),
            "; ".join(part for part in (ratios, self.missing) if part) or "–",
            self.target or "–",
        ]


def as_text(rows: Sequence[Row]) -> str:
    """Return a table with columns of equal width; ratios stand below each row."""
    narrow = len(HEADS) - 2
    cells = [HEADS[:narrow], *(row.cells[:narrow] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(narrow)]
    lines = [_line(HEADS[:narrow], widths)]
    for row in rows:
        lines.append(_line(row.cells[:narrow], widths))
        notes = [f"{short(value)} {of}" for of, value in row.ratios.items()]
        notes += [f"missing: {row.missing}"] * bool(row.missing)
        notes += [f"target: {row.target}"] * bool(row.target)
        lines += [f"    {note}" for note in notes]
    return "\n".join(lines) + "\n"


def as_markdown(rows: Sequence[Row]) -> str:
    """Return rows to paste into `site/docs/performance.md`."""
    head = [f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}"]
    body = [f"| {' | '.join(row.cells)} |" for row in rows]
    return "\n".join([*head, *body]) + "\n"


def as_json(rows: Sequence[Row], facts: dict[str, object]) -> str:
    """Return everything, for programs that compare runs."""
    return json.dumps({**facts, "rows": [asdict(row) for row in rows]}, indent=1)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = widths
    numbers = [cell.rjust(width) for cell, width in zip(cells[1:], others, strict=True)]
    return "  ".join([cells[0].ljust(first), *numbers])


def short(number: float) -> str:
    """Return a number with about three digits."""
    if abs(number) >= _LONG:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def _number(value: float | None) -> str:
    return "–" if value is None else short(value)


def _mega(value: int | None) -> str:
    return "–" if value is None else short(value / _MEGA)
