"""Files of the look-up tree: what each says, and all that makes one be refused."""

import copy
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from sayso.errors import MalformedError, RegistryError, UntrustedError
from sayso.model.isrc import Isrc, isrc_of, key_of
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.leaf import Leaf, encode_leaf, encode_leaf_policy
from sayso.wire.lookup import (
    ALL_KEYS,
    OBJECT_LIMIT,
    Child,
    is_halving,
    lookup_path,
    read_policy_file,
    root_child,
    tree_depth,
)
from sayso.wire.node import Node, decode_lookup, encode_node
from sayso.wire.profile import MAX_DEPTH, Json, decode_item, encode, encode_item
from sayso.wire.text import Digest
from tests.registries import FERNWOOD, Document, recording, registry_document
from tests.trees import compact, digest_of, document

CONTENTS: dict[int, Document] = {
    policy["number"]: {
        name: policy[name] for name in sorted(policy) if name != "number"
    }
    for policy in registry_document()["policies"]
}
DENY, DISPUTED, LOCAL = (Digest(digest_of(CONTENTS[number])) for number in (1, 2, 4))
WIDTH = 2**24
START = key_of(Isrc("XXF012600001")) // WIDTH * WIDTH
FIRST, LAST = isrc_of(START), isrc_of(START + WIDTH - 1)
ITEMS: list[Document] = [
    {"isrc": "XXF012600001", "policy": 2},
    recording("XXF012600001", 1, "Slow \u202eRiver", "雨", FERNWOOD),
    recording("XXF012600003", 4),
    {"isrc": "XXF012600005", "policy": None},
]


def listed_policy(number: int) -> Document:
    content = CONTENTS[number]
    return {"number": number, "policy": content, "sha256": digest_of(content)}


LEAF: Document = {
    "default": DENY,
    "format": "sayso/lookup/1",
    "from": START,
    "items": ITEMS,
    "level": 0,
    "policies": [listed_policy(number) for number in (1, 2, 4)],
    "to": START + WIDTH,
}
HALF, QUARTER = WIDTH // 2, WIDTH // 4
NODE: Document = {
    "children": [
        {"default": None, "from": START, "name": "ab" * 32},
        {"default": DENY, "from": START + HALF, "name": None},
        {"default": DENY, "from": START + HALF + QUARTER, "name": "cd" * 32},
    ],
    "format": "sayso/lookup/1",
    "from": START,
    "level": 2,
    "to": START + WIDTH,
}


def sha256(data: bytes) -> Digest:
    return Digest(hashlib.sha256(data).hexdigest())


def child_of(value: Document, data: bytes) -> Child:
    """Return what an honest parent says of a document, with the name of some bytes."""
    default = (
        value["default"] if "default" in value else value["children"][0]["default"]
    )
    return Child(
        keys=range(value["from"], value["to"]),
        default=default,
        name=sha256(data),
        level=value["level"],
    )


def read(value: Document, data: bytes | None = None, **limits: int) -> Leaf | Node:
    data = document(value) if data is None else data
    content = decode_lookup(data, child_of(value, data), **limits)
    if isinstance(content, Leaf):
        for policy in content.policies.values():
            policy.policy  # noqa: B018 - each is read when it is asked for
    return content


def leaf() -> Leaf:
    read_leaf = read(LEAF)
    assert isinstance(read_leaf, Leaf)
    return read_leaf


def node() -> Node:
    read_node = read(NODE)
    assert isinstance(read_node, Node)
    return read_node


def put(value: Document, path: str, part: object) -> Document:
    """Return a document with another part at a path; `...` takes the part away."""
    changed: Document = copy.deepcopy(value)
    *parents, last = [int(p) if p.isdigit() else p for p in path.split("/")]
    place: Any = changed
    for parent in parents:
        place = place[parent]
    if part is ...:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(part)
    else:
        place[last] = part
    return changed


def refused(value: Document, path: str, part: object, why: str) -> None:
    data = document(put(value, path, part))
    with pytest.raises(RegistryError, match=why):
        read(value, data)


