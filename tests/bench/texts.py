"""The YAML files of a generated registry, as texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.vouched import operators_yaml

ADA, BEN = "github:900000101", "github:900000102"
FACTS_DAY = "2026-05-01"
"""When proofs and decisions were made: before any release of the benchmark."""

POLICY = """\
schema: sayso/policy/1
origin: bench.example
waiting_days: 7
account_recordings: 500
recheck_days: 3650
"""
OPERATORS = operators_yaml()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """What an owner says of its catalogue.

    Attributes:
        uses: uses and preferences, in YAML's flow style.
        more: further lines.
        reviewed: whether operators have reviewed that the recordings are its own.
        weight: how many owners in a hundred say so.
    """

    uses: str
    weight: int
    more: str = ""
    reviewed: bool = False


_OFFER = """\
offer:
  contact: https://licensing.example/terms
  conditions: [payment, per-model-version, no-voice-imitation]
"""
STANCES = (
    Stance(uses="{any-ai: deny}", weight=50),
    Stance(uses="{any-ai: deny, search: allow}", weight=12),
    Stance(
        uses="{any-ai: deny, train-generative: ask, finetune-generative: ask}",
        more=_OFFER,
        weight=12,
    ),
    Stance(uses="{any-ai: ask}", more=_OFFER, weight=6),
    Stance(
        uses="{train-generative: deny, finetune-generative: deny, clone-voice: deny}",
        weight=8,
    ),
    Stance(
        uses="{any-ai: deny}",
        more="territories: [EU]\nexcept_territories: [FR]\n",
        weight=4,
    ),
    Stance(uses="{any-ai: deny}", more="expires: 2031-01-01\n", weight=4),
    Stance(
        uses="{train-analytic: allow, benchmark: allow, search: allow, share: allow}",
        reviewed=True,
        weight=4,
    ),
)


def stance(dice: int) -> Stance:
    """Return what an owner says whose dice show a number."""
    left = dice % sum(one.weight for one in STANCES)
    for one in STANCES:
        left -= one.weight
        if left < 0:
            return one
    raise AssertionError("weights are summed above")


def owner_file(
    name: str, role: str, *, prefixes: Iterable[str] = (), account: str = ""
) -> str:
    """Return an `owner.yaml`."""
    lines = [
        "# yaml-language-server: $schema=https://bench.example/schema/owner.json",
        "schema: sayso/owner/1",
        f'name: "{name}"',
        f"role: {role}",
    ]
    if account:
        lines.append(f'accounts: ["{account}"]')
    if listed := ", ".join(prefixes):
        lines.append(f"isrc_prefixes: [{listed}]")
    lines += ["website: https://music.example/", "language: en"]
    return "\n".join(lines) + "\n"


def declaration(uses: str, scope: str, more: str = "") -> str:
    """Return a declaration."""
    lines = (
        "# yaml-language-server: $schema=https://bench.example/schema/declaration.json",
        "schema: sayso/declaration/1",
        "capacity: owner",
        f"uses: {uses}",
    )
    return "\n".join(lines) + f"\n{more}{scope}\n"


def catalogue_scope(file: str, rows: int) -> str:
    """Return the scope of a catalogue."""
    return f"catalogue: {{file: {file}, rows: {rows}}}"


def prefix_scope(prefix: str, dice: int) -> str:
    """Return a prefix default: half with years, a quarter with exceptions."""
    lines = [f"prefix: {prefix}"]
    if dice % 2:
        lines.append("years: 2012-2026")
    if dice % 4 == 3:
        lines += [
            "except:",
            f"  ranges: [{prefix}1500100-{prefix}1500199]",
            f"  isrcs: [{prefix}1600007, {prefix}1600011]",
        ]
    return "\n".join(lines)


def decision(kind: str, *lines: str) -> str:
    """Return a decision of two operators."""
    more = "\n".join(lines)
    return (
        f"schema: sayso/decision/1\nkind: {kind}\ndecided: {FACTS_DAY}\n"
        f'evidence: "Seen."\noperators: ["{ADA}", "{BEN}"]\n{more}\n'
    )


def dispute(claimant: str, against: str, isrcs: Sequence[str]) -> str:
    """Return a dispute."""
    return (
        f"schema: sayso/dispute/1\nclaimant: {claimant}\nagainst: {against}\n"
        f'recordings: [{", ".join(isrcs)}]\nclaim: "These are ours."\n'
        f'requested: "Withdraw them."\nfiled: {FACTS_DAY}\n'
    )
