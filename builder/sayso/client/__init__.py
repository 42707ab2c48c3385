"""Asking a release: fetch, verify, look up."""
