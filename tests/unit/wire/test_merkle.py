"""RFC 6962 trees against the reference tree of Certificate Transparency."""

import pytest

from sayso.wire.merkle import leaf_hash, node_hash, root_hash
from sayso.wire.text import from_base64
from tests.vectors import load_vectors

ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(9))
def test_the_reference_tree(size: int) -> None:
    assert root_hash(map(leaf_hash, ENTRIES[:size])).hex() == ROOTS[size]


def test_a_node_is_no_leaf() -> None:
    left, right = map(leaf_hash, ENTRIES[:2])
    assert node_hash(left, right) != leaf_hash(left + right)


def test_the_reference_tree_is_that_of_the_vectors() -> None:
    case = load_vectors("merkle.json")["consistency/1/happy-path.json"]
    assert case["size2"] == len(ENTRIES)
    assert from_base64(case["root2"]).hex() == ROOTS[8]
