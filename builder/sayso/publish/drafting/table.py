"""Tables as spreadsheets save them, made into catalogues: UTF-8 with commas."""

import csv
import io
import unicodedata
from dataclasses import dataclass

from sayso.publish.reading.header import separator_of

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with commas, line for line as the original.

    Attributes:
        text: the table; what could not be read at all is left as it was.
        encoding: how the original was encoded; "" for UTF-8.
        sample: its first word with other letters than a-z, to judge the encoding by.
    """

    text: bytes
    encoding: str = ""
    sample: str = ""

    @property
    def catalogue(self) -> bytes:
        """The table without rows that have nothing in any cell."""
        lines = self.text.split(b"\n")
        return b"".join(line + b"\n" for line in lines if line.strip(b" ,"))


def read_table(data: bytes) -> Table:
    """Return a table as a catalogue has it, whatever spreadsheet saved it.

    Excel separates cells by semicolons or tabs in many countries, writes a byte order
    mark, and older files are in Windows-1252. Lines keep their numbers.
    """
    decoded = _decode(data)
    if decoded is None:
        return Table(text=data)
    text, encoding = decoded
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    sample = "" if not encoding else next(filter(_is_foreign, _words(text)), "")
    separator = separator_of(text.partition("\n")[0])
    if separator is not None:
        lines = (_with_commas(line, separator) for line in text.split("\n"))
        text = "\n".join(lines)
    return Table(text=text.encode(), encoding=encoding, sample=sample)


def _decode(data: bytes) -> tuple[str, str] | None:
    """Return the text of a table and its encoding; None for what is no text."""
    try:
        if data.startswith(_UTF16_MARKS):
            return data.decode("utf-16"), "UTF-16"
        if b"\x00" in data:
            return None
        try:
            return data.decode("utf-8-sig"), ""
        except UnicodeDecodeError:
            return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return None


def _words(text: str) -> list[str]:
    return text.replace(";", " ").replace(",", " ").replace('"', " ").split()


def _is_foreign(word: str) -> bool:
    return not word.isascii()


def _with_commas(line: str, separator: str) -> str:
    """Return a line with commas between its cells; a broken one as it is."""
    if "," not in line and '"' not in line:
        return line.replace(separator, ",")
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error:
        return line
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()