@pytest.mark.parametrize(
    ("isrc", "listed", "number"),
    [
        (FIRST, False, 1),
        ("XXF012600000", False, 1),
        ("XXF012600001", True, 1),
        ("XXF012600002", False, 2),
        ("XXF012600003", True, 4),
        ("XXF012600004", False, 2),
        ("XXF012600005", False, None),
        (LAST, False, None),
    ],
)
def test_a_leaf_answers_for_each_of_its_codes(
    isrc: str,
    listed: bool,  # noqa: FBT001
    number: int | None,
) -> None:
    answer = leaf().answer_at(Isrc(isrc))
    assert answer.listed is listed
    assert (None if answer.policy is None else answer.policy.number) == number


def test_a_row_and_a_policy_are_read() -> None:
    answer = leaf().answer_at(Isrc("XXF012600001"))
    assert answer.row is not None
    assert (answer.row.title, answer.row.artist) == ("Slow \u202eRiver", "雨")
    assert answer.row.owner == FERNWOOD
    assert answer.policy is not None
    assert answer.policy.digest == DENY
    assert answer.policy.policy.anywhere[Use.PROMPT].verdict is Verdict.DENY


def test_nobody_speaks_before_the_first_breakpoint_without_a_default() -> None:
    value = {**LEAF, "default": None}
    read_leaf = read(value)
    assert isinstance(read_leaf, Leaf)
    answer = read_leaf.answer_at(FIRST)
    assert (answer.listed, answer.policy) == (False, None)


@pytest.mark.parametrize("key", [START - 1, START + WIDTH])
def test_a_code_of_another_file_has_no_answer(key: int) -> None:
    with pytest.raises(ValueError, match="is not of this leaf"):
        leaf().answer_at(isrc_of(key))
    with pytest.raises(ValueError, match="is not a key of this node"):
        node().child_at(key)


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (START, 0),
        (START + HALF - 1, 0),
        (START + HALF, 1),
        (START + HALF + QUARTER, 2),
        (START + WIDTH - 1, 2),
    ],
)
def test_a_node_leads_to_one_child(key: int, place: int) -> None:
    child = node().child_at(key)
    assert child == node().children[place]
    assert key in child.keys
    assert child.level == 1


def test_what_is_read_is_written_again() -> None:
    assert encode_node(node()) == document(NODE)
    policies = [
        encode_leaf_policy(number, sha256(content), content)
        for number, content in ((n, encode_item(CONTENTS[n])) for n in (1, 2, 4))
    ]
    one, *rest = map(encode_item, ITEMS)
    for items in ([one, *rest], [one, b",\n".join(rest)]):
        written = encode_leaf(
            range(START, START + WIDTH), default=DENY, items=items, policies=policies
        )
        assert written == document(LEAF) == encode(LEAF)


def test_the_root_may_stand_at_any_level_and_is_of_all_codes() -> None:
    value = {**LEAF, "default": None, "from": 0, "to": 2**49}
    data = document(value)
    assert isinstance(decode_lookup(data, root_child(sha256(data))), Leaf)
    part = document(LEAF)
    with pytest.raises(UntrustedError, match="where its parent says 0 to 562949953421"):
        decode_lookup(part, root_child(sha256(part)))


def test_an_empty_tree_has_no_root_to_read() -> None:
    with pytest.raises(UntrustedError, match="not those that its name stands for"):
        decode_lookup(document(LEAF), root_child(None))


@pytest.mark.parametrize("value", [LEAF, NODE])
def test_a_changed_byte_is_refused_before_it_is_read(value: Document) -> None:
    data = document(value)
    child = child_of(value, data)
    for place in range(0, len(data), 7):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(UntrustedError, match="not those that its name stands for"):
            decode_lookup(bytes(changed), child)


@pytest.mark.parametrize("value", [LEAF, NODE])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"keys": range(START, START + WIDTH + 1)}, "where its parent says"),
        ({"keys": range(START - 1, START + WIDTH)}, "where its parent says"),
        ({"level": 1}, "where its parent says 1"),
        ({"default": LOCAL}, "another policy of unlisted codes than its parent says"),
        ({"name": Digest("0" * 64)}, "not those that its name stands for"),
    ],
)
def test_a_file_is_believed_in_its_place_only(
    value: Document, change: dict[str, Any], why: str
) -> None:
    data = document(value)
    with pytest.raises(UntrustedError, match=why):
        decode_lookup(data, replace(child_of(value, data), **change))


