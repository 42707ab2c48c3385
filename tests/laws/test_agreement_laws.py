"""Rules only once: every way of asking gives the same verdict, reason and grounds.

Registries are drawn and published; then the decoded registry.json, the look-up tree, a
copy on the disk, and the kernel of every screening are asked the same.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import assume, given, settings

from sayso.client.lookup import find
from sayso.client.screening.kernel import Kernel
from sayso.client.screening.question import Question
from sayso.client.synced.columns import write_copy
from sayso.client.synced.copy import Copy
from sayso.client.synced.standing import Standing
from sayso.model.answer import Answer
from sayso.model.isrc import format_isrc
from sayso.model.vocabulary import Use
from sayso.publish.reading.registry import read_documents
from sayso.wire.profile import decode
from sayso.wire.text import Digest
from tests.declared import FACTS, Published, core_of, publish, tree_of
from tests.laws.test_lookup_laws import Memory
from tests.laws.test_registry_laws import CODES, registries
from tests.laws.test_tree_laws import near

TERRITORIES = (None, "DE", "US", "CH")
NOBODY = Digest("0" * 64)


@contextmanager
def copied(published: Published) -> Iterator[Copy]:
    """Give a copy of a release, written to the disk as a sync does."""
    core, header = core_of(published), published.release.header
    standing = Standing(
        release=header,
        digest=NOBODY,
        contents=core.contents,
        folder="",
        titles=False,
        location="https://registry.example",
        root=NOBODY,
        log="registry.example/log",
        log_size=1,
        checked=header.issued,
        fresh_until=header.issued + timedelta(days=7),
    )
    items: dict[str, Any] = decode(published.files["registry.json"], limit=2**28)
    with tempfile.TemporaryDirectory() as folder:
        write_copy(Path(folder), core, items)
        yield Copy(Path(folder), standing)


def moments(published: Published) -> list[datetime]:
    """Return when a release is asked: when it is issued, and around a policy's end."""
    untils = {policy.until for policy in published.registry.policies.values()}
    ends = {until for until in untils if until is not None}
    before = {end - timedelta(seconds=1) for end in ends}
    return sorted({published.release.header.issued, *before, *ends})


def screened(
    copy: Copy, codes: list[str], use: Use, territory: str | None, now: datetime
) -> list[dict[str, Any]]:
    kernel = Kernel(copy.core(), Question(use=use, territory=territory, now=now))
    rows: list[dict[str, Any]] = kernel.answer(pa.array(codes)).columns.to_pylist()
    return rows


def said(answer: Answer) -> dict[str, Any]:
    """Return what a screening says of a row with this answer."""
    basis = "recording" if answer.listed else "range"
    return {
        "status": answer.verdict.value,
        "disputed": answer.disputed,
        "isrc": answer.isrc,
        "rule": answer.reason.value,
        "ownership": answer.ownership,
        "by": " ".join(answer.by) or None,
        "basis": basis,
    }


@given(registries())
@settings(max_examples=25)
def test_every_way_of_asking_says_the_same(texts: dict[str, str]) -> None:
    problems = read_documents(tree_of({**FACTS, **texts}).files)[1]
    assume(not any(problem.is_error for problem in problems))
    published = publish(texts)
    registry, lookup = published.registry, published.release.lookup
    memory, codes = Memory(dict(published.files)), sorted(near(CODES))
    trees = [
        find(
            memory,
            lookup.root,
            isrc,
            leaf_items=lookup.leaf_items,
            node_entries=lookup.node_entries,
        ).listing(isrc)
        for isrc in codes
    ]
    spelt = [format_isrc(isrc).lower() for isrc in codes]
    with copied(published) as copy:
        listings = [copy.listing(isrc) for isrc in codes]
        assert [one.number for one in listings] == [
            registry.listing(isrc).number for isrc in codes
        ]
        for now in moments(published):
            for use in Use:
                for territory in TERRITORIES:
                    question = (use, territory)
                    expected = [
                        registry.answer(isrc, *question, now=now) for isrc in codes
                    ]
                    rows = screened(copy, spelt, *question, now)
                    for place, answer in enumerate(expected):
                        check(answer, rows[place])
                        for listing in (trees[place], listings[place]):
                            same(listing.answer(*question, now=now), answer)


def check(answer: Answer, row: dict[str, Any]) -> None:
    expected = said(answer)
    if row["basis"] is None:  # nobody speaks of it
        expected["basis"] = None
        assert not answer.listed
        assert answer.verdict.value == "undeclared"
    assert {name: row[name] for name in expected} == expected


def same(answer: Answer, other: Answer) -> None:
    assert answer.verdict is other.verdict
    assert (answer.reason, answer.by, answer.sides) == (
        other.reason,
        other.by,
        other.sides,
    )
    assert (answer.disputed, answer.ownership, answer.until) == (
        other.disputed,
        other.ownership,
        other.until,
    )
