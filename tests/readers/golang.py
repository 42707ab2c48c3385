"""Programs in Go, which Debian's compiler builds anew from Debian's libraries."""

import os
import subprocess
from pathlib import Path

from tests.conftest import NeedsTool


def build_go(source: Path, folder: Path, needs_tool: NeedsTool) -> Path:
    """Return the program of a source file, built into a folder."""
    needs_tool("go")
    go, program = needs_tool("sumdb-go"), folder / source.stem
    done = subprocess.run(
        [go, "build", "-o", program, source],
        env={"PATH": os.environ["PATH"], "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return program