@pytest.mark.parametrize("value", [LEAF, NODE])
@pytest.mark.parametrize(
    ("path", "part", "why"),
    [
        ("format", "sayso/lookup/2", "reads 'sayso/lookup/1'"),
        ("format", ..., "has no 'format'"),
        ("from", -1, "'from' is not a number"),
        ("from", START + 1, "where its parent says"),
        ("to", START + WIDTH + 1, "where its parent says"),
        ("to", None, "'to' is not a number"),
        ("level", "0", "'level' is not a number"),
        ("level", 3, "of level 3, where its parent says"),
        ("more", 1, "not part of the format"),
    ],
)
def test_another_document_is_refused(
    value: Document, path: str, part: object, why: str
) -> None:
    refused(value, path, part, why)


ROW, EMPTY = ITEMS[1], recording("XXF012600002", 1)


@pytest.mark.parametrize(
    ("path", "part", "why"),
    [
        ("default", ..., "has no 'default'"),
        ("default", LOCAL, "another policy of unlisted codes than its parent says"),
        ("default", None, "another policy of unlisted codes than its parent says"),
        ("default", "AB" * 32, "not a SHA-256"),
        ("default", 1, "'default' is not a text"),
        ("items", [], "a leaf has 0 items"),
        ("items", {}, "'items' is not a list"),
        ("items/0", "XXF012600001", "an item of a leaf is not an object"),
        ("items/0", ITEMS[1], "do not ascend at XXF012600001"),
        ("items/1", ITEMS[0], "do not ascend at XXF012600001"),
        ("items/2", EMPTY, "policy 4 of a leaf is either"),
        ("items/4", EMPTY, "do not ascend at XXF012600002"),
        ("items/0", {"isrc": isrc_of(START - 1), "policy": 2}, "not in the range"),
        ("items/3", recording(isrc_of(START + WIDTH), 1), "not in the range"),
        ("items/0/isrc", "XX-F01-26-00001", "not an ISRC"),
        ("items/0/policy", True, "'policy' is not the number of a policy, or null"),
        ("items/0/policy", "2", "'policy' is not the number of a policy, or null"),
        ("items/0/policy", ..., "has no 'policy'"),
        ("items/0/policy", 3, "policy 2 of a leaf is either"),
        ("items/0/policy", 0, "policy 0 of a leaf is either"),
        ("items/0/artist", None, "not part of the format"),
        ("items/1/policy", None, "'policy' is not a number from 1"),
        ("items/1/policy", 9, "policy 9 of a leaf is either"),
        ("items/1/title", ..., "not part of the format"),
        ("items/1/title", 1, "'title' is not a text"),
        ("items/1/artist", ..., "has no 'artist'"),
        ("items/1/artist", [], "'artist' is not a text"),
        ("items/1/owner", ..., "has no 'owner'"),
        ("items/1/owner", "Fernwood", "'owner' is not the id of an owner"),
        ("items/1/more", 1, "not part of the format"),
        ("policies", [], "default of a leaf is not among its policies"),
        ("policies/0", ..., "default of a leaf is not among its policies"),
        ("policies/1", ..., "policy 2 of a leaf is either"),
        ("policies/1/number", 3, "policy 2 of a leaf is either"),
        ("policies/1/number", 1, "policies of a leaf do not ascend"),
        ("policies/1/number", 5, "policies of a leaf do not ascend"),
        ("policies/1/number", 0, "'number' is not a number from 1"),
        ("policies/1/sha256", DENY, "one policy has two numbers in a leaf"),
        ("policies/1/sha256", "ab" * 32, "policy 2 of a leaf has another digest"),
        ("policies/1/policy", CONTENTS[1], "policy 2 of a leaf has another digest"),
        ("policies/1/policy/until", "2027-01-01T00:00:00Z", "has another digest"),
        ("policies/1/more", 1, "not part of the format"),
        ("policies/1", {**listed_policy(1), "number": 2}, "has two numbers"),
        ("policies/3", {**listed_policy(4), "number": 5}, "has two numbers"),
        (
            "policies/1",
            {"number": 2, "policy": 7, "sha256": digest_of(7)},
            "a policy is not an object",
        ),
    ],
)
def test_another_leaf_is_refused(path: str, part: object, why: str) -> None:
    refused(LEAF, path, part, why)


