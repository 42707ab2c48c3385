"""Screening: what a registry says of columns of codes, by the million."""
