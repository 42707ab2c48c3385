"""What comes of a screening: the files that it writes."""
