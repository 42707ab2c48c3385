"""The pages about Python, as tests run them: their programs, and tables to run on."""

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from tests.fresh import REGISTRY

USE = Path(__file__).parents[2] / "site/docs/use"
NOTEBOOK = USE / "screening.ipynb"
ADDRESS = '"https://sayso.example"'
CODES = ["XX-F01-26-00001", "xxf012600002", "XXG019900001", None, "XXF0126", ""]


def programs(page: str, heading: str | None = None) -> list[str]:
    """Return the programs of a page, or of one of its sections, in their order."""
    text = (USE / page).read_text("utf-8")
    if heading is not None:
        text = text.partition(f"\n{heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def local(program: str) -> str:
    """Return a program that opens the registry that was built, and not an address."""
    return program.replace(ADDRESS, f'"{REGISTRY}"')


def write_tracks(folder: Path) -> pa.Table:
    """Write the tables that the pages read, with all that is listed, and return it."""
    registry = json.loads((folder / REGISTRY / "registry.json").read_bytes())
    codes = [row["isrc"] for row in registry["recordings"]] + CODES
    table = pa.table({"id": [*range(len(codes))], "isrc": codes})
    pcsv.write_csv(table, folder / "tracks.csv")
    pq.write_table(table, folder / "tracks.parquet")
    (folder / "tracks").mkdir()
    half = len(codes) // 2
    pq.write_table(table[:half], folder / "tracks/part-0.parquet")
    pq.write_table(table[half:], folder / "tracks/part-1.parquet")
    return table
