"""The example of the look-up page: its files have their names and give its answers."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sayso.client.lookup import find
from sayso.model.isrc import Isrc
from sayso.wire.lookup import LEAF_BYTES, LEAF_ITEMS, NODE_ENTRIES, OBJECT_LIMIT
from sayso.wire.lookup import tree_depth as depth
from sayso.wire.text import Digest
from tests.trees import breakpoints_of, compact, packed, reference_tree

PAGE = Path(__file__).parents[2] / "site/docs/spec/lookup.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLE = TEXT.partition("## An example")[2]


def blocks(language: str) -> list[str]:
    """Return the code blocks of the example in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", EXAMPLE, re.DOTALL | re.MULTILINE)


def policies() -> dict[int, dict[str, Any]]:
    """Return both policies of the example: the second differs in one cell."""
    first, cell = blocks("json")
    contents = {number: _object(first) for number in (1, 2)}
    contents[2]["answers"][0]["uses"]["search"] = _object(cell)
    assert first == compact(contents[1]) + "\n"
    return contents


def files() -> list[bytes]:
    """Return the files of the example, with the policies that are left out there."""
    contents = policies()
    whole = [
        re.sub(
            r'"number":(\d+),"policy":\{…\}',
            lambda found: (
                f'"number":{found[1]},"policy":{compact(contents[int(found[1])])}'
            ),
            block,
        )
        for block in blocks("text")[1:]
    ]
    return [text.encode() for text in whole]


def names() -> list[str]:
    """Return every digest that a sentence of the example names, in order."""
    return re.findall(r"`([0-9a-f]{64})`", EXAMPLE)


def test_every_digest_of_the_example_is_right() -> None:
    contents = [compact(content).encode() for content in policies().values()]
    digests = [hashlib.sha256(data).hexdigest() for data in [*contents, *files()]]
    assert names() == digests


def test_the_example_is_the_tree_of_its_items() -> None:
    (span, *_) = blocks("text")
    interval = _object(span)
    leaves = [_object(data.decode()) for data in files()[:2]]
    rows = [item for leaf in leaves for item in leaf["items"] if "title" in item]
    root, tree = reference_tree(
        rows, breakpoints_of([tuple(interval.values())]), policies(), 3, 64
    )
    assert root == names()[-1]
    assert tree == dict(zip(names()[2:], files(), strict=True))


def answers() -> list[tuple[str, str, str]]:
    return re.findall(r"^\| `(\w{12})` \| (\w+) \| (\w+) \|$", EXAMPLE, re.MULTILINE)


@pytest.mark.parametrize(("isrc", "listed", "policy"), answers())
def test_the_example_answers_as_it_says(isrc: str, listed: str, policy: str) -> None:
    class Page:
        def fetch(self, path: str, *, limit: int) -> bytes:
            data = packed(dict(zip(names()[2:], files(), strict=True)))[path]
            assert len(data) <= limit
            return data

    found = find(Page(), Digest(names()[-1]), Isrc(isrc), leaf_items=3)
    assert found.listed == (listed == "yes")
    assert str(found.number).lower() == policy
    assert (found.policy is None) == (policy == "none")


def test_the_page_states_the_limits_of_the_code() -> None:
    for limit in (
        f"holds at most: {LEAF_ITEMS} |",
        f"has at most: {NODE_ENTRIES} |",
        f"256 KiB ({LEAF_BYTES:,} bytes)",
        f"1 MiB ({OBJECT_LIMIT:,} bytes)",
        f"With {NODE_ENTRIES} entries a root stands at level {depth(NODE_ENTRIES)} at",
    ):
        assert limit in TEXT
    assert len(answers()) == 9


def _object(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.JSONDecoder().decode(text)
    return value
