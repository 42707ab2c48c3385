"""The report of a screening: one page that needs nothing beside it."""

import re
import shlex
import subprocess
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from sayso.cli.screening.eu import paragraphs
from sayso.cli.screening.method import LIMITS, method, steps
from sayso.cli.screening.report import LONGEST_REMARK, report_html
from sayso.client.account import Account
from sayso.client.manifest.rows import Remarks
from sayso.model.screening import RESERVATIONS, STATUS_WORDS
from sayso.model.vocabulary import NOTICE
from tests import accounts
from tests.conftest import NeedsTool

KINDS = {
    "plain": accounts.account(),
    "empty": accounts.empty(),
    "development": accounts.development(),
    "hostile": accounts.hostile(),
    "reservations": accounts.account(
        asked=replace(
            accounts.ASKED,
            handling=RESERVATIONS,
            territory="DE",
            reviewed_only=True,
            as_of=accounts.ISSUED,
        )
    ),
}


class Reader(HTMLParser):
    """Reads the words of a page, and which elements and attributes it has.

    Attributes:
        said: the words, with one space between them.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self.feed(html)
        self.said = " ".join("".join(self._parts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self._parts.append(data)


def read(account: Account) -> Reader:
    return Reader(report_html(account))


def test_html_and_css_are_valid(tmp_path: Path, needs_tool: NeedsTool) -> None:
    vnu = needs_tool("vnu")
    style = tmp_path / "report.css"
    style.write_bytes(
        files("sayso.cli.screening").joinpath("report.css").read_bytes(),
    )
    pages = [style]
    for kind, account in KINDS.items():
        page = tmp_path / f"{kind}.html"
        page.write_text(report_html(account), encoding="utf-8")
        pages.append(page)
    checked = subprocess.run(
        [vnu, "--also-check-css", "--stdout", "--format", "text", *pages],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_needs_and_runs_nothing(kind: str) -> None:
    html = report_html(KINDS[kind])
    page = Reader(html)
    assert not {"script", "link", "img", "iframe", "form", "base"} & set(page.tags)
    names = {name for name, _ in page.attributes}
    assert not [name for name in names if name.startswith("on")]
    assert not {"src", "srcset", "style", "data", "action"} & names
    leads = [value for name, value in page.attributes if name == "href"]
    assert all(re.match("#icon-|https://|mailto:", value) for value in leads), leads
    assert "url(" not in html
    assert "@import" not in html


def test_only_the_style_of_the_page_itself_is_allowed() -> None:
    html = report_html(KINDS["hostile"])
    style = html.split("<style>")[1].split("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = dict(Reader(html).attributes)
    assert html.count("<style>") == 1
    assert f"default-src 'none'; style-src 'sha256-{digest}'; " in html.replace(
        "&#39;", "'"
    )
    assert policy["lang"] == "en"


def test_the_page_says_everything_of_the_account() -> None:
    account = KINDS["plain"]
    said = read(account).said
    for count in (*account.statuses.values(), *account.actions.values()):
        assert f"{count:,}" in said
    for words in (*STATUS_WORDS.values(), *LIMITS, *method(account), NOTICE):
        assert words in said
    for words in paragraphs(account):
        assert words in said
    for digest in (
        account.manifest.sha256,
        account.believed.digest,
        account.believed.root,
        *(file.sha256 for file in account.files),
    ):
        assert str(digest) in said
    for speaker in account.speakers:
        assert speaker.name in said
    assert "1,204 more decided fewer rows." in said
    assert "licensing@fernwood.example" in said
    assert "no licence is offered" in said
    assert "codes in a list: 3" in said
    assert "1,482,113,004 bytes" in said
    assert "2,204 rows about which owners contradict each other" in said
    assert account.maker in said
    assert "proves nothing" not in said


def test_a_release_of_development_is_marked_loudly() -> None:
    page = read(KINDS["development"])
    assert page.said.startswith("DEVELOPMENT: Screening of")
    assert page.said.count("It proves nothing; do not rely on it.") == 3
    assert "made for trying out, they prove nothing" in page.said


def test_a_screening_of_nothing_reads_too() -> None:
    said = read(KINDS["empty"]).said
    assert "0 rows were checked" in said
    assert "No declaration decided any row." in said
    assert "Nothing was noticed." in said
    assert "Nothing was written beside this report." in said
    assert "Titles and artists were not compared." in said
    assert "Size not known" in said.replace("Sizenot", "Size not")
    assert "none, since it is not one file" in said


def test_what_is_kept_without_a_yes_is_said_beside_the_result() -> None:
    said = read(KINDS["reservations"]).said
    assert said.index("It is not permission: nobody") < said.index("What was screened")
    assert "27 November 2026, 06:00:00 UTC" in said


def test_words_of_strangers_stay_words() -> None:
    html = report_html(KINDS["hostile"])
    page = Reader(html)
    assert "<script" not in html
    assert accounts.SCRIPT in page.said
    assert "javascript:alert(1)" in page.said
    assert not {"\u202e", "\x1b", "\udcff"} & set(html)
    assert "annotated\\u202evsc.exe" in page.said
    assert html.encode()


def test_remarks_and_contacts_are_bounded() -> None:
    said = read(KINDS["hostile"]).said
    assert "x" * (LONGEST_REMARK + 1) not in said
    assert "999,999,999,999,998 more are counted above, and not shown." in said
    assert "and 6 more" in said
    assert "1,000,000 more decided fewer rows." in said


def test_a_single_row_is_one_row() -> None:
    manifest = replace(accounts.MANIFEST, rows=1)
    account = accounts.account(manifest=manifest, several=1, remarks=Remarks())
    said = read(account).said
    assert "1 row was checked" in said
    assert "1 row; the strictest status holds" in said


def command(account: Account, place: int) -> list[str]:
    return shlex.split("".join(steps(account)[place].command))


def test_the_commands_to_check_it_again_are_complete() -> None:
    account = KINDS["plain"]
    assert command(account, 0) == ["sha256sum", accounts.MANIFEST.name]
    names = [file.name for file in account.files]
    assert command(account, 1) == ["sha256sum", *names]
    assert command(account, 2)[:5] == (
        ["sayso", "verify", "receipt.json", "--root", "1.root.json"]
    )
    assert "--answers" in command(account, 2)
    again = command(account, 3)
    assert again[:5] == (
        ["sayso", "screen", accounts.MANIFEST.name, "--use", "train-generative"]
    )
    assert again[again.index("--as-of") + 1] == "2026-11-27T10:15:00Z"
    assert "--ownership" not in again


def test_the_commands_ask_what_was_asked() -> None:
    again = command(KINDS["reservations"], -1)
    assert again[again.index("--in") + 1] == "DE"
    assert again[again.index("--policy") + 1] == "reservations"
    assert again[again.index("--as-of") + 1] == "2026-11-27T06:00:00Z"
    assert again[again.index("--ownership") + 1] == "reviewed"


def test_a_receipt_without_answers_needs_none() -> None:
    only = [file for file in accounts.account().files if file.role == "receipt"]
    assert "--answers" not in command(accounts.account(files=tuple(only)), 2)


def test_a_name_is_never_an_option_nor_a_command() -> None:
    for name, word in (
        ("-x.csv", "./-x.csv"),
        ("-", "-"),
        ("$(rm a); b.csv", "$(rm a); b.csv"),
        ("a\n b.csv", "a\\u000a b.csv"),
    ):
        manifest = replace(accounts.MANIFEST, name=name)
        assert command(accounts.account(manifest=manifest), 0) == ["sha256sum", word]
