"""Laws of records: what a withdrawal leaves as it was, and whom nobody speaks for."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from sayso.model.declaration import Declaration, Withdrawal
from sayso.model.problem import Problem
from sayso.model.vocabulary import Use
from sayso.publish.drafting.withdrawing import (
    WithdrawalReason,
    withdrawal_lines,
    withdrawn_text,
)
from sayso.publish.reading.layout import place_of
from sayso.publish.reading.said import parse_yaml
from tests.declared import FERNWOOD, HARROW, declaration, publish, recordings

ONE = "XXF012600001"
NEWLINES = st.sampled_from(["\n", "\r\n"])
BLANKS = st.sampled_from(["", "\n", "\n# Ours.\n", "# a: b\n\n"])
COMMENTS = st.sampled_from(["", "   # “No” means no: {x}", "\t# ☂", "  #"])
SCOPES = st.sampled_from(
    [
        "prefix: XXF01",
        "catalogue: {file: songs.csv, rows: 2}",
        recordings(ONE, "XXF012600002"),
        f"recordings: [{{isrc: {ONE}, title: 'It''s: mine'}}]",
    ]
)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(
    scope=SCOPES,
    newline=NEWLINES,
    before=BLANKS,
    comment=COMMENTS,
    after=BLANKS,
    end=st.booleans(),
    reason=st.sampled_from(list(WithdrawalReason)),
    day=DAYS,
)
def test_a_withdrawal_adds_its_lines_and_changes_nothing_else(
    scope: str,
    newline: str,
    before: str,
    comment: str,
    after: str,
    *,
    end: bool,
    reason: WithdrawalReason,
    day: date,
) -> None:
    text = before + declaration(f"{{any-ai: deny}}{comment}", scope) + after
    data = text.replace("\n", newline).encode()
    data = data if end else data.rstrip(b"\r\n")
    place = place_of(f"{FERNWOOD}/songs.yaml")
    assert not isinstance(place, Problem)
    withdrawal = Withdrawal(on=day, reason=reason)

    ended = withdrawn_text(data, place, withdrawal)

    added = withdrawal_lines(withdrawal).replace("\n", newline).encode()
    assert ended.startswith(data)
    assert ended.removeprefix(data).removeprefix(newline.encode()) == added
    said = parse_yaml("songs.yaml", ended, place).value
    assert isinstance(said, Declaration)
    assert said.withdrawn == withdrawal


NAMED = [use for use in Use if use is not Use.ANY_AI]
SAID = st.dictionaries(
    st.sampled_from(NAMED), st.sampled_from(["deny", "allow"]), min_size=1, max_size=4
)


def _uses(said: dict[Use, str]) -> str:
    return "{" + ", ".join(f"{use}: {word}" for use, word in said.items()) + "}"


@settings(max_examples=30, deadline=None)
@given(own=st.none() | SAID, strange=SAID, acts_for=st.booleans())
def test_nobody_speaks_for_an_owner_who_does_not_say_so(
    own: dict[Use, str] | None, strange: dict[Use, str], *, acts_for: bool
) -> None:
    texts = {}
    if own is not None:
        texts[f"{FERNWOOD}/songs.yaml"] = declaration(_uses(own), recordings(ONE))
    alone = publish(texts)
    texts[f"{HARROW}/for-fernwood.yaml"] = declaration(
        _uses(strange), recordings(ONE), "on_behalf_of: domain:fernwood.example"
    )
    if acts_for:
        texts[f"{HARROW}/owner.yaml"] = (
            "schema: sayso/owner/1\nname: Harrow\nrole: label\n"
            "acts_for: ['domain:fernwood.example']\n"
        )
    claimed = publish(texts)
    for use in NAMED:
        before, after = alone.answer(ONE, use), claimed.answer(ONE, use)
        assert (after.verdict, after.disputed) == (before.verdict, before.disputed)
