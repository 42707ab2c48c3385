"""Sayso: ask a registry whether AI may be trained on a sound recording."""

__version__ = "0.1.0"
