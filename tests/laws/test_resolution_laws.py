"""Laws of resolution, each with the sentence of the specification it tests."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sayso.model.declaration import Capacity, DeclarationId, Level
from sayso.model.owner import OwnerId
from sayso.model.resolution import resolve
from sayso.model.statement import Specificity, Standing, State, Statement
from sayso.model.territory import EVERYWHERE, Territories
from sayso.model.vocabulary import Preference, Use, Verdict, stricter, use_or_rest
from tests.claims import NOW, WAITING

USES = [Use.TRAIN_GENERATIVE, Use.FINETUNE_GENERATIVE, Use.SEARCH, Use.ANY_AI]
OWNERS = [OwnerId(f"domain:{name}.example") for name in ("ash", "birch", "cedar")]
COUNTRIES = [None, "US", "DE", "JP"]
DAYS = st.none() | st.sampled_from(
    [NOW.date() + timedelta(days=days) for days in (-3, 0, 2, 9)]
)


def preferences(use: Use) -> st.SearchStrategy[Preference]:
    closed = [word for word in Preference if word is not Preference.ALLOW]
    return st.sampled_from(closed if use is Use.ANY_AI else list(Preference))


USES_MAPS = st.lists(st.sampled_from(USES), min_size=1, unique=True).flatmap(
    lambda uses: st.fixed_dictionaries({use: preferences(use) for use in uses})
)
TERRITORIES = st.just(EVERYWHERE) | st.builds(
    Territories,
    codes=st.frozensets(st.sampled_from(["US", "DE"]), min_size=1),
    everywhere_but=st.booleans(),
)


@st.composite
def statements(draw: st.DrawFn, owner: OwnerId) -> Statement:
    return Statement(
        declaration=DeclarationId(f"{owner}/{draw(st.sampled_from('abcd'))}"),
        uses=draw(USES_MAPS),
        specificity=draw(st.sampled_from(Specificity)),
        level=draw(st.sampled_from(Level)),
        capacity=draw(st.sampled_from(Capacity)),
        delegated=draw(st.booleans()),
        territories=draw(TERRITORIES),
        effective=draw(DAYS),
        expires=draw(DAYS),
        withdrawn=draw(DAYS),
    )


@st.composite
def standings(draw: st.DrawFn, owner: OwnerId) -> Standing:
    said = st.lists(statements(owner), max_size=3).map(tuple)
    replaced = sorted(draw(st.lists(st.sampled_from([0, 3, 8]), max_size=2)))
    earlier = tuple(
        State(statements=draw(said), replaced=NOW - timedelta(days=days))
        for days in reversed(replaced)
    )
    return Standing(
        owner=owner,
        states=(*earlier, State(statements=draw(said))),
        reviewed=draw(st.booleans()),
        contested=draw(st.booleans()),
        settled=draw(st.booleans()),
    )


CASES = st.lists(st.sampled_from(OWNERS), unique=True).flatmap(
    lambda owners: st.tuples(*(standings(owner) for owner in owners))
)


def verdicts(case: tuple[Standing, ...], country: str | None) -> dict[Use, Verdict]:
    """Return the verdicts in a country; None is one that nobody mentions."""
    policy = resolve(case, now=NOW, waiting=WAITING)
    for codes, cells in policy.groups:
        if country in codes:
            return {use: cell.verdict for use, cell in cells.items()}
    return {use: cell.verdict for use, cell in policy.elsewhere.items()}


def is_laxer(first: Verdict, second: Verdict) -> bool:
    """Return whether the first verdict permits more than the second."""
    return first is not second and stricter(first, second) is second


@given(CASES, st.randoms(use_true_random=False))
def test_order_never_matters(case: tuple[Standing, ...], random: st.DataObject) -> None:
    """Order of files and of declarations never matters."""
    shuffled = list(case)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    turned = [
        replace(
            standing,
            states=tuple(
                replace(state, statements=state.statements[::-1])
                for state in standing.states
            ),
        )
        for standing in shuffled
    ]
    assert resolve(turned, now=NOW, waiting=WAITING) == resolve(
        case, now=NOW, waiting=WAITING
    )


@given(CASES, st.sampled_from(Use))
def test_another_owner_s_no_never_loosens(
    case: tuple[Standing, ...], denied: Use
) -> None:
    """Adding an effective `deny` of another owner never loosens any verdict."""
    name = OwnerId("domain:yew.example")
    said = Statement(
        declaration=DeclarationId(f"{name}/no"),
        uses={denied: Preference.DENY},
        specificity=Specificity.RECORDINGS,
        level=Level.KEY,
    )
    newcomer = Standing(owner=name, states=(State(statements=(said,)),))
    for country in COUNTRIES:
        before, after = verdicts(case, country), verdicts((*case, newcomer), country)
        assert after[denied] is Verdict.DENY
        assert not any(is_laxer(after[use], before[use]) for use in Use)


@given(CASES)
def test_an_unproved_yes_never_permits(case: tuple[Standing, ...]) -> None:
    """An unproved `allow` never yields `allow`."""
    claimed = tuple(replace(standing, reviewed=False) for standing in case)
    for country in COUNTRIES:
        assert Verdict.ALLOW not in verdicts(claimed, country).values()


@given(CASES)
def test_not_naming_a_territory_is_as_strict_as_any(
    case: tuple[Standing, ...],
) -> None:
    """The answer without a territory is at least as strict as in any single one."""
    anywhere = resolve(case, now=NOW, waiting=WAITING).anywhere
    for country in COUNTRIES:
        for use, verdict in verdicts(case, country).items():
            assert not is_laxer(anywhere[use].verdict, verdict)


@given(CASES, st.data())
def test_splitting_or_renaming_changes_nothing(
    case: tuple[Standing, ...], data: st.DataObject
) -> None:
    """Splitting a declaration into two of the same scope kind, or renaming its file,
    changes nothing."""

    def split(said: Statement) -> tuple[Statement, ...]:
        if len(said.uses) < 2:
            return (replace(said, declaration=DeclarationId(f"{said.declaration}-2")),)
        first = data.draw(st.sampled_from(sorted(said.uses)))
        rest = {use: word for use, word in said.uses.items() if use is not first}
        return (
            replace(said, uses={first: said.uses[first]}),
            replace(
                said, uses=rest, declaration=DeclarationId(f"{said.declaration}-2")
            ),
        )

    parted = tuple(
        replace(
            standing,
            states=tuple(
                replace(
                    state,
                    statements=tuple(
                        s for said in state.statements for s in split(said)
                    ),
                )
                for state in standing.states
            ),
        )
        for standing in case
    )
    for country in COUNTRIES:
        assert verdicts(parted, country) == verdicts(case, country)


@given(CASES, st.text())
def test_a_use_that_is_not_in_the_vocabulary_is_never_permitted(
    case: tuple[Standing, ...], name: str
) -> None:
    """A use unknown to `uses/1` is never `allow`."""
    use = use_or_rest(name)
    if use.value != name:
        for country in COUNTRIES:
            assert verdicts(case, country)[use] is not Verdict.ALLOW


@given(CASES)
def test_nothing_becomes_laxer_inside_the_waiting_period(
    case: tuple[Standing, ...],
) -> None:
    """Inside seven days no verdict becomes laxer than any version in the window."""
    for standing in case:
        for state in standing.states[:-1]:
            if state.replaced is None or state.replaced + WAITING <= NOW:
                continue
            alone = replace(standing, states=(State(statements=state.statements),))
            for country in COUNTRIES:
                now_says = verdicts((standing,), country)
                then_said = verdicts((alone,), country)
                assert not any(is_laxer(now_says[u], then_said[u]) for u in Use)


@given(CASES)
def test_fine_tuning_is_never_laxer_than_training(case: tuple[Standing, ...]) -> None:
    """The verdict of `finetune-generative` is never laxer than that of
    `train-generative`."""
    policy = resolve(case, now=NOW, waiting=WAITING)
    for cells in (policy.anywhere, policy.elsewhere):
        tune = cells[Use.FINETUNE_GENERATIVE].verdict
        assert not is_laxer(tune, cells[Use.TRAIN_GENERATIVE].verdict)


@given(CASES, st.sampled_from([date(2026, 11, 23), date(2026, 11, 28)]))
def test_a_policy_holds_until_it_says(case: tuple[Standing, ...], day: date) -> None:
    """Each policy states `until`, the next moment at which any of its cells would
    change."""
    policy = resolve(case, now=NOW, waiting=WAITING)
    later = NOW.replace(year=day.year, month=day.month, day=day.day)
    again = resolve(case, now=later, waiting=WAITING)
    if policy.until is None or later < policy.until:
        assert again.anywhere == policy.anywhere
        assert again.groups == policy.groups


@given(CASES)
def test_every_verdict_names_who_decides(case: tuple[Standing, ...]) -> None:
    """Every verdict names the deciding declarations, the rule, and ownership."""
    policy = resolve(case, now=NOW, waiting=WAITING)
    for cell in policy.elsewhere.values():
        if cell.verdict is not Verdict.UNDECLARED:
            assert cell.by
            assert cell.reviewed is not None
