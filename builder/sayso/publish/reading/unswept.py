"""Making objects by the hundred thousand."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_VERY_MANY = 200_000
"""From how many new objects on looking through them is felt: a tenth of a second."""


@contextmanager
def unswept() -> Iterator[None]:
    """Do not look for cycles meanwhile.

    Python looks through all objects each time their number has grown by a quarter.
    What is read from files is kept, and has no cycles: half of the time would go into
    finding nothing. Very many are not looked through later on either.
    """
    swept = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _VERY_MANY:
            gc.freeze()
        if swept:
            gc.enable()
