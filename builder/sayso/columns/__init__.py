"""Recordings as columns: codes, keys and policies by the million; no I/O."""
