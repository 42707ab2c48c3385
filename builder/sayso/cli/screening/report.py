"""The report of a screening: one page of HTML that reads on a screen and on paper."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, StrictUndefined

from sayso.cli.panel import DEVELOPMENT
from sayso.cli.screening import words
from sayso.cli.screening.eu import paragraphs
from sayso.cli.screening.method import LIMITS, method, steps
from sayso.cli.terminal import printable
from sayso.client.account import Account
from sayso.model.screening import STATUS_WORDS, Action, Status
from sayso.model.vocabulary import NOTICE, Words
from sayso.wire.header import Profile

MOST_CONTACTS: Final = 5
"""How many contacts of an owner are shown; all are in the summary."""

LONGEST_REMARK: Final = 400
"""How many characters of a remark are shown."""

_BAR: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """A line of the table of statuses.

    Attributes:
        bar: its share of all rows, in thousandths; at least 1 where there is any.
        done: what was done with such rows.
    """

    status: Status
    title: str
    meaning: str
    rows: int
    bar: int
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRow:
    """What was done with how many rows."""

    action: Action
    title: str
    rows: int


def report_html(account: Account) -> str:
    """Return the page; it needs nothing beside it, and asks nobody for anything."""
    style = _beside("report.css")
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_harmless,
    )
    environment.filters |= {
        "count": "{:,}".format,
        "link": words.contact_link,
        "rows": lambda number: words.count_of(number, "row", "rows"),
        "share": lambda part: words.share(part, account.manifest.rows),
        "time": words.time_words,
    }
    return environment.from_string(_beside("report.html")).render(
        actions=_actions(account),
        asked=account.asked,
        believed=account.believed,
        beyond=_remarks_beyond(account),
        cautions=words.cautions(account.asked),
        development=_development(account),
        eu=paragraphs(account),
        handling=words.handling_words(account.asked),
        it=account,
        limits=LIMITS,
        longest_remark=LONGEST_REMARK,
        manifest=account.manifest,
        method=method(account),
        most_contacts=MOST_CONTACTS,
        notice=NOTICE,
        ownership=words.ownership_words(account.asked),
        place=words.place_words(account.asked.territory),
        policy=_policy(style),
        role=words.role_words,
        statuses=_statuses(account),
        steps=steps(account),
        style=style,
        title=Words.TITLES[account.asked.use],
        use=words.use_words(account.asked.use),
    )


def _beside(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _harmless(value: object) -> object:
    # Every word on the page passes here: names and titles are written by strangers.
    # Only what the template made itself, or calls safe, is left as it is.
    return value if hasattr(value, "__html__") else printable(str(value))


def _policy(style: str) -> str:
    """Return what the page may do: nothing but wear this style."""
    digest = b64encode(sha256(style.encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )


def _development(account: Account) -> str | None:
    profile = account.believed.release.profile
    return DEVELOPMENT if profile is Profile.DEVELOPMENT else None


def _remarks_beyond(account: Account) -> int:
    return sum(account.remarks.counts.values()) - len(account.remarks.lines)


def _actions(account: Account) -> list[ActionRow]:
    return [
        ActionRow(action=action, title=title, rows=account.actions[action])
        for action, title in words.ACTION_TITLES.items()
    ]


def _statuses(account: Account) -> list[StatusRow]:
    return [
        StatusRow(
            status=status,
            title=words.STATUS_TITLES[status],
            meaning=STATUS_WORDS[status],
            rows=account.statuses[status],
            bar=_bar(account.statuses[status], account.manifest.rows),
            done=words.done_words(account.asked, status),
        )
        for status in words.READING_ORDER
    ]


def _bar(rows: int, all_rows: int) -> int:
    return max(_BAR * rows // all_rows, 1) if rows else 0
