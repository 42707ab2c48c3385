"""RFC 6962 trees against the reference tree of Certificate Transparency."""

import pytest

from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.wire.merkle import (
    SIZE_LIMIT,
    Hash,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_hash,
    to_hash,
    tree_root,
)
from sayso.wire.text import from_base64
from tests.logs import hashes_over
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


LEAVES = [*map(leaf_hash, ENTRIES)]
HASH_OF = hashes_over(LEAVES)


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_a_tree_in_parts(size: int) -> None:
    assert tree_root(HASH_OF, size).hex() == ROOTS[size]


def test_the_proofs_of_the_rfc() -> None:
    """RFC 6962, 2.1.3: the letters of its drawing stand for the hashes used here."""
    a, b, c, d, _, f, j = LEAVES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(LEAVES[4], f)
    k, el = node_hash(g, h), node_hash(i, j)
    assert prove_inclusion(HASH_OF, 0, 7) == (b, h, el)
    assert prove_inclusion(HASH_OF, 3, 7) == (c, g, el)
    assert prove_inclusion(HASH_OF, 4, 7) == (f, j, k)
    assert prove_inclusion(HASH_OF, 6, 7) == (i, k)
    assert prove_consistency(HASH_OF, 3, 7) == (c, d, g, el)
    assert prove_consistency(HASH_OF, 4, 7) == (el,)
    assert prove_consistency(HASH_OF, 6, 7) == (i, j, k)


def test_the_proofs_of_a_single_leaf_are_empty() -> None:
    assert prove_inclusion(HASH_OF, 0, 1) == ()
    assert prove_consistency(HASH_OF, 5, 5) == ()
    check_inclusion(LEAVES[0], 0, 1, (), root_hash(LEAVES[:1]))


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_is_made_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        prove_inclusion(HASH_OF, index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_no_proof_is_made_between_other_sizes(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="no proof leads"):
        prove_consistency(HASH_OF, old, new)


def test_no_tree_has_fewer_leaves_than_none() -> None:
    with pytest.raises(ValueError, match="no tree has -1 leaves"):
        tree_root(HASH_OF, -1)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_hash_has_32_bytes(length: int) -> None:
    short = Hash(bytes(length))
    with pytest.raises(MalformedError, match="32 bytes"):
        to_hash(short)
    root = root_hash(LEAVES[:2])
    for leaf, beside, above in (
        (short, LEAVES[1], root),
        (LEAVES[0], short, root),
        (LEAVES[0], LEAVES[1], short),
    ):
        with pytest.raises(MalformedError, match="32 bytes"):
            check_inclusion(leaf, 0, 2, [beside], above)
        with pytest.raises(MalformedError, match="32 bytes"):
            check_consistency(1, leaf, 2, above, [beside])


@pytest.mark.parametrize(
    ("index", "size", "beside", "why"),
    [
        (2, 2, 1, "no leaf 2"),
        (-1, 2, 1, "no leaf -1"),
        (0, SIZE_LIMIT, 1, "no leaf 0"),
        (0, 2, 0, "not 1 hashes"),
        (0, 2, 2, "not 1 hashes"),
        (1, 2, 1, "another leaf 1"),
    ],
)
def test_a_false_proof_of_inclusion_says_why(
    index: int, size: int, beside: int, why: str
) -> None:
    proof = LEAVES[1:2] * beside
    with pytest.raises(UntrustedError, match=why):
        check_inclusion(LEAVES[0], index, size, proof, root_hash(LEAVES[:2]))


@pytest.mark.parametrize(
    ("old", "new", "proof", "why"),
    [
        (0, 2, LEAVES[1:2], "no proof leads"),
        (2, 1, LEAVES[1:2], "no proof leads"),
        (1, SIZE_LIMIT, LEAVES[1:2], "no proof leads"),
        (2, 2, [], "two trees of 2 leaves"),
        (1, 2, [], "not 1 hashes"),
        (3, 4, [], "not 2 hashes"),
        (1, 2, LEAVES[2:3], "to the tree of 2 leaves"),
    ],
)
def test_a_false_proof_of_consistency_says_why(
    old: int, new: int, proof: list[Hash], why: str
) -> None:
    roots = root_hash(LEAVES[:1]), root_hash(LEAVES[:2])
    with pytest.raises(UntrustedError, match=why):
        check_consistency(old, roots[0], new, roots[1], proof)


def test_sizes_are_bound_by_signatures_and_not_by_proofs() -> None:
    """A proof says how a tree is shaped along one path, never how large it is."""
    root = root_hash(LEAVES[:2])
    for old, new in ((1, 2), (2, 3)):
        check_consistency(old, LEAVES[0], new, root, LEAVES[1:2])


def test_equal_sizes_need_no_proof_and_take_none() -> None:
    root = root_hash(LEAVES[:2])
    check_consistency(2, root, 2, root, [])
    with pytest.raises(UntrustedError, match="two trees"):
        check_consistency(2, root, 2, root, [LEAVES[0]])


def test_a_rewritten_beginning_is_seen() -> None:
    """The newer tree is the proof's, and the older one is not."""
    proof = prove_consistency(HASH_OF, 3, 7)
    with pytest.raises(UntrustedError, match="begins with another of 3"):
        check_consistency(3, LEAVES[0], 7, root_hash(LEAVES[:7]), proof)


def test_other_peoples_verdicts_on_proofs() -> None:
    """The vectors of transparency-dev: right proofs, and each way to spoil one."""
    tried = 0
    for name, case in load_vectors("merkle.json").items():
        proof = [Hash(from_base64(text)) for text in case["proof"] or []]
        try:
            if name.startswith("inclusion/"):
                leaf, root = (
                    Hash(from_base64(case[key])) for key in ("leafHash", "root")
                )
                check_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)
            elif name.startswith("consistency/"):
                roots = [Hash(from_base64(case[key])) for key in ("root1", "root2")]
                check_consistency(
                    case["size1"], roots[0], case["size2"], roots[1], proof
                )
            else:
                continue
            good = True
        except RegistryError:
            good = False
        # Two equal roots of twelve bytes: theirs takes any bytes for a hash.
        wanted = not case["wantErr"] and len(case.get("root1", "=" * 44)) == 44
        assert good is wanted, name
        tried += 1
    assert tried == 196
