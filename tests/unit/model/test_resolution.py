"""Every example of the specification's page on resolution, and its edges."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sayso.model import resolution
from sayso.model.declaration import Capacity, Level
from sayso.model.policy import Reason
from sayso.model.resolution import MOST_DAYS
from sayso.model.statement import Specificity, Statement
from sayso.model.territory import Territories
from sayso.model.vocabulary import Use, Verdict
from tests.claims import (
    LABEL,
    NOW,
    PERFORMER,
    STRANGER,
    cell,
    policy,
    standing,
    statement,
)

PREFIX = Specificity.PREFIX
US = Territories(codes=frozenset({"US"}), everywhere_but=False)
DENY, ASK, ALLOW = Verdict.DENY, Verdict.ASK, Verdict.ALLOW
UNDECLARED = Verdict.UNDECLARED


def test_nothing_declared_is_undeclared() -> None:
    answer = cell(use="train-generative")
    assert answer.verdict is UNDECLARED
    assert answer.reason is Reason.NOTHING_DECLARED
    assert answer.reviewed is None


def test_a_prefix_no_to_any_ai_covers_every_use() -> None:
    label = standing(statement({"any-ai": "deny"}, scope=PREFIX))
    answers = policy(label).anywhere
    assert {answer.verdict for answer in answers.values()} == {DENY}
    assert answers[Use.BENCHMARK].reason is Reason.ANY_AI


def test_a_recording_level_yes_opens_only_the_use_it_names() -> None:
    label = standing(
        statement({"any-ai": "deny"}, scope=PREFIX, name="prefix"),
        statement({"train-generative": "allow"}),
    )
    assert cell(label, use="train-generative").verdict is ALLOW
    assert cell(label, use="clone-voice").verdict is DENY


def test_a_performer_restricts_what_a_label_permits() -> None:
    label = standing(statement({"train-generative": "allow", "clone-voice": "allow"}))
    performer = standing(
        statement(
            {"clone-voice": "deny"},
            owner=PERFORMER,
            level=Level.ACCOUNT,
            capacity=Capacity.PERFORMER,
        ),
        owner=PERFORMER,
        reviewed=False,
    )
    clone = cell(label, performer, use="clone-voice")
    assert (clone.verdict, clone.reason) == (DENY, Reason.STRICTEST_OWNER)
    assert clone.by == (f"{PERFORMER}/catalogue",)
    assert not clone.disputed
    assert cell(label, performer, use="train-generative").verdict is ALLOW


def test_a_performer_never_permits() -> None:
    performer = standing(
        statement({"clone-voice": "allow"}, capacity=Capacity.PERFORMER)
    )
    assert cell(performer, use="clone-voice").verdict is UNDECLARED


def test_an_unreviewed_yes_alone_is_undeclared() -> None:
    label = standing(statement({"train-generative": "allow"}), reviewed=False)
    assert cell(label, use="train-generative").verdict is UNDECLARED


def test_a_yes_in_a_file_that_only_an_account_proves_is_undeclared() -> None:
    label = standing(statement({"search": "allow"}, level=Level.ACCOUNT))
    assert cell(label, use="search").verdict is UNDECLARED


def test_an_unproved_yes_leaves_the_owner_s_own_prefix_no() -> None:
    label = standing(
        statement({"any-ai": "deny"}, scope=PREFIX, name="prefix"),
        statement({"train-generative": "allow"}),
        reviewed=False,
    )
    assert cell(label, use="train-generative").verdict is DENY


def test_a_specific_yes_to_search_leaves_the_prefix_no_to_training() -> None:
    label = standing(
        statement({"any-ai": "deny"}, scope=PREFIX, name="prefix"),
        statement({"search": "allow"}),
    )
    assert cell(label, use="train-generative").verdict is DENY
    assert cell(label, use="search").verdict is ALLOW


@pytest.mark.parametrize("reviewed", [True, False])
def test_a_stranger_s_yes_does_not_open_a_prefix_no(*, reviewed: bool) -> None:
    label = standing(statement({"any-ai": "deny"}, scope=PREFIX))
    stranger = standing(
        statement({"train-generative": "allow"}, owner=STRANGER),
        owner=STRANGER,
        reviewed=reviewed,
    )
    answer = cell(label, stranger, use="train-generative")
    assert answer.verdict is DENY
    assert answer.disputed


def test_two_owners_who_agree_are_not_disputed() -> None:
    first = standing(statement({"any-ai": "deny"}))
    second = standing(statement({"any-ai": "deny"}, owner=STRANGER), owner=STRANGER)
    answer = cell(first, second, use="search")
    assert answer.verdict is DENY
    assert answer.reason is Reason.ANY_AI
    assert answer.by == (f"{LABEL}/catalogue", f"{STRANGER}/catalogue")
    assert not answer.disputed


def test_two_labels_who_contradict_each_other_are_disputed() -> None:
    first = standing(statement({"train-generative": "allow"}))
    second = standing(
        statement({"train-generative": "deny"}, owner=STRANGER), owner=STRANGER
    )
    answer = cell(first, second, use="train-generative")
    assert (answer.verdict, answer.disputed) == (DENY, True)


@pytest.mark.parametrize("word", ["deny", "ask"])
def test_an_account_cannot_speak_for_a_prefix(word: str) -> None:
    griefer = standing(
        statement({"any-ai": word}, scope=PREFIX, level=Level.ACCOUNT), reviewed=False
    )
    assert cell(griefer, use="train-generative").verdict is UNDECLARED


def test_an_expired_no_is_undeclared() -> None:
    label = standing(statement({"any-ai": "deny"}, expires=NOW.date()))
    assert cell(label, use="search").verdict is UNDECLARED


def test_a_no_that_begins_tomorrow_is_undeclared_until_then() -> None:
    tomorrow = NOW.date() + timedelta(days=1)
    label = standing(statement({"any-ai": "deny"}, effective=tomorrow))
    assert cell(label, use="search").verdict is UNDECLARED
    assert policy(label).until == datetime(2026, 11, 23, tzinfo=UTC)


def test_ask_and_allow_is_ask() -> None:
    first = standing(statement({"search": "allow"}))
    second = standing(statement({"search": "ask"}, owner=STRANGER), owner=STRANGER)
    assert cell(first, second, use="search").verdict is ASK


def test_a_yes_in_one_country_is_a_yes_there_only() -> None:
    label = standing(statement({"search": "allow"}, territories=US))
    assert cell(label, use="search", country="US").verdict is ALLOW
    assert cell(label, use="search", country="DE").verdict is UNDECLARED
    anywhere = cell(label, use="search")
    assert anywhere.verdict is UNDECLARED
    assert anywhere.reason is Reason.STRICTEST_TERRITORY


def test_an_ask_in_one_country_is_an_ask_where_none_is_named() -> None:
    label = standing(statement({"search": "ask"}, territories=US))
    assert cell(label, use="search").verdict is ASK


def test_countries_with_equal_answers_are_one_group() -> None:
    nordic = Territories(codes=frozenset({"SE", "NO", "FI"}), everywhere_but=False)
    resolved = policy(standing(statement({"search": "ask"}, territories=nordic)))
    assert [codes for codes, _ in resolved.groups] == [("FI", "NO", "SE")]


def test_a_row_added_to_an_open_catalogue_waits() -> None:
    opened = statement({"search": "allow"})
    new_row = standing(opened, before=[(0, ())])
    old_row = standing(opened, before=[(0, (opened,))])
    waiting = cell(new_row, use="search")
    assert (waiting.verdict, waiting.reason) == (UNDECLARED, Reason.WAITING)
    assert waiting.by == (f"{LABEL}/catalogue",)
    assert cell(old_row, use="search").verdict is ALLOW


@pytest.mark.parametrize(
    "now_says",
    [
        statement({"search": "allow"}),
        statement({"search": "deny"}, withdrawn=date(2026, 11, 20)),
    ],
    ids=["edited to allow", "withdrawn"],
)
def test_a_published_no_holds_for_seven_days(now_says: object) -> None:
    assert isinstance(now_says, type(statement({"search": "allow"})))
    said = statement({"search": "deny"})
    for days, verdict in ((0, DENY), (6, DENY)):
        label = standing(now_says, before=[(days, (said,))])
        assert cell(label, use="search").verdict is verdict
    label = standing(now_says, before=[(7, (said,))])
    assert cell(label, use="search").verdict in {ALLOW, UNDECLARED}
    assert cell(label, use="search").reason is not Reason.WAITING


def test_tightening_is_immediate() -> None:
    label = standing(
        statement({"search": "deny"}), before=[(0, (statement({"search": "allow"}),))]
    )
    answer = cell(label, use="search")
    assert (answer.verdict, answer.reason) == (DENY, Reason.NAMED)


def test_the_owner_overrides_its_delegate() -> None:
    label = standing(
        statement({"search": "deny"}, delegated=True, name="filed-for-us"),
        statement({"search": "allow"}, scope=PREFIX),
    )
    assert cell(label, use="search").verdict is ALLOW


def test_a_delegate_answers_where_the_owner_is_silent() -> None:
    label = standing(statement({"search": "deny"}, delegated=True))
    assert cell(label, use="search").verdict is DENY


def test_an_ask_without_a_proved_domain_counts_as_no() -> None:
    label = standing(statement({"search": "ask"}, level=Level.KEY))
    answer = cell(label, use="search")
    assert (answer.verdict, answer.reason) == (DENY, Reason.UNPROVED_ASK)


def test_a_file_that_nothing_proves_counts_for_nothing() -> None:
    label = standing(statement({"search": "deny"}, level=Level.NONE))
    assert cell(label, use="search").verdict is UNDECLARED


def test_an_open_dispute_skips_yes_and_turns_ask_into_no() -> None:
    label = standing(
        statement({"search": "allow", "prompt": "ask"}),
        statement({"any-ai": "deny"}, scope=PREFIX, name="prefix"),
        contested=True,
    )
    search = cell(label, use="search")
    prompt = cell(label, use="prompt")
    assert (search.verdict, search.disputed) == (DENY, True)
    assert (prompt.verdict, prompt.reason) == (DENY, Reason.CONTESTED_ASK)


def test_a_contested_ask_that_could_not_deny_is_skipped() -> None:
    label = standing(
        statement({"search": "ask"}, level=Level.ACCOUNT, scope=PREFIX), contested=True
    )
    assert cell(label, use="search").verdict is UNDECLARED


def test_a_prefix_default_yields_to_a_settled_claim_where_that_speaks() -> None:
    label = standing(statement({"any-ai": "deny"}, scope=PREFIX))
    claimant = standing(
        statement({"search": "allow"}, owner=STRANGER, territories=US),
        owner=STRANGER,
        settled=True,
    )
    settled = cell(label, claimant, use="search", country="US")
    assert (settled.verdict, settled.disputed) == (ALLOW, False)
    assert cell(label, claimant, use="search", country="DE").verdict is DENY
    assert cell(label, claimant, use="prompt", country="US").verdict is DENY


def test_a_settled_owner_s_own_default_settles_nothing() -> None:
    label = standing(statement({"any-ai": "deny"}, scope=PREFIX))
    claimant = standing(
        statement({"search": "allow"}, owner=STRANGER, scope=PREFIX),
        owner=STRANGER,
        settled=True,
    )
    assert cell(label, claimant, use="search").verdict is DENY


def test_fine_tuning_is_never_laxer_than_training() -> None:
    label = standing(
        statement({"train-generative": "ask", "finetune-generative": "allow"})
    )
    answer = cell(label, use="finetune-generative")
    assert (answer.verdict, answer.reason) == (ASK, Reason.FOLLOWS_TRAINING)


def test_fine_tuning_alone_is_not_permission_to_train() -> None:
    label = standing(statement({"finetune-generative": "allow"}))
    answer = cell(label, use="finetune-generative")
    assert (answer.verdict, answer.reason) == (UNDECLARED, Reason.FOLLOWS_TRAINING)


def test_ties_take_the_strictest_and_the_name_beats_any_ai() -> None:
    label = standing(
        statement({"any-ai": "deny"}, name="a"),
        statement({"search": "ask"}, name="b"),
        statement({"search": "allow"}, name="c"),
    )
    answer = cell(label, use="search")
    assert (answer.verdict, answer.by) == (ASK, (f"{LABEL}/b",))


def test_a_prefix_with_years_beats_a_whole_prefix() -> None:
    label = standing(
        statement({"search": "deny"}, scope=PREFIX, name="prefix"),
        statement({"search": "allow"}, scope=Specificity.PREFIX_YEARS, name="years"),
    )
    assert cell(label, use="search").verdict is ALLOW


def test_until_is_the_first_moment_at_which_an_answer_changes() -> None:
    label = standing(
        statement({"search": "allow"}, expires=date(2027, 1, 1)),
        statement({"search": "allow"}, expires=date(2028, 1, 1), name="longer"),
    )
    assert policy(label).until == datetime(2027, 1, 1, tzinfo=UTC)
    waited = standing(
        statement({"search": "allow"}), before=[(2, (statement({"search": "deny"}),))]
    )
    assert policy(waited).until == NOW + timedelta(days=5)


def test_until_is_absent_where_nothing_will_change() -> None:
    assert policy(standing(statement({"search": "deny"}))).until is None


def test_ownership_is_reviewed_only_where_every_deciding_owner_s_is() -> None:
    first = standing(statement({"search": "deny"}))
    second = standing(
        statement({"search": "deny"}, owner=STRANGER), owner=STRANGER, reviewed=False
    )
    assert cell(first, use="search").reviewed is True
    assert cell(first, second, use="search").reviewed is False


def test_a_change_is_looked_for_on_a_few_days_only() -> None:
    """Else thousands of days on which nothing changes would each be resolved."""
    first = date(2027, 1, 1)
    days = [first + timedelta(days=n) for n in range(MOST_DAYS + 1)]

    def until(count: int, *more: Statement) -> datetime | None:
        idle = (
            statement({"search": "deny"}, name=f"p{n}", scope=PREFIX, effective=day)
            for n, day in enumerate(days[:count])
        )
        said = statement({"search": "deny"})
        return policy(standing(said, *idle, *more)).until

    assert until(MOST_DAYS) is None
    assert until(MOST_DAYS + 1) == datetime(2027, 1, MOST_DAYS, tzinfo=UTC)
    ends = statement({"prompt": "deny"}, name="ends", expires=date(2027, 1, 5))
    assert until(MOST_DAYS + 1, ends) == datetime(2027, 1, 5, tzinfo=UTC)


def test_days_of_what_can_never_count_are_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[datetime] = []
    resolve_at = resolution._resolve_at

    def note(standings: Any, now: datetime, waiting: timedelta) -> Any:  # noqa: ANN401
        asked.append(now)
        return resolve_at(standings, now, waiting)

    monkeypatch.setattr(resolution, "_resolve_at", note)
    unproved = [
        statement(
            {"any-ai": "deny", "search": "allow"},
            name=f"n{n}",
            level=level,
            scope=PREFIX,
            effective=date(2027, 1, 1 + n),
        )
        for n, level in enumerate([Level.NONE, Level.ACCOUNT] * 5)
    ]
    found = policy(standing(statement({"search": "deny"}), *unproved))
    assert asked == [NOW]
    assert found.until is None
    assert len(found.declarations) == 11
    assert found.anywhere == policy(standing(statement({"search": "deny"}))).anywhere
