"""What is installed: the package alone, and for who only asks, no more than that."""

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("*.whl")
    return path


def needed(name: str, *, seen: set[str]) -> Iterator[str]:
    """Name a distribution and all that it cannot be without."""
    if name in seen:
        return
    seen.add(name)
    yield name
    for line in distribution(name).requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from needed(requirement.name, seen=seen)


@pytest.fixture(scope="module")
def consumer(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a Python that has the wheel and what it cannot be without."""
    folder = tmp_path_factory.mktemp("consumer")
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True
    )
    python = folder / "venv" / "bin" / "python"
    paths = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    packages = Path(paths.stdout.strip())
    zipfile.ZipFile(wheel).extractall(packages)
    installed = Path(sysconfig.get_path("purelib"))
    for name in needed("sayso", seen=set()):
        if name == "sayso":
            continue
        for file in distribution(name).files or []:
            top = file.parts[0]
            if top != ".." and not (packages / top).exists():
                (packages / top).symlink_to(installed / top)
    return python


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-I", *arguments], capture_output=True, text=True, check=False
    )


def test_a_wheel_holds_the_package_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "sayso/py.typed" in names
    tops = {name.split("/")[0].split("-")[0] for name in names}
    assert tops == {"sayso"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_asking_needs_six_packages(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
    metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    requirements = map(Requirement, metadata.get_all("Requires-Dist", []))
    base = sorted(need.name for need in requirements if need.marker is None)
    ours = ["click", "cryptography", "filelock", "platformdirs"]
    assert base == [*ours, "securesystemslib", "tuf"]


@pytest.mark.parametrize("module", ["yaml", "polars", "jinja2", "mkdocs", "rich"])
def test_who_only_asks_has_nothing_of_the_producing_side(
    consumer: Path, module: str
) -> None:
    done = run(consumer, "-c", f"import {module}")
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize(
    "command", ["verify", "lookup", "receipt", "monitor", "doctor"]
)
def test_who_only_asks_can(consumer: Path, command: str) -> None:
    done = run(consumer, "-m", "sayso", command, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


@pytest.mark.parametrize("command", ["validate", "build"])
def test_a_command_without_its_packages_says_what_to_install(
    consumer: Path, command: str
) -> None:
    done = run(consumer, "-m", "sayso", command)
    assert done.returncode == 2
    assert "pip install '.[publish]'" in " ".join(done.stderr.split())


def loaded(script: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"jinja2", "markdown", "mkdocs", "polars", "rich", "yaml"}


def test_importing_the_package_is_light() -> None:
    assert loaded("import sayso").isdisjoint(HEAVY)


@pytest.mark.parametrize("arguments", [["--help"], ["lookup", "--help"], ["--version"]])
def test_asking_is_light(arguments: list[str]) -> None:
    script = (
        "import contextlib, sayso.cli\n"
        "with contextlib.suppress(SystemExit):\n"
        f"    import sys; sys.argv = ['sayso', *{arguments}]; sayso.cli.main()\n"
    )
    assert loaded(script).isdisjoint(HEAVY)
