"""The environment is locked: every package by version and hash, none by address."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = [
    ".ci/requirements.txt",
    ".ci/spark.txt",
    ".ci/uv.txt",
    ".ci/package-lock.json",
]


def locked(path: str) -> dict[str, str]:
    text = (ROOT / path).read_text("ascii")
    return dict(re.findall(r"^([a-z0-9-]+)==([^\s;]+)", text, re.MULTILINE))


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lists = [
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    return [
        Requirement(line) for lines in lists for line in lines if isinstance(line, str)
    ]


@pytest.mark.parametrize("path", LOCKS)
def test_a_lock_holds_no_address(path: str) -> None:
    text = (ROOT / path).read_text("ascii")
    assert not re.search(r"://|@ |\bfile:|--(extra-)?index|--find-links|resolved", text)


@pytest.mark.parametrize("requirement", declared(), ids=str)
def test_the_lock_covers_what_the_project_declares(requirement: Requirement) -> None:
    versions = locked(".ci/requirements.txt") | locked(".ci/spark.txt")
    assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("path", [".ci/requirements.txt", ".ci/uv.txt"])
def test_every_locked_package_has_hashes(path: str) -> None:
    text = (ROOT / path).read_text("ascii").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and line.lstrip()[0] != "#"]
    assert lines
    for line in lines:
        assert re.fullmatch(
            r"\S+==\S+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+", line
        )


def test_what_tests_run_in_node_is_locked_by_hash() -> None:
    lock = json.loads((ROOT / ".ci" / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert packages
    for entry in packages.values():
        assert entry["integrity"].startswith("sha512-")


def test_make_has_two_targets_for_people() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE) == ["build", "test"]


@pytest.mark.parametrize("script", [".ci/run", ".ci/tools"])
def test_a_script_is_executable_and_parses(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
    subprocess.run(["bash", "-n", ROOT / script], check=True)


def test_an_old_python_is_refused_in_words(tmp_path: Path) -> None:
    old = tmp_path / "python-of-old"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\nexit 1\n', "ascii")
    old.chmod(0o755)
    done = make_environment(tmp_path, old)
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "Python 3.9.2" in done.stderr


def test_a_python_without_venv_is_refused_in_words(tmp_path: Path) -> None:
    bare = tmp_path / "python-without-venv"
    bare.write_text(
        '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\n', encoding="ascii"
    )
    bare.chmod(0o755)
    done = make_environment(tmp_path, bare)
    assert done.returncode != 0
    assert "apt install python3-venv" in done.stderr


def test_a_missing_python_is_named(tmp_path: Path) -> None:
    done = make_environment(tmp_path, tmp_path / "nowhere")
    assert done.returncode != 0
    assert "was not found on PATH" in done.stderr


def test_a_missing_git_is_named(tmp_path: Path) -> None:
    done = make_environment(tmp_path, Path("python3"), path=str(tmp_path))
    assert done.returncode != 0
    assert "git is needed" in done.stderr


def make_environment(
    folder: Path, python: Path, *, path: str = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    (folder / ".ci").mkdir()
    (folder / ".ci" / "uv.txt").touch()
    make = shutil.which("make")
    assert make
    return subprocess.run(
        [make, "-f", ROOT / "Makefile", f"PYTHON={python}", ".venv/.uv"],
        cwd=folder,
        env={"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
