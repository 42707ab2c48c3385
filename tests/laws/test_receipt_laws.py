"""Laws of receipts: whatever is changed, they say the same or they say nothing."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayso.client.answers_file import AnswersFile
from sayso.client.lookup import find
from sayso.client.receipt import Proved, verify_receipt
from sayso.client.receipt_codes import screen_codes
from sayso.client.receipt_making import receipt_of_codes, receipt_of_file
from sayso.client.whole import open_core
from sayso.errors import MalformedError, RegistryError
from sayso.model.isrc import LAST_KEY, Isrc, isrc_of, key_of
from sayso.wire.profile import decode, encode
from sayso.wire.receipt import RECEIPT_LIMIT, encode_receipt
from tests.answered import decode_answered, plainly_screened
from tests.receipts import LIMITS, SONGS_PATH, World
from tests.registries import CONTESTED, LISTED, registry_document
from tests.roles import DEV

WORLD = World(profile=DEV).release()
QUESTION = WORLD.question()
ROOTS = WORLD.roots
CODES = receipt_of_codes(QUESTION, [Isrc(LISTED)], territory=None)
FILE = receipt_of_file(QUESTION, SONGS_PATH)
CORE = open_core(QUESTION.fetcher, QUESTION.release)
DOCUMENT = registry_document()


def meaning(proved: Proved) -> tuple[object, ...]:
    """Return all that a receipt proves, but for the witnesses."""
    believed = proved.believed
    return (
        believed.data,
        believed.root,
        believed.checkpoint.checkpoint,
        proved.receipt.said,
        proved.receipt.notice,
        proved.listings,
    )


def says_the_same_or_nothing(data: bytes, original: bytes) -> bool:
    """Return whether a changed receipt is believed; it then says what it said."""
    try:
        proved = verify_receipt(data, ROOTS)
    except RegistryError:
        return False
    before = verify_receipt(original, ROOTS)
    assert meaning(proved) == meaning(before)
    # A signature whose key is no longer named vouches for nothing any more.
    assert proved.believed.cosigned.items() <= before.believed.cosigned.items()
    assert encode_receipt(proved.receipt) == data
    return True


@pytest.mark.parametrize("bit", [1, 32])
def test_no_byte_can_be_changed(bit: int) -> None:
    """What nothing proves are the clock and the name of whoever made it.

    And which unknown key made a signature beside the log's.
    """
    believed = 0
    for place in range(len(FILE)):
        changed = bytearray(FILE)
        changed[place] ^= bit
        believed += says_the_same_or_nothing(bytes(changed), FILE)
    assert believed < 100


SLICES = st.builds(
    lambda start, length: slice(start, start + length),
    st.integers(0, len(CODES)),
    st.integers(0, 40),
)


@given(SLICES, st.binary(max_size=8))
def test_nothing_can_be_put_in_the_place_of_anything(part: slice, new: bytes) -> None:
    changed = CODES[: part.start] + new + CODES[part.stop :]
    if changed != CODES:
        says_the_same_or_nothing(changed, CODES)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["by", "uses", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def paths(value: Any) -> list[tuple[str | int, ...]]:  # noqa: ANN401 - JSON
    """Return where every member and item of a document is."""
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = [*value.items()]
    elif isinstance(value, list):
        inner = [*enumerate(value)]
    return [
        path
        for name, below in inner
        for path in [(name,), *((name, *p) for p in paths(below))]
    ]


@given(st.sampled_from(paths(decode(CODES, limit=RECEIPT_LIMIT))), JSON, st.booleans())
def test_no_member_can_be_another(
    path: tuple[str | int, ...],
    new: object,
    drop: bool,  # noqa: FBT001 - hypothesis passes it by place
) -> None:
    value: Any = decode(CODES, limit=RECEIPT_LIMIT)
    holder = value
    for name in path[:-1]:
        holder = holder[name]
    if drop:
        del holder[path[-1]]
    else:
        holder[path[-1]] = new
    changed = encode(value)
    if changed != CODES:
        is_believed = says_the_same_or_nothing(changed, CODES)
        assert not is_believed or path == ("made", "by")


KEYS = st.integers(0, LAST_KEY) | st.integers(-30, 30).map(
    lambda step: key_of(Isrc(CONTESTED)) + step
)


@given(st.lists(KEYS.map(isrc_of), min_size=1, max_size=5))
def test_a_receipt_says_what_a_look_up_says(isrcs: list[Isrc]) -> None:
    data = receipt_of_codes(QUESTION, isrcs, territory=None)
    proved = verify_receipt(data, ROOTS)
    root = QUESTION.release.lookup.root
    for listing in proved.listings:
        found = find(QUESTION.fetcher, root, listing.isrc, **LIMITS)
        assert (listing.listed, listing.policy) == (found.listed, found.policy)
        assert (listing.title, listing.owner) == (found.title, found.owner)
    assert [one.isrc for one in proved.listings] == sorted(set(isrcs))


LISTS = st.sets(KEYS, max_size=30).map(sorted)
CUTS = st.lists(st.integers(0, 30), max_size=6).map(sorted)
SALTS = st.binary(min_size=32, max_size=32)


@given(LISTS, CUTS, SALTS, st.integers(1, 9), st.sampled_from([None, "DE", "US"]))
def test_a_list_in_any_parts_is_as_a_second_hand_says(
    keys: list[int], cuts: list[int], salt: bytes, together: int, territory: str | None
) -> None:
    column = np.array(keys, np.int64)
    asked: dict[str, Any] = {
        "salt": salt,
        "territory": territory,
        "now": QUESTION.asked,
    }
    out = BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sayso.client.receipt_codes._TOGETHER", together)
        said = screen_codes(CORE, np.split(column, cuts), out, **asked)
    expected, answered = plainly_screened(DOCUMENT, map(isrc_of, keys), **asked)
    assert said == expected
    assert out.getvalue() == answered.encode()


ANSWERS = plainly_screened(
    DOCUMENT,
    sorted(map(Isrc, [CONTESTED, LISTED, "XXF012500000", "XXG012600001"])),
    salt=bytes(range(32)),
    territory=None,
    now=QUESTION.asked,
)
PLACES = st.integers(0, len(ANSWERS[1].encode()))
PUT = st.binary(max_size=4) | st.sampled_from([b"\n", b"\t", b"-", b"-\n", b"\r\n"])


@given(PLACES, st.integers(0, 90), PUT, st.integers(1, 200))
def test_a_changed_file_of_answers_is_read_as_a_second_hand_does(
    start: int, length: int, new: bytes, block: int
) -> None:
    """And in any blocks; it never opens the receipt of another."""
    said, answered = ANSWERS
    original = answered.encode()
    changed = original[:start] + new + original[start + length :]
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sayso.client.answers_file._BLOCK", block)
        path = Path(folder) / "receipt.answers.tsv"
        path.write_bytes(changed)
        try:
            again = decode_answered(changed)
        except ValueError:
            with pytest.raises(MalformedError):
                list(AnswersFile(path).keys())
            return
        file = AnswersFile(path)
        parts = file.keys()
        found = [isrc_of(key) for part in parts for key in part.tolist()]
        assert (file.salt, found) == (again.salt, again.isrcs)
        if changed == original:
            file.check(said)
        else:
            with pytest.raises(RegistryError):
                file.check(said)
