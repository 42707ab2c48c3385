"""The clock: read here, and handed on as an argument to whatever needs the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return what time it is, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
