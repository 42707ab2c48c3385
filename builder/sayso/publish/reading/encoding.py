"""From bytes to text: UTF-8 without anything that people cannot see.

"Bidi and control characters are refused" (Declarations, *Reading is strict*).
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from sayso.model.problem import Rule
from sayso.model.rules import bytes as byte_rules
from sayso.model.visible import printable, unseen
from sayso.publish.reading.file import CATALOGUE
from sayso.publish.reading.sheet import SHOWN, Sheet

_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_SAMPLE = 512
_NEAR = 1000
"""How much of a line with a fault is composed, in characters."""
_ALLOWED = bytes(set(range(256)) - set(range(32)) - {127} | set(b"\t\n\r"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_LINE_ENDS = "Save the file with the line ends of Unix or of Windows."
_TABLE_FIX = (
    "Save the table as “CSV UTF-8” with commas, or let sayso new --csv FILE read this "
    "one and write it so."
)


def read_text(path: str, data: bytes) -> tuple[str | None, Sheet]:
    """Return the text of a file, and a sheet with what is wrong with its bytes.

    The text is None when it cannot be read or holds characters that are refused.
    It has no byte order mark, and its lines end in a line feed alone.
    """
    sheet = Sheet(path)
    if _is_refused(data, sheet):
        return None, sheet
    body = data.removeprefix(_MARK)
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        _report_encoding(path, body, error.start, sheet)
        return None, sheet
    # Line ends are made equal only afterwards: a lone carriage return is a fault.
    sheet = Sheet(path, text.replace("\r\n", "\n") if b"\r" in body else text)
    for rule, faults in _faults(text, body):
        _report_faults(text, rule, faults, sheet)
    readable = not sheet.problems
    # Excel writes the mark into every “CSV UTF-8”.
    if len(body) < len(data) and not path.endswith(CATALOGUE):
        message = "The file begins with a byte order mark."
        sheet.report(byte_rules.BYTE_ORDER_MARK, message, line=1, column=1)
    return (sheet.text if readable else None), sheet


def hidden(text: str) -> tuple[Rule, str] | None:
    """Return the rule that a text with escapes breaks, and why, or None."""
    if text.isprintable() and (
        text.isascii() or unicodedata.is_normalized("NFC", text)
    ):
        return None
    for rule, faults in _faults(text, text.encode()):
        for _, message, _ in faults:
            return rule, message
    return None


def _is_refused(data: bytes, sheet: Sheet) -> bool:
    """Report bytes that are no text at all; return whether they are."""
    if not data.removeprefix(_MARK).strip():
        sheet.report(byte_rules.EMPTY_FILE, "The file is empty.")
        return True
    if data.startswith(_UTF16_MARKS) or _alternates(data[:_SAMPLE]):
        sheet.report(byte_rules.UTF16, "The file is in UTF-16, not in UTF-8.")
        return True
    if b"\x00" in data:
        place = data.index(b"\x00") + 1
        sheet.report(
            byte_rules.NOT_TEXT, f"Byte {place:,} is zero, which stands in no text."
        )
        return True
    return False


def _alternates(sample: bytes) -> bool:
    """Return whether every second byte is zero, as in UTF-16 without its mark."""
    even, odd = sample[::2], sample[1::2]
    return len(odd) > 1 and (
        (not any(odd) and all(even)) or (not any(even) and all(odd))
    )


def _report_encoding(path: str, body: bytes, start: int, sheet: Sheet) -> None:
    """Say where the first byte is that is not UTF-8, and what it may have been."""
    first = body.rfind(b"\n", 0, start) + 1
    before = body[first:start].decode(errors="replace")
    guess = body[start : start + 1].decode("cp1252", errors="replace")
    end = body.find(b"\n", start)
    rest = body[start : end if end >= 0 else None][:200]
    line = body.count(b"\n", 0, start)
    located = Sheet(path, "\n" * line + before + rest.decode("cp1252", "replace"))
    likely = (
        f"; in Windows-1252 it would be {printable(guess)}"
        if guess.isprintable() and guess != "\N{REPLACEMENT CHARACTER}"
        else ""
    )
    located.report(
        byte_rules.NOT_UTF8,
        f"Byte {body[start]:#04x} is not UTF-8 here{likely}.",
        fix=_TABLE_FIX if path.endswith(CATALOGUE) else "",
        line=line + 1,
        column=len(before) + 1,
    )
    sheet.add(located.problems)


Fault = tuple[int, str, str]
"""An index into the text, a message and what to write instead."""


def _faults(text: str, body: bytes) -> Iterator[tuple[Rule, Iterator[Fault]]]:
    """Yield each rule about characters with the places that break it."""
    if body.translate(None, _ALLOWED) or body.count(b"\r") != body.count(b"\r\n"):
        yield byte_rules.CONTROL_CHARACTER, _controls(text)
    if not text.isascii():
        yield byte_rules.INVISIBLE_CHARACTER, _invisible(text)
        if not unicodedata.is_normalized("NFC", text):
            yield byte_rules.NOT_COMPOSED, _uncomposed(text)


def _report_faults(
    text: str, rule: Rule, faults: Iterator[Fault], sheet: Sheet
) -> None:
    for index, message, fix in islice(faults, SHOWN):
        line = text.count("\n", 0, index) + 1
        column = index - text.rfind("\n", 0, index)
        sheet.report(rule, message, fix=fix, line=line, column=column)
    sheet.count(rule, sum(1 for _ in faults))


def _controls(text: str) -> Iterator[Fault]:
    for match in _CONTROL.finditer(text):
        fix = _LINE_ENDS if match[0] == "\r" else ""
        yield match.start(), f"{_name(match[0])} is in the text.", fix


def _invisible(text: str) -> Iterator[Fault]:
    for index in unseen(text):
        yield index, f"{_name(text[index])} is in the text.", ""


def _name(character: str) -> str:
    if character == "\r":
        return "A carriage return without a line feed (an old Macintosh line end)"
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "").lower()
    return f"The character {code} ({name})" if name else f"The character {code}"


def _uncomposed(text: str) -> Iterator[Fault]:
    start = 0
    for line in text.split("\n"):
        if not unicodedata.is_normalized("NFC", line):
            near, column = _near_fault(line)
            composed = unicodedata.normalize("NFC", near)
            same = zip(near, composed, strict=False)
            place = next((i for i, (a, b) in enumerate(same) if a != b), 0)
            yield (
                start + column + place,
                "An accented letter is stored as two characters here.",
                f"Copy the spelling from here: {printable(_word(composed, place))}",
            )
        start += len(line) + 1


def _near_fault(line: str) -> tuple[str, int]:
    """Return what stands around the first fault of a line, and its index.

    Python composes a million accents on one letter in the square of the time, and
    tells at once that they are not composed.
    """
    if len(line) <= _NEAR:
        return line, 0
    end = bisect_left(
        range(len(line)),
        True,  # noqa: FBT003 - what is looked for
        key=lambda index: not unicodedata.is_normalized("NFC", line[: index + 1]),
    )
    column = max(end - _NEAR // 2, 0)
    return line[column : column + _NEAR], column


def _word(line: str, index: int) -> str:
    """Return the word of a line that contains an index."""
    words = re.finditer(r"\w+", line)
    return next((m[0] for m in words if m.start() <= index < m.end()), line.strip())
