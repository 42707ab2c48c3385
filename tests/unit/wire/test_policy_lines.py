"""A key of the log is listed and taken away, and no other line changes."""

import pytest

from sayso.errors import MalformedError
from sayso.wire.log_policy import decode_log_policy, encode_log_policy
from sayso.wire.policy_lines import with_log, with_other_log, without_log
from tests.logs import policy
from tests.registries import KEY, OTHER_KEY

POLICY = b"# looked at in May\n" + encode_log_policy(policy())
OTHER = OTHER_KEY.public.key
(FIRST,) = (log.key for log in policy().logs)


def test_a_log_has_two_keys_until_the_old_one_is_taken_away() -> None:
    both = with_log(POLICY, OTHER)
    assert both.endswith(POLICY)
    assert {log.key.key for log in decode_log_policy(both).logs} == {FIRST.key, OTHER}
    assert {log.key.name for log in decode_log_policy(both).logs} == {FIRST.name}
    assert without_log(both, OTHER) == POLICY
    (left,) = decode_log_policy(without_log(both, FIRST.key)).logs
    assert (left.key.name, left.key.key) == (FIRST.name, OTHER)
    assert without_log(both, FIRST.key).count(b"\n") == POLICY.count(b"\n")


def test_a_key_is_listed_once_and_the_last_one_stays() -> None:
    with pytest.raises(MalformedError, match="listed twice"):
        with_log(POLICY, FIRST.key)
    with pytest.raises(MalformedError, match="does not list"):
        without_log(POLICY, OTHER)
    with pytest.raises(MalformedError, match="the only key"):
        without_log(POLICY, FIRST.key)


def test_another_log_takes_the_place_of_all_before() -> None:
    changed = with_other_log(with_log(POLICY, KEY.public.key[::-1]), "x.example", OTHER)
    (log,) = decode_log_policy(changed).logs
    assert (log.key.name, log.key.key) == ("x.example", OTHER)
    assert changed.count(b"\n") == POLICY.count(b"\n")
    assert b"# looked at in May\n" in changed
    with pytest.raises(MalformedError, match="a log of this name already"):
        with_other_log(POLICY, FIRST.name, OTHER)
    with pytest.raises(MalformedError):
        with_other_log(POLICY, "two words", OTHER)


def test_logs_of_several_names_are_for_an_editor() -> None:
    (line,) = (each for each in POLICY.split(b"\n") if each.startswith(b"log "))
    none = POLICY.replace(line + b"\n", b"")
    with pytest.raises(MalformedError, match="do not have one name"):
        with_log(none, OTHER)
