"""Leaves of the look-up tree: the recordings of a range of codes, and their policies.

Beside recordings stand *breakpoints*: from such a code on, codes that nobody lists
have another policy. With the policy in force before the range, a leaf so answers for
each of its codes, listed or not.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from sayso.errors import MalformedError
from sayso.model.isrc import Isrc, key_of
from sayso.model.policy import Policy
from sayso.wire.items import Breakpoint, Row, read_item
from sayso.wire.lookup import (
    FORMAT,
    Child,
    check_default,
    encode_digest,
    nullable_digest,
)
from sayso.wire.members import Members
from sayso.wire.policies import read_policy_content
from sayso.wire.profile import Json, encode_item
from sayso.wire.text import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafPolicy:
    """A policy that a leaf uses; it is read when it is asked for.

    A leaf may have a hundred, and whoever looks one code up needs one of them.

    Attributes:
        digest: SHA-256 of its content, as the leaf says.
        content: not verified.
    """

    number: int
    digest: Digest
    content: Json

    @property
    def policy(self) -> Policy:
        """What the policy says.

        Raises:
            MalformedError: the content is no policy, or of another digest.
        """
        if sha256(encode_item(self.content)).hexdigest() != self.digest:
            raise MalformedError(f"policy {self.number} of a leaf has another digest")
        return read_policy_content(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafAnswer:
    """What a leaf says of one code.

    Attributes:
        row: the recording; None where the code is not listed.
        policy: None where nobody speaks.
    """

    row: Row | None
    policy: LeafPolicy | None

    @property
    def listed(self) -> bool:
        """Whether the recording has a row of its own."""
        return self.row is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A verified leaf, but for the contents of its policies.

    Attributes:
        keys: of the codes for which it answers.
        default: the policy of unlisted codes in force before the first item.
        items: ascending by code; at one code the breakpoint stands first.
        policies: all that the items and the default use, by number.
    """

    keys: range
    default: Digest | None
    items: tuple[Breakpoint | Row, ...]
    policies: Mapping[int, LeafPolicy]

    def answer_at(self, isrc: Isrc) -> LeafAnswer:
        """Return what holds for a code.

        Raises:
            ValueError: the leaf does not answer for this code.
        """
        if key_of(isrc) not in self.keys:
            raise ValueError(f"{isrc} is not of this leaf")
        end = bisect_right(self.items, isrc, key=lambda item: item.isrc)
        for item in reversed(self.items[:end]):
            if isinstance(item, Breakpoint):
                number = item.policy
                policy = None if number is None else self.policies[number]
                return LeafAnswer(row=None, policy=policy)
            if item.isrc == isrc:
                return LeafAnswer(row=item, policy=self.policies[item.policy])
        by_digest = {policy.digest: policy for policy in self.policies.values()}
        default = None if self.default is None else by_digest[self.default]
        return LeafAnswer(row=None, policy=default)


def encode_leaf(
    keys: range,
    *,
    default: Digest | None,
    items: Iterable[bytes],
    policies: Iterable[bytes],
) -> bytes:
    r"""Return the bytes of a leaf, not checked: `read_leaf` does that.

    Args:
        keys: of the codes for which it answers.
        default: the policy of unlisted codes in force before the first item.
        items: each as by `encode_item`; several may come in one piece, joined by
            `,\n`.
        policies: each as by `encode_leaf_policy`, ascending by number.
    """
    # Written out, since a registry has hundreds of thousands of leaves.
    return b"".join(
        (
            b'{\n"default":',
            encode_digest(default),
            b',\n"format":"%b",\n"from":%d,\n"items":' % (FORMAT.encode(), keys.start),
            _list(items),
            b',\n"level":0,\n"policies":',
            _list(policies),
            b',\n"to":%d\n}\n' % keys.stop,
        )
    )


def _list(items: Iterable[bytes]) -> bytes:
    joined = b",\n".join(items)
    return b"[\n%b\n]" % joined if joined else b"[]"


def encode_leaf_policy(number: int, digest: Digest, content: bytes) -> bytes:
    """Return one item of a leaf's `policies`.

    Args:
        number: of the policy.
        digest: SHA-256 of the content.
        content: the policy without its number, as by `encode_item`.
    """
    return b'{"number":%d,"policy":%b,"sha256":"%b"}' % (
        number,
        content,
        digest.encode(),
    )


def read_leaf(members: Members, child: Child, *, leaf_items: int) -> Leaf:
    """Return the leaf that an opened document is.

    Args:
        members: what `open_document` left of it.
        child: what its parent says of it.
        leaf_items: how many items it may hold.

    Raises:
        UntrustedError: it contradicts its parent.
        MalformedError: it is not a leaf, or contradicts itself.
    """
    default = nullable_digest(members, "default")
    items = tuple(map(read_item, members.items("items")))
    policies = tuple(map(_read_policy, members.items("policies")))
    members.end()
    check_default(default, child)
    _check_items(items, child.keys, leaf_items)
    _check_policies(policies, items, default)
    return Leaf(
        keys=child.keys,
        default=default,
        items=items,
        policies={policy.number: policy for policy in policies},
    )


def _read_policy(value: Json) -> LeafPolicy:
    members = Members(value, "a policy of a leaf")
    number = members.number("number", least=1)
    content = members.take("policy")
    digest = members.digest("sha256")
    members.end()
    return LeafPolicy(number=number, digest=digest, content=content)


def _check_items(
    items: tuple[Breakpoint | Row, ...], keys: range, leaf_items: int
) -> None:
    # One code alone may have two: a breakpoint and its recording.
    if not items or (len(items) > leaf_items and len(keys) > 1):
        raise MalformedError(
            f"a leaf has {len(items)} items, where 1 to {leaf_items} are allowed"
        )
    order = [(item.isrc, isinstance(item, Row)) for item in items]
    for one, other in pairwise(order):
        if one >= other:
            raise MalformedError(f"the items of a leaf do not ascend at {other[0]}")
    for item in (items[0], items[-1]):
        if key_of(item.isrc) not in keys:
            raise MalformedError(f"{item.isrc} is not in the range of its leaf")


def _check_policies(
    policies: tuple[LeafPolicy, ...],
    items: tuple[Breakpoint | Row, ...],
    default: Digest | None,
) -> None:
    numbers = [policy.number for policy in policies]
    if numbers != sorted(set(numbers)):
        raise MalformedError("the policies of a leaf do not ascend")
    by_digest = {policy.digest: policy.number for policy in policies}
    if len(by_digest) < len(policies):
        raise MalformedError("one policy has two numbers in a leaf")
    used = {item.policy for item in items if item.policy is not None}
    if default is not None:
        if default not in by_digest:
            raise MalformedError("the default of a leaf is not among its policies")
        used.add(by_digest[default])
    if wrong := used.symmetric_difference(numbers):
        raise MalformedError(
            f"policy {min(wrong)} of a leaf is either used and missing, or not used"
        )
