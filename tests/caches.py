"""The cache, opened by tests that listen to what it warns of."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayso.publish.cache import Cache, cache


@contextmanager
def opened(folder: Path, *expected: str) -> Iterator[Cache]:
    """Give the cache; in the end, it has warned of what is expected, in order."""
    warnings: list[str] = []
    with cache(folder, warnings.append) as tables:
        yield tables
    assert len(warnings) == len(expected)
    for warning, part in zip(warnings, expected, strict=True):
        assert part in warning
