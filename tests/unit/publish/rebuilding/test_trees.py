"""Where two look-up trees first differ: a code, found by few files."""

import gzip
from dataclasses import dataclass, field

import pytest

from sayso.publish.rebuilding.trees import Bring, first_code
from sayso.wire.lookup import lookup_path
from sayso.wire.release_members import Lookup
from sayso.wire.text import Digest
from tests.declared import (
    FACTS,
    FERNWOOD,
    HARROW,
    Published,
    declaration,
    publish,
    recordings,
)

CODES = [f"XXF0126{number:05}" for number in range(450)]


@dataclass
class Tree:
    """A tree that was published, and the files of it that were asked for."""

    published: Published
    asked: list[Digest] = field(default_factory=list)

    @property
    def side(self) -> tuple[Lookup, Bring]:
        return self.published.release.lookup, self.bring

    def bring(self, name: Digest) -> bytes:
        self.asked.append(name)
        return gzip.decompress(self.published.files[lookup_path(name)])


def tree(*codes: str, uses: str = "{any-ai: deny}", prefix: str = "") -> Tree:
    texts = (
        {f"{FERNWOOD}/a.yaml": declaration(uses, recordings(*codes))} if codes else {}
    )
    if prefix:
        texts[f"{HARROW}/p.yaml"] = declaration("{any-ai: deny}", f"prefix: {prefix}")
    return Tree(publish(texts))


MANY = tree(*CODES)


def test_equal_trees_have_no_difference() -> None:
    other = Tree(MANY.published)
    assert first_code(other.side, other.side) is None
    assert other.asked == []


@pytest.mark.parametrize("missing", [0, 300, 449])
def test_one_recording_less_is_found_by_few_files(missing: int) -> None:
    less = tree(*(code for code in CODES if code != CODES[missing]))
    many = Tree(MANY.published)
    assert first_code(less.side, many.side) == CODES[missing]
    assert len(less.asked) == len(many.asked) == 2
    assert first_code(many.side, less.side) == CODES[missing]


def test_another_policy_is_found_by_its_digest() -> None:
    """Numbers may be the same where policies are not."""
    one, other = (tree(*CODES[:3], uses=f"{{{u}: deny}}") for u in ("any-ai", "search"))
    assert first_code(one.side, other.side) == CODES[0]


def test_a_leaf_against_nodes_differs_where_it_begins() -> None:
    few = tree(*CODES[:3])
    assert first_code(few.side, MANY.side) == "AA0000000000"


def test_a_tree_against_none_differs_from_the_first_code_on() -> None:
    none = tree()
    assert none.published.release.lookup.root is None
    assert first_code(none.side, MANY.side) == "AA0000000000"


def test_another_range_of_unlisted_codes_is_found() -> None:
    one, other = (tree(*CODES[:3], prefix=prefix) for prefix in ("XXF02", "XXF03"))
    assert first_code(one.side, other.side) == "XXF020000000"


def test_the_shape_alone_is_a_difference() -> None:
    """Both say the same of every code, in leaves of other sizes."""
    policy = "leaf_items: 100\n"
    texts = {
        f"{FERNWOOD}/a.yaml": declaration("{any-ai: deny}", recordings(*CODES)),
        "registry/policy.yaml": FACTS["registry/policy.yaml"] + policy,
    }
    small = Tree(publish(texts))
    assert first_code(small.side, Tree(MANY.published).side) is not None
