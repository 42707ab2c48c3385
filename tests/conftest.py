"""What all tests share: how properties are searched, and which tools exist."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# `make test` decides the same on every machine; `deep` is for a long search by hand:
# HYPOTHESIS_PROFILE=deep make test T=tests/laws
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=100, print_blob=True
)
settings.register_profile("deep", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

NeedsTool = Callable[[str], Path]


@pytest.fixture(scope="session")
def needs_tool() -> NeedsTool:
    """Find a foreign tool, as in `minisign = needs_tool("minisign")`.

    Without it the test is skipped by name on a newcomer's machine, and fails where
    `.ci/tools` should have installed it.
    """

    def find(name: str) -> Path:
        search = os.pathsep.join([str(ROOT / "out" / "tools"), os.environ["PATH"]])
        found = shutil.which(name, path=search)
        if found is None:
            message = f"{name} is not installed: .ci/tools installs it"
            if os.environ.get("CI") == "true":
                pytest.fail(message)
            pytest.skip(message)
        return Path(found)

    return find
