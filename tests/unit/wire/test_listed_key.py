"""A policy lists a minisign key in a comment, and nothing else is taken for one."""

import pytest

from sayso.errors import MalformedError
from sayso.wire.listed_key import list_key, listed_keys, unlist_key
from sayso.wire.log_policy import decode_log_policy, encode_log_policy
from tests.logs import policy
from tests.registries import KEY, OTHER_KEY

POLICY = encode_log_policy(policy())
LINE, OTHER = (key.public.text().splitlines()[1] for key in (KEY, OTHER_KEY))


def test_a_listed_key_is_found_and_the_policy_says_the_same() -> None:
    both = list_key(list_key(POLICY, LINE), OTHER)
    assert listed_keys(both) == (OTHER, LINE)
    assert decode_log_policy(both) == policy()


@pytest.mark.parametrize(
    "line",
    [
        "# minisign",
        f"# minisign {LINE[:-2]}",
        f"# minisign {LINE} and more",
        f"#minisign {LINE}",
        f"# a # minisign {LINE}",
        f"# minisign {LINE}\u2028",
    ],
)
def test_what_only_looks_like_a_listed_key_is_none(line: str) -> None:
    assert listed_keys(f"{line}\n".encode() + POLICY) == ()


def test_a_key_is_taken_away_and_nothing_else() -> None:
    both = list_key(list_key(POLICY, LINE), OTHER)
    assert unlist_key(both, OTHER) == list_key(POLICY, LINE)
    with pytest.raises(MalformedError, match="lists this minisign key already"):
        list_key(both, LINE)
    with pytest.raises(MalformedError, match="does not list"):
        unlist_key(list_key(POLICY, LINE), OTHER)
