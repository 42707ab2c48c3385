"""What a change touches: bounded and sorted before any file is read."""

from typing import NoReturn

import pytest

from sayso.publish.reading.git_changes import Changed
from sayso.publish.reading.sheet import SHOWN
from sayso.publish.review.paths import touched
from sayso.publish.review.proposal import BYTES, FILES, Proposal
from tests.declared import FERNWOOD, HARROW, MARA

BLOB = "1" * 40


def proposal(*paths: str, size: int = 1, blob: str | None = BLOB) -> Proposal:
    def unread(_blobs: object) -> NoReturn:
        raise AssertionError("a file was read")

    return Proposal(
        changed=[
            Changed(path=path, mode=0o100644 if blob else 0, before=None, blob=blob)
            for path in paths
        ],
        folder="declarations",
        sizes=lambda blobs: dict.fromkeys(blobs, size),
        read=unread,
        author="github:1",
        sender="github:1",
    )


def codes(change: Proposal) -> dict[str, str]:
    return {one.path: one.rule.code for one in touched(change).problems}


def below(*paths: str) -> list[str]:
    return [f"declarations/{path}" for path in paths]


@pytest.mark.parametrize(("count", "refused"), [(FILES, False), (FILES + 1, True)])
def test_so_many_files_and_no_more(count: int, *, refused: bool) -> None:
    change = proposal(*below(*(f"{MARA}/s{number}.yaml" for number in range(count))))

    assert codes(change) == ({"": "SAY705"} if refused else {})
    assert bool(touched(change).owners) is not refused


def test_so_many_bytes_and_no_more() -> None:
    path = f"{MARA}/songs.csv"
    rule = {"": "SAY705"}

    assert codes(proposal(*below(path), size=BYTES + 1)) == rule
    assert codes(proposal(*below(path), size=BYTES)) != rule


def test_a_file_that_is_too_large_is_told_by_itself() -> None:
    found = touched(proposal(*below(f"{MARA}/songs.yaml"), size=300_000))

    assert [one.path for one in found.problems] == [f"{MARA}/songs.yaml"]
    assert found.owners == {}


def test_files_are_sorted_by_whose_they_are() -> None:
    found = touched(
        proposal(*below(f"{MARA}/a.yaml", "registry/policy.yaml", "README.md"), "x.py")
    )

    assert {*found.owners} == {"github:583231"}
    assert {*found.records} == {"registry/policy.yaml"}
    assert found.plain == ["README.md"]
    assert {one.rule.code for one in found.problems} == {"SAY706"}


def test_the_page_of_the_folder_is_like_code() -> None:
    found = touched(proposal(*below("README.md"), "x.py"))
    assert (found.plain, found.problems) == (["README.md"], [])


def test_many_other_files_are_counted() -> None:
    others = [f"x{number}.py" for number in range(500)]
    found = codes(proposal(*below(f"{MARA}/a.yaml"), *others))

    assert len(found) == SHOWN + 1
    assert "" in found


def test_several_owners_are_named() -> None:
    change = proposal(
        *below(f"{MARA}/a.yaml", f"{HARROW}/a.yaml", f"{FERNWOOD}/a.yaml")
    )
    (problem,) = touched(change).problems

    assert problem.rule.code == "SAY703"
    assert "It touches 3 owners: domain:fernwood.example, " in problem.message


def test_names_that_are_one_on_some_machines_are_refused() -> None:
    change = proposal(*below(f"{MARA}/a.yaml", f"{MARA}/A.yaml"))
    assert f"{MARA}/A.yaml" in codes(change)


def test_whoever_takes_away_what_may_not_be_there_may() -> None:
    odd = below("odd.txt", f"{MARA}/.DS_Store")
    assert codes(proposal(*odd, blob=None)) == {}
    assert len(codes(proposal(*odd))) == 2
