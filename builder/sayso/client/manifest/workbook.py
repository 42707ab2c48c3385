"""Workbooks of Excel as archives: refused before anything in them is believed."""

import zipfile
from pathlib import Path
from typing import Final

from sayso.errors import ManifestError

ENTRIES: Final = 10_000
"""No workbook has more parts."""
UNPACKED: Final = 2**30
"""No workbook is larger when it is unpacked, in bytes, but for its pictures."""
BESIDE: Final = 2**28
"""No workbook has more than this beside its sheets: it is held whole."""

_RATIO: Final = 300
_FREE: Final = 2**26
"""What is as small as this when unpacked may be packed as densely as it likes."""
_PIECE: Final = 2**20
_TEXTS: Final = (".xml", ".rels", ".vml")
_SHEETS: Final = "xl/worksheets/"
_DECLARATIONS: Final = (b"<!DOCTYPE", b"<!ENTITY")
_LONGEST: Final = max(map(len, _DECLARATIONS))


def check_workbook(name: str, path: Path) -> None:
    """Refuse an archive that unpacks to too much, or declares entities.

    What the archive says of its sizes is held against what it unpacks to.

    Raises:
        ManifestError: it is no workbook, or may do harm.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(name, archive)
            for entry in archive.infolist():
                if entry.filename.endswith(_TEXTS):
                    _check_text(name, archive, entry)
    except ManifestError:
        raise
    except Exception as error:
        raise ManifestError(
            f"{name} is no whole Excel workbook: {error}; save it again, or as CSV"
        ) from error


def _check_sizes(name: str, archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    texts = [entry for entry in entries if entry.filename.endswith(_TEXTS)]
    unpacked = sum(entry.file_size for entry in texts)
    packed = sum(entry.compress_size for entry in texts)
    beside = sum(
        entry.file_size for entry in texts if not entry.filename.startswith(_SHEETS)
    )
    if "mimetype" in archive.namelist():
        raise ManifestError(
            f"{name} is an OpenDocument file, which is not read; save it as .xlsx or "
            "CSV"
        )
    if (
        len(entries) > ENTRIES
        or unpacked > UNPACKED
        or beside > BESIDE
        or (unpacked > _FREE and unpacked > packed * _RATIO)
    ):
        raise ManifestError(
            f"{name} would unpack to {unpacked >> 20:,} MiB in {len(entries):,} parts; "
            "so large a workbook is not read; save the sheet as CSV"
        )


def _check_text(name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack a part, and look for entities that may stand for more than is there."""
    with archive.open(entry) as stream:
        before = b""
        while piece := stream.read(_PIECE):
            data = before + piece
            if any(declaration in data for declaration in _DECLARATIONS):
                raise ManifestError(
                    f"{name} declares entities in {entry.filename}, as no workbook of "
                    "a spreadsheet does; save it again, or as CSV"
                )
            before = data[-_LONGEST:]
