"""Files of answers, read again: of any length, and of any content."""

import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sayso.client.answers_file import AnswersFile
from sayso.errors import FetchError, MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import isrc_of
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.receipt_kinds import Screened
from sayso.wire.text import Digest
from tests.answered import Answered, decode_answered, salted

SALT = bytes(range(32))
ONE, OTHER = "XXF012600001", "XXG012600001"
POLICY = "ab" * 32
ANSWERED = Answered(salt=SALT, isrcs=[ONE, OTHER], policies=[POLICY, None])
HEAD = f"sayso/answers/1\t{SALT.hex()}\n".encode()
FIRST, LAST = f"{ONE}\t{POLICY}\n".encode(), f"{OTHER}\t-\n".encode()
LINES = FIRST + LAST
BLOCK = "sayso.client.answers_file._BLOCK"
NO_ANSWERS = "not a file of answers, which begins with sayso/answers/1 and its salt"
NO_LINE = "not a line of a file of answers"
BREAKS_OFF = "the file breaks off here"
ASTRAY = "its code is not greater than the one before"

Written = Callable[[bytes], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Write a file of answers."""

    def write(data: bytes) -> Path:
        path = tmp_path / "a.tsv"
        path.write_bytes(data)
        return path

    return write


def said_of(data: bytes) -> Screened:
    """Return what a receipt says that commits to a file, whatever is in it."""
    lines = data.partition(b"\n")[2].decode("latin-1").splitlines(keepends=True)
    codes = [f"{line.partition(chr(9))[0].rstrip(chr(10))}\n" for line in lines]
    return Screened(
        codes=len(lines),
        listed=0,
        territory=None,
        list=salted(SALT, codes),
        answers=salted(SALT, lines),
        counts={use: dict.fromkeys(Verdict, 0) for use in Use},
    )


def of(answered: Answered) -> Screened:
    return replace(
        said_of(b""),
        codes=len(answered.isrcs),
        list=answered.list_digest,
        answers=answered.answers_digest,
    )


def isrcs_in(file: AnswersFile) -> list[str]:
    parts = file.keys()
    return [isrc_of(key) for part in parts for key in part.tolist()]


def test_a_file_is_that_of_its_receipt(written: Written) -> None:
    path = written(HEAD + LINES)
    assert ANSWERED.encode() == HEAD + LINES
    file = AnswersFile(path)
    file.check(of(ANSWERED))
    assert file.salt == SALT
    assert isrcs_in(file) == [ONE, OTHER]
    assert isrcs_in(file) == [ONE, OTHER]  # it may be read again


def test_a_file_of_no_answers_is_one(written: Written) -> None:
    file = AnswersFile(written(HEAD))
    assert list(file.keys()) == []
    file.check(of(Answered(salt=SALT, isrcs=[], policies=[])))
    with pytest.raises(UntrustedError, match="not the answers that the receipt"):
        file.check(of(ANSWERED))


BAD = [
    (b"", NO_ANSWERS),
    (b"\n", NO_ANSWERS),
    (b"XXF012600001\t-\n", NO_ANSWERS),
    (HEAD[:-1], NO_ANSWERS),
    (HEAD[:-1] + b"0\n" + LINES, NO_ANSWERS),
    (HEAD[:-1] + b"\r\n" + LINES, NO_ANSWERS),
    (HEAD[:-2] + b"\n" + LINES, NO_ANSWERS),
    (HEAD.replace(b"0f", b"0F") + LINES, NO_ANSWERS),
    (HEAD.replace(b"0f", b"0g") + LINES, NO_ANSWERS),
    (HEAD.replace(b"0e0f", b"0e 0") + LINES, NO_ANSWERS),
    (HEAD.replace(b"0f", b"\xb2\xff") + LINES, NO_ANSWERS),
    (HEAD.replace(b"\t", b" ") + LINES, NO_ANSWERS),
    (HEAD.replace(b"/1", b"/2") + LINES, NO_ANSWERS),
    (b"\xef\xbb\xbf" + HEAD + LINES, NO_ANSWERS),
    (HEAD + LINES[:-1], f":3: {BREAKS_OFF}"),
    (HEAD + FIRST + FIRST[:-1], f":3: {BREAKS_OFF}"),
    (HEAD + LINES + b"X", f":4: {BREAKS_OFF}"),
    (HEAD + b"X" * 77, f":2: {BREAKS_OFF}"),
    (HEAD + b"X" * 78, f":2: {NO_LINE}"),
    (HEAD + LINES + b"X" * 1000, f":4: {NO_LINE}"),
    (HEAD + b"\n", f":2: {NO_LINE}"),
    (HEAD + LINES + b"\n", f":4: {NO_LINE}"),
    (HEAD + FIRST + b"\n" + LAST, f":3: {NO_LINE}"),
    (HEAD + b"X\n", f":2: {NO_LINE}"),
    (HEAD + b"XXF012600001\n", f":2: {NO_LINE}"),
    (HEAD + b"XXF012600001\t\n", f":2: {NO_LINE}"),
    (HEAD + LINES.replace(b"XXF", b"xxf"), f":2: {NO_LINE}"),
    (HEAD + LINES.replace(b"XXG", b"XX\xff"), f":3: {NO_LINE}"),
    (HEAD + LINES.replace(b"XXG0", b"XX-G"), f":3: {NO_LINE}"),
    (HEAD + LINES.replace(b"-", b""), f":3: {NO_LINE}"),
    (HEAD + LINES.replace(b"-", b"a"), f":3: {NO_LINE}"),
    (HEAD + LINES.replace(b"-", b"--"), f":3: {NO_LINE}"),
    (HEAD + LINES.replace(b"\t", b" "), f":2: {NO_LINE}"),
    (HEAD + LINES.replace(b"\n", b"\r\n"), f":2: {NO_LINE}"),
    (HEAD + LINES.replace(b"ab", b"AB"), f":2: {NO_LINE}"),
    (HEAD + LINES.replace(b"ab", b"ag", 1), f":2: {NO_LINE}"),
    (HEAD + FIRST.replace(b"ab", b"\xc3\xa9", 1), f":2: {NO_LINE}"),
    (HEAD + FIRST.replace(b"ab\n", b"a\n"), f":2: {NO_LINE}"),
    (HEAD + FIRST.replace(b"ab\n", b"abc\n"), f":2: {NO_LINE}"),
    (HEAD + FIRST.replace(b"ab\n", b"a\t\n"), f":2: {NO_LINE}"),
    (HEAD + b"a" * 14 + b"\n", f":2: {NO_LINE}"),
    (HEAD + b"a" * 77 + b"\n", f":2: {NO_LINE}"),
    (HEAD + b"\xff\n", f":2: {NO_LINE}"),
    (HEAD + b"\0" * 14 + b"\n", f":2: {NO_LINE}"),
    (HEAD + HEAD + LINES, f":2: {NO_LINE}"),
    (HEAD + LINES * 2, f":4: {ASTRAY}"),
    (HEAD + FIRST * 2, f":3: {ASTRAY}"),
    (HEAD + LAST + FIRST, f":3: {ASTRAY}"),
]


@pytest.mark.parametrize("block", [1, 7, 78, 80, 2**20])
@pytest.mark.parametrize(("data", "why"), BAD)
def test_another_spelling_is_no_file_of_answers(
    monkeypatch: pytest.MonkeyPatch,
    written: Written,
    data: bytes,
    why: str,
    block: int,
) -> None:
    """Even if a receipt commits to it; and the second hand refuses it too."""
    monkeypatch.setattr(BLOCK, block)
    with pytest.raises(ValueError, match=r"not|ascend|decode"):
        decode_answered(data)
    path = written(data)
    with pytest.raises(MalformedError, match=why):
        AnswersFile(path).check(said_of(data))
    with pytest.raises(MalformedError, match=why):
        list(AnswersFile(path).keys())


def test_every_byte_that_is_changed_is_noticed(written: Written) -> None:
    data = HEAD + LINES
    for place in range(len(data)):
        for bit in (1, 32, 128):
            changed = bytearray(data)
            changed[place] ^= bit
            path = written(bytes(changed))
            with pytest.raises(RegistryError):
                AnswersFile(path).check(of(ANSWERED))
        path = written(data[:place])
        with pytest.raises(RegistryError):
            AnswersFile(path).check(of(ANSWERED))


@pytest.mark.parametrize(
    "other",
    [
        replace(ANSWERED, policies=[None, None]),
        replace(ANSWERED, policies=[None, POLICY]),
        replace(ANSWERED, isrcs=[ONE, "XXG012600002"]),
        replace(ANSWERED, isrcs=[ONE], policies=[POLICY]),
        replace(ANSWERED, salt=bytes(32)),
    ],
)
def test_other_answers_are_noticed(written: Written, other: Answered) -> None:
    file = AnswersFile(written(other.encode()))
    file.check(of(other))
    with pytest.raises(UntrustedError, match="not the answers that the receipt"):
        file.check(of(ANSWERED))


@pytest.mark.parametrize(
    "said",
    [
        replace(of(ANSWERED), codes=3),
        replace(of(ANSWERED), list=Digest("00" * 32)),
        replace(of(ANSWERED), answers=Digest("00" * 32)),
    ],
)
def test_each_commitment_is_compared(written: Written, said: Screened) -> None:
    with pytest.raises(UntrustedError, match="not the answers that the receipt"):
        AnswersFile(written(HEAD + LINES)).check(said)


def answered(count: int) -> Answered:
    """Return answers of both lengths, in no regular order."""
    return Answered(
        salt=SALT,
        isrcs=[f"XXF01{number:07}" for number in range(count)],
        policies=[None if n * n % 7 in (1, 2) else f"{n:064x}" for n in range(count)],
    )


@pytest.mark.parametrize("block", [1, 14, 15, 16, 77, 78, 79, 200, 1000, 2**20])
def test_blocks_may_end_within_a_line(
    monkeypatch: pytest.MonkeyPatch, written: Written, block: int
) -> None:
    monkeypatch.setattr(BLOCK, block)
    some = answered(60)
    file = AnswersFile(written(some.encode()))
    file.check(of(some))
    assert isrcs_in(file) == some.isrcs


@pytest.mark.parametrize("line", [2, 3, 30, 61])
@pytest.mark.parametrize("block", [50, 500, 2**20])
def test_the_line_that_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, written: Written, line: int, block: int
) -> None:
    monkeypatch.setattr(BLOCK, block)
    lines = answered(60).encode().splitlines(keepends=True)
    lines[line - 1] = b"X" + lines[line - 1]
    path = written(b"".join(lines))
    with pytest.raises(MalformedError, match=rf"a\.tsv:{line}: {NO_LINE}"):
        list(AnswersFile(path).keys())


def test_codes_ascend_from_block_to_block(
    monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.setattr(BLOCK, len(FIRST))
    path = written(HEAD + FIRST + FIRST)
    with pytest.raises(MalformedError, match=f":3: {ASTRAY}"):
        list(AnswersFile(path).keys())


def test_what_is_not_there_or_is_no_file_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # would be waited for for ever
    for path in (tmp_path / "none", tmp_path, pipe, Path("/dev/zero"), Path("\0")):
        with pytest.raises(FetchError, match="is not there, or is not a file"):
            AnswersFile(path)


def test_a_file_that_cannot_be_read_is_named() -> None:
    path = Path("/proc/self/mem")
    if not path.is_file():
        pytest.skip("there is no file that cannot be read")
    with pytest.raises(FetchError, match="/proc/self/mem cannot be read"):
        AnswersFile(path)


def test_a_file_that_goes_away_or_shrinks_is_noticed(written: Written) -> None:
    path = written(HEAD + LINES)
    file = AnswersFile(path)
    written(HEAD[:10])
    with pytest.raises(UntrustedError, match="not the answers that the receipt"):
        file.check(of(ANSWERED))
    path.unlink()
    with pytest.raises(FetchError, match="is not there"):
        file.check(of(ANSWERED))


@pytest.mark.parametrize(
    "line", [b"\n", LAST, FIRST, b"X"], ids=["ends", "short", "long", "none"]
)
def test_memory_does_not_grow_with_the_file(
    monkeypatch: pytest.MonkeyPatch, written: Written, line: bytes
) -> None:
    """It is that of a block, even where all of it is line ends."""
    block = 2**16
    monkeypatch.setattr(BLOCK, block)
    lines = line * (20 * block // len(line))
    if len(line) > 1:
        count = len(lines) // len(line)
        numbers = (f"{number:07}".encode() for number in range(count))
        lines = b"".join(line[:5] + number + line[12:] for number in numbers)
    file = AnswersFile(written(HEAD + lines))
    said = of(ANSWERED)
    tracemalloc.start()
    try:
        with pytest.raises(RegistryError):
            file.check(said)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 60 * block
