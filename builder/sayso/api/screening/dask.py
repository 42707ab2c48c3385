"""Data frames of Dask: each partition is screened where it is, when it is computed."""

from dataclasses import dataclass

from sayso.api.native import Native
from sayso.api.screening.frames import screen_frame
from sayso.api.screening.screening import Screening


def screen_dask(screening: Screening, frame: Native, column: str | None) -> Native:
    """Return a frame with the answers beside its columns; its index stays."""
    each = _Partition(screening, column)
    # A column that is not there is refused here already, by a frame without rows.
    meta = each(frame._meta)  # noqa: SLF001 - the one way to have its columns
    return frame.map_partitions(each, meta=meta)


@dataclass(frozen=True, slots=True)
class _Partition:
    screening: Screening
    column: str | None

    def __call__(self, frame: Native) -> Native:
        return screen_frame(self.screening, frame, self.column)
