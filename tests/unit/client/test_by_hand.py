"""A registry in parts, read without our tool: as the page for AI developers says."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from sayso.model.isrc import Isrc
from sayso.wire.profile import encode, encode_item
from sayso.wire.registry import decode_registry
from sayso.wire.text import format_time
from tests.conftest import NeedsTool
from tests.registries import (
    ALLOWED,
    CONTESTED,
    ISSUED,
    LISTED,
    UNDECLARED,
    UNDER_PREFIX,
    Document,
    parted,
    registry_document,
)

PAGE = Path(__file__).parents[3] / "site" / "docs" / "use" / "index.md"
WHOLE = registry_document()


def blocks(language: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def lines(rows: list[Document]) -> bytes:
    return b"".join(encode_item(row) + b"\n" for row in rows)


def run_python(folder: Path, isrc: str, use: str) -> subprocess.CompletedProcess[str]:
    (program,) = blocks("python")
    program = program.replace("XXF012600001", isrc).replace("train-generative", use)
    clock = f"moment({format_time(ISSUED)!r})"
    program = program.replace("datetime.now(timezone.utc)", clock)
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def run_shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    document, _ = parted(WHOLE)
    (tmp_path / "registry.json").write_bytes(encode(document))
    return tmp_path


@pytest.mark.parametrize("isrc", [LISTED, CONTESTED, ALLOWED, UNDER_PREFIX, UNDECLARED])
@pytest.mark.parametrize("use", ["train-generative", "search"])
def test_the_python_on_the_page_reads_parts(folder: Path, isrc: str, use: str) -> None:
    (folder / "recordings.jsonl").write_bytes(lines(WHOLE["recordings"]))
    done = run_python(folder, isrc, use)
    answer = decode_registry(encode(WHOLE)).answer(Isrc(isrc), use, now=ISSUED)
    assert done.stdout.strip() == answer.verdict, done.stderr


def test_the_python_on_the_page_answers_nothing_without_all_parts(
    folder: Path,
) -> None:
    absent = run_python(folder, UNDECLARED, "search")
    (folder / "recordings.jsonl").write_bytes(lines(WHOLE["recordings"][:2]))
    few = run_python(folder, UNDECLARED, "search")
    assert (absent.returncode, absent.stdout) == (few.returncode, few.stdout) == (1, "")
    assert "recordings are missing" in few.stderr


def test_the_commands_on_the_page_check_and_unpack_parts(
    folder: Path, needs_tool: NeedsTool
) -> None:
    for tool in ("jq", "sha256sum", "zstd"):
        needs_tool(tool)
    (block,) = [text for text in blocks("console") if "sha256sum" in text]
    _, *commands = re.findall(r"^\$ (.*(?:\n {4}.*)*)$", block, re.MULTILINE)
    document = json.loads((folder / "registry.json").read_bytes())
    (folder / "bulk").mkdir()
    for number, part in enumerate(document["parts"]):
        rows = WHOLE["recordings"][2 * number : 2 * number + 2]
        packed = pa.compress(lines(rows), codec="zstd", asbytes=True)
        (folder / part["jsonl"]["path"]).write_bytes(packed)
        part["jsonl"] |= {"sha256": sha256(packed).hexdigest(), "bytes": len(packed)}
    (folder / "registry.json").write_bytes(encode(document))
    script = "set -e\n" + "\n".join(commands)
    done = run_shell(folder, script)
    assert done.returncode == 0, done.stderr
    assert (folder / "recordings.jsonl").read_bytes() == lines(WHOLE["recordings"])
    (folder / document["parts"][0]["jsonl"]["path"]).write_bytes(b"other")
    assert run_shell(folder, script).returncode != 0
