"""The budget: how much is read at once, so that memory has a bound."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

_AT_ONCE = 96 * 2**20
"""How many bytes of catalogues are read at once; memory is some ten times as much."""


class Budget:
    """Lets several threads work at once as long as their files are small together."""

    def __init__(self) -> None:
        self._free = Condition()
        self._taken = 0

    @contextmanager
    def of(self, size: int) -> Iterator[None]:
        """Wait until there is room for a file of a size; a large one is alone."""
        with self._free:
            self._free.wait_for(
                lambda: not self._taken or self._taken + size <= _AT_ONCE
            )
            self._taken += size
        try:
            yield
        finally:
            with self._free:
                self._taken -= size
                self._free.notify_all()
