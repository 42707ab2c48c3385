"""Reports of reviews, as `sayso review --format json` writes them."""

from typing import Any

from sayso.wire.profile import encode

Value = Any

BASE, HEAD, OTHER = "1" * 40, "2" * 40, "3" * 40
AUTHOR, SENDER = "github:583231", "github:583231"


def problem(**changes: Value) -> dict[str, Value]:
    """Return one problem of a report."""
    return {
        "address": "https://sayso.example/rules/yaml/#say203",
        "code": "SAY203",
        "column": 12,
        "fix": 'Write title: "No".',
        "line": 15,
        "message": "An unquoted No is not a title.",
        "path": "github/31/583231-mara/2026-slow-river.yaml",
        "severity": "error",
        "suggestion": None,
        "title": "A value that has to be quoted",
        "width": 2,
        **changes,
    }


def row(**changes: Value) -> dict[str, Value]:
    """Return one row of a preview."""
    return {
        "after": {"train-generative": "deny"},
        "before": {"train-generative": "undeclared"},
        "isrc": "XXF012600001",
        "title": "Slow River",
        **changes,
    }


def report(**changes: Value) -> dict[str, Value]:
    """Return a report that accepts; one with problems that are errors refuses."""
    problems = changes.get("problems", [])
    errors = [each for each in problems if each["severity"] == "error"]
    return {
        "author": AUTHOR,
        "base": BASE,
        "files": 1,
        "format": "sayso/review/1",
        "head": HEAD,
        "kind": "declarations",
        "level": "account",
        "notes": [],
        "owner": "github:583231",
        "preview": {"more": 0, "rows": [row()]},
        "problems": [],
        "sender": SENDER,
        "verdict": "refuse" if errors else "accept",
        **changes,
    }


def written(**changes: Value) -> bytes:
    """Return the bytes of a report."""
    return encode(report(**changes))
