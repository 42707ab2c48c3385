"""The difference of two releases: whose answers changed, and how."""
