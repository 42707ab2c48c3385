"""Reviewing a change: what it may do, before anybody merges it."""
