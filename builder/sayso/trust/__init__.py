"""Who is believed: the only layer that imports cryptography."""
