"""The shipped declarations, built now: what somebody finds after `make build`."""

from pathlib import Path

from click.testing import CliRunner

from sayso.cli import main

ROOT = Path(__file__).parents[1]
REGISTRY = "out/registry"
PINNED = "out/keys/development.root.json"


def build_fresh(folder: Path) -> Path:
    """Build a registry below a folder, where the pages have it, and return the folder.

    It is in `REGISTRY`, and the root by which it is believed in `PINNED`.
    """
    command = ["build", "--no-site", "--declarations", str(ROOT / "declarations")]
    result = CliRunner().invoke(main, [*command, "--out", str(folder / REGISTRY)])
    assert result.exit_code == 0, result.output
    assert (folder / PINNED).exists()
    return folder
