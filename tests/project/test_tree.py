"""The tree holds sources only, and keeps what was declared as it was declared."""

import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_nothing_generated_is_tracked() -> None:
    generated = {
        "out", "build", "dist", ".venv", "node_modules", "__pycache__", ".hypothesis",
    }  # fmt: skip
    for path in map(Path, git("ls-files").splitlines()):
        assert generated.isdisjoint(path.parts), path
        assert path.suffix not in {".pyc", ".pem", ".minisig", ".gz"}, path


def test_what_make_writes_is_ignored() -> None:
    written = ["out/registry/registry.json", ".venv/bin/sayso", ".coverage"]
    assert git("check-ignore", *written).splitlines() == written


@pytest.mark.parametrize("path", ["site/docs/index.md", "site/theme/main.html"])
def test_the_sources_of_the_site_are_not_ignored(path: str) -> None:
    done = subprocess.run(["git", "check-ignore", path], cwd=ROOT, check=False)
    assert done.returncode == 1


@pytest.mark.parametrize(
    "path", ["declarations/domain/fe/fernwood.example/owner.yaml", "declarations/a.csv"]
)
def test_git_never_converts_a_declaration(path: str) -> None:
    assert git("check-attr", "text", "--", path).endswith(": text: unset\n")


def test_mkdocs_reads_and_writes_where_it_may() -> None:
    # Its defaults would empty the tracked folder `site`.
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert settings["docs_dir"] == "site/docs"
    assert settings["site_dir"].startswith("out/")


@pytest.mark.parametrize(
    "name",
    ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE"],
)
def test_the_root_documents_are_there(name: str) -> None:
    assert (ROOT / name).read_text("utf-8").strip()


def test_no_folder_of_pages_is_a_python_package() -> None:
    assert not list((ROOT / "site").rglob("*.py"))
    assert not (ROOT / "builder" / "__init__.py").exists()
