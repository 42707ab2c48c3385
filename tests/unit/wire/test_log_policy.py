"""Policies of a log: their text, and when they are met."""

from dataclasses import replace
from itertools import combinations

import pytest

from sayso.errors import MalformedError
from sayso.wire.log_policy import (
    POLICY_LIMIT,
    Group,
    Log,
    LogPolicy,
    Witness,
    decode_log_policy,
    encode_log_policy,
)
from sayso.wire.note import KeyType, VerifierKey, format_verifier_key


def key(number: int, type_: KeyType = KeyType.COSIGNATURE) -> VerifierKey:
    return VerifierKey(name=f"{number}.example", type=type_, key=bytes([number] * 32))


LOG_KEY = key(0, KeyType.ED25519)
LOG = format_verifier_key(LOG_KEY)
ONE, TWO, THREE = (format_verifier_key(key(number)) for number in (1, 2, 3))
NAMES = ["X1", "X2", "X3", "Y1", "Y2", "Y3"]

# The example of C2SP tlog-policy, with keys where it leaves them out.
EXAMPLE = f"""
log {LOG}

{
    "".join(
        f"witness {n} {format_verifier_key(key(i))}{chr(10)}"
        for i, n in enumerate(NAMES[:3], 1)
    )
}
group X-witnesses 2 X1 X2 X3

{
    "".join(
        f"witness {n} {format_verifier_key(key(i))}{chr(10)}"
        for i, n in enumerate(NAMES[3:], 4)
    )
}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
POLICY = LogPolicy(
    logs=(Log(key=LOG_KEY),),
    witnesses=tuple(
        Witness(name=name, key=key(number)) for number, name in enumerate(NAMES, 1)
    ),
    groups=(
        Group(name="X-witnesses", least=2, members=("X1", "X2", "X3")),
        Group(name="Y-witnesses", least=1, members=("Y1", "Y2", "Y3")),
        Group(name="X-and-Y", least=2, members=("X-witnesses", "Y-witnesses")),
    ),
    quorum="X-and-Y",
)


def decode(text: str) -> LogPolicy:
    return decode_log_policy(text.encode())


def test_the_example_of_the_specification() -> None:
    assert decode(EXAMPLE) == POLICY
    assert decode_log_policy(encode_log_policy(POLICY)) == POLICY


def test_the_quorum_of_the_example() -> None:
    """ "At least two of the `X-witnesses`, and at least one of the `Y-witnesses`." """
    for count in range(len(NAMES) + 1):
        for names in combinations(NAMES, count):
            wanted = (
                sum(name.startswith("X") for name in names) >= 2
                and sum(name.startswith("Y") for name in names) >= 1
            )
            assert POLICY.is_quorum(set(names)) is wanted


def test_the_name_of_a_group_is_no_witness() -> None:
    assert not POLICY.is_quorum({"X-and-Y", "X-witnesses", "Y-witnesses"})
    assert POLICY.is_quorum({"X1", "X2", "Y1", "somebody"})


def test_a_quorum_may_be_one_witness_or_nobody() -> None:
    one = replace(POLICY, quorum="X2")
    assert one.is_quorum({"X2"})
    assert not one.is_quorum({"X1", "X3"})
    assert replace(POLICY, quorum=None).is_quorum(set())
    assert decode("quorum none\n").is_quorum(set())


def test_spaces_comments_and_blank_lines_say_nothing() -> None:
    text = (
        f"# a policy\n\n \t\n\tlog\t{LOG}   https://sayso.example/log \n"
        f"  # é \xa0\nwitness  W {ONE}\thttps://w.example\nquorum W\t\n"
    )
    assert decode(text) == LogPolicy(
        logs=(Log(key=LOG_KEY, url="https://sayso.example/log"),),
        witnesses=(Witness(name="W", key=key(1), url="https://w.example"),),
        groups=(),
        quorum="W",
    )


def test_only_spaces_and_tabs_part_words() -> None:
    for name in ("W\xa0W", "W\xa0", "\u2028W", "W\x85"):
        policy = decode(f"witness {name} {ONE}\nquorum {name}\n")
        assert policy.quorum == name


def test_a_policy_may_be_as_long_as_its_limit() -> None:
    end = f"\n{NONE}"
    assert decode("#" * (POLICY_LIMIT - len(end)) + end).quorum is None
    with pytest.raises(MalformedError, match="longer than"):
        decode("#" * (POLICY_LIMIT - len(end) + 1) + end)


def test_names_are_opaque_bytes() -> None:
    """ "The name 0x4B (ASCII "K") is different from the name 0xE2 0x84 0xAA." """
    data = b"witness K %b\nwitness \xe2\x84\xaa %b\nwitness \xff %b\nquorum \xff\n" % (
        ONE.encode(),
        TWO.encode(),
        THREE.encode(),
    )
    policy = decode_log_policy(data)
    assert [witness.name for witness in policy.witnesses] == ["K", "\u212a", "\udcff"]
    assert encode_log_policy(policy) == data


NONE = "quorum none\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "exactly one quorum"),
        (NONE * 2, "exactly one quorum"),
        ("quorum none", "not ended"),
        ("quorum W\n", "not named above"),
        (f"quorum W\nwitness W {ONE}\n", "not named above"),
        ("quorum\n", "not a line"),
        ("quorum none none\n", "not a line"),
        (f"Quorum none\n{NONE}", "not a line"),
        (f"log\n{NONE}", "not a line"),
        (f"log {LOG} a b\n{NONE}", "not a line"),
        (f"witness {ONE}\n{NONE}", "not a line"),
        (f"witness W {ONE} a b\n{NONE}", "not a line"),
        (f"witness W {ONE}\ngroup G any\n{NONE}", "not a line"),
        (f"log {ONE}\n{NONE}", "not of type 1"),
        (f"witness W {LOG}\n{NONE}", "not of type 4"),
        (f"log {LOG[:-1]}\n{NONE}", "base64"),
        (f"log {LOG}\nlog {LOG}\n{NONE}", "listed twice"),
        (f"witness V {ONE}\nwitness W {ONE}\n{NONE}", "listed twice"),
        (f"witness W {ONE}\nwitness W {TWO}\n{NONE}", "is taken"),
        (f"witness none {ONE}\n{NONE}", "is taken"),
        (f"witness W {ONE}\ngroup W any W\n{NONE}", "is taken"),
        (f"witness W {ONE}\ngroup none any W\n{NONE}", "is taken"),
        (f"group G any none\n{NONE}", "not named above"),
        (f"group G any G\n{NONE}", "not named above"),
        (f"group G any W\nwitness W {ONE}\n{NONE}", "not named above"),
        (f"witness W {ONE}\ngroup G any W W\n{NONE}", "already in a group"),
        (
            f"witness W {ONE}\ngroup G any W\ngroup H any W\n{NONE}",
            "already in a group",
        ),
        (f"witness W {ONE}\ngroup G 0 W\n{NONE}", "0 of 1 members"),
        (f"witness W {ONE}\ngroup G 2 W\n{NONE}", "2 of 1 members"),
        (f"witness W {ONE}\ngroup G 01 W\n{NONE}", "decimal"),
        (f"witness W {ONE}\ngroup G ALL W\n{NONE}", "decimal"),
        (NONE.replace("\n", "\r\n"), "control"),
        *(
            (f"# {chr(number)}\n{NONE}", "control")
            for number in sorted({*range(0x20), 0x7F} - {0x09, 0x0A})
        ),
        ("#" * POLICY_LIMIT + NONE, "longer than"),
    ],
)
def test_other_policies_are_refused(text: str, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        decode(text)


def test_one_key_under_two_names_is_listed_twice() -> None:
    other = format_verifier_key(replace(key(1), name="other.example"))
    with pytest.raises(MalformedError, match="listed twice"):
        decode(f"witness V {ONE}\nwitness W {other}\n{NONE}")


def test_thirty_two_of_everything_are_read() -> None:
    """ "It is strongly recommended" that so many logs, witnesses and groups are."""
    names = [f"W{number}" for number in range(32)]
    policy = LogPolicy(
        logs=tuple(Log(key=key(n, KeyType.ED25519)) for n in range(32)),
        witnesses=tuple(
            Witness(name=name, key=key(number)) for number, name in enumerate(names)
        ),
        groups=tuple(
            Group(name=f"G{number}", least=1, members=(name,))
            for number, name in enumerate(names)
        ),
        quorum="G31",
    )
    assert decode_log_policy(encode_log_policy(policy)) == policy


@pytest.mark.parametrize(
    "policy",
    [
        replace(POLICY, quorum="none"),
        replace(POLICY, quorum="nobody"),
        replace(POLICY, groups=POLICY.groups[::-1]),
        replace(POLICY, logs=(Log(key=LOG_KEY, url=""),)),
        replace(POLICY, logs=(Log(key=LOG_KEY, url="a\nquorum none"),)),
        replace(POLICY, witnesses=(Witness(name="a b", key=key(1)),), groups=()),
    ],
)
def test_what_would_read_back_otherwise_is_not_written(policy: LogPolicy) -> None:
    with pytest.raises(MalformedError):
        encode_log_policy(policy)
