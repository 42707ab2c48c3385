"""The clock of whoever calls."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current second, in UTC."""
    return datetime.now(UTC).replace(microsecond=0)
