"""What is installed: the package alone, and for who only asks, no more than that."""

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.parser import Parser
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.receipts import World
from tests.registries import LISTED, UNDECLARED

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


def test_asking_needs_no_more_than_is_said(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("/METADATA")]
    metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    requirements = map(Requirement, metadata.get_all("Requires-Dist", []))
    base = sorted(need.name for need in requirements if need.marker is None)
    trust = ["cryptography", "filelock", "securesystemslib", "tuf"]
    columns = ["narwhals", "numpy", "pyarrow"]
    talk = ["click", "jinja2", "platformdirs", "rich"]
    assert base == sorted([*trust, *columns, *talk])


@pytest.mark.parametrize(
    "module", ["yaml", "polars", "markdown", "mkdocs", "msgspec", "pandas", "openpyxl"]
)
def test_who_only_asks_has_nothing_of_the_producing_side(
    consumer: Path, module: str
) -> None:
    done = run(consumer, "-c", f"import {module}")
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.parametrize(
    "command",
    ["sync", "lookup", "screen", "diff", "receipt", "verify", "monitor", "doctor"],
)
def test_who_only_asks_can(consumer: Path, command: str) -> None:
    done = run(consumer, "-m", "sayso", command, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage:" in done.stdout


def test_who_only_asks_syncs_looks_up_screens_and_verifies(
    consumer: Path, tmp_path: Path
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    world = World(now=now - timedelta(hours=5)).release()
    for path, data in world.files.items():
        (tmp_path / "registry" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "registry" / path).write_bytes(data)
    root, copy = tmp_path / "root.json", tmp_path / "copy"
    root.write_bytes(world.roots[0].data)
    (tmp_path / "tracks.csv").write_text(f"isrc\n{LISTED}\n{UNDECLARED}\n\n")
    registry = ["--registry", tmp_path / "registry", "--root", root]
    out = tmp_path / "out"

    def ran(*arguments: object) -> int:
        done = run(consumer, "-m", "sayso", *map(str, arguments))
        assert "fault in sayso" not in done.stderr
        return done.returncode

    store = ["--store", tmp_path / "store"]
    question = ["--use", "train-generative"]
    assert ran("sync", *registry, *store, "--to", copy) == 0
    assert ran("lookup", LISTED, *question, "--registry", copy) == 20
    screened = ["screen", tmp_path / "tracks.csv", *question, "--registry", copy]
    assert ran(*screened, "--out", out) == 1
    receipt = [out / "receipt.json", "--root", root]
    assert ran("verify", *receipt, "--answers", out / "receipt.answers.tsv") == 0


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


HEAVY = {"jinja2", "markdown", "mkdocs", "narwhals", "numpy", "polars", "pyarrow"}
HEAVY |= {"rich", "securesystemslib", "tuf", "yaml"}


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
