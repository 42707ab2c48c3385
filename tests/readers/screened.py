"""The page about screening in a warehouse, what it is asked, and what is right."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from sayso.errors import InvalidIsrcError
from sayso.model.isrc import LAST_KEY, isrc_of, key_of, parse_isrc
from sayso.wire.registry import Registry
from tests.readers.built import Row

TEXT = (Path(__file__).parents[2] / "site/docs/use/sql.md").read_text("utf-8")
CLOCK = "current_timestamp as moment"
USE, COUNTRY = "'train-generative' as use", "cast(null as string) as country"

Manifest: TypeAlias = list[str | None]
"""What stands where the code belongs, row by row; a row's id is its place."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a manifest is screened for."""

    use: str
    country: str | None
    now: datetime


def blocks(language: str, heading: str) -> list[str]:
    """Return the code blocks in a language below a heading, up to the next."""
    section = TEXT.partition(f"\n{heading}\n")[2].partition("\n##")[0]
    return re.findall(rf"^```{language}\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)


def query(question: Question, moment: str) -> str:
    """Return the page's query for a question.

    Args:
        question: what it asks.
        moment: stands for the clock, as the engine writes a time.
    """
    (text,) = blocks("sql", "## Ask {#ask}")
    for part in (USE, COUNTRY, CLOCK):
        assert text.count(part) == 1
    text = text.replace(USE, f"'{question.use}' as use")
    if question.country is not None:
        text = text.replace(COUNTRY, f"'{question.country}' as country")
    return text.replace(CLOCK, f"{moment} as moment")


def expected(registry: Registry, manifest: Manifest, question: Question) -> list[Row]:
    """Return what is right for each row of a manifest."""
    return [
        {"id": place, "isrc": text, **said(registry, text, question)}
        for place, text in enumerate(manifest)
    ]


def said(registry: Registry, text: str | None, question: Question) -> Row:
    """Return what is right for what stands where a code belongs."""
    bare = re.sub("[ -]", "", text or "")
    nothing: Row = {"disputed": False, "rule": None, "until": None, "decided_by": None}
    if bare in {"", "NaN", "nan"}:
        return {"status": "no-identifier", **nothing}
    try:
        isrc = parse_isrc(bare)
    except InvalidIsrcError:
        return {"status": "invalid-identifier", **nothing}
    answer = registry.answer(isrc, question.use, question.country, now=question.now)
    spoken = registry.policy_of(isrc) is not None
    return {
        "status": str(answer.verdict),
        "disputed": answer.disputed,
        "rule": str(answer.reason),
        "until": answer.until,
        "decided_by": list(answer.by) if spoken else None,
    }


def manifest_of(registry: Registry) -> Manifest:
    """Return codes of every kind, and what is none, some of it more than once."""
    ends = {
        min(max(key_of(end) + step, 0), LAST_KEY)
        for span in registry.prefixes
        for end in (span.first, span.last)
        for step in (-1, 0, 1)
    }
    listed, policies = registry.recordings.isrcs, registry.recordings.policies
    of_each = dict(zip(policies, listed, strict=True)).values()
    known = [*listed[:3], *of_each, *listed[::11], *map(isrc_of, sorted(ends))]
    unlisted = [isrc_of(key_of(isrc) + 1) for isrc in listed[::50]]
    extremes = ["AA0000000000", "ZZZZZ9999999", "ISRC01234567", "ISRCISRC01234567"]
    hard = [each for isrc in [*listed[:3], known[-1]] for each in spellings(isrc)]
    none = [None, "", " ", "-", "NaN", "nan", " NaN ", "\n", "\0", "None", "ISRC"]
    none += ["ISRC:", "ok", "xxok", "XX", "0", "'", "XX;--", "A" * 5000, "夜" * 12]
    return [*known, *unlisted, *extremes, *hard, *none, *known[:3], None]


def spellings(isrc: str) -> Iterator[str]:
    """Yield a code as people and programs write it, rightly and wrongly."""
    parts = isrc[:2], isrc[2:5], isrc[5:7], isrc[7:]
    hyphens = "-".join(parts)
    yield from (isrc.lower(), hyphens, " ".join(parts), hyphens.lower(), f"  {isrc} ")
    for designator in ("ISRC", "ISRC:", "isrc: ", "ISRC-", "ISRC "):
        yield designator + isrc
        yield designator + hyphens
    yield from (f"{isrc}\n", f"\n{isrc}", f"{isrc}\r\n", f"{isrc}\t", f"{isrc}\u00a0")
    yield from (isrc[:-1], f"{isrc}0", f"0{isrc}", isrc[1:], f"{isrc}{isrc}")
    yield from (f"{isrc};{isrc}", f"ISRCISRC{isrc}", f"ISRC::{isrc}", f"{isrc}ISRC")
    full = str.maketrans(
        {n: n + 0xFEE0 for n in range(ord("!"), ord("~"))}
    )  # full-width
    yield isrc.translate(full)
    yield isrc[:5].translate(full) + isrc[5:]
    yield isrc[:5] + isrc[5:].translate(full)
    yield isrc[:11] + "٣"
    yield isrc[:11] + "³"
    yield isrc.replace("X", "Х")  # noqa: RUF001 - a letter of another script
    yield "ſı" + isrc[2:]  # noqa: RUF001 - upper() would make SI of it
    yield "ß" + isrc[2:]
    yield isrc[:2] + "\u2010" + isrc[2:]
    yield f"{isrc}\u0301"
    yield f"{isrc}\0"
    yield f"ok{isrc}"
    yield f"{isrc[:4]}O{isrc[5:7]}O{isrc[8:]}"
