"""Opening a manifest: what kind it is, by its first bytes and by its name."""

from pathlib import Path
from typing import BinaryIO, Final

from sayso.client.manifest.audio import open_audio
from sayso.client.manifest.delimited import Delimited
from sayso.client.manifest.json_document import JsonDocument
from sayso.client.manifest.json_lines import JsonLines, is_lines
from sayso.client.manifest.lines import GZIP, Lines
from sayso.client.manifest.origin import Origin
from sayso.client.manifest.parquet import MAGIC, Parquet
from sayso.client.manifest.rows import Manifest, Remarks
from sayso.client.manifest.tar import open_tar
from sayso.errors import ManifestError
from sayso.wire.text import shown

KINDS: Final = ("audio", "csv", "json", "jsonl", "parquet", "tar", "tsv", "xlsx")

_KIND_OF: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".tar": "tar",
    ".tgz": "tar",
}
_ZIP: Final = b"PK\x03\x04"
_REFUSED: Final = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook (.xls)",
    b"ARROW1": "an Arrow file",
    b"FEA1": "a Feather file",
    b"\x28\xb5\x2f\xfd": "compressed with Zstandard",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ": "compressed with xz",
    b"%PDF": "a PDF",
}
_BLANK: Final = b" \t\r\n"


def open_manifest(
    source: Path | BinaryIO, *, column: str | None = None, kind: str | None = None
) -> Manifest:
    """Return a manifest, ready to be read.

    Args:
        source: a file or a folder, or a stream.
        column: the name of the column with the codes, where it should not be looked
            for.
        kind: one of `KINDS`, where it should not be guessed.

    Raises:
        ManifestError: it cannot be read, or has no column with codes.
        ModuleNotFoundError: what reads this kind is not installed.
    """
    if kind is not None and kind not in KINDS:
        raise ManifestError(
            f"there is no kind of manifest {shown(kind)}; there are {', '.join(KINDS)}"
        )
    if isinstance(source, Path):
        if source.is_dir():
            return _opened_folder(source, column=column, kind=kind)
        if (kind or _named(source)) == "tar":
            return open_tar(source)
    origin = Origin(source)
    named = _named(source) if isinstance(source, Path) else None
    return _opened(origin, kind or _guessed(origin, named), column=column)


def _opened(origin: Origin, kind: str, *, column: str | None) -> Manifest:
    match kind:
        case "parquet":
            return Parquet(origin.name, [origin.file()], wanted=column, origin=origin)
        case "csv" | "tsv":
            return Delimited(origin, kind=kind, wanted=column)
        case "jsonl":
            return JsonLines(origin, wanted=column)
        case "json":
            return JsonDocument(origin, wanted=column)
        case "xlsx":
            from sayso.client.manifest.excel import Excel  # noqa: PLC0415 - an extra

            return Excel(origin, wanted=column)
        case _:
            raise ManifestError(f"{origin.name} is a file, and not of the kind {kind}")


def _opened_folder(folder: Path, *, column: str | None, kind: str | None) -> Manifest:
    parts = sorted(folder.glob("*.parquet"))
    if parts and kind in {None, "parquet"}:
        return Parquet(str(folder), parts, wanted=column)
    if kind == "tar":
        return open_tar(folder)
    if kind not in {None, "audio"}:
        raise ManifestError(
            f"{folder} is a folder, and has no files of the kind {kind}"
        )
    return open_audio(folder)


def _named(path: Path) -> str | None:
    """Return the kind that the name of a file says; None where it says none."""
    name = path.name.lower().removesuffix(".gz")
    return _KIND_OF.get(Path(name).suffix)


def _guessed(origin: Origin, named: str | None) -> str:
    """Return the kind of a file by its first bytes, or by its name."""
    head = origin.head
    if head.startswith(MAGIC):
        return "parquet"
    if head.startswith(_ZIP):
        return "xlsx"
    for magic, words in _REFUSED.items():
        if head.startswith(magic):
            raise ManifestError(
                f"{origin.name} is {words}, which is not read; save it as CSV, Parquet "
                "or .xlsx"
            )
    if head.startswith(GZIP) and named in {"parquet", "xlsx"}:
        raise ManifestError(f"{origin.name} is compressed; unpack it with gunzip")
    if named not in {None, "json", "jsonl"}:
        return named
    text = Lines(origin, Remarks()).sample.lstrip(_BLANK)
    if text.startswith(b"["):
        return "json"
    if text.startswith(b"{"):
        return "jsonl" if named == "jsonl" or is_lines(text) else "json"
    return named or "csv"