def test_a_policy_that_nothing_uses_is_refused() -> None:
    value = {**LEAF, "items": [EMPTY]}
    with pytest.raises(MalformedError, match="policy 2 of a leaf is either"):
        read(value)


def test_a_promise_holds_in_a_leaf_too() -> None:
    """An `allow` without reviewed ownership is never answered, whoever named it."""
    content = copy.deepcopy(CONTENTS[1])
    content["answers"][0]["uses"]["search"]["ownership"] = "claimed"
    part = {"number": 1, "policy": content, "sha256": digest_of(content)}
    value = put({**LEAF, "default": None}, "policies/0", part)
    with pytest.raises(MalformedError, match="for search without the declarations"):
        read(value)


def test_a_policy_of_a_leaf_answers_once_for_each_country() -> None:
    content = {**CONTENTS[1], "answers": []}
    part = {"number": 1, "policy": content, "sha256": digest_of(content)}
    with pytest.raises(MalformedError, match="a policy does not answer once"):
        read(put({**LEAF, "default": None}, "policies/0", part))


def test_a_leaf_holds_so_many_items() -> None:
    assert read(LEAF, leaf_items=4) == leaf()
    with pytest.raises(MalformedError, match="4 items, where 1 to 3 are allowed"):
        read(LEAF, leaf_items=3)


def test_a_leaf_of_one_code_may_hold_its_breakpoint_and_its_recording() -> None:
    key = key_of(Isrc("XXF012600001"))
    value = put(
        {**LEAF, "from": key, "items": ITEMS[:2], "to": key + 1}, "policies/2", ...
    )
    assert read(value, leaf_items=1).keys == range(key, key + 1)


@pytest.mark.parametrize(
    ("path", "part", "why"),
    [
        ("children", [], "0 children, where 1 to 64 are allowed"),
        ("children", None, "'children' is not a list"),
        ("children/0", 1, "a child of a node is not an object"),
        ("children/0/from", START + 1, "do not begin where it begins"),
        ("children/0/from", START - WIDTH, "do not begin where it begins"),
        ("children/0", ..., "another policy of unlisted codes|do not begin"),
        (
            "children/0/default",
            DENY,
            "another policy of unlisted codes than its parent",
        ),
        ("children/0/default", "x", "not a SHA-256"),
        ("children/0/name", 1, "'name' is not a text"),
        ("children/0/more", 1, "not part of the format"),
        ("children/1", ..., "not halves of halves"),
        ("children/1/from", START + HALF + 1, "not halves of halves"),
        ("children/1/from", START, "not halves of halves"),
        ("children/1/from", START + WIDTH, "not halves of halves"),
        ("children/2/from", START + WIDTH, "not halves of halves"),
        ("children/2/from", START + HALF - 1, "not halves of halves"),
        ("children/2/default", None, "changes where a node says nothing changes"),
        ("children/1/default", LOCAL, "changes where a node says nothing changes"),
        ("default", None, "not part of the format"),
        ("items", [], "not part of the format"),
    ],
)
def test_another_node_is_refused(path: str, part: object, why: str) -> None:
    refused(NODE, path, part, why)


def test_a_node_has_a_child_with_items() -> None:
    entries = [{**entry, "name": None} for entry in NODE["children"]]
    with pytest.raises(MalformedError, match="no child with items"):
        read({**NODE, "children": entries})


def test_a_node_has_so_many_children() -> None:
    assert read(NODE, node_entries=3) == node()
    with pytest.raises(MalformedError, match="3 children, where 1 to 2 are allowed"):
        read(NODE, node_entries=2)


