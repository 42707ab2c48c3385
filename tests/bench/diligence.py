"""What `datadiligence` takes for a row: it asks each address, and reads its headers.

    python3 -m venv /tmp/diligence && /tmp/diligence/bin/pip install datadiligence
    DILIGENCE=/tmp/diligence/bin/python python -m tests.bench --stage screen

It is none of our tools, so that it has a Python of its own, and this module runs there
with nothing else. The addresses are those of a server on this machine, which answers at
once: over a network a row takes as long as the answer. It reads what the owner of a web
server says of a file, and knows no recordings, so that only the cost can be compared.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.served import served

PYTHON = "DILIGENCE"
"""What names the Python, in the environment of the benchmark."""

ROWS = 1_000


def ask() -> dict[str, float]:
    """Return the seconds of a row, asked by address; and with its headers at hand."""
    with contextlib.redirect_stdout(sys.stderr):
        import datadiligence  # type: ignore[import-not-found] # noqa: PLC0415 - is of that Python
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
        for row in range(ROWS):
            (Path(folder) / str(row)).write_bytes(b"sound")
        begun = time.perf_counter()
        for row in range(ROWS):
            datadiligence.is_allowed(url=f"{address}/{row}")
        by_address = time.perf_counter() - begun
    headers = {"X-Robots-Tag": "noai", "tdm-reservation": "1"}
    begun = time.perf_counter()
    for _ in range(ROWS):
        datadiligence.is_allowed(headers=headers)
    by_headers = time.perf_counter() - begun
    return {"by_address": by_address / ROWS, "by_headers": by_headers / ROWS}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(ask()) + "\n")
