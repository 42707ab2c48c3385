"""What `sayso screen` says of what it did: on the terminal, in a report, as JSON."""