def test_a_root_stands_no_higher_than_the_tree_can_be() -> None:
    entries = [{"default": None, "from": 0, "name": "ab" * 32}]
    value = {**NODE, "children": entries, "from": 0, "to": 2**49}
    for level in (9, 10):
        data = document({**value, "level": level})
        child = root_child(sha256(data))
        if level == 9:
            assert isinstance(decode_lookup(data, child), Node)
        else:
            with pytest.raises(MalformedError, match="level 10, where a tree has 9"):
                decode_lookup(data, child)


@pytest.mark.parametrize(
    ("entries", "depth"), [(2, 49), (3, 49), (4, 25), (64, 9), (127, 9), (128, 7)]
)
def test_a_tree_is_as_deep_as_halvings_in_nodes(entries: int, depth: int) -> None:
    assert tree_depth(entries) == depth


@pytest.mark.parametrize("value", [LEAF, NODE])
@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'"level":', b'"level":0,\n"level":', "'level' stands twice"),
        (b'"to":', b'"to": ', "canonical form"),
        (b"}\n", b"}\n\n", "canonical form"),
        (b'"level":', b'"l\\u0065vel":', "canonical form"),
    ],
)
def test_a_file_has_one_spelling(
    value: Document, old: bytes, new: bytes, why: str
) -> None:
    data = new.join(document(value).rsplit(old, 1))
    with pytest.raises(MalformedError, match=why):
        read(value, data)


def test_no_file_is_longer_than_a_mebibyte() -> None:
    data = b" " * (OBJECT_LIMIT + 1)
    with pytest.raises(MalformedError, match="at most 1048576 are allowed"):
        decode_lookup(data, root_child(sha256(data)))


def test_a_policy_file_is_a_policy_without_its_number() -> None:
    data = compact(CONTENTS[4]).encode()
    policy = read_policy_file(data, LOCAL)
    assert [codes for codes, _ in policy.groups] == [("DE", "FR"), ("US",)]
    with pytest.raises(UntrustedError, match="not those that its name stands for"):
        read_policy_file(data, DENY)
    for other in (
        data + b"\n",
        encode_item({**CONTENTS[4], "number": 4}),
        encode_item([]),
        document(LEAF),
    ):
        with pytest.raises(MalformedError):
            read_policy_file(other, sha256(other))


@pytest.mark.parametrize("value", [{"a": [1, {}], "b": "雨"}, [], "x", 0, None, True])
def test_an_item_is_read_as_it_was_written(value: Json) -> None:
    assert decode_item(encode_item(value), limit=40) == value


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[1]\n", "canonical form"),
        (b"[1, 2]", "canonical form"),
        (b"[1][2]", "not JSON"),
        (b'{"b":1,"a":1}', "canonical form"),
        (b'{"a":1,"a":1}', "stands twice"),
        (b'{"\xc3\xa9":1}', "not ASCII"),
        (b'"\\ud800"', "half of a surrogate pair"),
        (b"1.0", "not an integer"),
        (b"NaN", "not an integer"),
        (b"9007199254740992", "is beyond"),
        (b"[" * 15 + b"]" * 15, f"nested deeper than {MAX_DEPTH}"),
        (b"[" * 30, "not JSON"),
        (b'"' + b"x" * 40 + b'"', "42 bytes, where at most 40 are allowed"),
    ],
)
def test_another_item_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode_item(data, limit=40)


def test_an_item_is_as_deep_as_a_document_lets_it_be() -> None:
    assert decode_item(b"[" * 14 + b"]" * 14, limit=40)


def test_a_name_says_where_its_file_is() -> None:
    assert lookup_path(Digest("ab" * 32)) == f"lookup/ab/{'ab' * 32}.json.gz"


@pytest.mark.parametrize(
    ("keys", "good"),
    [
        (ALL_KEYS, True),
        (range(5, 6), True),
        (range(4, 6), True),
        (range(5, 7), False),
        (range(4, 7), False),
        (range(4, 4), False),
        (range(6, 4), False),
    ],
)
def test_a_halving_has_a_power_of_two_of_keys(keys: range, good: bool) -> None:  # noqa: FBT001
    assert is_halving(keys) is good
