"""The report of a review: whatever was reviewed, the job that answers can read it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.model.declaration import Level
from sayso.model.owner import OwnerId
from sayso.model.problem import Problem
from sayso.model.rules import authority
from sayso.model.vocabulary import Use, Verdict
from sayso.publish.github.reviewed import REPORT_LIMIT, Report, read_report
from sayso.publish.reading.git import head_commit
from sayso.publish.reading.git_changes import Changed
from sayso.publish.reading.sources import blob_id
from sayso.publish.review.base import Base
from sayso.publish.review.examine import Review, Subject, examine
from sayso.publish.review.preview import Preview, Row
from sayso.publish.review.proposal import Proposal
from sayso.publish.review.report import as_json, as_text, notes
from sayso.wire.profile import encode
from tests.declared import FERNWOOD, HARROW, MARA, START, declaration, owner, recordings
from tests.proposed import DENY, ONE, ROWS, SONGS, Repository, registry_in_git

COMMITS = {"base": "1" * 40, "head": "2" * 40}
WHO = {"author": SONGS, "sender": "github:7"}
REVIEW = Review(
    subject=Subject.DECLARATIONS,
    files=1,
    owner=OwnerId("github:583231"),
    level=Level.ACCOUNT,
    problems=(),
    preview=Preview(),
)
PLAIN, LINK, MODULE, PROGRAM = 0o100644, 0o120000, 0o160000, 0o100755


def read(review: Review) -> Report:
    """Return a report as the job that answers reads it."""
    data = encode(as_json(review, **COMMITS, **WHO))
    assert len(data) <= REPORT_LIMIT
    report = read_report(data)
    assert (report.author, report.sender) == (WHO["author"], WHO["sender"])
    assert (report.base, report.head) == (COMMITS["base"], COMMITS["head"])
    assert [*report.notes] == [*notes(review)]
    return report


def problem(**changes: object) -> Problem:
    made = Problem(
        rule=authority.NOT_YOURS, path=f"{MARA}/songs.yaml", message="No.", fix="Ask."
    )
    return replace(made, **changes)  # type: ignore[arg-type] # of any field


def suggestion(**changes: object) -> str | None:
    (finding,) = read(replace(REVIEW, problems=(problem(**changes),))).problems
    return finding.suggestion


@pytest.mark.parametrize(
    ("excerpt", "column", "width", "fix", "becomes"),
    [
        ("title: No", 8, 2, 'title: "No"', 'title: "No"'),
        ("    title: No", 12, 2, 'title: "No"', '    title: "No"'),
        ("any-ai: denny", 9, 5, "deny", "any-ai: deny"),
        ("use: [serch, x]", 7, 5, "search", "use: [search, x]"),
        ("any-ai: denny", 9, 5, "Write one of allow, ask, deny.", None),
        ("any-ai: denny", 9, 5, "deny.", None),
        ("other: No", 8, 2, 'title: "No"', None),
        ("a very long li…", 1, 4, "deny", None),
        ("", 0, 0, "deny", None),
        ("any-ai", 0, 0, "deny", None),
    ],
    ids=[
        "a field", "an indented field", "a word", "a word in a list", "advice",
        "a sentence", "another field", "a shortened line", "no line", "no column",
    ],
)  # fmt: skip
def test_a_fix_that_is_the_line_is_suggested(
    excerpt: str, column: int, width: int, fix: str, becomes: str | None
) -> None:
    found = suggestion(
        line=3,
        excerpt=excerpt,
        column=column,
        width=width,
        fix=fix,
    )
    assert found == becomes


def test_what_is_accepted_says_what_else_is_good_to_know() -> None:
    report = read(REVIEW)

    assert (report.verdict, report.level, report.owner) == (
        "accept", "account", REVIEW.owner,
    )  # fmt: skip
    (note,) = report.notes
    assert "500 listed recordings" in note
    assert read(replace(REVIEW, level=Level.KEY)).notes == ()


def row(before: Verdict, after: Verdict) -> Row:
    uses = (Use.SEARCH, Use.SHARE)
    return Row(
        name=ONE,
        title="T\x1b[2J",
        before=dict.fromkeys(uses, before),
        after=dict.fromkeys(uses, after),
    )


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (Verdict.DENY, Verdict.ALLOW, "reviewed that these recordings are yours"),
        (Verdict.DENY, Verdict.UNDECLARED, "waits in public for seven days"),
        (Verdict.UNDECLARED, Verdict.DENY, ""),
    ],
)
def test_what_waits_is_said(before: Verdict, after: Verdict, words: str) -> None:
    preview = Preview(rows=(row(before, after),), more=1_200)
    report = read(replace(REVIEW, level=Level.DOMAIN, preview=preview))

    assert words in "".join(report.notes)
    assert bool(report.notes) is bool(words)
    assert report.more == 1_200
    assert report.rows[0].title == "T\ufffd[2J"
    text = [*as_text(replace(REVIEW, preview=preview))]
    assert f"search, share: {before} → {after}" in text[1]
    assert text[2] == "  and 1,200 recordings more"


def test_every_use_is_said_in_two_words() -> None:
    every = Row(
        name=ONE,
        title=None,
        before=dict.fromkeys(Use, Verdict.UNDECLARED),
        after=dict.fromkeys(Use, Verdict.DENY),
    )
    text = [*as_text(replace(REVIEW, preview=Preview(rows=(every,))))]
    assert text[1] == f"  {ONE}  every use: undeclared → deny"


@pytest.mark.parametrize("subject", Subject)
def test_every_subject_has_words(subject: Subject) -> None:
    review = replace(REVIEW, subject=subject, owner=None, files=2)
    assert read(review).kind == subject
    first, *_, last = as_text(review)
    assert first.startswith("A change: 2 files, ")
    assert last


def test_more_problems_than_a_report_has_are_counted() -> None:
    many = tuple(problem(line=line) for line in range(1, 621))
    report = read(replace(REVIEW, problems=many))

    assert len(report.problems) == 500
    assert report.notes == ("120 more problems are not described here.",)
    assert report.verdict == "refuse"


def test_long_paths_make_no_report_that_nobody_reads() -> None:
    long = problem(path="a/" * 2_000, message="b" * 4_000)
    report = read(replace(REVIEW, problems=(long,) * 500))

    described = len(report.problems)
    assert 0 < described < 500
    assert report.notes == (f"{500 - described} more problems are not described here.",)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return registry_in_git(tmp_path_factory.mktemp("registry"))


PATHS = [
    f"declarations/{path}"
    for path in (
        f"{MARA}/songs.yaml", f"{MARA}/owner.yaml", f"{MARA}/new.csv",
        f"{HARROW}/live.yaml", f"{HARROW}/manifest.json", f"{HARROW}/manifest.json.sig",
        f"{FERNWOOD}/catalogue.csv", f"{FERNWOOD}/catalogue.yaml",
        "domain/sa/saltmarsh.example/owner.yaml", "github/31/583231-b/owner.yaml",
        "registry/policy.yaml", "registry/operators.yaml", "registry/manifest.json",
        "registry/decisions/2026/fernwood.yaml", "registry/decisions/2026/x.yaml",
        "registry/decisions/2026/x.yaml.sig", "registry/admissions/1.json",
        "registry/admissions/99.json", "disputes/2026/20261128-a.yaml", "README.md",
        "github/31/583231-mara/SONGS.yaml", "odd \n\udcff\u202e.yaml", "../x", "a" * 30,
    )
] + ["builder/x.py", "declarations", "\udcff"]  # fmt: skip
TEXTS = (
    DENY, DENY.replace("any-ai: deny", "search: allow"), ROWS, "", "{}", "\0", "[1, 2",
    owner("Mara", 'accounts: ["github:583231"]', role="artist"),
    declaration("{any-ai: deny}", "prefix: XXF01"),
    declaration("{any-ai: denny}", recordings(ONE)), "é" * 300, "- &a [*a]\n",
)  # fmt: skip


@st.composite
def changes(draw: st.DrawFn) -> dict[str, tuple[int, bytes | None]]:
    modes = st.sampled_from([PLAIN, PLAIN, PLAIN, PROGRAM, LINK, MODULE])
    data = st.sampled_from([None, *(text.encode() for text in TEXTS)])
    return draw(
        st.dictionaries(st.sampled_from(PATHS), st.tuples(modes, data), max_size=4)
    )


def proposal(
    registry: Repository, wanted: Mapping[str, tuple[int, bytes | None]]
) -> Proposal:
    """Return a change of a registry that was never committed."""
    known = {f"declarations/{p}": blob_id(d) for p, d in registry.files.items()}
    data = {blob_id(one): one for _, one in wanted.values() if one is not None}
    return Proposal(
        changed=[
            Changed(
                path=path,
                mode=0 if one is None else mode,
                before=known.get(path),
                blob=None if one is None else blob_id(one),
            )
            for path, (mode, one) in sorted(wanted.items())
            if one is not None or path in known
        ],
        folder="declarations",
        sizes=lambda blobs: {blob: len(data[blob]) for blob in blobs},
        read=lambda blobs: {blob: data[blob] for blob in blobs},
        **WHO,
    )


def base(folder: Path) -> Base:
    return Base(folder, head_commit(folder) or "")


@given(wanted=changes())
def test_every_review_is_a_report_that_is_read(
    registry: Repository, wanted: dict[str, tuple[int, bytes | None]]
) -> None:
    change = proposal(registry, wanted)
    accepted = base(registry.folder)

    review = examine(accepted, change, now=START)

    report = read(review)
    assert (report.verdict == "refuse") is review.is_refused
    assert len(report.problems) == len(review.problems)
    assert examine(accepted, change, now=START) == review
    assert "\x1b" not in "\n".join(as_text(review))
    # Whatever it was, a stranger's and the owner's hands together are not the owner's.
    inside = [one for one in change.changed if one.path.startswith("declarations/")]
    assert review.is_refused or all("/README" in one.path for one in inside)


def test_no_change_previews_nothing(registry: Repository) -> None:
    review = examine(base(registry.folder), proposal(registry, {}), now=START)

    assert review.preview == Preview()
    assert (review.subject, review.problems) == (Subject.NOTHING, ())
