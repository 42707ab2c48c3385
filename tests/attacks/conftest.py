"""What the attacks share: one web server for each module."""

from collections.abc import Iterator

import pytest

from tests.attacks.scene import Scene, stage


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Return a server that shows nothing yet."""
    with stage(tmp_path_factory.mktemp("scene")) as found:
        yield found
