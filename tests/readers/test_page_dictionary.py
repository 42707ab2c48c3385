"""The dictionary of the data is whole, and true of a release that was built."""

import re
from datetime import datetime

import pytest

from tests.readers.built import (
    COLUMNS,
    KINDS,
    LINES,
    Built,
    Row,
)
from tests.readers.page import section

HEADINGS = {
    "core": "## The core",
    "policies": "## The policies",
    "prefixes": "## The prefixes",
    "registry": "## The parts as Parquet",
}
TYPES = {
    "int64": "int64",
    "int32": "int32",
    "string": "string",
    "bool": "bool",
    "timestamp": "timestamp (µs, UTC)",
    "strings": "list of strings",
}


def dictionary(heading: str) -> list[list[str]]:
    """Return the rows of the table of a section, without its head."""
    lines = re.findall(r"^\| (.*) \|$", section(heading), re.MULTILINE)
    return [line.split(" | ") for line in lines[1:]]


def spelt(value: object) -> list[str]:
    """Return how the page would show a value; of a list, each item."""
    if isinstance(value, list):
        return [text for item in value for text in spelt(item)]
    if isinstance(value, bool):
        return [str(value).lower()]
    if isinstance(value, datetime):
        return [value.isoformat().replace("+00:00", "Z")]
    return [str(value)]


def check_null_and_example(line: list[str], rows: list[Row]) -> None:
    name, _, null, _, example_ = line
    values = [row[name.strip("`")] for row in rows]
    assert null.startswith("never") <= (None not in values)
    shown = {text for value in values for text in spelt(value)}
    assert example_.strip("`") in shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_dictionary_has_every_column_with_its_type(kind: str) -> None:
    table = dictionary(HEADINGS[kind])
    expected = [(f"`{name}`", TYPES[type_]) for name, type_ in COLUMNS[kind].items()]
    assert [(name, type_) for name, type_, *_ in table] == expected


@pytest.mark.parametrize("kind", KINDS)
def test_the_dictionary_s_examples_are_in_the_files_and_never_means_never(
    whole: Built, kind: str
) -> None:
    for line in dictionary(HEADINGS[kind]):
        check_null_and_example(line, whole.expected(kind))


def test_the_dictionary_has_every_member_of_a_line(whole: Built) -> None:
    table = dictionary("## The parts as JSON Lines")
    assert [line[0].strip("`") for line in table] == LINES
    for line in table:
        check_null_and_example(line, whole.rows)


def test_what_may_be_null_is_null_somewhere(parted: Built) -> None:
    for kind in KINDS:
        for name, _, null, *_ in dictionary(HEADINGS[kind]):
            if not null.startswith("never"):
                values = [row[name.strip("`")] for row in parted.expected(kind)]
                assert None in values
