"""The tables of the page *Attacks on pull requests*, made from the cases.

`python -m tests.attacks.pull_requests.page` writes them into the page.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.attacks.pull_requests.case import Case
from tests.attacks.pull_requests.cases import ATTACKS, HONEST
from tests.attacks.pull_requests.rows import HONEST_ROWS, ROWS, Row

PAGE = Path(__file__).parents[3] / "site/docs/about/attacks.md"
_BEGIN = "## The attacks\n"


def tables() -> str:
    """Return the part of the page that is made from the cases."""
    lines = [
        _BEGIN,
        *_groups("What is tried", ATTACKS, ROWS),
        "## The honest changes\n",
        *_groups("What is changed", HONEST, HONEST_ROWS),
    ]
    return "\n".join(lines).rstrip("\n") + "\n"


def written() -> str:
    """Return the page as it has to be."""
    before, _, _ = PAGE.read_text("utf-8").partition(_BEGIN)
    return before + tables()


def row_of(case: Case) -> Row:
    """Return what the page says of a case."""
    answer = "People have to review it." if case.is_code else "May be merged."
    if case.codes:
        answer = f"Refused: {', '.join(f'`{code}`' for code in sorted(case.codes))}."
    # Why an answer is another one all the same is said by the case alone.
    words = [case.why] if case.codes and case.answers else [case.merged, case.why]
    return Row(case.name, case.who, answer, " ".join(filter(None, words)))


def _groups(
    heading: str,
    cases: Mapping[str, tuple[Case, ...]],
    rows: Mapping[str, tuple[Row, ...]],
) -> Iterator[str]:
    for title, group in cases.items():
        yield from _table(title, heading, tuple(map(row_of, group)))
    for title, several in rows.items():
        yield from _table(title, heading, several)


def _table(title: str, heading: str, rows: tuple[Row, ...]) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"| {heading} | Who | Review | Merged all the same |"
    yield "|---|---|---|---|"
    for row in rows:
        yield "| " + " | ".join(_cell(cell) for cell in row) + " |"
    yield ""


def _cell(text: str) -> str:
    first = text[:1].upper() if text[:1].isalpha() and "/" not in text else text[:1]
    return (first + text[1:]).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
