"""Receipts of lists: they commit to codes and answers, and show neither."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from sayso.client.answers_file import AnswersFile
from sayso.client.receipt import verify_receipt
from sayso.client.receipt_list import (
    Screening,
    check_screening,
    screen_list,
)
from sayso.client.whole import open_core
from sayso.columns.codes import Keys
from sayso.errors import FetchError, RegistryError, UntrustedError
from sayso.model.isrc import LAST_KEY, Isrc, isrc_of, key_of
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.profile import encode
from sayso.wire.receipt_kinds import Screened
from sayso.wire.registry import decode_registry
from sayso.wire.release import REGISTRY_FILE, registry_path
from sayso.wire.release_file import ReleaseFile
from tests.answered import decode_answered, plainly_screened
from tests.receipts import World
from tests.registries import (
    ALLOWED,
    CONTESTED,
    ISSUED,
    LASTS,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    UNTITLED,
    registry_document,
)

WORLD = World().release()
QUESTION = WORLD.question()
CORE = open_core(QUESTION.fetcher, QUESTION.release)
SALT = bytes(range(32))
DOCUMENT = registry_document()
REGISTRY = decode_registry(encode(DOCUMENT))
CODES = sorted(
    map(
        Isrc,
        [
            *(ALLOWED, CONTESTED, LISTED, UNDECLARED, UNDER_PREFIX, UNTITLED),
            *("AA0000000000", "XXF011500000", "XXF011499999", "XXF012700000"),
            *("XXF012699999", "XXH019999999", "XXH020000000", "ZZZZZ9999999"),
        ],
    )
)
KEYS = np.array([key_of(isrc) for isrc in CODES], np.int64)


def screened(territory: str | None = None, late: timedelta = timedelta(0)) -> Screening:
    now = QUESTION.asked + late
    return screen_list(CORE, CODES, salt=SALT, territory=territory, now=now)


def check(said: Screened) -> None:
    """Hold what a receipt says against the core."""
    check_screening(CORE, said, [KEYS], salt=SALT, asked=QUESTION.asked)


@pytest.mark.parametrize("territory", [None, "DE", "US"])
@pytest.mark.parametrize("late", [timedelta(0), LASTS])
def test_a_list_is_answered_as_the_registry_does(
    territory: str | None, late: timedelta
) -> None:
    screening = screened(territory, late)
    now = QUESTION.asked + late
    for use in Use:
        expected = Counter(
            REGISTRY.answer(isrc, use, territory, now=now).verdict for isrc in CODES
        )
        assert Counter(screening.said.counts[use]) == expected
    assert screening.said.codes == len(CODES)
    assert screening.said.listed == 4


@pytest.mark.parametrize("territory", [None, "DE", "US"])
@pytest.mark.parametrize("late", [timedelta(0), LASTS])
def test_a_second_hand_says_and_writes_the_same(
    territory: str | None, late: timedelta
) -> None:
    said, answered = plainly_screened(
        DOCUMENT, CODES, salt=SALT, territory=territory, now=QUESTION.asked + late
    )
    screening = screened(territory, late)
    assert screening == Screening(said=said, answers=answered.encode())


def test_a_range_holds_from_its_first_code_to_its_last() -> None:
    ends = {*CORE.intervals.firsts.tolist(), *CORE.intervals.lasts.tolist()}
    around = sorted({key + step for key in ends for step in (-1, 0, 1)})
    codes = [isrc_of(key) for key in around if 0 <= key <= LAST_KEY]
    now = QUESTION.asked
    screening = screen_list(CORE, codes, salt=SALT, territory=None, now=now)
    answered = decode_answered(screening.answers)
    for isrc, policy in zip(codes, answered.policies, strict=True):
        assert (policy is None) is (REGISTRY.listing(isrc).number is None), isrc


@pytest.mark.parametrize("territory", [None, "DE", "US"])
def test_a_core_gives_the_answers_again_for_the_same_country(
    territory: str | None,
) -> None:
    screening = screened(territory)
    check(screening.said)


def test_the_receipt_shows_no_code() -> None:
    screening = screened()
    data = QUESTION.receipt(screening.said)
    for isrc in CODES:
        assert isrc.encode() not in data
        assert sha256(isrc.encode()).hexdigest().encode() not in data
    assert SALT.hex().encode() not in data
    proved = verify_receipt(data, WORLD.roots)
    assert proved.receipt.said == screening.said
    assert proved.listings == ()


def test_the_same_list_has_another_digest_with_another_salt() -> None:
    other = screen_list(
        CORE, CODES, salt=bytes(32), territory=None, now=QUESTION.asked
    ).said
    said = screened().said
    assert (said.list, said.answers) != (other.list, other.answers)
    assert replace(other, list=said.list, answers=said.answers) == said


def test_the_answers_open_the_receipt(tmp_path: Path) -> None:
    screening = screened()
    path = tmp_path / "receipt.answers.tsv"
    path.write_bytes(screening.answers)
    file = AnswersFile(path)
    file.check(screening.said)
    check_screening(
        CORE, screening.said, file.keys(), salt=file.salt, asked=QUESTION.asked
    )


@pytest.mark.parametrize(
    ("keys", "salt"), [(KEYS[1:], SALT), (KEYS[:0], SALT), (KEYS, bytes(32))]
)
def test_other_codes_or_another_salt_give_other_answers(
    keys: Keys, salt: bytes
) -> None:
    said = screened().said
    with pytest.raises(UntrustedError, match="other answers than those of its"):
        check_screening(CORE, said, [keys], salt=salt, asked=QUESTION.asked)


def test_other_counts_than_the_core_gives_are_refused() -> None:
    screening = screened()
    counts = {
        **screening.said.counts,
        Use.SHARE: {**dict.fromkeys(Verdict, 0), Verdict.ALLOW: len(CODES)},
    }
    for said in (
        replace(screening.said, counts=counts),
        replace(screening.said, listed=5),
        replace(screening.said, territory="DE"),
    ):
        with pytest.raises(UntrustedError, match="other answers than those of its"):
            check(said)


def test_a_release_that_says_nothing_has_a_core_too() -> None:
    document = registry_document()
    for name in ("recordings", "prefixes"):
        document[name] = []
        document["counts"][name] = 0
    question = World().release({**document, "parts": []}).question()
    core = open_core(question.fetcher, question.release)
    screening = screen_list(core, CODES, salt=SALT, territory=None, now=ISSUED)
    assert screening.said.listed == 0
    assert set(decode_answered(screening.answers).policies) == {None}


def file_of(start: str) -> ReleaseFile:
    return next(file for file in QUESTION.release.files if file.path.startswith(start))


@pytest.mark.parametrize("start", ["registry.json", "bulk/", "index/"])
def test_a_core_is_opened_from_what_the_release_names(start: str) -> None:
    file = file_of(start)
    path = registry_path(file.sha256) if start == REGISTRY_FILE else file.path
    files = dict(WORLD.files)
    assert REGISTRY_FILE not in files
    for bad in (files[path] + b" ", files[path][:-2] + b" \n"):
        world = World(files={**files, path: bad})
        with pytest.raises(RegistryError, match=path):
            open_core(world.fetcher, QUESTION.release)
    del files[path]
    world = World(files=files)
    with pytest.raises(FetchError, match="is not there"):
        open_core(world.fetcher, QUESTION.release)


def test_a_registry_that_is_too_long_is_not_fetched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sayso.client.registry.REGISTRY_LIMIT", 10)
    with pytest.raises(FetchError, match="more than this version of sayso reads"):
        open_core(QUESTION.fetcher, QUESTION.release)
