"""The report of a review: for programs, and for people.

`sayso/review/1` is what the job that reviewed hands to the job that answers.
"""

from collections.abc import Iterator, Mapping

from sayso.model.declaration import Level
from sayso.model.problem import Problem
from sayso.model.visible import printable
from sayso.model.vocabulary import Use, Verdict, is_looser
from sayso.publish.report import fields_of
from sayso.publish.review.examine import Review, Subject
from sayso.publish.review.preview import Row
from sayso.wire.profile import Json, encode_item

FORMAT = "sayso/review/1"
MOST = 500
"""How many problems a report describes at most."""
_LONGEST = 2**19
"""How many bytes describe them at most: a stranger's paths may be as long as Git's."""


def as_json(
    review: Review, *, base: str, head: str, author: str, sender: str
) -> dict[str, Json]:
    """Return the report of a review for programs.

    Args:
        review: what was found.
        base: the commit whose facts decided.
        head: the commit that was reviewed.
        author: the account that was said to have made the change.
        sender: the one that was said to have sent it.
    """
    rows: list[Json] = [_row(row) for row in review.preview.rows]
    return {
        "author": author,
        "base": base,
        "files": review.files,
        "format": FORMAT,
        "head": head,
        "kind": str(review.subject),
        "level": review.level.word,
        "notes": list(notes(review)),
        "owner": review.owner,
        "preview": {"more": review.preview.more, "rows": rows},
        "problems": _described(review),
        "sender": sender,
        "verdict": verdict(review),
    }


def _described(review: Review) -> list[Json]:
    """Return the first problems, as many as a report has room for."""
    found: list[Json] = []
    length = 0
    for problem in review.problems[:MOST]:
        one = {**fields_of(problem), "suggestion": _suggestion(problem)}
        length += len(encode_item(one))
        if length > _LONGEST:
            break
        found.append(one)
    return found


def verdict(review: Review) -> str:
    """Return the verdict in one word."""
    if review.is_refused:
        return "refuse"
    return "code" if review.subject in {Subject.CODE, Subject.NOTHING} else "accept"


def notes(review: Review) -> Iterator[str]:
    """Yield what else the author should know, in sentences."""
    more = len(review.problems) - len(_described(review))
    if more:
        yield f"{more:,} more problems are not described here."
    if review.is_refused or review.subject is not Subject.DECLARATIONS:
        return
    after = {v for row in review.preview.rows for v in row.after.values()}
    loosened = any(_is_loosened(row) for row in review.preview.rows)
    if Verdict.ALLOW in after:
        yield (
            "A yes counts only where two operators have reviewed that these recordings "
            "are yours, and after it has waited in public for seven days."
        )
    elif loosened:
        yield "What becomes looser waits in public for seven days; a no counts at once."
    if review.level is Level.ACCOUNT:
        yield (
            "An account alone says no, for up to 500 listed recordings: its “ask” "
            "reads as no, and its yes does not count. A key counts for more: sayso "
            "key new, then sayso sign."
        )


def as_text(review: Review) -> Iterator[str]:
    """Yield the lines of a review for people, but for its problems."""
    of = f" of {review.owner}" if review.owner else ""
    files = "1 file" if review.files == 1 else f"{review.files:,} files"
    yield f"A change{of}: {files}, {_WORDS[review.subject]}."
    for row in review.preview.rows:
        title = f" “{printable(row.title)}”" if row.title else ""
        yield f"  {row.name}{title}  {_uses(row)}"
    if review.preview.more:
        yield f"  and {review.preview.more:,} recordings more"
    yield from notes(review)
    match verdict(review):
        case "refuse":
            yield "It may not be merged."
        case "code":
            yield "It changes no declaration: people have to review it."
        case _:
            yield f"It may be merged; it counts at level {review.level.word}."


def _uses(row: Row) -> str:
    """Return the uses that change, those that change alike together."""
    alike: dict[tuple[Verdict, Verdict], list[Use]] = {}
    for use in row.after:
        alike.setdefault((row.before[use], row.after[use]), []).append(use)
    return "; ".join(
        f"{'every use' if len(uses) == len(Use) else ', '.join(uses)}: {old} → {new}"
        for (old, new), uses in alike.items()
    )


_WORDS = {
    Subject.DECLARATIONS: "declarations",
    Subject.RECORDS: "a dispute",
    Subject.OPERATORS: "the operators' files",
    Subject.CODE: "none below declarations",
    Subject.MIXED: "declarations and others",
    Subject.NOTHING: "nothing that counts",
}


def _is_loosened(row: Row) -> bool:
    return any(is_looser(row.after[use], than=row.before[use]) for use in row.after)


def _suggestion(problem: Problem) -> str | None:
    """Return the line as the fix has it; None where the fix is advice."""
    line, fix = problem.excerpt, problem.fix
    if "…" in line or not line:
        return None
    name, colon, _ = line.strip().partition(":")
    if colon and fix.startswith(f"{name}:"):
        return line[: len(line) - len(line.lstrip())] + fix
    start, end = problem.column - 1, problem.column - 1 + problem.width
    # A fix of one word is what belongs in the place that is underlined.
    is_word = fix.split() == [fix] and not fix.endswith(".")
    return line[:start] + fix + line[end:] if is_word and start >= 0 else None


def _row(row: Row) -> Json:
    return {
        "after": _verdicts(row.after),
        "before": _verdicts(row.before),
        "isrc": row.name,
        "title": None if row.title is None else printable(row.title),
    }


def _verdicts(verdicts: Mapping[Use, Verdict]) -> Json:
    return {str(use): str(verdict) for use, verdict in verdicts.items()}
