"""What the documents say is what the code does."""

import re
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sayso.model.declaration import Capacity, DecisionKind
from sayso.model.isrc import Isrc, key_of
from sayso.model.owner import Role
from sayso.model.policy import REASONS
from sayso.model.problem import Family
from sayso.model.vocabulary import PROFILES, Use, Verdict, Words
from sayso.publish.reading.schema import json_schemas
from sayso.wire.entries import DisputeStatus
from sayso.wire.profile import decode, encode
from sayso.wire.registry import decode_registry
from sayso.wire.text import format_time
from tests.conftest import NeedsTool
from tests.registries import ISSUED, KEY
from tests.shown import (
    ALLOWED,
    ASKED,
    DENIED,
    UNDER_PREFIX,
    UNKNOWN,
    WITHDRAWN,
    shown_release,
)

ROOT = Path(__file__).parents[4]
DOCS = ROOT / "site" / "docs"


def table(page: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading, without code marks."""
    text = (DOCS / page).read_text(encoding="utf-8")
    _, _, after = text.partition(f"## {heading}\n")
    rows = re.search(r"^\|(?:.+\n\|)+.+$", after, re.MULTILINE)
    assert rows is not None, heading
    return [
        [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        for line in rows[0].split("\n")[2:]
    ]


def code(page: str, language: str) -> list[str]:
    """Return the code blocks of a page in a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_uses_on_the_page_are_those_of_the_code() -> None:
    assert table("spec/vocabulary.md", "Uses") == [
        [use.value, Words.USES[use], Words.BOUNDARIES[use]] for use in Use
    ]


def test_the_verdicts_on_the_page_are_those_of_the_code() -> None:
    assert table("spec/vocabulary.md", "Verdicts") == [
        [verdict.value, Words.VERDICTS[verdict], Words.MEANINGS[verdict]]
        for verdict in Verdict
    ]


def test_the_reasons_on_the_page_are_those_of_the_code() -> None:
    assert table("spec/vocabulary.md", "Reasons") == [
        [reason.value, text] for reason, text in REASONS.items()
    ]


def test_the_profiles_on_the_page_are_those_of_the_code() -> None:
    assert table("spec/vocabulary.md", "Profiles") == [
        [name, ", ".join(f"{use}: {said}" for use, said in uses.items())]
        for name, uses in PROFILES.items()
    ]


def test_the_keys_on_the_page_are_those_of_the_code() -> None:
    rows = table("spec/isrc.md", "The key")
    assert [key_of(Isrc(isrc)) for isrc, _ in rows] == [int(key) for _, key in rows]


def test_the_example_of_the_json_profile_is_in_the_profile() -> None:
    (example,) = code("spec/json.md", "json")
    data = example.encode()
    assert encode(decode(data, limit=1000)) == data


@pytest.mark.parametrize("kind", sorted(json_schemas()))
def test_every_field_of_every_file_is_on_the_page(kind: str) -> None:
    text = (DOCS / "spec" / "declarations.md").read_text(encoding="utf-8")
    schema = json_schemas()[kind]
    assert isinstance(schema, dict)
    fields = schema["properties"]
    assert isinstance(fields, dict)
    marked = set(re.findall(r"`([a-z_]+)[`:]", text))
    assert set(fields) - marked == set()
    assert f"sayso/{kind}/1" in text


def test_every_word_that_a_declaration_may_use_is_on_its_page() -> None:
    text = (DOCS / "spec" / "declarations.md").read_text(encoding="utf-8")
    words = [*Capacity, *Role, *DecisionKind, *DisputeStatus]
    assert [word for word in words if f"`{word}`" not in text] == []


def test_every_family_of_rules_is_in_the_navigation() -> None:
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = re.findall(r"rules/([a-z]+)\.md", settings)
    assert named == ["index", *Family]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return shown_release(tmp_path, more=0)


def test_the_commands_for_openssl_verify_what_we_sign(
    release: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("openssl")
    (release / "sayso.pub").write_text(KEY.public.text())
    commands = "set -e\n" + "\n".join(code("spec/minisign.md", "sh"))
    done = subprocess.run(
        ["sh", "-c", commands], cwd=release, capture_output=True, text=True, check=False
    )
    assert done.stdout.count("Signature Verified Successfully") == 2, done.stderr
    (release / "registry.json").write_bytes(b"{}\n")
    again = subprocess.run(
        ["sh", "-c", commands], cwd=release, capture_output=True, text=True, check=False
    )
    assert again.returncode != 0


def test_the_command_for_minisign_verifies_what_we_sign(
    release: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("minisign")
    (release / "sayso.pub").write_text(KEY.public.text())
    command = next(
        line.removeprefix("$ ")
        for block in code("spec/minisign.md", "console")
        for line in block.splitlines()
        if "minisign" in line
    )
    done = subprocess.run(
        ["sh", "-c", command], cwd=release, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "sayso registry.json release=1" in done.stdout


@pytest.mark.parametrize(
    "isrc", [DENIED, ASKED, ALLOWED, WITHDRAWN, UNDER_PREFIX, UNKNOWN]
)
@pytest.mark.parametrize("use", ["train-generative", "search", "invented-use"])
def test_the_python_on_the_page_answers_as_we_do(
    release: Path, isrc: Isrc, use: str
) -> None:
    (program,) = code("use/index.md", "python")
    program = program.replace("XXF012600001", isrc).replace("train-generative", use)
    done = run_python(release, program, ISSUED)
    assert done.returncode == 0, done.stderr
    registry = decode_registry((release / "registry.json").read_bytes())
    answer = registry.answer(isrc, use, now=registry.release.issued)
    assert done.stdout.strip() == answer.verdict.value


def run_python(
    folder: Path, program: str, now: datetime
) -> subprocess.CompletedProcess[str]:
    """Run a program as if it were some moment."""
    clock = "datetime.now(timezone.utc)"
    assert clock in program
    program = program.replace(clock, f"moment({format_time(now)!r})")
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_python_on_the_page_does_not_answer_from_an_old_release(
    release: Path,
) -> None:
    (program,) = code("use/index.md", "python")
    done = run_python(release, program, ISSUED + timedelta(days=8))
    assert (done.returncode, done.stdout) == (1, "")
    assert "this release is old" in done.stderr


def run_jq(folder: Path, isrc: str, use: str) -> subprocess.CompletedProcess[str]:
    """Run the command of the page for a recording and a use."""
    command = next(
        block.removeprefix("$ ")
        for block in code("use/index.md", "console")
        if block.startswith("$ jq")
    )
    command = command.replace("XXF012600001", isrc).replace("train-generative", use)
    return subprocess.run(
        ["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_jq_on_the_page_fails_for_what_is_not_listed(
    release: Path, needs_tool: NeedsTool
) -> None:
    needs_tool("jq")
    assert run_jq(release, UNKNOWN, "train-generative").returncode != 0


@pytest.mark.parametrize("use", ["train-generative", "invented-use"])
def test_the_jq_on_the_page_finds_the_verdict(
    release: Path, needs_tool: NeedsTool, use: str
) -> None:
    needs_tool("jq")
    done = run_jq(release, DENIED, use)
    assert done.stdout.split() == [
        "deny",
        "any-ai",
        "domain:fernwood.example/default",
    ], done.stderr
