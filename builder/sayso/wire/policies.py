"""Policies as `registry.json` lists them, and the promises that each must keep.

A release whose signature is good may still be wrong. What a reader can check by
itself it checks: "a *yes* covers only the uses it names", and it "counts only where
ownership was reviewed" (Promises, 2).
"""

from typing import Final, TypeAlias

from sayso.errors import MalformedError
from sayso.model.declaration import DeclarationId
from sayso.model.owner import OwnerId
from sayso.model.policy import Cell, Cells, Policy, Reason, Side
from sayso.model.territory import COUNTRIES
from sayso.model.vocabulary import Use, Verdict
from sayso.wire.members import Members
from sayso.wire.profile import Json
from sayso.wire.text import parse_time

ANYWHERE: Final = "anywhere"
ELSEWHERE: Final = "elsewhere"
CLAIMED: Final = "claimed"
REVIEWED: Final = "reviewed"

_Answer: TypeAlias = tuple[str | tuple[str, ...], Cells]


def read_policy(value: Json) -> tuple[int, Policy]:
    """Return the number and content of an item of `policies`.

    Raises:
        MalformedError: it is not a policy, or breaks a promise.
    """
    members = Members(value, "a policy")
    number = members.number("number", least=1)
    return number, _read_content(members, f"policy {number}")


def read_policy_content(value: Json) -> Policy:
    """Return a policy that stands without its number, as the look-up tree names it.

    Raises:
        MalformedError: it is not a policy, or breaks a promise.
    """
    return _read_content(Members(value, "a policy"), "a policy")


def _read_content(members: Members, name: str) -> Policy:
    until = members.nullable_text("until")
    answers = [_read_answer(item) for item in members.items("answers")]
    declarations = _read_names(members, "declarations")
    members.end()
    groups = tuple(
        (where, cells) for where, cells in answers if isinstance(where, tuple)
    )
    codes = [code for where, _ in groups for code in where]
    expected = [ANYWHERE, *(where for where, _ in groups)]
    expected += [ELSEWHERE] if groups else []
    if [where for where, _ in answers] != expected or len(set(codes)) < len(codes):
        raise MalformedError(f"{name} does not answer once for each country")
    return Policy(
        anywhere=answers[0][1],
        groups=groups,
        elsewhere=answers[-1][1],
        until=None if until is None else parse_time(until),
        declarations=declarations,
    )


def _read_answer(value: Json) -> _Answer:
    members = Members(value, "an answer of a policy")
    where = _read_where(members)
    uses = members.object("uses")
    cells = {use: _read_cell(uses.object(use), use) for use in Use}
    uses.end()
    members.end()
    return where, cells


def _read_where(members: Members) -> str | tuple[str, ...]:
    place = members.take("in")
    if isinstance(place, str):
        return place
    if isinstance(place, list):
        codes = tuple(code for code in place if isinstance(code, str))
        if codes and place == sorted(COUNTRIES.intersection(codes)):
            return codes
    raise members.wrong("in", "a list of countries in ascending order")


def _read_cell(members: Members, use: Use) -> Cell:
    ownership = members.optional_text("ownership")
    cell = Cell(
        verdict=members.word("verdict", Verdict),
        reason=members.word("rule", Reason),
        by=_read_names(members, "by"),
        reviewed=None if ownership is None else ownership == REVIEWED,
        disputed=members.flag("disputed"),
        sides=_read_sides(members),
    )
    members.end()
    owners = [side.owner for side in cell.sides]
    if owners != sorted(set(owners)) or (owners and not cell.disputed):
        raise members.wrong("sides", "each owner once, in order, of what is disputed")
    if ownership not in {None, CLAIMED, REVIEWED}:
        raise members.wrong("ownership", f"{CLAIMED} or {REVIEWED}")
    if cell.verdict is Verdict.UNDECLARED:
        kept = cell.reviewed is None
    elif cell.verdict is Verdict.ALLOW:
        kept = bool(cell.by) and cell.reviewed is True and use is not Use.ANY_AI
    else:
        kept = bool(cell.by) and cell.reviewed is not None
    if not kept:
        raise MalformedError(
            f"a policy says {cell.verdict} for {use} without the declarations and "
            "the ownership which that needs"
        )
    return cell


def _read_sides(members: Members) -> tuple[Side, ...]:
    if "sides" not in members:
        return ()
    return tuple(map(_read_side, members.items("sides")))


def _read_side(value: Json) -> Side:
    members = Members(value, "a side of a dispute")
    side = Side(
        owner=OwnerId(members.text("owner")),
        verdict=members.word("verdict", Verdict),
        by=_read_names(members, "by"),
    )
    members.end()
    if side.verdict is Verdict.UNDECLARED or not side.by:
        raise members.wrong("by", "what an owner says, and where")
    return side


def _read_names(members: Members, name: str) -> tuple[DeclarationId, ...]:
    names = tuple(map(DeclarationId, members.texts(name)))
    if list(names) != sorted(set(names)):
        raise members.wrong(name, "a list in ascending order")
    return names
