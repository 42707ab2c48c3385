"""A synced registry: a copy on this machine that answers at once, and asks nobody."""
