"""`sayso explain`: a rule in words, by its code."""

from difflib import get_close_matches
from itertools import groupby
from textwrap import fill, indent

import click

from sayso.model.problem import Rule
from sayso.model.rules import RULES, address

_WIDTH = 80


@click.command("explain")
@click.argument("code", required=False)
def command(code: str | None) -> None:
    """Explain the rule that a message of `sayso validate` names.

    Without CODE, all rules are listed. Example: sayso explain SAY203
    """
    click.echo(_list() if code is None else _explain(_rule(code)), nl=False)


def _rule(code: str) -> Rule:
    wanted = code.strip().upper()
    rule = RULES.get(wanted) or RULES.get(f"SAY{wanted}")
    if rule is None:
        near = get_close_matches(wanted, RULES, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise click.UsageError(
            f"there is no rule {code!r}.{hint} `sayso explain` lists all of them"
        )
    return rule


def _explain(rule: Rule) -> str:
    parts = [
        f"{rule.code} {rule.title} ({rule.severity})",
        fill(rule.sentence, _WIDTH),
        fill(rule.fix, _WIDTH),
    ]
    if rule.wrong:
        parts.append(f"Wrong:\n{indent(rule.wrong, '    ')}")
    if rule.right:
        parts.append(f"Right:\n{indent(rule.right, '    ')}")
    parts.append(address(rule))
    return "\n\n".join(parts) + "\n"


def _list() -> str:
    lines: list[str] = []
    for family, rules in groupby(RULES.values(), key=lambda rule: rule.family):
        lines += ["", f"{family}"]
        lines += [
            f"  {rule.code}  {rule.title}"
            + ("" if rule.severity == "error" else f" ({rule.severity})")
            for rule in rules
        ]
    return "\n".join([*lines[1:], "", "sayso explain CODE says more.", ""])
