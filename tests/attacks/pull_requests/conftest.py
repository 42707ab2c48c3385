"""What the pull requests share: one repository, and the releases before them."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

import pytest

from sayso.cli import review as review_command
from tests.attacks.pull_requests.play import Stage, stage
from tests.attacks.pull_requests.scene import NOW, build


class _Then(datetime):
    """The time of the review."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # no Self
        assert tz is not None
        return NOW


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a registry to make pull requests against."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review_command, "datetime", _Then)
        yield stage(build(tmp_path_factory.mktemp("registry")))
