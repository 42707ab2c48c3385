"""The page for operators who publish: each of its commands is run as it is written."""

import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sayso.wire.text import format_time
from tests.buckets import service
from tests.operators import AUTHOR, CATALOGUE, DENY_BOTH, commit, establish, sayso

NOW = datetime.now(UTC).replace(microsecond=0)
PAGE = Path(__file__).parents[2] / "site/docs/about/publishing.md"


def steps() -> list[tuple[str, list[str]]]:
    """Return each command of the page, and what it is to show."""
    found: list[tuple[str, list[str]]] = []
    text = PAGE.read_text("utf-8")
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def test_an_operator_follows_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in AUTHOR.items():
        monkeypatch.setenv(name, value)
    for name in ("SOURCE_DATE_EPOCH", "SAYSO_ROOT"):
        monkeypatch.delenv(name, raising=False)
    establish(tmp_path)
    run: list[str] = []
    with service() as s3:
        for name, value in s3.environment.items():
            monkeypatch.setenv(name, value)
        s3.client().create_bucket(Bucket="registry")
        for line, shown in steps():
            words = shlex.split(line)
            if words[0] != "sayso":
                subprocess.run(["bash", "-euc", line], check=True)
                continue
            if words[1] == "build":
                words.append("--no-site")
                if "--genesis" in words:  # the next one is issued later
                    words += ["--time", format_time(NOW - timedelta(hours=1))]
                if "--previous" in words:
                    commit(tmp_path, {CATALOGUE: DENY_BOTH})
            result = sayso(*words[1:])
            output = " ".join(result.output.split())
            assert result.exit_code == 0, f"{line}: {output}"
            for text in shown:
                assert text in output, f"{line}: {output}"
            run.append(words[1])
    assert {"build", "seal", "publish", "renew", "doctor"} == set(run)
    assert run.count("publish") >= 5
