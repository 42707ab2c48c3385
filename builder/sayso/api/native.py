"""What comes from other people's libraries, none of which is imported to name it."""

from typing import Any, TypeAlias

Native: TypeAlias = Any
"""A table, a column, a batch or a row, as its library makes it."""
