"""Drafting declarations: from answers to the texts of files."""
