"""As of a date: the release that was the newest one then, and its successor."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sayso.client.history import Past, release_at
from sayso.errors import MalformedError, MissingError, UntrustedError
from sayso.trust.log import TrustedCheckpoint
from tests.published import DAY, Published, following
from tests.registries import ISSUED

SECOND = timedelta(seconds=1)
RELEASES = [*following(600)]


def published(count: int) -> Published:
    return Published().add(RELEASES[:count])


def past(log: Published, moment: datetime) -> Past:
    checkpoint = log.log.checkpoint()
    return release_at(
        log, TrustedCheckpoint(checkpoint=checkpoint, cosigned={}), moment
    )


@pytest.mark.parametrize("count", [1, 2, 3, 256, 257, 600])
def test_the_last_release_of_that_time_is_found(count: int) -> None:
    log = published(count)
    for index in {0, count // 2, count - 2, count - 1} - {-1}:
        for moment in (ISSUED + index * DAY, ISSUED + (index + 1) * DAY - SECOND):
            found = past(log, moment)
            assert (found.entry.index, found.data) == (index, RELEASES[index])
            last = index == count - 1
            assert found.successor == (None if last else RELEASES[index + 1])


def test_before_the_first_release_there_was_none() -> None:
    with pytest.raises(
        MissingError, match="no release at 2026-11-22T10:59:59Z: the fir"
    ):
        past(published(3), ISSUED - SECOND)
    with pytest.raises(MissingError, match="there is none"):
        past(Published(), ISSUED)


@pytest.mark.parametrize("index", [0, 300, 599])
def test_a_year_and_a_half_takes_few_requests(index: int) -> None:
    log = published(600)
    past(log, ISSUED + index * DAY)
    assert len([path for path in log.asked if "entries" in path]) <= 3
    assert len(log.asked) <= 5


def test_releases_that_do_not_follow_one_another_give_no_answer() -> None:
    log = Published().add([*RELEASES[:5], RELEASES[6]])
    with pytest.raises(UntrustedError, match="entry 5 of the log is release 7"):
        past(log, ISSUED + 5 * DAY)
    other = [*following(6, source={**SOURCE, "declarations_root": "ab" * 32})]
    log = Published().add([*RELEASES[:3], *other[3:]])
    with pytest.raises(UntrustedError, match="release 4 says that it follows"):
        past(log, ISSUED + 2 * DAY)
    assert past(log, ISSUED + DAY).data == RELEASES[1]


SOURCE = {"clean": False, "commit": None}


def test_an_entry_that_is_no_release_gives_no_answer() -> None:
    with pytest.raises(
        MalformedError, match=r"entry 0 of the log is not a release\.json"
    ):
        past(Published().add([b"{}\n"]), ISSUED)


def test_what_the_checkpoint_does_not_commit_to_gives_no_answer() -> None:
    log = published(3)
    checkpoint = replace(log.log.checkpoint(), root=published(2).log.checkpoint().root)
    trusted = TrustedCheckpoint(checkpoint=checkpoint, cosigned={})
    with pytest.raises(
        UntrustedError, match="not what the log's checkpoint commits to"
    ):
        release_at(log, trusted, ISSUED)
