"""Screening tables of any engine: codes in, answers beside them, by one kernel."""
